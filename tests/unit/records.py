"""Records for the unit tests: a run of one workload with a server and a generator on a core each."""

from loadgen.record.benchmark import InstructionCount, Timing
from loadgen.record.contender import ContenderRecord
from loadgen.record.machine import Machine
from loadgen.record.run import RunRecord
from loadgen.record.trial import (
    INSTRUCTIONS,
    MICROBENCH,
    Answers,
    BenchmarkTrial,
    CountTrial,
    CpuWindow,
    Load,
    LoadTrial,
)
from loadgen.record.workload import WorkloadRecord
from loadgen.task.prime.task import TASK
from tests.unit.asked import asks

MACHINE = Machine(
    fingerprint="0",
    cpu_model="test",
    cores=2,
    threads_per_core=1,
    hypervisor=None,
    governor=None,
    turbo=None,
    memory_bytes=1,
    kernel="test",
    system="test",
    mitigations={},
    load_average_1m=0.0,
)

CONTENDER = ContenderRecord(
    label="c",
    title="c",
    language="",
    tier="reference",
    build=None,
    start_command=[],
    deviations={},
    not_measured=None,
)


def contender(label: str, *, twin_of: str | None = None, control: bool = False) -> ContenderRecord:
    """A service, a control, or a twin of a service, which is a control too."""
    return CONTENDER.replace(label=label, title=label, twin_of=twin_of, control=control or twin_of is not None)


RUN = RunRecord(
    schema_version=2,
    task="prime",
    task_digest="1",
    benchmark_roles=TASK.benchmark_roles,
    run_id="test",
    profile="test",
    seed=1,
    rounds=1,
    started="",
    ended="",
    end_reason="finished",
    commit=None,
    dirty=None,
    primebench_version="0",
    generator="oha 0",
    load_command=[],
    server_cores=[1],
    generator_cores=[0],
    pinned=True,
    server_threads=1,
    machine=MACHINE,
    workloads={"w": WorkloadRecord(title="", **asks(100), connections=10, warm_up_s=1.0, load_s=10.0)},
    contenders=[],
)

TRIAL = LoadTrial(
    schema_version=2,
    index=3,
    round=0,
    position=0,
    contender="c",
    workload="w",
    started="",
    failure=None,
    window_from_s=1.0,
    window_to_s=11.0,
    load=Load(wall_s=11.0, statuses={"200": 1000}, errors={}, rows_file="", rows=1000),
    answers=Answers(checked=20, wrong=[]),
    cpu=CpuWindow(
        from_s=1.0,
        to_s=11.0,
        server_cpu_s=9.9,
        server_user_s=9.0,
        server_system_s=0.9,
        generator_cpu_s=1.0,
        voluntary_switches=1,
        involuntary_switches=1,
        others_on_server_cores_s=0.0,
        stolen_s=0.0,
        witnessed=10,
    ),
)

PLACE = {
    name: getattr(TRIAL, name) for name in ("schema_version", "index", "round", "position", "contender", "started", "failure")
}
TIMING = Timing(scenario="prime_loop", contender="served", case="n=1", iterations=1, repetitions=3, time_ns=1.0, counters={})
COUNT = InstructionCount(
    scenario="prime_loop", contender="served", case="n=1", times=1, instructions=1.0, again=1.0, exact=True
)
BENCHMARK_TRIAL = BenchmarkTrial(**PLACE, workload=MICROBENCH)
COUNT_TRIAL = CountTrial(**PLACE, workload=INSTRUCTIONS)
