"""Records of schema 1 mean today what they meant when they were written.

tests/golden/schema_1.tar.xz is a run (load trials, microbenchmarks, an instruction count, published figures) with the summary
that the last version of the program to write schema 1 made of it.
"""

import gzip
import json
import re
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from analysis.audit.model import read_published
from analysis.model.summary import Summary, read_summary
from analysis.pipeline.summarise import summarise
from loadgen.config.migrate import migrate_scenarios, migrate_service
from loadgen.config.scenarios import Scenarios
from loadgen.config.service_file import ServiceFile
from loadgen.record.folder import RunFolder
from loadgen.record.migrate import migrate_run, migrate_summary, migrate_trial
from loadgen.record.trial import TRIAL
from loadgen.task.find import scale_of

ROOT = Path(__file__).parents[2]
WORDS = {"derivation", "evidence", "quantity", "reason", "would_take", "threshold", "remedy", "differs", "notes"}
"""Keys whose values are sentences; what they say of numbers stands in fields of its own."""


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("schema-1")
    with tarfile.open(ROOT / "tests" / "golden" / "schema_1.tar.xz") as archive:
        archive.extractall(folder, filter="data")
    return folder


OF_A_FAMILY = re.compile(r"\.(family|adjusted_p_value)$|\.ranks\.|\.(comparisons|over_controls)\.\d+\.(verdict|reason)$")


