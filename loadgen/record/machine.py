"""The machine that a run was measured on."""

from loadgen.strict import Strict


class CoreGroup(Strict):
    """Physical cores that are alike: of one kind, on one NUMA node, behind one last-level cache; None where nobody tells."""

    kind: str | None
    """The cores' kind, where a machine has several."""
    speed_class: int
    """0 is the fastest kind of the machine."""
    speed: int | None
    """The kernel's own measure: capacity of 1024, or kHz."""
    package: int | None
    """The processor's number."""
    node: int | None
    """The NUMA node's number."""
    shared_cache: str | None
    """The CPU numbers behind the same last-level cache."""
    cores: list[str]
    """Of each core the CPU numbers of its hardware threads, of those that the process may use (`0-1`, `3,35`)."""


class Machine(Strict):
    """What the run was measured on, as far as the kernel tells."""

    fingerprint: str
    """A short name for people."""
    cpu_model: str
    """The processor's name; of ARM core, stepping and product."""
    cores: int
    """How many CPU numbers the process may use."""
    threads_per_core: int | None
    """Hardware threads of a physical core."""
    hypervisor: str | None
    """Who runs the virtual machine, by the firmware."""
    governor: str | None
    """The frequency governors of the usable CPUs."""
    turbo: bool | None
    """Whether the clock may go above its nominal rate."""
    memory_bytes: int
    """The machine's memory."""
    kernel: str
    """The kernel's version."""
    system: str
    """The system's name."""
    mitigations: dict[str, str]
    """By vulnerability of the processor what the kernel does about it."""
    load_average_1m: float
    """The load average of one minute when the run started."""
    product: str | None = None
    """The product's name, by the firmware: of a virtual machine often its type."""
    board: str | None = None
    """The board's name."""
    architecture: str | None = None
    """As `uname -m` has it."""
    cpu_id: str | None = None
    """The processor by numbers: family, model and stepping."""
    microcode: str | None = None
    """The version of its microcode."""
    smt: bool | None = None
    """Whether physical cores have several threads now."""
    frequency_max_mhz: int | None = None
    """The highest clock rate of the fastest usable CPU."""
    frequency_limit_mhz: int | None = None
    """The limit of it that is set."""
    quota_cores: float | None = None
    """The CPU time per time that the cgroup allows."""
    isolated: str | None = None
    """Usable CPUs that the kernel keeps free."""
    core_groups: list[CoreGroup] = []
    """Physical cores in groups that are alike, fastest first; `server_cores` and `generator_cores` are of these."""
