"""The machine that a run was measured on."""

from loadgen.strict import Strict


class CoreGroup(Strict):
    """Physical cores that are alike: of one kind, on one NUMA node, behind one last-level cache.

    Each of `cores` lists the CPU numbers of its hardware threads, of those that the process may use ("0-1", "3,35").
    `speed_class` is 0 for the fastest kind of the machine and counts up; `speed` is the kernel's own measure (capacity of 1024,
    or kHz), `shared_cache` the CPU numbers behind that cache. None where the kernel does not tell.
    """

    kind: str | None
    speed_class: int
    speed: int | None
    package: int | None
    node: int | None
    shared_cache: str | None
    cores: list[str]


class Machine(Strict):
    """What the run was measured on, as far as the kernel tells. `cores` are CPU numbers that the process may use.

    `hypervisor` and `product` are names by the firmware: of a virtual machine often its type. `cpu_id` is the processor by
    numbers (family, model and stepping), `quota_cores` the CPU time per time that the cgroup allows.
    """

    fingerprint: str
    cpu_model: str
    cores: int
    threads_per_core: int | None
    hypervisor: str | None
    governor: str | None
    turbo: bool | None
    memory_bytes: int
    kernel: str
    system: str
    mitigations: dict[str, str]
    load_average_1m: float
    product: str | None = None
    board: str | None = None
    architecture: str | None = None
    cpu_id: str | None = None
    microcode: str | None = None
    smt: bool | None = None
    frequency_max_mhz: int | None = None
    frequency_limit_mhz: int | None = None
    quota_cores: float | None = None
    isolated: str | None = None
    core_groups: list[CoreGroup] = []
