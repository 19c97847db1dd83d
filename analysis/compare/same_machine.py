"""A later run of one machine over an earlier one: what changed, beside what the machine did in between. Pure.

The two were not interleaved, so that their values differ by the machine's drift, too, and no interval of those values knows of
it. A ratio of two contenders of the same round does not have it: verdicts are of such ratios, over a common baseline.
"""

from collections.abc import Iterator, Sequence

from analysis.checks.affected import each_once
from analysis.compare.differences import binary_sizes
from analysis.compare.model import Change, RunOverRun, WorkloadChange
from analysis.compare.pairs import pairs_of
from analysis.compare.ratio import moved
from analysis.compare.same_load import as_long, lasted, load_on_server, named
from analysis.model import metric as m
from analysis.model.summary import ContenderResult, Summary, WorkloadResult, contender_of
from analysis.stats.holm import holm
from analysis.verdicts.verdicts import why_tie
from loadgen.errors import Error

Both = tuple[WorkloadResult, WorkloadResult]


def run_over_run(earlier: Summary, later: Summary, first: str, second: str, wanted: str | None) -> RunOverRun:
    """Every change from one to the other, before anything is decided; `first` and `second` are the runs' letters.

    Raises Error if `wanted` is not in both runs under a workload that is the same.
    """
    shared, apart = _shared(earlier, later, first, second)
    sizes = binary_sizes(earlier), binary_sizes(later)
    kept = [label for label, size in sizes[0].items() if sizes[1].get(label) == size]
    over = _baseline(shared, wanted, kept, earlier.run_id, later.run_id)
    labels = dict.fromkeys(contender.label for pair in shared for contender in _in_both(pair) if not contender.control)
    return RunOverRun(
        earlier=first,
        later=second,
        over=over,
        rebuilt=[label for label in sizes[0] if sizes[0][label] != sizes[1].get(label, sizes[0][label])],
        same_size=[label for label in labels if label in kept],
        workloads=[_workload(group, over, first, second) for group in shared],
        apart=apart,
    )


def _shared(earlier: Summary, later: Summary, first: str, second: str) -> tuple[list[Both], list[str]]:
    """The workloads that are the same in both, and a line for each that only has the same name."""
    of_later, shared, apart = named(later), [], []
    for name, workload in named(earlier).items():
        if (other := of_later.get(name)) is None:
            continue
        loads = load_on_server(earlier, workload), load_on_server(later, other)
        if loads[0] == loads[1] and as_long(workload, other):
            shared.append((workload, other))
            continue
        if loads[0] == loads[1]:
            loads = f"{loads[0]}, {lasted(workload)}", f"{loads[1]}, {lasted(other)}"
        apart.append(f"{name} is not compared: {loads[0]} in {first}; {loads[1]} in {second}")
    return shared, apart


def _baseline(shared: Sequence[Both], wanted: str | None, kept: Sequence[str], earlier_id: str, later_id: str) -> str | None:
    """The one asked for; or the first service of both whose binary `kept` its size, else the first; of a single service the
    first control that is no twin; or None.
    """
    both = {contender.label: contender for pair in shared for contender in _in_both(pair)}
    if wanted is not None and shared:
        if wanted not in both:
            expected = ", ".join(both) or "none, they share no contender"
            raise Error(f"--baseline {wanted}: not in both {earlier_id} and {later_id}; expected of: {expected}")
        return wanted
    services = sorted(
        (contender.label for contender in both.values() if not contender.control), key=lambda label: label not in kept
    )
    controls = [contender.label for contender in both.values() if contender.control and contender.twin_of is None]
    return next(iter(services[:1] if len(services) > 1 else controls), None)


def _in_both(pair: Both) -> list[ContenderResult]:
    """The earlier run's contenders that the later one has too, as the same kind."""
    earlier, later = pair
    kinds = {contender.label: (contender.control, contender.twin_of) for contender in later.contenders}
    return [
        contender for contender in earlier.contenders if kinds.get(contender.label) == (contender.control, contender.twin_of)
    ]


