"""What goes wrong on real machines: each ends in one clear line and the right exit code, with all finished trials kept."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from loadgen.counted import counted
from loadgen.record.folder import load_run
from tests import forked
from tests.end_to_end.conftest import STUB, Place, Run


def only_line(stderr: str) -> str:
    (line,) = stderr.strip().splitlines()
    return line


def test_a_server_that_is_killed_in_the_middle_of_a_trial(run: Run) -> None:
    ended = run("--service", f"{STUB},{STUB}:dies", "--rounds", "1")
    assert ended.code == 2
    assert "stub:dies: the server died (killed by signal 9)" in only_line(ended.stderr)
    _, trials = load_run(ended.run)
    assert {trial.contender: trial.failure is None for trial in trials} == {"stub": True, "stub:dies": False}
    assert re.search("failed trials? (is|are) left out", (ended.run / "table.md").read_text())


def test_a_contender_that_fails_twice_is_not_tried_again(run: Run) -> None:
    ended = run("--service", f"{STUB}:dies", "--rounds", "4")
    assert ended.code == 2
    assert len(load_run(ended.run)[1]) == 2


def test_a_server_that_hangs(run: Run) -> None:
    ended = run("--service", f"{STUB}:hangs", "--rounds", "1", environment={"HANGS_AFTER_S": "2"})
    assert ended.code == 2
    assert "stub:hangs: requests were still unanswered" in only_line(ended.stderr)


def test_a_server_that_goes_on_after_sigterm(run: Run) -> None:
    ended = run("--service", f"{STUB}:ignores-sigterm", "--rounds", "1")
    assert ended.code == 2
    assert "did not end within 5 s of SIGTERM" in only_line(ended.stderr)


def test_a_server_that_answers_wrong_primes_is_not_measured(run: Run) -> None:
    ended = run("--service", f"{STUB},{STUB}:wrong-prime", "--rounds", "1")
    assert ended.code == 2
    line = only_line(ended.stderr)
    assert "stub:wrong-prime not measured: breaks the contract: prime-1: expected" in line
    record, trials = load_run(ended.run)
    assert [contender.label for contender in record.contenders if contender.not_measured] == ["stub:wrong-prime"]
    assert [trial.contender for trial in trials] == ["stub"]
    assert "not measured" in (ended.run / "table.md").read_text()


def test_the_twin_of_a_service_that_is_not_measured_is_not_measured_either(run: Run) -> None:
    ended = run("--service", f"{STUB}:wrong-prime,{STUB}:wrong-prime:aa", "--rounds", "1")
    assert ended.code == 2
    assert "stub:wrong-prime:aa not measured: stub:wrong-prime is not measured either" in ended.stderr


def test_a_twin_without_its_original_is_refused(run: Run) -> None:
    ended = run("--service", f"{STUB}:aa")
    assert ended.code == 2
    assert only_line(ended.stderr) == "primebench: stub:aa is the A/A control of stub: name that, too"


def test_a_server_that_is_never_ready(run: Run) -> None:
    ended = run("--service", f"{STUB}:never-ready", environment={"READY_WITHIN_S": "1"})
    assert ended.code == 2
    assert "no 200 from GET /health" in only_line(ended.stderr)


def test_errors_are_never_throughput(run: Run) -> None:
    ended = run("--service", f"{STUB}:errors", "--rounds", "1", "--verbose")
    assert ended.code == 2
    assert "stub:errors: errors: " in ended.stderr
    assert "x status 503 among" in ended.stderr
    goodput = next(line for line in ended.stdout.splitlines() if "goodput, requests/s" in line)
    assert goodput.split()[2:] == ["–", "errors"]


def test_a_missing_toolchain_leaves_the_others_to_be_measured(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "needy"
    shutil.copytree(STUB, folder)
    text = (folder / "service.toml").read_text().replace('name = "stub"', 'name = "needy"')
    (folder / "service.toml").write_text(text.replace("[build]", '[build]\nneeds = ["no-such-compiler"]'))
    ended = run("--service", f"{STUB},{folder}", "--rounds", "1")
    assert ended.code == 2
    assert only_line(ended.stderr) == "primebench: needy not measured: no-such-compiler not found"
    assert "not measured: no-such-compiler not found" in ended.stdout


def test_a_build_that_fails_shows_the_end_of_its_log(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "broken"
    shutil.copytree(STUB, folder)
    text = (folder / "service.toml").read_text()
    (folder / "service.toml").write_text(text.replace('["cp", "stub.py",', '["cp", "no-such-file",'))
    ended = run("--service", str(folder))
    assert ended.code == 2
    assert "no-such-file" in ended.stderr


def test_oha_missing(run: Run) -> None:
    ended = run("--service", str(STUB), environment={"PRIMEBENCH_OHA": "/nonexistent/oha"})
    assert ended.code == 2
    assert only_line(ended.stderr) == "primebench: oha 1.16.0 not found at /nonexistent/oha; run: primebench setup"


WHOLE = """schema = 2
task = "prime"
[profiles.p]
title = "p"
services = ["stub"]
rounds = 1
pinned = false
server_cores = 1
workloads = { a = { warm_up_s = 1, load_s = 1 } }
[workloads.a]
title = "a"
connections = 1
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("schema = 2\n[workloads.tiny\n", "not valid TOML"),
        ("schema = 3\n", "schema: Input should be 2"),
        ('schema = 1\n[workloads.a]\ntitle = "a"\nn = 1\nconnections = "2"\n', "workloads.a.connections: Input should be a"),
        (f'{WHOLE}parameters = {{ n = "many" }}\n', "workloads.a.parameters: expected the parameter n, an integer of 1 to"),
        (f'{WHOLE}parameters = {{ n = 1 }}\nrequest = "x"\n', "workloads.a.request: expected one of calculate, not 'x'"),
        (WHOLE.replace("prime", "x"), "task: no task 'x': expected the name of a task that comes with the program, or"),
        ('schema = 1\n[workloads.a]\ntitle = "a"\nn = 1\nconnections = 0\n', "workloads.a.connections"),
        ('schema = 1\n[workloads.a]\ntitle = "a"\nn = 1\nconnections = 1\nrates = 5\n', "workloads.a.rates: no such key"),
    ],
)
def test_a_broken_scenarios_file_names_file_key_and_expectation(place: Place, tmp_path: Path, text: str, expected: str) -> None:
    broken = tmp_path / "scenarios.toml"
    broken.write_text(text)
    done = forked.run([*place.command("--service", str(STUB)), "--scenarios", str(broken)], place.environment)
    assert done.returncode == 2
    assert only_line(done.stderr).startswith(f"primebench: {broken}: ")
    assert expected in done.stderr


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--profile", "fastest"], "no profile 'fastest'"),
        (["--workload", "huge"], "no workload 'huge'"),
        (["--service", "nginx"], "no service 'nginx'"),
        (["--service", f"{STUB}:quick"], "no variant 'quick'"),
        (["--rounds", "0"], "Invalid value for '--rounds'"),
        (["--speed", "11"], "No such option"),
    ],
)
def test_bad_arguments(run: Run, arguments: list[str], expected: str) -> None:
    ended = run(*arguments)
    assert ended.code == 2
    assert expected in ended.stderr
    assert "Traceback" not in ended.stderr


