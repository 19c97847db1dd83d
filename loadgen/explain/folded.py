"""Folded stacks of a call graph, a line a stack, as flame graphs are drawn from. Pure.

callgrind keeps who calls whom, not whole stacks: what a function costs is shared among its callers as they called it, and so on
upwards. Where a function costs more for one caller's callers than for another's, that is an approximation.
"""

from collections import defaultdict

from loadgen.record.explain import Call, Profile

LEAST_SHARE = 0.0005
"""A stack that costs less is drawn as nothing."""


def folded(profile: Profile) -> list[str]:
    """Return a line `caller;callee COUNT` for each stack, in instructions a request, a whole number."""
    callees: dict[str, list[Call]] = defaultdict(list)
    called: dict[str, float] = defaultdict(float)
    for call in profile.calls:
        if call.inclusive > 0:
            callees[call.caller].append(call)
            called[call.callee] += call.inclusive
    least = profile.instructions * LEAST_SHARE
    stacks: dict[str, float] = defaultdict(float)

    def descend(above: tuple[str, ...], name: str, share: float) -> None:
        """Add what this share of all that the function costs is spent on."""
        stack = (*above, name)
        own = profile.functions[name].exclusive * share
        for call in callees[name]:
            part = call.inclusive * share
            if part < least or call.callee in stack:
                own += part
            else:
                descend(stack, call.callee, part / max(called[call.callee], profile.functions[call.callee].inclusive))
        stacks[";".join(name.replace(";", ":") for name in stack)] += own

    for name, cost in profile.functions.items():
        by_nobody = cost.inclusive - called[name]
        if by_nobody > least:
            descend((), name, by_nobody / cost.inclusive)
    return [f"{stack} {round(count)}" for stack, count in sorted(stacks.items()) if round(count) > 0]
