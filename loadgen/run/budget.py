"""Fitting a plan into a time, and saying what that takes away. Pure."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

from loadgen.config.service import Contender
from loadgen.counted import counted
from loadgen.errors import Error
from loadgen.record.run import DirectPair
from loadgen.run.plan import Plan
from loadgen.run.reporter import minutes

FEWEST_ROUNDS = 6
"""Fewer give no interval for a median (docs/explanation/deciding.md)."""


def fit(plan: Plan, contenders: Sequence[Contender], seconds: float) -> Plan:
    """The plan, cut down until its trials take no more than `seconds`; `given_up` of what comes back says what was cut.

    First rounds go, down to the fewest that the profile asks for; then the cross-check of generators; then whole workloads, the
    last first; then rounds again, down to six. Raise Error if not even that fits.
    """
    smaller = plan
    for smaller in _smaller_and_smaller(plan):
        if smaller.expected_s(smaller.slots(contenders)) <= seconds:
            return replace(smaller, given_up=[*plan.given_up, *_given_up(plan, smaller)])
    least_s = smaller.expected_s(smaller.slots(contenders))
    least = f"{counted(smaller.rounds, 'round')} of {', '.join(smaller.workloads) or 'the microbenchmarks'}"
    raise Error(
        f"{minutes(seconds)} min are left of the budget, and the least that this can be cut to ({least}) takes "
        f"{minutes(least_s)} min: give it more, or fewer services"
    )


def with_direct_pairs(plan: Plan, contenders: Sequence[Contender], found: Sequence[DirectPair], seconds: float) -> Plan:
    """Return the plan with as many of these pairs, the first ones first, as can be measured within `seconds`."""
    there = len(plan.slots(contenders))
    for count in range(len(found), 0, -1):
        larger = replace(plan, direct_pairs=found[:count])
        if larger.expected_s(larger.slots(contenders)[there:]) <= seconds:
            return larger
    return plan


def least_s(plan: Plan, contenders: Sequence[Contender]) -> float:
    """How long the least takes that `fit` can cut the plan down to, in seconds."""
    *_, least = _smaller_and_smaller(plan)
    return least.expected_s(least.slots(contenders))


def _smaller_and_smaller(plan: Plan) -> Iterator[Plan]:
    least = min(plan.rounds, plan.profile.fewest_rounds or FEWEST_ROUNDS)
    for rounds in range(plan.rounds, least - 1, -1):
        yield replace(plan, rounds=rounds)
    plan = replace(plan, rounds=least, cross_check={})
    yield plan
    names = list(plan.workloads)
    while len(names) > 1:
        names = _without_the_last(plan, names)
        yield replace(plan, workloads={name: plan.workloads[name] for name in names})
    for rounds in range(least - 1, min(FEWEST_ROUNDS, least) - 1, -1):
        yield replace(plan, rounds=rounds, workloads={name: plan.workloads[name] for name in names})


def _without_the_last(plan: Plan, names: Sequence[str]) -> list[str]:
    """The last workload goes that no other one needs; an open loop needs the closed one that its rate is a share of."""
    needed = {rate.of for name in names if (rate := plan.workloads[name].rate) is not None and rate.of is not None}
    last = next(name for name in reversed(names) if name not in needed)
    return [name for name in names if name != last]


def _given_up(plan: Plan, smaller: Plan) -> list[str]:
    lines = []
    if smaller.rounds < plan.rounds:
        wider = math.sqrt(plan.rounds / smaller.rounds)
        lines.append(f"{counted(smaller.rounds, 'round')} instead of {plan.rounds}: intervals about {wider:.2f} times as wide")
    if plan.cross_check and not smaller.cross_check:
        lines.append("generators are not cross-checked")
    if left_out := [name for name in plan.workloads if name not in smaller.workloads]:
        lines.append(f"not measured: {', '.join(left_out)}")
    return lines
