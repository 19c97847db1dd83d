"""Which functions a change of instructions comes from. Pure.

Two figures of each: what it executes itself (exclusive), and what was changed in it. A copy that somebody adds to `encode` is
executed by memcpy, which was not changed; `encode` calls it more often than it did, each time that it is called itself. So what
was changed in a function is, for each of its calls: its own instructions, and how often it calls each other function times what
that one takes. Over all functions these add up to the whole change, without main and all that lies between standing on top.
"""

from collections import defaultdict
from collections.abc import Mapping

from analysis.explain.model import FunctionChange
from loadgen.record.explain import FunctionCost, Profile, Unit

MOST = 10
LEAST_SHARE = 0.002
"""Of all instructions: what changed by less explains nothing."""
LEAST: Mapping[Unit, float] = {"request": 10.0, "operation": 0.5}
"""Instructions: a connection that was closed a moment later the other time changes a request by as many."""
NOISE = 3.0
"""So many times must a change exceed what the base differs by from itself."""
HARDLY = 0.01
"""A side that calls a function by so much less often than the other says nothing of what a call of it takes there."""
NOTHING = FunctionCost(exclusive=0.0, inclusive=0.0, calls=0.0)

Calls = Mapping[str, Mapping[str, tuple[float, float]]]


def function_changes(base: Profile, again: Profile, head: Profile, unit: Unit = "request") -> list[FunctionChange]:
    """Return the functions that changed most by what they execute or by what was changed in them, at most MOST."""
    changed, moved = _changes(base, head), _changes(base, again)
    least = max(LEAST_SHARE * base.instructions, LEAST[unit])
    functions = [
        function
        for name, function in changed.items()
        if _size(function) > least + NOISE * (_size(moved[name]) if name in moved else 0.0)
    ]
    return sorted(functions, key=lambda function: (-_size(function), -abs(function.own), function.name))[:MOST]


def _size(function: FunctionChange) -> float:
    return max(abs(function.own), abs(function.exclusive[1] - function.exclusive[0]))


def _changes(base: Profile, head: Profile) -> dict[str, FunctionChange]:
    calls = _callees(base), _callees(head)
    changes = {}
    for name in base.functions.keys() | head.functions.keys():
        before, after = base.functions.get(name, NOTHING), head.functions.get(name, NOTHING)
        changes[name] = FunctionChange(
            name=name,
            place=after.place or before.place,
            own=_own(name, before, after, calls),
            exclusive=(before.exclusive, after.exclusive),
            inclusive=(before.inclusive, after.inclusive),
            calls=(before.calls, after.calls),
        )
    return changes


def _callees(profile: Profile) -> Calls:
    """For each function whom it calls: how often, and the instructions of all of that."""
    callees: dict[str, dict[str, tuple[float, float]]] = defaultdict(dict)
    for call in profile.calls:
        callees[call.caller][call.callee] = call.calls, call.inclusive
    return callees


def _own(name: str, before: FunctionCost, after: FunctionCost, calls: tuple[Calls, Calls]) -> float:
    """What was changed in the function, in instructions of a request. One that a side does not have, or hardly calls, was
    changed by its caller; of one that nobody is seen to call (the first of a thread) all is taken as one call.
    """
    times = before.calls, after.calls
    if before is NOTHING or after is NOTHING or 0 < min(times) < HARDLY * max(times):
        return 0.0
    if min(times) <= 0:
        times = 1.0, 1.0
    own = after.exclusive / times[1] - before.exclusive / times[0]
    first, second = calls[0].get(name, {}), calls[1].get(name, {})
    for callee in first.keys() | second.keys():
        (count, cost), (count_after, cost_after) = first.get(callee, (0.0, 0.0)), second.get(callee, (0.0, 0.0))
        each = cost / count if count > 0 else cost_after / count_after if count_after > 0 else 0.0
        own += (count_after / times[1] - count / times[0]) * each
    return own * times[1]