def namespace() -> list[str]:
    """A prefix that gives a command mounts of its own, or skip the test where the kernel does not let this user."""
    prefix = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--map-root-user", "--mount"]
    if subprocess.run([*prefix, "true"], capture_output=True, check=False).returncode != 0:
        pytest.skip("this kernel lets this user make no mount namespace")
    return prefix


def test_a_full_disk_keeps_the_trials_that_were_finished(run: Run, tmp_path: Path) -> None:
    small, kept = tmp_path / "results", tmp_path / "kept"
    small.mkdir()
    # the disk fills up, for good, as soon as the first trial is on record
    script = """
mount -t tmpfs -o size=8m tmpfs "$0" || exit
{ until [ -s "$(echo "$0"/runs/*/trials.jsonl)" ]; do sleep 0.05; done; exec cat /dev/zero >"$0/filler"; } 2>/dev/null &
shift
"$@"
code=$?
wait
cp -r "$0/runs" "$KEPT"
exit $code
"""
    ended = run(
        "--service",
        str(STUB),
        "--rounds",
        "40",
        prefix=[*namespace(), "sh", "-c", script, str(small), "--"],
        environment={"KEPT": str(kept)},
    )
    assert ended.code == 2
    last = ended.stderr.strip().splitlines()[-1]
    assert "No space left on device" in last
    (folder,) = kept.iterdir()
    _, trials = load_run(folder)
    assert trials
    assert f"{counted(len(trials), 'finished trial is', 'finished trials are')} kept" in last


def test_no_permission_to_write(run: Run, place: Place) -> None:
    place.results.mkdir()
    place.results.chmod(0o555)
    # root may write anywhere, unless that capability is taken away
    prefix = ["setpriv", "--bounding-set=-dac_override", "--inh-caps=-dac_override", "--"] if os.geteuid() == 0 else []
    ended = run("--service", str(STUB), prefix=prefix)
    place.results.chmod(0o755)
    assert ended.code == 2
    assert "Permission denied" in only_line(ended.stderr)
    assert str(place.results) in ended.stderr
