"""Whether a workload of one run is that of another: the same name is not enough. Pure."""

from analysis.model.summary import Summary, WorkloadResult
from loadgen.counted import counted
from loadgen.record.workload import load_in_words

MOST_TIMES_AS_LONG = 2.0


def load_of(workload: WorkloadResult) -> str:
    """What is asked for, how and by which generator, in words; alike only where it is the same."""
    connections = "" if workload.rate is None else f", {counted(workload.connections, 'connection')}"
    by = workload.sending.generator
    generator = f", by {by}" if by and by.startswith("native") else ""
    load = load_in_words(workload.connections, workload.rate, workload.generators)
    return f"{workload.label}, {load}{connections}{generator}"


def load_on_server(summary: Summary, workload: WorkloadResult) -> str:
    """The same, with what the server had to answer it."""
    threads = counted(summary.server_threads, "server thread")
    return f"{load_of(workload)}, {threads}{'' if summary.pinned else ', not pinned'}"


def as_long(a: WorkloadResult, b: WorkloadResult) -> bool:
    """Whether both loads lasted about as long: a heap grows with time, and a tail needs some. Not recorded counts as alike."""
    if not a.load_s or not b.load_s:
        return True
    return max(a.load_s, b.load_s) <= MOST_TIMES_AS_LONG * min(a.load_s, b.load_s)


def lasted(workload: WorkloadResult) -> str:
    """For how long, in words; nothing where it is not recorded."""
    return "" if workload.load_s is None else f"{workload.load_s:g} s of load after {workload.warm_up_s or 0:g} s"


def named(summary: Summary) -> dict[str, WorkloadResult]:
    """The workloads by name, in order."""
    return {workload.name: workload for workload in summary.workloads if workload.contenders}