def said(value: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    """Every number, verdict and name of a summary with its place, but for sentences."""
    if isinstance(value, dict):
        for key, part in value.items():
            if key not in WORDS:
                yield from said(part, f"{place}.{key}")
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from said(part, f"{place}.{number}")
    else:
        yield place, pytest.approx(value, rel=1e-9) if isinstance(value, float) else value


NEW = re.compile(r"\.(idle_busy_share|sidecar_cpu_per_request_us|sidecar_rss_bytes)\.|\.sending\.")


def test_every_figure_interval_and_verdict_of_an_old_run_is_what_it_was(old: Path) -> None:
    then = Summary.model_validate(migrate_summary(json.loads((old / "summary.json").read_text())), strict=False)
    now = summarise(old, read_published(old / "published"), scale_of)
    found, expected = of_any_family(now), of_any_family(then)
    assert {place: found.get(place) for place in expected} == expected
    assert all(NEW.search(place) for place in set(found) - set(expected))  # which nobody read then


def of_any_family(summary: Summary) -> dict[str, Any]:
    """What is said of a run but for verdicts on its comparisons: which family they are judged in has changed since."""
    return {place: part for place, part in said(summary.model_dump(mode="json")) if not OF_A_FAMILY.search(place)}


def test_what_is_compared_has_fits_claims_and_verdicts_in_it(old: Path) -> None:
    summary = read_summary(old / "summary.json")
    assert summary.microbench is not None
    assert [len(summary.microbench.fits), len(summary.microbench.reconciliations), len(summary.microbench.shares)] == [2, 4, 1]
    assert any(claim.reach is not None and claim.reach.value == 3_634 for claim in summary.claims)
    assert summary.audit is not None
    assert {cause.verdict for cause in summary.audit.causes} >= {"not measured"}


def test_an_old_summary_keeps_every_number(old: Path) -> None:
    data = json.loads((old / "summary.json").read_text())
    numbers = [value for _, value in said(data) if not isinstance(value, str | bool | type(None))]
    migrated = [value for _, value in said(migrate_summary(data)) if not isinstance(value, str | bool | type(None))]
    assert len(migrated) >= len(numbers)
    assert migrate_summary(migrate_summary(data)) == migrate_summary(data)


def test_an_old_run_says_what_it_asked(old: Path) -> None:
    run = RunFolder(old).read_run()
    article = run.workloads["article"]
    assert (run.schema_version, run.task) == (2, "prime")
    assert (article.label, article.parameters) == ("n = 10,000", {"n": 10_000})
    assert (article.request.target, article.request.body) == ("/calculate", '{"n": 10000}')
    assert article.work is not None
    assert (article.work.unit, article.work.amount) == ("divisions", 2_925_594)
    assert run.plan is not None
    assert run.plan.profile["microbench"] == {"min_time_s": 0.01, "variants": True, "count": True}
    (fiber,) = (contender for contender in run.contenders if contender.label == "fiber")
    assert fiber.disassembly is not None
    assert (fiber.disassembly.packed, fiber.disassembly.scalar) == (0, 12)


def test_the_reference_run_that_is_kept_reads_as_a_whole() -> None:
    place = ROOT / "results" / "reference"
    assert read_summary(place / "summary.json").workloads
    assert RunFolder(place).read_run().workloads
    lines = gzip.decompress((place / "trials.jsonl.gz").read_bytes()).splitlines()
    assert [TRIAL.validate_python(migrate_trial(json.loads(line))).index for line in lines]


def test_what_is_of_todays_schema_is_left_alone() -> None:
    todays: list[Any] = [{"schema_version": 2, "x": 1}, {"schema_version": 3}, [], None, "text"]
    for data in todays:
        assert migrate_run(data) == migrate_summary(data) == migrate_trial(data) == data


def test_a_run_of_this_schema_from_before_conformance_had_levels_is_read() -> None:
    run = {"schema_version": 2, "contenders": [{"label": "a", "known_deviations": {"x": "why"}, "contract_cases_passed": 9}]}
    assert migrate_run(run) == {"schema_version": 2, "contenders": [{"label": "a", "deviations": {"x": "why"}}]}
    assert migrate_summary({"schema_version": 2, "known_deviations": {}}) == {"schema_version": 2, "deviations": {}}


def test_an_old_service_serves_the_only_task_that_there_was() -> None:
    old = {
        "schema": 1,
        "name": "x",
        "title": "x",
        "language": "x",
        "tier": "reference",
        "control": True,
        "only_n": 1,
        "build": {"commands": [["true"]], "artefact": "x"},
        "start": {"command": ["{artefact}", "{port}", "{max_n}"]},
        "variants": {"y": {"title": "y", "tier": "tuned", "only_n": 5}},
        "microbench": {
            "format": "go",
            "build": {"commands": [["true"]], "artefact": "x"},
            "programs": ["x"],
            "count": {"command": ["repeat"], "loop_times": 20},
        },
    }
    service = ServiceFile.model_validate(migrate_service(old))
    assert (service.task, service.only, service.variants["y"].only) == ("prime", {"n": 1}, {"n": 5})
    assert service.microbench is not None
    assert service.microbench.scenarios["PrimeLoop"] == "prime_loop"
    assert service.microbench.count is not None
    assert service.microbench.count.times == {"^prime_loop/": 20}


def test_old_scenarios_ask_the_same() -> None:
    old = {
        "schema": 1,
        "workloads": {"w": {"title": "w", "n": 7, "connections": 2}},
        "profiles": {
            "p": {
                "title": "p",
                "services": ["x"],
                "rounds": 6,
                "pinned": True,
                "server_cores": 1,
                "workloads": {"w": {"warm_up_s": 1, "load_s": 1}},
                "microbench": {"min_time_s": 0.1, "variants": False, "count_n": 0},
            }
        },
    }
    scenarios = Scenarios.model_validate(migrate_scenarios(old))
    assert (scenarios.task, scenarios.workloads["w"].parameters) == ("prime", {"n": 7})
    assert scenarios.profiles["p"].microbench is not None
    assert not scenarios.profiles["p"].microbench.count


@pytest.mark.parametrize("data", [{"schema": 1}, {"schema": 1, "workloads": 3, "variants": [], "microbench": "x"}])
def test_a_file_that_is_wrong_in_other_ways_is_left_to_who_validates_it(data: dict[str, Any]) -> None:
    assert migrate_service(data)["task"] == migrate_scenarios(data)["task"] == "prime"
