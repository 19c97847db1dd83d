"""The bisection: which commit is judged next and what is known, with simulated verdicts; its file, and how it goes on."""

import math
import random
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from analysis.regress.bisection import TRIES, Bisection, BisectOutcome, Judged, Next, in_words
from loadgen.build.git import commits_between
from loadgen.errors import Error
from loadgen.record.folder import RunFolder
from loadgen.regress.session import RegressRequest
from primebench import bisecting
from primebench.commands.bisect import bisect
from primebench.commands.regress import regress
from tests.repository import commit_file, git
from tests.unit.console import run

Verdicts = Callable[[str, int], BisectOutcome]
SCENARIOS = Path(__file__).parents[2] / "scenarios.toml"


def bisection(count: int, *judged: tuple[str, BisectOutcome]) -> Bisection:
    verdicts = [Judged(commit=commit, outcome=outcome) for commit, outcome in judged]
    return Bisection(good="good", commits=[f"c{number}" for number in range(count)], error=0.01, asked=[], judged=verdicts)


def through(bisection: Bisection, verdict: Verdicts) -> Bisection:
    """Go on to the end with such verdicts on a commit, at such a multiple of the first budget."""
    while (step := bisection.next) is not None:
        bisection = bisection.replace(
            judged=[*bisection.judged, Judged(commit=step.commit, outcome=verdict(step.commit, step.times))]
        )
        assert len(bisection.judged) <= TRIES * len(bisection.commits)
    return bisection


def slow_from(first: int) -> Verdicts:
    return lambda commit, _: "regression" if int(commit[1:]) >= first else "pass"


@pytest.mark.parametrize("count", [1, 2, 3, 7, 16, 100])
def test_the_first_slower_commit_is_found_in_as_few_verdicts_as_halving_needs(count: int) -> None:
    for first in range(count):
        found = through(bisection(count), slow_from(first))
        assert found.suspects == [f"c{first}"]
        assert len(found.judged) <= 1 + math.ceil(math.log2(count))


def test_the_bad_commit_is_judged_first_and_without_a_regression_nothing_else_is() -> None:
    assert bisection(9).next == Next("c8", 1)
    found = through(bisection(9), slow_from(9))
    assert [judged.commit for judged in found.judged] == ["c8"]
    assert in_words(found) == ["c8 is not slower than good: there is no commit to find"]


def test_a_commit_without_a_verdict_is_judged_once_more_for_twice_as_long_and_then_passed_over() -> None:
    one = bisection(5, ("c4", "regression"), ("c1", "inconclusive"))
    assert one.next == Next("c1", 2)
    again = one.replace(judged=[*one.judged, Judged(commit="c1", outcome="inconclusive")])
    assert again.next == Next("c2", 1)
    longer = one.replace(judged=[*one.judged, Judged(commit="c1", outcome="pass")])
    assert longer.suspects == ["c2", "c3", "c4"]


def test_a_commit_that_does_not_build_is_not_tried_again() -> None:
    assert bisection(5, ("c4", "regression"), ("c1", "error")).next == Next("c2", 1)


def test_commits_that_were_passed_over_beside_the_slow_one_remain_suspects() -> None:
    def verdict(commit: str, _: int) -> BisectOutcome:
        return "inconclusive" if commit in ("c2", "c3") else slow_from(3)(commit, 1)

    found = through(bisection(6), verdict)
    assert found.suspects == ["c2", "c3", "c4"]
    assert found.next is None
    assert in_words(found)[:3] == [
        "the first slower commit is one of 3, up to c4; no verdict could be given on",
        "  c2: inconclusive",
        "  c3: inconclusive",
    ]


def test_a_bad_commit_that_nothing_can_be_told_of_ends_it() -> None:
    found = through(bisection(4), lambda *_: "inconclusive")
    assert [judged.commit for judged in found.judged] == ["c3"] * TRIES
    assert "cannot be told (inconclusive): give more --budget" in in_words(found)[0]


@pytest.mark.parametrize("seed", range(50))
def test_whatever_cannot_be_judged_the_slow_commit_stays_among_the_suspects(seed: int) -> None:
    source = random.Random(seed)
    count = source.randrange(1, 40)
    first = source.randrange(count)

    def verdict(commit: str, times: int) -> BisectOutcome:
        if int(commit[1:]) != count - 1 and source.random() < 0.4 / times:
            return source.choice(["inconclusive", "invalid", "error"])
        return slow_from(first)(commit, times)

    found = through(bisection(count), verdict)
    assert f"c{first}" in found.suspects
    assert all(found.outcome_of(suspect) not in ("pass", "regression", None) for suspect in found.suspects[:-1])


def test_it_is_as_certain_as_its_verdicts() -> None:
    found = through(bisection(16), slow_from(5))
    count = len(found.judged)
    assert found.certainty == pytest.approx(1 - 0.01 * count)
    assert in_words(found) == [
        "the first slower commit is c5",
        f"certain to {found.certainty:.0%} or more: {count} verdicts, each wrong in at most 1.0% of such runs",
    ]
    assert bisection(4, ("c3", "regression"), ("c1", "error")).certainty == pytest.approx(0.99)


# With commits of git, and its file


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "repository"
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch", "main")
    for number in range(6):
        commit_file(folder, f"change {number}")
    return folder


def asked(repository: Path, **changes: Any) -> RegressRequest:
    given: dict[str, Any] = {"base": "HEAD~5", "head": "HEAD", "repository": repository, "scenarios": SCENARIOS, "command": []}
    return RegressRequest(**(given | changes))


