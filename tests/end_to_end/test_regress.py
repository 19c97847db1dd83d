"""The gate, on a repository of its own: a slow-down that nobody could miss, none at all, and what goes wrong."""

import json
import re
import shutil
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from analysis.regress.model import RegressResult, read_result
from tests import forked
from tests.end_to_end.conftest import LAUNCH, STUB, Ended, Place, ended
from tests.patience import PATIENCE_S
from tests.repository import commit, git
from tests.trials import benchmark_trials

Regress = Callable[..., Ended]
ANSWER = "        n = json.loads(body)["
BURN = "        sum(range(20_000))\n"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A git repository whose one commit holds the stub service."""
    folder = tmp_path / "repository"
    folder.mkdir()
    for name in ("service.toml", "stub.py", "bench.py"):
        shutil.copy(STUB / name, folder / name)
    git(folder, "init", "--quiet")
    commit(folder, "base")
    return folder


def command(place: Place, repository: Path, *arguments: str) -> list[str]:
    where = ["--repository", str(repository), "--service", ".", "--results", str(place.results)]
    unexplained = [] if "--self-check" in arguments else ["--no-explain"]
    return [*LAUNCH, "regress", *where, "--scenarios", str(STUB / "scenarios.toml"), *unexplained, *arguments]


@pytest.fixture
def regress(place: Place, repository: Path) -> Regress:
    def run_it(*arguments: str, prefix: tuple[str, ...] = (), **environment: str) -> Ended:
        return ended(place, [*prefix, *command(place, repository, *arguments)], environment)

    return run_it


def replace_in(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert text.count(old) == 1
    path.write_text(text.replace(old, new))


def worktrees(repository: Path) -> int:
    listed = subprocess.run(["git", "-C", str(repository), "worktree", "list"], check=True, capture_output=True, text=True)
    return len(listed.stdout.splitlines())


def verdict_of(ended: Ended) -> RegressResult:
    return read_result(ended.run)


def test_a_head_that_burns_time_in_every_request_is_a_regression(
    regress: Regress, repository: Path, tmp_path: Path, place: Place
) -> None:
    replace_in(repository / "stub.py", ANSWER, BURN + ANSWER)
    commit(repository, "head")
    exports = ["--export", f"junit={tmp_path / 'junit.xml'}", "--export", f"bencher={tmp_path / 'bencher.json'}"]
    given = ["--base", "HEAD~1", "--head", "HEAD", "--layer", "load,size", "--history", str(tmp_path / "history.jsonl")]
    ended = regress(*given, *exports, PLOTS="drawn")
    assert (ended.code, ended.stderr) == (1, "")
    assert "REGRESSION: " in ended.stdout
    verdict = verdict_of(ended)
    assert verdict.outcome == "regression"
    (cpu,) = (metric for metric in verdict.metrics if metric.metric == "cpu_per_request_us")
    assert (cpu.outcome, cpu.pairs) == ("regression", 14)
    assert cpu.worse is not None
    assert cpu.worse > 1.5
    assert {control.kind: control.kept for control in verdict.controls if control.layer == "load"} == {
        "relinked": True,
        "slowed": True,
    }
    assert "<failure" in (tmp_path / "junit.xml").read_text()
    assert json.loads((tmp_path / "bencher.json").read_text())
    assert len((tmp_path / "history.jsonl").read_text().splitlines()) == 1
    assert {path.name for path in (ended.run / "plots").iterdir()} == {"pairs.svg", "pairs.png"}
    assert worktrees(repository) == 1

    (ended.run / "verdict.json").unlink()
    done = forked.run([*LAUNCH, "report", str(ended.run)], place.environment)
    assert (done.returncode, done.stderr) == (0, "")
    assert read_result(ended.run) == verdict

    done = forked.run([*LAUNCH, "audit", str(ended.run)], place.environment)
    assert (done.returncode, done.stdout) == (2, "")
    assert "a regression check says nothing of published figures" in done.stderr


def test_the_same_sources_twice_are_no_regression_and_called_an_a_a_run(regress: Regress, repository: Path) -> None:
    commit(repository, "nothing changed")
    (repository / "notes.txt").write_text("not committed")
    ended = regress("--base", "HEAD~1", "--head", "HEAD", "--layer", "microbench,size")
    assert (ended.code, ended.stderr) == (0, "")
    assert "built from the same sources: an A/A run" in ended.stdout
    assert "the working tree differs from HEAD in 1 file: that is not measured, and with --head . it is" in ended.stdout
    verdict = verdict_of(ended)
    assert (verdict.outcome, verdict.same_sources) == ("pass", True)
    assert {metric.layer for metric in verdict.metrics} == {"microbench", "size"}


def test_slower_benchmarks_of_a_working_tree_are_found(regress: Regress, repository: Path) -> None:
    replace_in(repository / "bench.py", '"cpu_time": 10.0', '"cpu_time": 10.5')
    ended = regress("--base", "HEAD", "--head", str(repository), "--layer", "microbench", "--layer", "instructions")
    assert ended.code == 1
    verdict = verdict_of(ended)
    assert verdict.head.changed == ["bench.py"]
    assert "stub: no microbench.count in base and head: instructions are not judged" in verdict.notes
    assert {metric.workload: metric.outcome for metric in verdict.metrics} == {
        "prime_loop/served/n=1000": "regression",
        "prime_loop/served/n=10000": "regression",
    }


def own_names(repository: Path, *names: str) -> None:
    """Give the stub benchmarks of other names than scenario/contender/case, and nothing that says which of them are served."""
    bench, service = repository / "bench.py", repository / "service.toml"
    bench.write_text(re.sub(r"NAMES = \(.*?\n\)", f"NAMES = {names!r}", bench.read_text(), flags=re.DOTALL))
    text = service.read_text()
    service.write_text(re.sub(r"variant_(?:filter|base) = .*\n", "", text[: text.index("[microbench.variants.slow]")]))
    commit(repository, "benchmarks of its own")


def test_benchmarks_are_judged_under_the_names_that_they_have(regress: Regress, repository: Path) -> None:
    replace_in(repository / "bench.py", '"divisions": 2925594.0,', '"divisions": float("nan"), **SKIPPED.get(name, {}),')
    skipped = 'SKIPPED = {"Broken": {"skipped": True, "skip_message": "needs AVX2", "real_time": 0.0, "cpu_time": 0.0}}\n'
    replace_in(repository / "bench.py", "benchmarks = [\n", skipped + "benchmarks = [\n")
    own_names(repository, "Size-10", "Size-1000", "Broken")
    replace_in(repository / "bench.py", '"cpu_time": 10.0', '"cpu_time": 15.4 if name == "Size-1000" else 10.0')
    ended = regress("--base", "HEAD", "--head", str(repository), "--layer", "microbench")
    assert (ended.code, ended.stderr) == (1, "")
    assert {metric.workload: metric.outcome for metric in verdict_of(ended).metrics} == {
        "Size-10": "pass",
        "Size-1000": "regression",
    }
    assert "note: stub: Broken: not judged: skipped: needs AVX2" in " ".join(ended.stdout.split())
    assert benchmark_trials(ended.run)[0].warnings == [
        "Size-10: counter 'divisions' is nan",
        "Size-1000: counter 'divisions' is nan",
    ]


def test_a_benchmark_that_fails_in_head_alone_ends_the_check_before_measuring(regress: Regress, repository: Path) -> None:
    own_names(repository, "Sum", "Broken")
    failed = '"divisions": 2925594.0, **({"error_occurred": True, "error_message": "wrong sum"} if name == "Broken" else {}),'
    replace_in(repository / "bench.py", '"divisions": 2925594.0,', failed)
    ended = regress("--base", "HEAD", "--head", str(repository), "--layer", "microbench")
    assert ended.code == 2
    assert "head: microbenchmarks: Broken failed: wrong sum; base times it" in " ".join(ended.stderr.split())
    assert not (ended.results / "runs").exists()


def test_two_benchmarks_of_one_name_are_refused_before_measuring(regress: Regress, repository: Path) -> None:
    own_names(repository, "Sum", "Sum")
    ended = regress("--base", "HEAD", "--layer", "microbench")
    assert ended.code == 2
    assert "benchmark 'Sum': 2 results for" in ended.stderr
    assert not (ended.results / "runs").exists()


def test_two_service_folders(regress: Regress, repository: Path, tmp_path: Path) -> None:
    shutil.copytree(repository, tmp_path / "other", ignore=shutil.ignore_patterns(".git"))
    ended = regress("--base", str(repository), "--head", str(tmp_path / "other"), "--layer", "size")
    assert ended.code == 0
    assert "binary size" in ended.stdout


def test_several_services_are_judged_together(place: Place, repository: Path) -> None:
    for name in ("one", "two"):
        shutil.copytree(STUB, repository / name)
        replace_in(repository / name / "service.toml", 'name = "stub"', f'name = "{name}"')
    commit(repository, "two services")
    where = ["--repository", str(repository), "--results", str(place.results), "--scenarios", str(STUB / "scenarios.toml")]
    arguments = ["--base", "HEAD", "--service", "one,two", "--layer", "size"]
    done = forked.run([*LAUNCH, "regress", *where, *arguments], place.environment)
    assert (done.returncode, done.stderr) == (0, "")
    assert {metric.service for metric in read_result(place.results / "latest").metrics} == {"one", "two"}
    assert "one: artefact" in done.stdout


@pytest.mark.parametrize("side", ["base", "head"])
def test_a_side_that_does_not_build_is_named_with_the_end_of_its_log(regress: Regress, repository: Path, side: str) -> None:
    (repository / "stub.py").rename(repository / "gone.py")
    commit(repository, "broken")
    (repository / "gone.py").rename(repository / "stub.py")
    commit(repository, "whole")
    base, head = ("HEAD~1", "HEAD") if side == "base" else ("HEAD~2", "HEAD~1")
    ended = regress("--base", base, "--head", head)
    assert ended.code == 2
    assert ended.stderr.startswith(f"primebench: {side}: build failed: cp stub.py")
    assert "No such file or directory" in ended.stderr
    assert worktrees(repository) == 1


def test_a_side_that_breaks_the_contract_is_not_measured(regress: Regress, repository: Path) -> None:
    replace_in(repository / "service.toml", '"{artefact}", "{port}"]', '"{artefact}", "{port}", "wrong-prime"]')
    commit(repository, "wrong")
    ended = regress("--base", "HEAD~1", "--head", "HEAD")
    assert ended.code == 2
    assert ended.stderr.startswith("primebench: head: ")
    assert "prime" in ended.stderr
    assert not (ended.results / "runs").exists()


def test_a_budget_that_ends_before_the_first_look_is_refused_before_measuring(regress: Regress) -> None:
    ended = regress("--base", "HEAD", "--budget", "5s")
    assert ended.code == 2
    assert "too small to decide anything: the first look is after 14 pairs" in ended.stderr
    assert not (ended.results / "runs").exists()


def test_on_one_core_it_says_so_and_measures(regress: Regress) -> None:
    ended = regress("--base", "HEAD", "--layer", "microbench", prefix=("taskset", "-c", "0"))
    assert ended.code == 0
    assert "one core: servers and generators share it" in ended.stdout


def test_an_interrupted_check_leaves_no_worktree_and_its_report_says_that_it_is_invalid(place: Place, repository: Path) -> None:
    with subprocess.Popen(
        command(place, repository, "--base", "HEAD"), env=dict(place.environment), stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith("trial 1 "):
                break
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE_S) == 130
    assert worktrees(repository) == 1
    done = forked.run([*LAUNCH, "report", str(place.results / "latest")], place.environment)
    assert "the run did not come to its end (interrupted)" in " ".join(done.stdout.split())


def test_the_repositorys_own_primebench_toml_counts(regress: Regress, repository: Path) -> None:
    (repository / "primebench.toml").write_text('schema = 1\n[regress]\nlayers = ["size"]\n')
    ended = regress("--base", "HEAD", "--head", str(repository))
    assert ended.code == 0
    assert [metric.metric for metric in verdict_of(ended).metrics] == ["binary_bytes"]
    (repository / "primebench.toml").write_text("schema = 1\n[regress]\nlooks = []\n")
    ended = regress("--base", "HEAD")
    assert ended.code == 2
    assert re.search(r"primebench.toml: regress.looks: ", ended.stderr)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--base", "no-such-branch"], "no revision 'no-such-branch'"),
        (["--base", "HEAD", "--margin", "0.7"], "exclude: expected more than margin (0.7)"),
        (["--base", "HEAD", "--layer", "speed"], "no layer 'speed': expected of load, microbench, instructions, size"),
        (["--base", "HEAD", "--workload", "huge"], "no workload 'huge' in this profile"),
        (["--base", "HEAD", "--export", "xml=file"], "expected FORMAT=FILE with a format of json, markdown, junit"),
        (["--base", "HEAD", "--budget", "soon"], "expected a time like 90s, 15m or 1h30m"),
        (["--base", "HEAD", "--service", "nowhere"], "base: "),
        (["--base", "HEAD", "--config", "no-such.toml"], "no-such.toml: cannot be read"),
        (["--head", "HEAD"], "Missing option '--base'"),
        (["--self-check", "10m", "--base", "HEAD"], "judges nothing: leave out --base"),
        (["--self-check", "1s"], "a budget of 0:01 min is too small to decide anything"),
        (["--base", ""], "base or head is empty"),
        (["--base", "HEAD", "--export", "json=no/such/file"], "no/such/file: no folder "),
        (["--base", "HEAD", "--service", "."], "two services of one name"),
    ],
)
def test_bad_arguments(regress: Regress, arguments: list[str], expected: str) -> None:
    ended = regress(*arguments)
    assert ended.code == 2
    assert expected in ended.stderr
    assert "Traceback" not in ended.stderr
