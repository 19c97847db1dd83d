"""Direct pairs: chosen once the rest has been measured, as many as there is time for, and gone on with like all else."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from loadgen.config.scenarios import Paired
from loadgen.generator.request_file import RequestFiles
from loadgen.record.folder import RunFolder
from loadgen.record.run import DirectPair
from loadgen.record.trial import Trial
from loadgen.run.budget import with_direct_pairs
from loadgen.run.plan import Plan
from loadgen.run.prepare import Prepared
from loadgen.run.run import Loop
from loadgen.run.state import Rules, RunState
from loadgen.run.subject import Subjects
from loadgen.trial.slot import Slot
from tests.unit.plans import CONTENDERS, TIMING, plan
from tests.unit.records import RUN, TRIAL
from tests.unit.test_field_session import Told

ROUNDS = 3
DIRECT = DirectPair(workload="main", service="b", beside="c")
HOUR_S = 3600


def paired_plan(*, direct: bool = True) -> Plan:
    return plan(rounds=5, fewest_rounds=None, paired=Paired(rounds=ROUNDS, workloads={"main": TIMING}, direct=direct))


PLAN = paired_plan()
WITH = replace(PLAN, direct_pairs=[DIRECT])
THERE = len(PLAN.slots(CONTENDERS))


def trial(slot: Slot) -> Trial:
    beside = [slot.beside] if slot.beside else []
    return TRIAL.replace(
        index=slot.number, round=slot.round, workload=slot.workload, contender=slot.contender, beside=beside, failure=None
    )


def is_direct(trial: Trial | Slot) -> bool:
    return (
        {trial.contender, *trial.beside} == {"b", "c"}
        if isinstance(trial, Trial)
        else {trial.contender, trial.beside} == {"b", "c"}
    )


def test_direct_pairs_come_behind_all_else_in_rounds_of_their_own() -> None:
    slots = WITH.slots(CONTENDERS)
    assert slots[:THERE] == PLAN.slots(CONTENDERS)
    assert [slot.number for slot in slots] == list(range(len(slots)))
    assert all(is_direct(slot) for slot in slots[THERE:])
    assert {slot.round for slot in slots[THERE:]} == {3, 4, 5}
    assert len(slots) == THERE + 2 * ROUNDS


@pytest.mark.parametrize("more", [0, 1, 2, 3, 6])
def test_a_run_that_was_cut_short_in_its_direct_pairs_measures_what_is_left_of_them(more: int) -> None:
    slots = WITH.slots(CONTENDERS)
    state = RunState(slots, WITH.rounds, None, lambda *_: False)
    state.take_up([trial(slot) for slot in slots[: THERE + more]])
    assert state.wanted() == slots[THERE + more // 2 * 2 :]


def test_as_many_are_taken_as_there_is_time_for_the_first_ones_first() -> None:
    found = [DirectPair(workload=name, service="b", beside="c") for name in ("main", "side")]
    paired = Paired(rounds=ROUNDS, workloads={"main": TIMING, "side": TIMING}, direct=True)
    both = plan(rounds=5, fewest_rounds=None, paired=paired)
    there = len(both.slots(CONTENDERS))
    one_s = both.expected_s(replace(both, direct_pairs=found[:1]).slots(CONTENDERS)[there:])
    for share, taken in ((0.9, 0), (1.1, 1), (1.9, 1), (2.1, 2)):
        assert with_direct_pairs(both, CONTENDERS, found, share * one_s).direct_pairs == (found[:taken] or ())


@dataclass(frozen=True)
class Made(Loop):
    """A loop whose trials take no time; it is interrupted where `until` says so."""

    until: Callable[[Slot], bool] = field(default=lambda _: False)

    def trials(self, together: Sequence[Slot], so_far: Sequence[Trial]) -> Sequence[Trial]:  # noqa: ARG002 - as a Loop has it
        if self.until(together[0]):
            raise KeyboardInterrupt
        return [trial(slot) for slot in together]


def loop(place: Path, plan: Plan = PLAN, until: Callable[[Slot], bool] = lambda _: False) -> Made:
    folder = RunFolder(place / "run")
    if not folder.path.exists():
        folder.create()
    prepared = [Prepared(contender, None, None, None) for contender in CONTENDERS]
    return Made(plan, prepared, folder, place, Subjects({}, RequestFiles(place)), until)


def measured(
    made: Loop, until_s: float | None, found: Sequence[DirectPair] = (DIRECT,)
) -> tuple[list[Trial], list[DirectPair]]:
    """Return all trials of the run and its direct pairs."""
    run = made.folder.read_run() if made.folder.run_file.exists() else RUN
    made.go(run, Told(), lambda *_: Rules(lambda *_: False, lambda: found), until_s)
    return made.folder.read_trials(), made.folder.read_run().direct_pairs


def test_what_ties_is_measured_side_by_side_in_the_time_that_is_left(tmp_path: Path) -> None:
    trials, pairs = measured(loop(tmp_path), time.monotonic() + HOUR_S)
    assert pairs == [DIRECT]
    assert [is_direct(trial) for trial in trials] == [False] * THERE + [True] * 2 * ROUNDS


@pytest.mark.parametrize(
    ("one", "left_s", "found"),
    [
        (paired_plan(direct=False), HOUR_S, [DIRECT]),
        (PLAN, None, [DIRECT]),
        (PLAN, HOUR_S, []),
        (plan(rounds=5, fewest_rounds=None), HOUR_S, [DIRECT]),
    ],
    ids=["not wanted", "no budget", "nothing ties", "no paired trials"],
)
def test_without_reason_or_time_there_are_none(
    tmp_path: Path, one: Plan, left_s: float | None, found: list[DirectPair]
) -> None:
    until_s = None if left_s is None else time.monotonic() + left_s
    trials, pairs = measured(loop(tmp_path, one), until_s, found)
    assert (len(trials), pairs) == (len(one.slots(CONTENDERS)), [])
    assert "direct_pairs" not in (tmp_path / "run" / "run.json").read_text()


def test_a_run_that_was_interrupted_in_them_knows_them_and_goes_on(tmp_path: Path) -> None:
    cut = loop(tmp_path, until=lambda slot: is_direct(slot) and slot.round == ROUNDS + 1)
    with pytest.raises(KeyboardInterrupt):
        measured(cut, time.monotonic() + HOUR_S)
    record = cut.folder.read_run()
    assert (record.end_reason, record.direct_pairs) == ("interrupted", [DIRECT])
    assert len(cut.folder.read_trials()) == THERE + 2
    trials, pairs = measured(loop(tmp_path, WITH), None)
    assert pairs == [DIRECT]
    assert sorted(trial.index for trial in trials) == list(range(THERE + 2 * ROUNDS))
