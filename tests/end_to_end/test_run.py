"""A whole run with the stub service: what is left on disk and on the screen."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from analysis.model.summary import read_summary
from analysis.trial.early_stop import stopping_rule
from loadgen.record.folder import RunFolder
from tests import forked
from tests.end_to_end.conftest import LAUNCH, STUB, Place, Run, place_in, run_in
from tests.trials import load_trials

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run; its windows are ten times as long where so busy a machine gives too few responses to compare connections."""
    usual = (STUB / "scenarios.toml").read_text()
    for load_s in (0.5, 5.0, 50.0):
        folder = tmp_path_factory.mktemp("finished")
        (folder / "scenarios.toml").write_text(usual.replace("load_s = 0.5", f"load_s = {load_s}"))
        asked = ("--scenarios", str(folder / "scenarios.toml"), "--service", str(STUB), "--seed", "7")
        ended = run_in(place_in(folder))(*asked, environment={"PLOTS": "drawn"})
        assert (ended.code, ended.stderr) == (0, "")
        if read_summary(ended.run / "summary.json").workloads[0].contenders[0].fairness:
            break
    lines = ended.stdout.splitlines()
    at = next(
        place for place, line in enumerate(lines) if "nothing was measured beside it" in " ".join(lines[place : place + 3])
    )
    screen = lines[at:]
    assert len(screen) <= 40
    assert max(len(line) for line in screen if str(ended.run) not in line) <= 80
    assert "goodput" in "".join(screen)
    assert str(ended.run) in ended.stdout
    return ended.run


def test_a_run_leaves_every_file_that_the_documentation_promises(finished: Path) -> None:
    names = {str(path.relative_to(finished)) for path in finished.rglob("*") if path.is_file()}
    stems = ("throughput", "latency", "cpu_per_request", "memory", "cpu_shares", "memory_over_time", "fairness", "latency_tail")
    plots = {f"plots/{stem}.{kind}" for stem in stems for kind in ("svg", "png")}
    rows = {f"raw/{number:05d}.parquet" for number in range(2)}
    tables = {"table.md", "table.csv", "table.json"}
    assert names == {"run.json", "trials.jsonl", "summary.json", "report.html"} | tables | plots | rows
    assert (finished.parents[1] / "latest").resolve() == finished.resolve()


def test_every_record_of_a_run_is_valid_and_every_trial_is_there(finished: Path) -> None:
    record, trials = load_trials(finished)
    assert (record.seed, record.rounds, record.end_reason) == (7, 2, "finished")
    assert [trial.index for trial in trials] == [0, 1]
    for trial in trials:
        assert trial.failure is None
        assert trial.exit_code == 0
        assert trial.load is not None
        assert trial.load.statuses == {"200": trial.load.rows}
        assert trial.cpu is not None
        assert trial.cpu.server_cpu_s > 0
        assert trial.answers is not None
        assert trial.answers.wrong == []


def test_summary_json_validates_against_the_committed_schema(finished: Path) -> None:
    schema = json.loads((ROOT / "docs" / "reference" / "summary.schema.json").read_text())
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(json.loads((finished / "summary.json").read_text()))


def test_an_audit_of_a_run_without_the_services_says_what_would_measure_them(finished: Path) -> None:
    done = forked.run([*LAUNCH, "audit", str(finished)])
    assert (done.returncode, done.stderr) == (0, "")
    assert max(len(line) for line in done.stdout.splitlines()) <= 80
    assert "reproduced" not in done.stdout.replace("a figure is reproduced", "")
    words = " ".join(done.stdout.split())
    assert "to repeat it: primebench run --profile article" in words
    assert "primebench run --profile audit --service fiber:gogc-off,fiber --workload article" in words


def test_an_audit_as_json_is_what_the_summary_has(finished: Path) -> None:
    found = json.loads(forked.run([*LAUNCH, "audit", "--json", str(finished)]).stdout)
    summary = json.loads((finished / "summary.json").read_text())
    assert found == {key: summary[key] for key in ("schema_version", "claims", "audit")}
    assert {value["verdict"] for value in [*found["claims"], *found["audit"]["ratios"]]} == {"not measured"}


def test_the_report_asks_nothing_of_the_network(finished: Path) -> None:
    text = (finished / "report.html").read_text()
    for loading in ("src=", "<link", "@import", "url(http", "<script"):
        assert loading not in text


