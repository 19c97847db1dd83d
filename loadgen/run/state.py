"""How far a run has come: which of its trials are still wanted, and why others are not. Pure."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from loadgen.record.trial import Trial
from loadgen.trial.slot import Slot

GIVE_UP_AFTER = 2
"""Failed trials of one contender under one workload, after which its other trials there are left out."""

Settled = Callable[[str, Sequence[Trial]], bool]
"""Whether a workload's trials so far, all rounds of them whole, have narrowed its intervals enough."""


@dataclass
class RunState:
    """The slots of a run and the trials that it has so far."""

    slots: Sequence[Slot]
    rounds: int
    fewest_rounds: int | None
    settled: Settled
    trials: list[Trial] = field(default_factory=list)
    stopped_early: dict[str, int] = field(default_factory=dict)
    _failures: Counter[tuple[str, str]] = field(default_factory=Counter)

    def take_up(self, trials: Sequence[Trial]) -> None:
        """Go on where an earlier call stopped: with those of its trials whose round of their workload is whole.

        A round that was cut in two is measured again: its pairs would not be neighbours in time.
        """
        planned = Counter((slot.workload, slot.round) for slot in self.slots)
        done = Counter((trial.workload, trial.round) for trial in trials)
        given_up = self._given_up(trials)
        missing = Counter(
            (slot.workload, slot.round)
            for slot in self.slots
            if slot.number not in {trial.index for trial in trials} and (slot.contender, slot.workload) in given_up
        )
        whole = {place for place in done if done[place] + missing[place] >= planned[place]}
        for trial in sorted(trials, key=lambda one: one.index):
            if (trial.workload, trial.round) in whole:
                self.add(trial)

    @staticmethod
    def _given_up(trials: Sequence[Trial]) -> set[tuple[str, str]]:
        failures = Counter((trial.contender, trial.workload) for trial in trials if trial.failure)
        return {place for place, count in failures.items() if count >= GIVE_UP_AFTER}

    def add(self, trial: Trial) -> bool:
        """Take note of a finished trial; whether its workload, with the last trial of a round, has just been settled."""
        self.trials.append(trial)
        if trial.failure:
            self._failures[trial.contender, trial.workload] += 1
        if not (self._round_is_whole(trial) and self._may_stop(trial)):
            return False
        if not self.settled(trial.workload, self._of(trial.workload)):
            return False
        self.stopped_early[trial.workload] = trial.round + 1
        return True

    def wanted(self) -> list[Slot]:
        """The slots that are still to be measured, in order."""
        done = {trial.index for trial in self.trials}
        return [
            slot
            for slot in self.slots
            if slot.number not in done
            and slot.workload not in self.stopped_early
            and self._failures[slot.contender, slot.workload] < GIVE_UP_AFTER
        ]

    def begins_a_round(self, slot: Slot) -> bool:
        """Whether no trial of the slot's workload and round has been measured yet."""
        return not any((one.workload, one.round) == (slot.workload, slot.round) for one in self.trials)

    def _may_stop(self, trial: Trial) -> bool:
        return self.fewest_rounds is not None and self.fewest_rounds <= trial.round + 1 < self.rounds

    def _round_is_whole(self, trial: Trial) -> bool:
        return not any(slot.workload == trial.workload and slot.round == trial.round for slot in self.wanted())

    def _of(self, workload: str) -> list[Trial]:
        return [trial for trial in self.trials if trial.workload == workload]
