"""From what was counted to what is shown of it. Pure but for reading."""

from pathlib import Path

from analysis.explain.counts import count_changes
from analysis.explain.functions import function_changes
from analysis.explain.model import Explanation
from analysis.explain.times import cpu_times, time_changes
from loadgen.record.explain import ExplainedService, read_explain


def explanations(folder: Path) -> list[Explanation]:
    """Return what explain.json in the run's folder says; nothing without one."""
    record = read_explain(folder)
    return [] if record is None else [explanation(service) for service in record.services]


def explanation(service: ExplainedService) -> Explanation:
    """Return what changed between base and head of a service, or of its benchmark."""
    base, head = service.base.profiles, service.head.profiles
    return Explanation(
        service=service.service,
        workload=service.workload,
        unit=service.unit,
        requests=service.requests,
        instructions=(base[0].instructions, head[0].instructions) if base and head else None,
        functions=function_changes(base[0], base[-1], head[0], service.unit) if base and head else [],
        cpu_us=cpu_times(service),
        times=time_changes(service),
        counts=count_changes(service),
        flame_graphs=service.flame_graphs,
        notes=service.notes,
    )
