"""What others than the server used of its cores. Pure."""

from loadgen.record.run import RunRecord
from loadgen.record.trial import CpuWindow, LoadTrial

OTHERS_LIMIT = 0.05


def core_seconds(run: RunRecord, cpu: CpuWindow) -> float:
    """Time of the server's cores in the window."""
    return (cpu.to_s - cpu.from_s) * max(run.server_threads, len(run.server_cores))


def others_beside_the_server(run: RunRecord, trial: LoadTrial) -> float:
    """Share of the server's cores that others used, interrupts among them; 0 where it cannot be told.

    What was neither idle nor the server's: both are exact where the kernel does without ticks. By ticks, which beat with a
    server that wakes up at a fixed rate, the same time was off by -31% to +14%; they serve where idle time is not on record.
    """
    cpu = trial.cpu
    if cpu is None:
        return 0.0
    if cpu.server_cores_idle_s is None:
        return max(0.0, ((cpu.others_on_server_cores_s or 0.0) - cpu.beside_server_cpu_s) / core_seconds(run, cpu))
    own_s = cpu.server_cpu_s + cpu.beside_server_cpu_s
    if run.sidecar_cores == run.server_cores:
        own_s += sum(cpu.sidecar_cpu_s.values())
    return max(0.0, 1 - (cpu.server_cores_idle_s + own_s) / core_seconds(run, cpu))
