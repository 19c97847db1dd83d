"""Runs beside each other: of one machine with verdicts on what changed, of several machines each by its own ratios. Pure."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from analysis.compare.across_machines import side_by_side
from analysis.compare.differences import differing
from analysis.compare.model import ComparedRun, CompareResult, PublishedBeside, RunOverRun
from analysis.compare.same_machine import decided, run_over_run
from analysis.model.summary import Summary
from analysis.verdicts.verdicts import FAMILY_ERROR
from loadgen.counted import counted
from loadgen.errors import Error
from loadgen.machine.same_machine import by_machine

if TYPE_CHECKING:
    from analysis.model.audit import ClaimResult

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
EXAMPLE = "primebench compare results/latest results/reference"


def compared(summaries: Sequence[Summary], over: str | None = None) -> CompareResult:
    """Compare the runs; of each machine's, the later ones over its earliest, with the baseline `over`.

    Raises Error if there are fewer than two, one is named twice, or they share no workload.
    """
    _check(summaries)
    runs = sorted(summaries, key=lambda summary: (summary.started, summary.run_id))
    letters = {run.run_id: letter for run, letter in zip(runs, LETTERS, strict=False)}
    machines = _by_machine(runs)
    over_runs = decided(
        [
            run_over_run(first, later, letters[first.run_id], letters[later.run_id], over)
            for first, *others in machines
            for later in others
        ]
    )
    beside, apart = side_by_side(runs, letters) if len(machines) > 1 else ([], [])
    if not beside and not any(over_run.workloads for over_run in over_runs):
        raise Error(_nothing_shared(runs, [*apart, *(line for over_run in over_runs for line in over_run.apart)]))
    return CompareResult(
        runs=[_run(run, letters[run.run_id]) for run in runs],
        machines=[[letters[summary.run_id] for summary in group] for group in machines],
        differing=differing(runs),
        same_machine=over_runs,
        side_by_side=beside,
        apart=apart,
        published=_published(runs),
        family=_family_size(over_runs),
        family_error=FAMILY_ERROR,
    )


def _check(summaries: Sequence[Summary]) -> None:
    ids = [summary.run_id for summary in summaries]
    if twice := sorted({name for name in ids if ids.count(name) > 1}):
        raise Error(f"{', '.join(twice)}: named twice; expected different runs: {EXAMPLE}")
    if campaigns := [summary.run_id for summary in summaries if summary.is_campaign]:
        raise Error(f"{', '.join(campaigns)}: of several machines, which agree or not by themselves; see: primebench report")
    if not 2 <= len(ids) <= len(LETTERS):
        raise Error(f"{counted(len(ids), 'run')}: expected 2 to {len(LETTERS)}: {EXAMPLE}")


def _by_machine(runs: Sequence[Summary]) -> list[list[Summary]]:
    """Return runs by machine; machines and their runs in the order given."""
    return by_machine(runs, lambda run: run.machine)


def _nothing_shared(runs: Sequence[Summary], apart: Sequence[str]) -> str:
    if apart:
        return f"no workload is the same in two runs: {'; '.join(dict.fromkeys(apart))}; compare runs of one profile"
    has = "; ".join(f"{run.run_id} has {_names(workload.name for workload in run.workloads)}" for run in runs)
    return f"no shared workload with two services: {has}; compare runs of one profile"


def _names(names: Iterable[str]) -> str:
    return ", ".join(names) or "none"


def _run(summary: Summary, letter: str) -> ComparedRun:
    taken = set(ComparedRun.model_fields) - {"letter"}
    return ComparedRun(letter=letter, **{name: getattr(summary, name) for name in taken})


def _family_size(over_runs: Iterable[RunOverRun]) -> int:
    changes = [change for over_run in over_runs for workload in over_run.workloads for change in workload.changes]
    return sum(change.adjusted_p_value is not None for change in changes)


def _published(runs: Sequence[Summary]) -> list[PublishedBeside]:
    """Every published figure that a run has looked at, with what each found."""
    claims: dict[tuple[str, str, str, str], dict[str, ClaimResult]] = {}
    for run in runs:
        for claim in run.claims:
            key = (claim.published_by, claim.contender, claim.workload, claim.metric)
            claims.setdefault(key, {})[run.run_id] = claim
    return [
        PublishedBeside(
            published_by=published_by,
            contender=contender,
            workload=workload,
            metric=metric,
            published=next(iter(of_run.values())).published,
            at_most=next(iter(of_run.values())).at_most,
            found=[of_run.get(run.run_id) for run in runs],
        )
        for (published_by, contender, workload, metric), of_run in claims.items()
    ]
