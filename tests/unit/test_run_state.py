"""Which trials a run still wants: failures, early stops, and going on after an interruption."""

from collections.abc import Sequence

from loadgen.config.scenarios import Paired
from loadgen.record.trial import Trial
from loadgen.run.state import RunState
from loadgen.trial.slot import Slot
from tests.unit.plans import CONTENDERS, TIMING, plan
from tests.unit.records import TRIAL

PLAN = plan(rounds=6, fewest_rounds=5)
SLOTS = PLAN.slots(CONTENDERS)


def never(_workload: str, _trials: Sequence[Trial]) -> bool:
    return False


def trial(slot: Slot, failure: str | None = None) -> Trial:
    place = {"index": slot.number, "round": slot.round, "workload": slot.workload, "contender": slot.contender}
    return TRIAL.replace(**place, failure=failure)


def state(settled: object = never) -> RunState:
    assert callable(settled)
    return RunState(SLOTS, PLAN.rounds, PLAN.profile.fewest_rounds, settled)


def test_every_slot_is_wanted_until_it_has_its_trial() -> None:
    one = state()
    assert one.wanted() == SLOTS
    one.add(trial(SLOTS[0]))
    assert one.wanted() == SLOTS[1:]


def test_after_two_failures_a_contender_is_left_out_of_that_workload_alone() -> None:
    one = state()
    for slot in [slot for slot in SLOTS if (slot.workload, slot.contender) == ("main", "b")][:2]:
        one.add(trial(slot, failure="died"))
    wanted = {(slot.workload, slot.contender) for slot in one.wanted()}
    assert ("main", "b") not in wanted
    assert ("side", "b") in wanted


def test_a_workload_may_stop_only_with_a_whole_round_and_enough_of_them() -> None:
    asked: list[tuple[str, int]] = []

    def settled(workload: str, trials: Sequence[Trial]) -> bool:
        asked.append((workload, len(trials)))
        return workload == "side"

    one = state(settled)
    while wanted := one.wanted():
        one.add(trial(wanted[0]))
    assert sorted(asked) == [("main", 15), ("side", 15)]
    assert one.stopped_early == {"side": 5}
    assert sum(trial.workload == "side" for trial in one.trials) == 15
    assert sum(trial.workload == "main" for trial in one.trials) == 18


def test_an_interrupted_run_measures_a_round_again_that_was_cut_in_two() -> None:
    one = state()
    one.take_up([trial(slot) for slot in SLOTS[:4]])
    assert one.wanted() == SLOTS[3:]


def test_a_run_that_goes_on_measures_what_an_uninterrupted_one_would_have() -> None:
    for cut in range(len(SLOTS)):
        one = state()
        one.take_up([trial(slot) for slot in SLOTS[:cut]])
        while wanted := one.wanted():
            one.add(trial(wanted[0]))
        assert sorted(trial.index for trial in one.trials) == [slot.number for slot in SLOTS]


def test_a_contender_that_had_failed_twice_stays_left_out() -> None:
    failing = [slot for slot in SLOTS if (slot.workload, slot.contender) == ("main", "b")]
    done = [slot for slot in SLOTS if slot.round < 4 and slot not in failing[2:]]
    one = state()
    one.take_up([trial(slot, failure="died" if slot in failing else None) for slot in done])
    assert {slot.round for slot in one.wanted()} == {4, 5}
    assert ("main", "b") not in {(slot.workload, slot.contender) for slot in one.wanted()}


PAIRED = plan(rounds=5, fewest_rounds=None, paired=Paired(rounds=3, workloads={"main": TIMING}))
WITH_TWIN = [*CONTENDERS, CONTENDERS[0].twin]


def paired_state() -> RunState:
    return RunState(PAIRED.slots(WITH_TWIN), PAIRED.rounds, None, never)


def paired_trial(slot: Slot, failure: str | None = None) -> Trial:
    return trial(slot, failure).replace(beside=[slot.beside] if slot.beside else [])


def test_the_first_service_is_paired_with_each_other_one_and_with_itself() -> None:
    slots = [slot for slot in PAIRED.slots(WITH_TWIN) if slot.beside]
    assert {frozenset((slot.contender, slot.beside)) for slot in slots} == {
        frozenset(("a", "b")),
        frozenset(("a", "c")),
        frozenset(("a", "a:aa")),
    }
    assert {slot.workload for slot in slots} == {"main"}
    assert max(slot.round for slot in slots) == 2
    assert not any(slot.contender == "a:aa" for slot in PAIRED.slots(WITH_TWIN) if not slot.beside)


def test_both_sides_of_a_pair_are_measured_together() -> None:
    one = paired_state()
    (slot, *_) = [slot for slot in one.slots if slot.beside]
    together = one.together(slot)
    assert [slot.number for slot in together] == [slot.number, slot.number + 1]
    assert {slot.contender for slot in together} == {slot.contender, slot.beside}
    assert one.together(one.slots[0]) == [one.slots[0]]


def test_a_pair_that_failed_twice_is_left_out_and_no_other() -> None:
    one = paired_state()
    of_b = [slot for slot in one.slots if {slot.contender, slot.beside} == {"a", "b"}]
    for slot in of_b[:2]:
        one.add(paired_trial(slot, failure="b died"))
    assert of_b[2] in one.wanted()
    for slot in of_b[2:4]:
        one.add(paired_trial(slot, failure="b died"))
    wanted = {frozenset((slot.contender, slot.beside)) for slot in one.wanted() if slot.beside}
    assert wanted == {frozenset(("a", "c")), frozenset(("a", "a:aa"))}
    assert any(slot.contender == "a" and not slot.beside for slot in one.wanted())


def test_a_round_of_pairs_that_was_cut_in_two_is_measured_again() -> None:
    whole = paired_state()
    pairs = [slot for slot in whole.slots if slot.beside]
    done = [paired_trial(slot) for slot in whole.slots if not slot.beside or slot.round == 0][:-1]
    again = paired_state()
    again.take_up(done)
    assert again.wanted() == pairs
    again = paired_state()
    again.take_up([*done, paired_trial([slot for slot in pairs if slot.round == 0][-1])])
    assert again.wanted() == [slot for slot in pairs if slot.round > 0]
