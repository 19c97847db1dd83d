"""A self-check: pairs of one side with itself, relinked and slowed, as many as fit in the time, whatever they show."""

from dataclasses import replace
from pathlib import Path

from loadgen.record.run import RunRecord
from loadgen.regress.run import RegressPlan, Undecided


def recording_plan(plan: RegressPlan, seconds: float) -> RegressPlan:
    """Return the plan that measures every comparison for about so long, with a single look at the end."""
    round_s = sum(len(group.comparisons) * plan.pair_s(group) for group in plan.groups)
    rounds = max(plan.gate.looks[0], int(seconds / round_s))
    return replace(plan, gate=plan.gate.replace(budget_s=seconds, looks=[rounds]))


def nothing_further(_folder: Path, _run: RunRecord) -> Undecided:
    """Return the rule that ends the recording at its only look."""
    return lambda _trials: []
