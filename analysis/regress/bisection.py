"""Which commit made a service slower: which one to judge next, and what is known, of the verdicts so far. Pure."""

from typing import Literal, NamedTuple

from loadgen.counted import counted
from loadgen.strict import Strict

BisectOutcome = Literal["pass", "regression", "inconclusive", "invalid", "error"]
TRIES = 2
"""So often is a commit judged that no verdict can be given on, the second time for twice as long; then it is passed over."""


class Judged(Strict):
    """One verdict on a commit against the good one; an "error" is one of building or starting it."""

    commit: str
    outcome: BisectOutcome
    run: str = ""


class Next(NamedTuple):
    """The commit to judge, and how many times as long as the first time."""

    commit: str
    times: int


class Bisection(Strict):
    """Commits from the one after the good one to the bad one, oldest first, and the verdicts in the order they were given."""

    good: str
    commits: list[str]
    error: float
    """How often one verdict is wrong, at most."""
    asked: list[str]
    """What else was asked for: a bisection that was asked otherwise is another one."""
    judged: list[Judged] = []

    @property
    def bad(self) -> str:
        """The commit that is known, or said, to be slower."""
        return self.commits[-1]

    def outcome_of(self, commit: str) -> BisectOutcome | None:
        """Return the last verdict on a commit; None without one."""
        return next((judged.outcome for judged in reversed(self.judged) if judged.commit == commit), None)

    def _tries(self, commit: str) -> int:
        return sum(judged.commit == commit for judged in self.judged)

    def _is_open(self, commit: str) -> bool:
        outcome = self.outcome_of(commit)
        return outcome is None or (outcome in ("inconclusive", "invalid") and self._tries(commit) < TRIES)

    @property
    def suspects(self) -> list[str]:
        """Return the commits of which one is the first slow one: behind the last that passed, up to the first that did not."""
        slow = next(
            (index for index, commit in enumerate(self.commits) if self.outcome_of(commit) == "regression"),
            len(self.commits) - 1,
        )
        fast = max((index for index, commit in enumerate(self.commits[:slow]) if self.outcome_of(commit) == "pass"), default=-1)
        return self.commits[fast + 1 : slow + 1]

    @property
    def next(self) -> Next | None:
        """Return what to judge next: the bad one first, then the middle of the suspects, or what is nearest to it and can still
        be judged; None at the end, or if the bad one is not slower.
        """
        if self.outcome_of(self.bad) != "regression":
            return self._judging(self.bad) if self._is_open(self.bad) else None
        before = self.suspects[:-1]
        middle = (len(before) - 1) / 2
        candidates = [(abs(index - middle), index) for index, name in enumerate(before) if self._is_open(name)]
        return self._judging(before[min(candidates)[1]]) if candidates else None

    def _judging(self, commit: str) -> Next:
        return Next(commit, 2 ** self._tries(commit))

    @property
    def left(self) -> int:
        """Return about how many verdicts are still needed."""
        return max(0, (len(self.suspects) - 1)).bit_length()

    @property
    def certainty(self) -> float:
        """Return the least chance that every verdict that the suspects follow from is right."""
        return max(0.0, 1 - self.error * sum(judged.outcome in ("pass", "regression") for judged in self.judged))


def in_words(bisection: Bisection) -> list[str]:
    """Return what is known at the end, in lines."""
    outcome = bisection.outcome_of(bisection.bad)
    if outcome == "pass":
        return [f"{bisection.bad[:12]} is not slower than {bisection.good[:12]}: there is no commit to find"]
    if outcome != "regression":
        sides = f"{bisection.bad[:12]} is slower than {bisection.good[:12]}"
        return [f"whether {sides} cannot be told ({outcome or 'not judged'}): give more --budget"]
    count = sum(verdict.outcome in ("pass", "regression") for verdict in bisection.judged)
    wrong = f"{counted(count, 'verdict')}, each wrong in at most {bisection.error:.1%} of such runs"
    sure = f"certain to {bisection.certainty:.0%} or more: {wrong}"
    if len(bisection.suspects) == 1:
        return [f"the first slower commit is {bisection.suspects[0]}", sure]
    passed_over = [f"  {commit}: {bisection.outcome_of(commit)}" for commit in bisection.suspects[:-1]]
    many = f"the first slower commit is one of {len(bisection.suspects)}, up to {bisection.suspects[-1]}"
    many += "; no verdict could be given on"
    return [many, *passed_over, sure]
