"""Plans for the unit tests: services a, b, c under closed and open loops."""

from pathlib import Path

from loadgen.config.scenarios import Paired, Profile, Timing, Workload
from loadgen.config.service import Contender, Service, read_service
from loadgen.record.workload import Rate
from loadgen.run.plan import Plan
from loadgen.task.prime.task import TASK

STUB: Service = read_service(Path(__file__).parents[1] / "stub")
CONTENDERS = [Contender(service=STUB, label=label) for label in "abc"]


def workload(n: int = 1000, rate: Rate | None = None) -> Workload:
    return Workload(title="t", parameters={"n": n}, connections=10, rate=rate)


TIMING = Timing(warm_up_s=0.2, load_s=1.0)


def plan(rounds: int = 12, fewest_rounds: int | None = 10, paired: Paired | None = None, **workloads: Workload) -> Plan:
    """Each trial takes 0.2 + 1.0 seconds and what a trial takes beside."""
    chosen = workloads or {"main": workload(), "side": workload(n=1)}
    profile = Profile(
        title="t",
        services=["a", "b", "c"],
        rounds=rounds,
        fewest_rounds=fewest_rounds,
        pinned=True,
        server_cores=1,
        workloads=dict.fromkeys(chosen, TIMING),
        paired=paired,
    )
    return Plan(profile_name="test", profile=profile, workloads=chosen, task=TASK, rounds=rounds, seed=1)
