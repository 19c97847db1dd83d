"""Which functions take more or less CPU time a request, of what perf sampled of both sides in turns. Pure."""

from statistics import fmean

from analysis.explain.apart import are_apart
from analysis.explain.model import TimeChange
from loadgen.record.explain import ExplainedService, FunctionTime

MOST = 10
LEAST_SHARE = 0.005
"""Of the CPU time of a request: what changed by less explains nothing."""
NOTHING = FunctionTime(exclusive_us=0.0, inclusive_us=0.0)


def cpu_times(service: ExplainedService) -> tuple[float, float] | None:
    """Return the CPU time of a request on base and head, in microseconds; None if it was not sampled."""
    if not service.base.times or not service.head.times:
        return None
    base, head = (fmean([_whole(times) for times in side.times]) for side in (service.base, service.head))
    return base, head


def time_changes(service: ExplainedService) -> list[TimeChange]:
    """Return the functions whose own time changed by more than it varies, the largest change first, at most MOST."""
    base, head = service.base.times, service.head.times
    if not base or not head:
        return []
    least = LEAST_SHARE * fmean([_whole(times) for times in base])
    changes = []
    for name in sorted({name for times in (*base, *head) for name in times}):
        before, after = ([times.get(name, NOTHING) for times in side] for side in (base, head))
        own = [[time.exclusive_us for time in times] for times in (before, after)]
        if are_apart(own[0], own[1], least):
            changes.append(
                TimeChange(
                    name=name,
                    exclusive_us=(fmean(own[0]), fmean(own[1])),
                    inclusive_us=(fmean([time.inclusive_us for time in before]), fmean([time.inclusive_us for time in after])),
                )
            )
    return sorted(changes, key=lambda change: (-abs(change.exclusive_us[1] - change.exclusive_us[0]), change.name))[:MOST]


def _whole(times: dict[str, FunctionTime]) -> float:
    return sum(time.exclusive_us for time in times.values())
