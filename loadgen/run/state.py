"""How far a run has come: which of its trials are still wanted, and why others are not. Pure."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from loadgen.record.run import DirectPair
from loadgen.record.trial import Trial
from loadgen.record.workload import is_cross_check, lent_by
from loadgen.trial.slot import Slot

GIVE_UP_AFTER = 2
"""Failed trials of one contender under one workload, after which its other trials there are left out."""

Settled = Callable[[str, Sequence[Trial]], bool]
"""Whether a workload's trials so far, all rounds of them whole, have narrowed its intervals enough."""


@dataclass(frozen=True)
class Rules:
    """What a run asks about its trials so far: whether a workload has been `settled`, and, once all that was planned has been
    measured, which services' order is `undecided`, those first that would be told first.
    """

    settled: Settled
    undecided: Callable[[], Sequence[DirectPair]]


Place = Slot | Trial


def _round_of(place: Place) -> tuple[str, str, int]:
    """Workload, its kind of trial and round: what is measured again as a whole, of a cross-check both generators."""
    kind = "paired" if place.beside else "cross-check" if is_cross_check(place.workload) else "solo"
    return lent_by(place.workload), kind, place.round


def _group_of(place: Place) -> tuple[str, frozenset[str]]:
    """Workload and who is measured at the same time: what fails together."""
    beside = [place.beside] if isinstance(place.beside, str) else place.beside
    return place.workload, frozenset(filter(None, (place.contender, *beside)))


@dataclass
class RunState:
    """The slots of a run and the trials that it has so far."""

    slots: Sequence[Slot]
    rounds: int
    fewest_rounds: int | None
    settled: Settled
    trials: list[Trial] = field(default_factory=list)
    stopped_early: dict[str, int] = field(default_factory=dict)
    _failures: Counter[tuple[str, frozenset[str]]] = field(default_factory=Counter)

    def take_up(self, trials: Sequence[Trial]) -> None:
        """Go on where an earlier call stopped: with those of its trials whose round of their workload is whole.

        A round that was cut in two is measured again: its pairs would not be neighbours in time.
        """
        planned = Counter(map(_round_of, self.slots))
        done = Counter(map(_round_of, trials))
        failures = Counter(_group_of(trial) for trial in trials if trial.failure)
        known = {trial.index for trial in trials}
        missing = Counter(_round_of(slot) for slot in self.slots if slot.number not in known and _is_given_up(slot, failures))
        whole = {round_key for round_key in done if done[round_key] + missing[round_key] >= planned[round_key]}
        for trial in sorted(trials, key=lambda trial: trial.index):
            if _round_of(trial) in whole:
                self.add(trial)

    def add(self, trial: Trial) -> bool:
        """Take note of a finished trial; whether its workload, with the last trial of a round, has just been settled."""
        self.trials.append(trial)
        if trial.failure:
            self._failures[_group_of(trial)] += 1
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
            and (slot.beside or slot.workload not in self.stopped_early)
            and not _is_given_up(slot, self._failures)
        ]

    def begins_a_round(self, slot: Slot) -> bool:
        """Whether no trial of the slot's round has been measured yet."""
        return not any(_round_of(trial) == _round_of(slot) for trial in self.trials)

    def together(self, slot: Slot) -> list[Slot]:
        """The slots that are measured at the same time as this one, in the order of their starts."""
        if not slot.beside:
            return [slot]
        return [other for other in self.slots if (_round_of(other), _group_of(other)) == (_round_of(slot), _group_of(slot))]

    def round_of(self, slot: Slot) -> list[Slot]:
        """What is still to be measured of the slot's round."""
        return [other for other in self.wanted() if _round_of(other) == _round_of(slot)]

    def _may_stop(self, trial: Trial) -> bool:
        if trial.beside or is_cross_check(trial.workload):
            return False
        return self.fewest_rounds is not None and self.fewest_rounds <= trial.round + 1 < self.rounds

    def _round_is_whole(self, trial: Trial) -> bool:
        return not any(_round_of(slot) == _round_of(trial) for slot in self.wanted())

    def _of(self, workload: str) -> list[Trial]:
        return [trial for trial in self.trials if trial.workload == workload and not trial.beside]


def _is_given_up(slot: Slot, failures: Counter[tuple[str, frozenset[str]]]) -> bool:
    """Whether what is measured together has failed too often; of a pair both sides' records count as one failure."""
    return failures[_group_of(slot)] >= GIVE_UP_AFTER * (2 if slot.beside else 1)
