"""What else changed of a request: system calls, allocations, page faults, switches; and sections of the program. Pure."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from analysis.explain.apart import are_apart
from analysis.explain.model import CountChange, Kind
from loadgen.record.explain import UNNAMED, ExplainedService, Profile, SideCounts

ALLOCATES = (
    "malloc",
    "calloc",
    "realloc",
    "posix_memalign",
    "aligned_alloc",
    "operator new(unsigned long)",
    "operator new[](unsigned long)",
    "runtime.mallocgc",
    "runtime.newobject",
    "runtime.makeslice",
    "runtime.growslice",
    "__rust_alloc",
    "__rust_realloc",
)
"""Of C, C++, Go and Rust: what is called to allocate."""
LEAST_CALLS = 0.05
"""Calls or events a request: a change by fewer is none of every request's path."""
LEAST_SHARE = 0.02
LEAST_BYTES = 512


def count_changes(service: ExplainedService) -> list[CountChange]:
    """Return what changed, kind by kind, the largest change of each first."""
    base, head = service.base, service.head
    allocations = _changed("allocations", _allocations(base), _allocations(head), LEAST_CALLS)
    return [
        *_changed("system calls", base.system_calls, head.system_calls, LEAST_CALLS),
        *(_with_caller(allocation, base, head) for allocation in allocations),
        *_changed("kernel", base.kernel, head.kernel, LEAST_CALLS),
        *_changed("section", [_as_numbers(base)], [_as_numbers(head)], LEAST_BYTES),
    ]


def _as_numbers(side: SideCounts) -> dict[str, float]:
    return {name: float(size) for name, size in side.sections.items() if not name.startswith(".debug")}


def _allocations(side: SideCounts) -> list[dict[str, float]]:
    return [_allocating(profile) for profile in side.profiles]


def _allocating(profile: Profile) -> dict[str, float]:
    return {name: cost.calls for name, cost in profile.functions.items() if name in ALLOCATES}


def _with_caller(change: CountChange, base: SideCounts, head: SideCounts) -> CountChange:
    """The row with the function whose calls of it changed most. Between two programs stand stubs without names (the PLT): then
    it is whoever calls those more or less often.
    """
    by = _most_moved(change.name, base, head)
    if by.startswith(UNNAMED):
        by = _most_moved(by, base, head) or by
    return change.replace(by=by)


def _most_moved(callee: str, base: SideCounts, head: SideCounts) -> str:
    """The function whose calls of the callee changed most; empty if nobody calls it."""
    moved: dict[str, float] = defaultdict(float)
    for sign, side in ((-1, base), (1, head)):
        for call in side.profiles[0].calls:
            if call.callee == callee:
                moved[call.caller] += sign * call.calls
    return max(moved, key=lambda name: abs(moved[name]), default="")


def _changed(
    kind: Kind, base: Sequence[Mapping[str, float]], head: Sequence[Mapping[str, float]], least: float
) -> list[CountChange]:
    if not base or not head:
        return []
    changes = list(_apart(kind, base, head, least))
    return sorted(changes, key=lambda change: (-abs(change.head - change.base), change.name))


def _apart(
    kind: Kind, base: Sequence[Mapping[str, float]], head: Sequence[Mapping[str, float]], least: float
) -> Iterator[CountChange]:
    for name in sorted({name for counts in (*base, *head) for name in counts}):
        before, after = ([counts.get(name, 0.0) for counts in side] for side in (base, head))
        if are_apart(before, after, max(least, LEAST_SHARE * max(before))):
            yield CountChange(kind=kind, name=name, base=sum(before) / len(before), head=sum(after) / len(after))