def test_a_second_run_reuses_the_build_and_stands_beside_the_first(run: Run, place: Place) -> None:
    first, second = (run("--service", str(STUB), "--rounds", "1") for _ in range(2))
    assert (first.code, second.code) == (0, 0)
    assert "building stub" in first.stdout
    assert "building stub" not in second.stdout
    assert len(list((place.results / "runs").iterdir())) == 2
    assert not (place.results / "latest" / "plots").exists()  # no test of a run waits for drawings that it does not look at


def test_a_path_with_spaces_is_no_error(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "my own service"
    folder.mkdir()
    for name in ("service.toml", "stub.py"):
        (folder / name).write_bytes((STUB / name).read_bytes())
    ended = run("--service", str(folder), "--rounds", "1", environment={"PRIMEBENCH_CACHE": str(tmp_path / "a cache")})
    assert (ended.code, ended.stderr) == (0, "")


def test_what_a_server_writes_on_stderr_is_kept_beside_its_rows(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "talks"
    folder.mkdir()
    source = (STUB / "stub.py").read_text()
    assert 'if __name__ == "__main__":\n' in source
    said = 'if __name__ == "__main__":\n    print("gc 1 @0.001s", file=__import__("sys").stderr, flush=True)\n'
    (folder / "stub.py").write_text(source.replace('if __name__ == "__main__":\n', said))
    (folder / "service.toml").write_text((STUB / "service.toml").read_text().replace('name = "stub"', 'name = "talks"'))
    ended = run("--service", f"{folder},{STUB}", "--rounds", "1")
    assert (ended.code, ended.stderr) == (0, "")
    logs = {trial.contender: trial.log_file for trial in load_trials(ended.run)[1]}
    assert logs["stub"] is None
    assert logs["talks"] is not None
    assert (ended.run / logs["talks"]).read_text() == "gc 1 @0.001s\n"
    assert all((trial.load_began_s or 0) > (trial.ready_s or 0) > 0 for trial in load_trials(ended.run)[1])


def test_a_control_is_measured_unverified_and_only_where_it_can_answer(run: Run, tmp_path: Path) -> None:
    for name, only_n in (("right", 100), ("other", 5)):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "stub.py").write_bytes((STUB / "stub.py").read_bytes())
        named = f'name = "{name}"\ncontrol = true\nonly = {{ n = {only_n} }}'
        text = (STUB / "service.toml").read_text().replace('name = "stub"', named)
        (folder / "service.toml").write_text(text)
    ended = run("--service", f"{STUB},{tmp_path / 'right'},{tmp_path / 'other'}", "--rounds", "1")
    assert (ended.code, ended.stderr) == (0, "")
    assert {trial.contender for trial in load_trials(ended.run)[1]} == {"stub", "right"}
    (workload,) = read_summary(ended.run / "summary.json").workloads
    assert [contender.label for contender in workload.contenders] == ["stub", "right"]
    assert workload.comparisons == []
    assert {(over_control.numerator, over_control.denominator) for over_control in workload.over_controls} == {
        ("stub", "right")
    }


def test_a_service_beside_its_twin_shows_what_the_run_can_tell_apart(run: Run) -> None:
    ended = run("--service", f"{STUB},{STUB}:aa", "--rounds", "1")
    assert (ended.code, ended.stderr) == (0, "")
    assert "1 service, 1 control, 1 workload, 1 round: 2 trials, about 0:0" in ended.stdout
    (workload,) = read_summary(ended.run / "summary.json").workloads
    assert [(contender.label, contender.control) for contender in workload.contenders] == [("stub", False), ("stub:aa", True)]


def test_a_budget_that_is_too_small_is_refused_before_anything_is_measured(run: Run, place: Place) -> None:
    ended = run("--service", str(STUB), "--rounds", "40", "--budget", "12s")
    assert ended.code == 2
    assert "the least that this can be cut to (6 rounds of tiny) takes 0:09 min" in ended.stderr
    assert not (place.results / "runs").exists()


def test_a_budget_takes_rounds_and_says_so(run: Run) -> None:
    ended = run("--service", str(STUB), "--rounds", "50", "--budget", "20s", environment={"BUDGET_CLOCK": "stopped"})
    assert (ended.code, ended.stderr) == (0, "")
    assert "to keep to the budget: " in ended.stdout
    record, trials = load_trials(ended.run)
    assert record.rounds == len(trials) == 6
    assert record.given_up == ["6 rounds instead of 50: intervals about 2.89 times as wide"]
    assert record.given_up[0] in (ended.run / "table.md").read_text()


def test_a_workload_stops_once_its_intervals_are_narrow_enough(run: Run, tmp_path: Path) -> None:
    text = (STUB / "scenarios.toml").read_text()
    wide = text.replace("rounds = 2\npinned", "rounds = 9\nfewest_rounds = 7\nhalf_width = 0.9\npinned", 1)
    assert wide != text
    scenarios = tmp_path / "scenarios.toml"
    scenarios.write_text(wide)
    ended = run("--service", str(STUB), "--scenarios", str(scenarios))
    assert (ended.code, ended.stderr) == (0, "")
    assert "up to 9 rounds" in ended.stdout
    record, trials = load_trials(ended.run)
    narrow = stopping_rule(RunFolder(ended.run), record)
    last = next((count for count in (7, 8) if narrow("tiny", trials[:count])), 9)  # on a machine that is busy enough, none is
    assert len(trials) == last
    assert record.stopped_early == ({"tiny": last} if last < 9 else {})
    assert (f"tiny: intervals within 90.0% after {last} of 9 rounds: stopped" in ended.stdout) is (last < 9)
    line = f"stopped after {last} of 9 rounds: intervals within 90.0%"
    assert (line in (ended.run / "table.md").read_text()) is (last < 9)


@pytest.mark.parametrize("budget", ["soon", "15", "-5m", ""])
def test_a_budget_that_is_no_time_is_refused(run: Run, budget: str) -> None:
    ended = run("--service", str(STUB), "--budget", budget)
    assert ended.code == 2
    assert "expected a time like 90s, 15m or 1h30m" in ended.stderr


def test_a_marked_load_is_put_by_both_generators_and_told_beside_the_workloads(run: Run, tmp_path: Path) -> None:
    text = (STUB / "scenarios.toml").read_text()
    scenarios = tmp_path / "scenarios.toml"
    scenarios.write_text(text.replace("load_s = 0.5 }", "load_s = 0.5, generators = true }", 1))
    ended = run("--service", str(STUB), "--scenarios", str(scenarios))
    assert (ended.code, ended.stderr) == (0, "")
    assert "1 service, 1 workload, 2 rounds, generators cross-checked: 6 trials" in ended.stdout
    record, trials = load_trials(ended.run)
    assert [trial.failure for trial in trials if trial.failure] == []
    assert sorted(trial.workload for trial in trials) == ["tiny", "tiny", *["tiny:native"] * 2, *["tiny:oha"] * 2]
    generators = {name: str(workload.sending.generator).split()[0] for name, workload in record.workloads.items()}
    assert generators == {"tiny": "oha", "tiny:native": "native", "tiny:oha": "oha"}
    summary = read_summary(ended.run / "summary.json")
    assert [workload.name for workload in summary.workloads] == ["tiny"]
    assert summary.cross_check is not None
    assert [contender.label.split()[0] for contender in summary.cross_check.contenders] == ["native", "oha"]
    assert all(contender.figures["goodput_per_s"].value for contender in summary.cross_check.contenders)
    assert "generators: n = 100, 4 connections, Python · stub" in (ended.run / "table.md").read_text()
    assert 'id="trials-cross-check-oha-' in (ended.run / "report.html").read_text()


def test_a_variant_with_a_build_of_its_own_is_measured_and_shown_with_it(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "stub"
    folder.mkdir()
    (folder / "stub.py").write_bytes((STUB / "stub.py").read_bytes())
    script = 'cp stub.py "$1"; echo "# longer" >> "$1/stub.py"'
    variant = (
        '[variants.longer]\ntitle = "longer"\ntier = "better-algorithm"\n[variants.longer.build]\n'
        f'commands = [["sh", "-c", {json.dumps(script)}, "sh", "{{out}}"]]\n'
    )
    (folder / "service.toml").write_text(f"{(STUB / 'service.toml').read_text()}\n{variant}")
    ended = run("--service", f"{folder},{folder}:longer", "--rounds", "1")
    assert (ended.code, ended.stderr) == (0, "")
    record, _ = load_trials(ended.run)
    builds = {contender.label: contender.build for contender in record.contenders if contender.build}
    assert [(label, build.service) for label, build in builds.items()] == [("stub", "stub"), ("stub:longer", "stub+longer")]
    assert builds["stub:longer"].binary_bytes - builds["stub"].binary_bytes == len("# longer\n")
    shown = {build.label: build.figures["binary_bytes"].value for build in read_summary(ended.run / "summary.json").builds}
    assert shown == {label: build.binary_bytes for label, build in builds.items()}
    assert "| binary size, MB |" in (ended.run / "table.md").read_text()
