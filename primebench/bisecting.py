"""A bisection while it goes on: its file, which it is taken up from, and a regression check for each commit."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from pydantic import ValidationError

from analysis.regress.bisection import Bisection, Judged
from analysis.regress.evidence import undecided
from analysis.regress.render import render_regress
from loadgen.build.git import commits_between, find_commit
from loadgen.config.project import read_scenarios
from loadgen.counted import counted
from loadgen.errors import Error
from loadgen.regress.session import RegressRequest, RegressSession, gate_for
from loadgen.run.files import check_results
from loadgen.run.reporter import Reporter
from loadgen.strict import explain

Say = Callable[[str], None]


def begin(request: RegressRequest, results: Path) -> tuple[Bisection, Path]:
    """Return the bisection between the request's base and head, as far as it came before, and its file.

    Raises Error if one of the two is no commit, base is not before head, or the file is of another one.
    """
    commits = [find_commit(request.repository, asked) for asked in (request.base, request.head)]
    for name, asked, commit in zip(("--good", "--bad"), (request.base, request.head), commits, strict=True):
        if commit is None:
            raise Error(f"{name} {asked}: no such revision in {request.repository}; expected a commit, branch or tag")
    good, bad = map(str, commits)
    between = commits_between(request.repository, good, bad)
    if not between:
        raise Error(f"--good {request.base} is not before --bad {request.head}: expected an ancestor of it")
    gate = gate_for(request, read_scenarios(request.scenarios))
    asked_for = [*request.folders, *request.workloads, *request.layers, gate.model_dump_json()]
    new = Bisection(good=good, commits=between, error=gate.family_error, asked=asked_for)
    check_results(results)
    path = results / "bisect" / f"{good[:12]}-{bad[:12]}.json"
    return (_taken_up(path, new) if path.exists() else new), path


def _taken_up(path: Path, new: Bisection) -> Bisection:
    try:
        known = Bisection.model_validate_json(path.read_bytes())
    except OSError as error:
        raise Error(f"{path}: cannot be read: {error.strerror}") from error
    except ValidationError as error:
        raise Error(f"{path}: {explain(error)}; remove it to begin anew") from error
    if known.replace(judged=[]) != new:
        raise Error(f"{path}: a bisection of these commits that was asked otherwise; remove it to begin anew")
    return known


def go_on(bisection: Bisection, path: Path, request: RegressRequest, session: RegressSession, say: Say) -> Bisection:
    """Judge one commit after the other until none is left that a verdict would say something of; each is kept at once."""
    gate = gate_for(request, read_scenarios(request.scenarios))
    while (step := bisection.next) is not None:
        say(
            f"{counted(len(bisection.suspects), 'suspect')}, about {counted(bisection.left, 'verdict')}: "
            f"judging {step.commit[:12]}"
        )
        asked = replace(request, base=bisection.good, head=step.commit, exact_base=True, budget=gate.budget_s * step.times)
        bisection = bisection.replace(judged=[*bisection.judged, _judged(step.commit, asked, session, say)])
        keep(bisection, path)
        say(f"{step.commit[:12]}: {bisection.outcome_of(step.commit)}")
    return bisection


def _judged(commit: str, request: RegressRequest, session: RegressSession, say: Say) -> Judged:
    """The verdict on one commit. What cannot be built or started is passed over; a fault of the good one ends the bisection."""
    try:
        folder = session.measure(request).path
    except Error as error:
        if not str(error).startswith("head: "):
            raise
        say(str(error))
        return Judged(commit=commit, outcome="error")
    return Judged(commit=commit, outcome=render_regress(folder, {}).outcome, run=folder.name)


def keep(bisection: Bisection, path: Path) -> None:
    """Write it in one step: whoever interrupts it finds the last verdict again. Raise Error if that cannot be."""
    draft = path.with_suffix(".new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_text(bisection.model_dump_json(indent=2) + "\n", encoding="utf-8")
        draft.replace(path)
    except OSError as error:
        raise Error(f"{path}: cannot be written: {error.strerror}") from error


def session_of(project: Path, results: Path, report: Reporter) -> RegressSession:
    """Return what judges, and explains nothing: that is done for the commit that was found."""
    return RegressSession(project, results, report, undecided, lambda _: [])