def _workload(pair: Both, over: str | None, first: str, second: str) -> WorkloadChange:
    earlier, _ = pair
    both = _in_both(pair)
    metrics = [metric for metric in m.COMPARED if earlier.rate is None or metric != m.GOODPUT]
    services = [contender.label for contender in both if not contender.control and contender.label != over]
    drifting = [(contender.label, None) for contender in both if contender.label == over and contender.twin_of is None]
    twins = [(contender.label, contender.twin_of) for contender in both if contender.twin_of is not None]
    return WorkloadChange.from_fields_of(
        earlier,
        lasted=_lasted(pair, first, second),
        changes=[_change(pair, label, over, metric, first, second) for label in services for metric in metrics],
        drift=[_change(pair, label, of, metric, first, second) for label, of in (*drifting, *twins) for metric in metrics],
    )


def _lasted(pair: Both, first: str, second: str) -> str | None:
    """What the reader must know where one load lasted longer than the other."""
    durations = [lasted(workload) for workload in pair]
    if durations[0] == durations[1] or not all(durations):
        return None
    return f"{durations[0]} in {first}, {durations[1]} in {second}: memory and tails can grow with time"


def _change(pair: Both, label: str, over: str | None, metric: m.Metric, first: str, second: str) -> Change:
    contenders = [contender for contender in (contender_of(workload, label) for workload in pair) if contender is not None]
    figures = [contender.figures[metric.name] for contender in contenders]
    change = Change(
        contender=label,
        title=contenders[-1].title,
        over=over,
        metric=metric.name,
        earlier=figures[0],
        later=figures[1],
        direct=moved(figures[0].each, figures[1].each),
        blocked=None,
        rounds=(0, 0),
        verdict="cannot tell",
        reason="nothing in both runs to set it over",
        doubts=each_once(figures[0].doubts, figures[1].doubts),
    )
    return change if over is None else _blocked(change, pair, over, (first, second))


def _blocked(change: Change, pair: Both, over: str, letters: tuple[str, str]) -> Change:
    """The change with what is left of it once the machine's part is gone, not yet decided."""
    if missing := [letter for letter, workload in zip(letters, pair, strict=True) if contender_of(workload, over) is None]:
        return change.replace(reason=f"{over} is not in {' and '.join(missing)} under this workload")
    earlier, later = (pairs_of(workload, change.contender, over, change.metric) for workload in pair)
    rounds = len(earlier.each), len(later.each)
    blocked = moved(earlier.each, later.each)
    reasons = [f"{letter}: {pairs.reason}" for letter, pairs in zip(letters, (earlier, later), strict=True) if pairs.reason]
    effects = [pairs.minimum_detectable_effect for pairs in (earlier, later) if pairs.minimum_detectable_effect is not None]
    update = {
        "blocked": blocked,
        "rounds": rounds,
        "reason": "; ".join(reasons) or None,
        "p_value": None if reasons or blocked is None else blocked.p_value,
        "minimum_detectable_effect": max(effects, default=None),
        "doubts": each_once(change.doubts, earlier.doubts, later.doubts),
    }
    return change.replace(**update)


def decided(runs: Sequence[RunOverRun]) -> list[RunOverRun]:
    """The same with verdicts: all changes of services are one family, those of A/A controls another."""
    workloads = [workload for run in runs for workload in run.workloads]
    changes = _family([change for workload in workloads for change in workload.changes], least=True)
    drift = _family([change for workload in workloads for change in workload.drift], least=False)
    return [run.replace(workloads=[_with(workload, changes, drift) for workload in run.workloads]) for run in runs]


def _with(workload: WorkloadChange, changes: Iterator[Change], drift: Iterator[Change]) -> WorkloadChange:
    update = {"changes": [next(changes) for _ in workload.changes], "drift": [next(drift) for _ in workload.drift]}
    return workload.replace(**update)


def _family(changes: Sequence[Change], *, least: bool) -> Iterator[Change]:
    """All of them decided together, in order; with `least`, none below its minimum detectable effect is a change."""
    raw = [change.p_value for change in changes if change.p_value is not None]
    adjusted = iter(holm(raw))
    return iter([change if change.p_value is None else _judged(change, next(adjusted), len(raw), least) for change in changes])


def _judged(change: Change, adjusted: float, family: int, least: bool) -> Change:
    assert change.blocked is not None
    effect = change.minimum_detectable_effect if least else None
    reason = why_tie(change.blocked.ratio, change.blocked.interval, adjusted, family, effect)
    verdict = "tie" if reason else "higher" if change.blocked.ratio > 1 else "lower"
    return change.replace(adjusted_p_value=adjusted, verdict=verdict, reason=reason)