class FakeSession:
    """Judges by the number in a commit's file; ends the program at a verdict, if it is told to."""

    def __init__(self, repository: Path, first: int, interrupted_at: int | None = None) -> None:
        self.repository, self.first, self.interrupted_at = repository, first, interrupted_at
        self.requests: list[RegressRequest] = []

    def measure(self, request: RegressRequest) -> RunFolder:
        if len(self.requests) == self.interrupted_at:
            raise KeyboardInterrupt
        self.requests.append(request)
        number = int(git(self.repository, "show", f"{request.head}:file").split()[-1])
        return RunFolder(Path("regression" if number >= self.first else "pass"))


@pytest.fixture
def judged_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    class Result:
        def __init__(self, folder: Path) -> None:
            self.outcome = folder.name

    monkeypatch.setattr(bisecting, "render_regress", lambda folder, _: Result(folder))


def go_on(bisection: Bisection, path: Path, request: RegressRequest, session: FakeSession) -> Bisection:
    return bisecting.go_on(bisection, path, request, session, lambda _: None)  # type: ignore[arg-type]


@pytest.mark.usefixtures("judged_by_name")
def test_an_interrupted_bisection_goes_on_where_it_was(repository: Path, tmp_path: Path) -> None:
    request = asked(repository)
    one, path = bisecting.begin(request, tmp_path / "results")
    with pytest.raises(KeyboardInterrupt):
        go_on(one, path, request, FakeSession(repository, 3, interrupted_at=2))
    again, same = bisecting.begin(request, tmp_path / "results")
    assert (same, len(again.judged)) == (path, 2)
    session = FakeSession(repository, 3)
    found = go_on(again, path, request, session)
    assert found.suspects == [git(repository, "rev-parse", "HEAD~2")]
    assert len(found.judged) == 2 + len(session.requests)
    assert {(request.base, request.exact_base) for request in session.requests} == {(found.good, True)}


@pytest.mark.usefixtures("judged_by_name")
def test_another_question_about_the_same_commits_is_refused(repository: Path, tmp_path: Path) -> None:
    one, path = bisecting.begin(asked(repository), tmp_path)
    bisecting.keep(one, path)
    with pytest.raises(Error, match="asked otherwise; remove it to begin anew"):
        bisecting.begin(asked(repository, workloads=["n1000"]), tmp_path)
    path.write_text("{}")
    with pytest.raises(Error, match="remove it to begin anew"):
        bisecting.begin(asked(repository), tmp_path)


def test_a_head_that_cannot_be_built_is_passed_over_and_a_base_ends_it(repository: Path, tmp_path: Path) -> None:
    class Failing:
        def __init__(self, side: str) -> None:
            self.side = side

        def measure(self, _: RegressRequest) -> RunFolder:
            raise Error(f"{self.side}: build failed")

    request = asked(repository)
    one, path = bisecting.begin(request, tmp_path)
    found = bisecting.go_on(one, path, request, Failing("head"), lambda _: None)  # type: ignore[arg-type]
    assert [verdict.outcome for verdict in found.judged] == ["error"]
    with pytest.raises(Error, match="base: build failed"):
        bisecting.go_on(one, path, request, Failing("base"), lambda _: None)  # type: ignore[arg-type]


def test_what_was_merged_is_one_step(repository: Path) -> None:
    start = git(repository, "rev-parse", "HEAD")
    git(repository, "checkout", "--quiet", "-b", "side")
    commit_file(repository, "side 9")
    git(repository, "checkout", "--quiet", "main")
    git(repository, "merge", "--quiet", "--no-ff", "-m", "merge", "side")
    merge = git(repository, "rev-parse", "HEAD")
    assert commits_between(repository, start, merge) == [merge]
    assert commits_between(repository, merge, start) == commits_between(repository, merge, merge) == []


def test_what_it_advises_at_the_end_measures_what_it_measured(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = through(bisection(4), slow_from(2))
    monkeypatch.setattr(bisecting, "begin", lambda *_: (found, tmp_path / "file"))
    monkeypatch.setattr(bisecting, "go_on", lambda *_: found)
    places = ["--repository", str(repository), "--results", str(tmp_path / "my results"), "--scenarios", str(SCENARIOS)]
    chosen = ["--layer", "size,load", "--layer", "instructions", "--workload", "n1000", "--budget", "1m30s"]
    result = CliRunner().invoke(bisect, ["--good", "HEAD~5", "--service", "server", *places, *chosen], standalone_mode=False)
    assert result.exception is None, result.exception
    advised = result.output.splitlines()[-1].removeprefix("what changed in it: primebench regress ")
    here = regress.make_context("regress", shlex.split(advised)).params
    asked = bisect.make_context("bisect", ["--good", "HEAD~5", "--service", "server", *places, *chosen]).params
    shared = ("folders", "repository", "workloads", "layers", "budget", "results", "scenarios", "example")
    assert {name: here[name] for name in shared} == {name: asked[name] for name in shared}
    assert (here["base"], here["head"], here["exact_base"], here["explain"]) == ("c2~1", "c2", True, True)


@pytest.mark.parametrize(
    ("good", "bad", "message"),
    [
        ("no-such", "HEAD", "--good no-such: no such revision in {}; expected a commit, branch or tag"),
        ("HEAD", "HEAD~1", "--good HEAD is not before --bad HEAD~1: expected an ancestor of it"),
    ],
)
def test_what_cannot_be_bisected_is_said_in_a_line(repository: Path, good: str, bad: str, message: str) -> None:
    done = run("bisect", "--good", good, "--bad", bad, "--repository", str(repository), "--scenarios", str(SCENARIOS))
    assert done.returncode == 2
    assert done.stderr.decode() == f"primebench: {message.format(repository)}\n"
