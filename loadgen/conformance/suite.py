"""Runs a suite against one service."""

import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import Future, as_completed, wait
from functools import partial
from itertools import islice

from loadgen.conformance.case import Case, ClosedOr, Step, Suite, TimedOut
from loadgen.conformance.check import alive, run_case
from loadgen.conformance.outcome import ConformanceResult, Outcome, judge
from loadgen.conformance.shown import Fault
from loadgen.system.background import in_background

_ALIVE_DEADLINE_S = 10.0


class UnknownCaseError(ValueError):
    """A case id that the suite does not have; the message is for the user who wrote it."""


def run_suite(
    address: tuple[str, int],
    suite: Suite,
    *,
    known_deviations: Mapping[str, str],
    on_outcome: Callable[[Outcome], None] | None = None,
    only: Collection[str] | None = None,
) -> ConformanceResult:
    """Run every case (or `only` those ids) against the service at (host, port).

    `known_deviations` maps case ids to reasons. `on_outcome` is called in the caller's thread as cases end, in no
    promised order. Raises UnknownCaseError for an id that is not in the suite.
    """
    _require_known(suite.cases, known_deviations, "known deviation")
    _require_known(suite.cases, only or (), "case")
    chosen = tuple(case for case in suite.cases if only is None or case.id in only)
    started = time.monotonic()
    outcomes: dict[str, Outcome] = {}
    levels = suite.levels
    core = {case.id for case in suite.core}
    for case, fault in _faults(address, sorted(chosen, key=lambda case: case.id not in core), core, suite.liveness):
        outcomes[case.id] = outcome = judge(case, levels[case.id], fault, known_deviations.get(case.id))
        if on_outcome is not None:
            on_outcome(outcome)
    in_order = tuple(outcomes[case.id] for case in chosen)
    return ConformanceResult(in_order, time.monotonic() - started)


def _faults(
    address: tuple[str, int], chosen: Sequence[Case], core: Collection[str], liveness: tuple[Step, ...]
) -> Iterator[tuple[Case, Fault | None]]:
    """Each case with what is wrong: those that mostly wait beside those that do not, once what the task asks has been
    asked. Slow clients hold all threads of a service that has few: what fails beside them is asked once more without.
    """
    in_turn = [case for case in chosen if not case.concurrent]
    waiting: dict[Future[Fault | None], Case] = {}
    asked = _one_by_one(address, in_turn, liveness, waiting)
    yield from islice(asked, sum(case.id in core for case in in_turn))
    for case in chosen:
        if case.concurrent:
            waiting[in_background(partial(run_case, address, case, liveness), f"conformance-{case.id}")] = case
    yield from asked
    starved = []
    for done in as_completed(waiting):
        case, fault = waiting[done], done.result()
        if fault is not None and not any(isinstance(step, TimedOut | ClosedOr) for step in case.steps):
            starved.append(case)
        else:
            yield case, fault
    for case in starved:  # which want an answer, whatever other slow clients do
        yield case, run_case(address, case, liveness)


def _one_by_one(
    address: tuple[str, int], chosen: Sequence[Case], liveness: tuple[Step, ...], beside: Collection[Future[Fault | None]]
) -> Iterator[tuple[Case, Fault | None]]:
    """Stops asking a service that no longer answers: the rest would only wait out their deadlines."""
    fatal: Fault | None = None
    for case in chosen:
        if fatal is not None:
            yield case, fatal
            continue
        fault = run_case(address, case, liveness)
        if fault is not None and not all(other.done() for other in beside):
            wait(beside)
            fault = run_case(address, case, liveness)
        if fault is not None and (silence := alive(address, liveness, _ALIVE_DEADLINE_S)) is not None:
            fatal = Fault(f"expected a service that lives on after {case.id}, got silence: not tried ({silence})")
        yield case, fault


def _require_known(cases: Sequence[Case], ids: Collection[str], what: str) -> None:
    unknown = sorted(set(ids) - {case.id for case in cases})
    if unknown:
        raise UnknownCaseError(f"unknown {what}: {', '.join(unknown)}; the conformance suite has no such case")
