"""A service with a mix, data, a secret and a side service: verified, run, reported, judged; and its faults named."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from analysis.model.summary import read_summary
from analysis.regress.model import read_result
from tests import forked
from tests.end_to_end.conftest import LAUNCH, Place, place_in
from tests.trials import load_trials

SHOP = Path(__file__).parents[1] / "shop"
TOKEN = "token-of-the-shop"


def primebench(place: Place, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    return forked.run([*LAUNCH, *arguments], {**place.environment, "SHOP_TOKEN": TOKEN, **more})


def run(
    place: Place, service: str, *more: str, responses: int = 100, scenarios: Path = SHOP / "scenarios.toml"
) -> subprocess.CompletedProcess[str]:
    given = ("--scenarios", str(scenarios), "--service", service, "--results", str(place.results))
    return primebench(place, "run", *given, "--profile", "tiny", *more, RESPONSES=str(responses))


def whole_run(folder: Path) -> tuple[Place, subprocess.CompletedProcess[str]]:
    """A run; its loads are ten times as long where so busy a machine reads no CPU time in one."""
    usual = (SHOP / "scenarios.toml").read_text().replace('task = "."', f"task = {json.dumps(str(SHOP))}")
    for load_s in (1.0, 10.0, 100.0):
        (folder / str(load_s)).mkdir()
        place, scenarios = place_in(folder / str(load_s)), folder / f"{load_s}.toml"
        scenarios.write_text(usual.replace("load_s = 1.0", f"load_s = {load_s}"))
        done = run(place, str(SHOP), scenarios=scenarios)
        assert done.returncode == 0, done.stdout + done.stderr
        (made,) = (place.results / "runs").iterdir()
        if all(trial.cpu for trial in load_trials(made)[1] if trial.workload == "mix" and not trial.beside):
            break
    return place, done


def test_a_mix_is_run_and_told_by_kind_and_its_secret_is_kept_nowhere(tmp_path: Path) -> None:
    place, done = whole_run(tmp_path)
    (folder,) = (place.results / "runs").iterdir()
    record, trials = load_trials(folder)
    assert not [trial.failure for trial in trials if trial.failure]
    mix = record.workloads["mix"]
    assert [(share.request.kind, share.share) for share in mix.mix] == [("read", 0.8), ("list", 0.15), ("create", 0.05)]
    assert (mix.label, mix.sending.generator, record.workloads["handshakes"].sending.keep_alive) == (
        "80% read, 15% list, 5% create",
        record.generator,
        False,
    )
    solo = [trial for trial in trials if trial.workload == "mix" and not trial.beside]
    for trial in solo:
        assert trial.load is not None
        assert sum(kind.answered_in_window for kind in trial.load.kinds.values()) == trial.load.answered_in_window
        assert trial.load.kinds["create"].statuses.keys() == {"201"}
        assert trial.cpu is not None
        assert trial.cpu.sidecar_cpu_s["store"] > 0
        assert trial.sidecars["store"].rss_bytes > 0
    summary = read_summary(folder / "summary.json")
    by_kind = {kind.name: kind.figures["shop"]["latency_p50_ms"] for kind in summary.workloads[0].kinds}
    assert set(by_kind) == {"read", "list", "create"}
    assert all(figure.value or "requests" in (figure.refused or "") for figure in by_kind.values()), by_kind
    figures = summary.workloads[0].contenders[0].figures
    assert figures["sidecar_cpu_per_request_us"].value
    text = (folder / "table.md").read_text()
    assert "mix: by kind of request" in text
    assert "side services' CPU per request" in text
    written = [path for path in place.results.rglob("*") if path.is_file()]
    assert [path for path in written if TOKEN.encode() in path.read_bytes()] == []
    assert TOKEN not in done.stdout + done.stderr
    again = primebench(place, "report", str(folder), "--json")
    assert [load["name"] for load in json.loads(again.stdout)["workloads"][0]["kinds"]] == ["read", "list", "create"]


def test_it_is_run_over_a_unix_socket_wherever_temporary_files_are(place: Place, tmp_path: Path) -> None:
    home = tmp_path / ("t" * 150)
    home.mkdir()
    given = ("--scenarios", str(SHOP / "scenarios.toml"), "--service", str(SHOP), "--results", str(place.results))
    done = primebench(place, "run", *given, "--profile", "tiny", "--workload", "local", "--rounds", "1", TMPDIR=str(home))
    assert done.returncode == 0, done.stdout + done.stderr
    (folder,) = (place.results / "runs").iterdir()
    record, (trial, *_) = load_trials(folder)
    assert record.workloads["local"].label == "80% read, 15% list, 5% create, Unix socket"
    assert record.load_command[:3] == ["native", "--unix", "SOCKET"]
    assert trial.load is not None
    assert trial.answers is not None
    assert (trial.failure, trial.load.closed_by_server, trial.answers.wrong) == (None, 0, [])
    assert trial.answers.under_load
    assert "Unix socket" in (folder / "table.md").read_text()


@pytest.mark.parametrize(
    ("variant", "reason"),
    [
        ("remembers", "task-read: expected 200|wrong_answers: .* at \\$\\.id"),
        ("wrong-now-and-then", "wrong_answers: .*read: expected 'item"),
        ("empty-list", "task-list: .*expected one value at \\$.items\\[0\\], got 0"),
        ("refuses-writes", "task-create: expected 201, got 429"),
        ("forgets-writes", "wrong_answers: create-read-back, read-back: expected status 200, got 404"),
        ("half-asked", "skipped_work: store did 0\\.[56]\\d* for each of 1,500 requests by its proof, expected at least 1"),
        ("cut-short", "errors: expected an answer after"),
        ("expires", "wrong_answers: .*expected status 20[01], got 401"),
    ],
)
def test_a_planted_fault_is_named_and_what_has_it_is_not_measured(place: Place, variant: str, reason: str) -> None:
    done = run(place, f"{SHOP}:{variant}", "--rounds", "1", responses=1_500)
    said = done.stdout + done.stderr
    assert done.returncode == 2, said
    assert re.search(rf"not measured: .*({reason})", said), said
    assert TOKEN not in said


def test_bodies_of_another_length_than_verified_are_named_whichever_client_got_them(place: Place) -> None:
    """Nothing is wrong with what is asked one after the other, and 1 of 5 reads is wrong beside others."""
    run(place, f"{SHOP}:null-when-busy", "--workload", "mix", "--rounds", "1", responses=1_500)
    (folder,) = (place.results / "runs").iterdir()
    (contender, *_) = read_summary(folder / "summary.json").workloads[0].contenders
    flags = {flag.check: flag for flag in contender.flags}
    assert re.match(r"read: [\d,]+ of [\d,]+ right responses .* most of them 4 bytes", flags["wrong_length"].evidence)
    record, _ = load_trials(folder)
    assert record.contenders[0].lengths.keys() == {"read", "list"}, "a new item has another number in each load"


def test_a_slow_kind_is_not_hidden_by_a_fast_one(place: Place) -> None:
    done = run(place, f"{SHOP}:slow-list", "--workload", "mix", "--rounds", "1")
    assert done.returncode == 0, done.stdout + done.stderr
    (folder,) = (place.results / "runs").iterdir()
    kinds = {kind.name: kind.figures["shop:slow-list"] for kind in read_summary(folder / "summary.json").workloads[0].kinds}
    slow, fast = (kinds[name]["latency_p50_ms"].value for name in ("list", "read"))
    assert slow is not None
    assert fast is not None
    assert slow > fast


def test_a_mix_is_judged_against_itself(place: Place) -> None:
    given = ("regress", "--base", str(SHOP), "--head", str(SHOP), "--scenarios", str(SHOP / "scenarios.toml"))
    primebench(place, *given, "--results", str(place.results), "--budget", "20m", CONTROLS="none")
    (folder,) = (place.results / "runs").iterdir()
    result = read_result(folder)
    assert result.outcome in ("pass", "inconclusive", "invalid")
    assert {metric.metric for metric in result.metrics} >= {"cpu_per_request_us", "sidecar_cpu_per_request_us"}


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('"serve"', '"serf"', r"store: the side service died \(exit code 1\): "),
        ('"fill"', '"fil"', r"store: python3 .*db\.py fil .* failed \(exit code 1\)"),
        ("SHOP_DB", "SHOP_BD", r"task-read: expected 200, got a connection that closed without an answer"),
        ("/ready", "/redy", r"no 200 from GET /redy within 1 s"),
        ('["python3", "-S", "{folder}/db.py", "count"', '["echo", "many"', r"store: proof: expected a number, got 'many"),
    ],
)
def test_a_side_service_that_does_not_work_is_said_in_a_line(
    place: Place, tmp_path: Path, old: str, new: str, reason: str
) -> None:
    shop = tmp_path / "shop"
    shutil.copytree(SHOP, shop)
    text = (shop / "task.toml").read_text()
    assert old in text
    (shop / "task.toml").write_text(text.replace(old, new, 1))
    given = ("--scenarios", str(shop / "scenarios.toml"), "--service", str(shop), "--results", str(place.results))
    patience = {"READY_WITHIN_S": "1"} if "within 1 s" in reason else {}
    done = primebench(place, "run", *given, "--profile", "tiny", **patience)
    assert done.returncode == 2
    assert re.search(reason, done.stdout + done.stderr), done.stdout + done.stderr
