"""What a call costs with all that it leads to, from how often functions call each other. Pure.

callgrind's own sums follow the stack pointer. Where a runtime changes stacks (goroutines), they give to whoever gave up the
processor all that others did meanwhile. How often one function calls another is right there, too.
"""

from collections import defaultdict
from collections.abc import Mapping

SWITCHES = frozenset({"runtime.mcall", "runtime.gogo", "runtime.morestack", "swapcontext", "jump_fcontext"})
"""What they seem to call is another stack's: Go's goroutines, coroutines of C and C++."""
ROUNDS = 200
CLOSE = 1e-6


def per_call(exclusive: Mapping[str, float], calls: Mapping[tuple[str, str], float]) -> dict[str, float]:
    """Return the instructions of one call of each function that is called; of one that calls itself at last, the limit.

    No function takes more than there is: what is called in a circle without an end is cut there.
    """
    called: dict[str, float] = defaultdict(float)
    callees: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for (caller, callee), count in calls.items():
        if count > 0 and caller != callee:
            called[callee] += count
            if caller not in SWITCHES:
                callees[caller].append((callee, count))
    whole = sum(exclusive.values())
    costs = dict.fromkeys(called, 0.0)
    for _ in range(ROUNDS):
        moved = 0.0
        for name, times in called.items():
            spent = exclusive.get(name, 0.0) + sum(count * costs[callee] for callee, count in callees[name])
            cost = max(0.0, min(spent, whole)) / times
            moved = max(moved, abs(cost - costs[name]) * times)
            costs[name] = cost
        if moved <= CLOSE * whole:
            break
    return costs
