"""The machines. CPU numbers, core ids, part numbers and names are those of real ones; files that nothing reads are left out."""

from collections.abc import Sequence

from tests.machines.tree import Recorded


def x86(model: str, family: int, number: int, cpus: int, *, flags: str = "fpu sse2 ht", vendor: str = "GenuineIntel") -> str:
    """Return /proc/cpuinfo of an x86 processor, without the core ids, which sysfs has."""
    lines = (
        f"vendor_id\t: {vendor}\ncpu family\t: {family}\nmodel\t\t: {number}\nmodel name\t: {model}\nstepping\t: 2\n"
        f"microcode\t: 0x2c\nflags\t\t: {flags}\n"
    )
    return "\n".join(f"processor\t: {cpu}\n{lines}" for cpu in range(cpus))


def arm(parts: Sequence[tuple[int, int, int, int]], after: str = "") -> str:
    """Return /proc/cpuinfo of ARM cores by (implementer, variant, part, revision) of each."""
    blocks = [
        f"processor\t: {cpu}\nBogoMIPS\t: 243.75\nFeatures\t: fp asimd evtstrm\nCPU implementer\t: {implementer:#04x}\n"
        f"CPU architecture: 8\nCPU variant\t: {variant:#x}\nCPU part\t: {part:#05x}\nCPU revision\t: {revision}\n"
        for cpu, (implementer, variant, part, revision) in enumerate(parts)
    ]
    return "\n".join([*blocks, after])


def singles(count: int) -> list[tuple[int, ...]]:
    """Return cores of one thread."""
    return [(cpu,) for cpu in range(count)]


def pairs(count: int) -> list[tuple[int, ...]]:
    """Return cores of two threads with neighbouring numbers."""
    return [(cpu, cpu + 1) for cpu in range(0, 2 * count, 2)]


def halves(count: int) -> list[tuple[int, ...]]:
    """Return cores of two threads where the second threads are numbered after all the first ones."""
    return [(cpu, cpu + count) for cpu in range(count)]


def each(numbers: Sequence[int], text: str) -> dict[int, str]:
    """Return the text for each CPU."""
    return dict.fromkeys(numbers, text)


VM = "fpu sse2 ht hypervisor"
EC2 = {"sys/class/dmi/id/sys_vendor": "Amazon EC2\n"}


def graviton(generation: str, part: int, variant: int, revision: int, product: str, cpus: int, *, l3: bool) -> Recorded:
    """Return an EC2 virtual machine with Graviton cores."""
    return Recorded(
        name=generation,
        cores=singles(cpus),
        cpuinfo=arm([(0x41, variant, part, revision)] * cpus),
        l3=[range(cpus)] if l3 else [],
        nodes={0: range(cpus)},
        files=EC2 | {"sys/class/dmi/id/product_name": f"{product}\n"},
    )


I7_12700K = Recorded(
    name="Intel Core i7-12700K: 8 P-cores of two threads, 4 E-cores",
    cores=[*pairs(8), *((cpu,) for cpu in range(16, 20))],
    cpuinfo=x86("12th Gen Intel(R) Core(TM) i7-12700K", 6, 151, 20),
    l3=[range(20)],
    nodes={0: range(20)},
    per_cpu={"cpufreq/cpuinfo_max_freq": each(range(16), "4900000") | each(range(16, 20), "3800000")},
    files={"sys/devices/cpu_core/cpus": "0-15\n", "sys/devices/cpu_atom/cpus": "16-19\n"},
)
RYZEN_5950X = Recorded(
    name="AMD Ryzen 9 5950X: two dies with a cache each",
    cores=halves(16),
    cpuinfo=x86("AMD Ryzen 9 5950X 16-Core Processor", 25, 33, 32, vendor="AuthenticAMD"),
    l3=[[*range(8), *range(16, 24)], [*range(8, 16), *range(24, 32)]],
    nodes={0: range(32)},
    per_cpu={
        "cpufreq/cpuinfo_max_freq": each(range(32), "5083398"),
        "acpi_cppc/highest_perf": {cpu: str(231 - 4 * (cpu % 16)) for cpu in range(32)},
    },
)
GRAVITON_1 = graviton("Graviton", 0xD08, 0, 3, "a1.large", 2, l3=False)
GRAVITON_2 = graviton("Graviton 2", 0xD0C, 3, 1, "c6g.large", 2, l3=True)
GRAVITON_3 = graviton("Graviton 3", 0xD40, 1, 1, "c7g.large", 2, l3=True)
GRAVITON_4 = graviton("Graviton 4", 0xD4F, 0, 1, "c8g.xlarge", 4, l3=True)
AMPERE_ALTRA = Recorded(
    name="Ampere Altra Q80-30, bare metal: 80 cores without a shared cache",
    cores=singles(80),
    cpuinfo=arm([(0x41, 3, 0xD0C, 1)] * 80),
    nodes={0: range(80)},
    files={
        "sys/class/dmi/id/sys_vendor": "WIWYNN\n",
        "sys/class/dmi/id/product_name": "Mt.Jade\n",
        "sys/devices/soc0/soc_id": "jep106:0a16:0001\n",
    },
)
POWER9 = Recorded(
    name="POWER9, bare metal: two sockets of 4 cores of 4 threads, nodes 0 and 8",
    cores=[tuple(range(first, first + 4)) for first in range(0, 32, 4)],
    cpuinfo="".join(
        f"processor\t: {cpu}\ncpu\t\t: POWER9, altivec supported\nrevision\t: 2.3 (pvr 004e 1203)\n\n" for cpu in range(32)
    )
    + "timebase\t: 512000000\nplatform\t: PowerNV\nmodel\t\t: 8335-GTH\nmachine\t\t: PowerNV 8335-GTH\n",
    l3=[range(first, first + 8) for first in range(0, 32, 8)],
    nodes={0: range(16), 8: range(16, 32), 255: []},
    packages={0: range(16), 8: range(16, 32)},
)
WSL2 = Recorded(
    name="WSL2: 4 cores of two threads, no firmware's tables, no frequencies",
    cores=pairs(4),
    cpuinfo=x86("AMD Ryzen 7 7735HS with Radeon Graphics", 25, 68, 8, vendor="AuthenticAMD", flags=VM),
    l3=[range(8)],
    files={"proc/sys/kernel/osrelease": "5.15.153.1-microsoft-standard-WSL2\n"},
)
CONTAINER = Recorded(
    name="a container with a cpuset with gaps, on 4 cores of two threads",
    cores=pairs(4),
    cpuinfo=x86("Intel(R) Xeon(R) E-2224G CPU @ 3.50GHz", 6, 158, 8),
    l3=[range(8)],
    nodes={0: range(8)},
    usable=[0, 2, 5, 6, 7],
    files={"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/cpu.max": "400000 100000\n"},
)
ONE_VCPU = Recorded(name="1 vCPU", cores=singles(1), cpuinfo=x86("Intel Xeon Processor (Skylake)", 6, 85, 1, flags=VM))
TWO_VCPUS = Recorded(
    name="2 vCPUs that are one core",
    cores=pairs(1),
    cpuinfo=x86("Intel(R) Xeon(R) Platinum 8259CL CPU @ 2.50GHz", 6, 85, 2, flags=VM),
    l3=[range(2)],
    nodes={0: range(2)},
    files=EC2 | {"sys/class/dmi/id/product_name": "t3.medium\n"},
)
FOUR_VCPUS = Recorded(
    name="4 vCPUs that are two cores",
    cores=halves(2),
    cpuinfo=x86("AMD EPYC 7763 64-Core Processor", 25, 1, 4, vendor="AuthenticAMD", flags=VM),
    l3=[range(4)],
    nodes={0: range(4)},
    files={"sys/class/dmi/id/sys_vendor": "Microsoft Corporation\n", "sys/class/dmi/id/product_name": "Virtual Machine\n"},
)
DESKTOP = Recorded(
    name="a desktop: 4 cores, 8 threads",
    cores=halves(4),
    cpuinfo=x86("Intel(R) Core(TM) i7-6700 CPU @ 3.40GHz", 6, 94, 8),
    l3=[range(8)],
    nodes={0: range(8)},
)
RK3588 = Recorded(
    name="RK3588: 4 LITTLE cores, 4 big ones",
    cores=singles(8),
    cpuinfo=arm([(0x41, 2, 0xD05, 0)] * 4 + [(0x41, 4, 0xD0B, 0)] * 4, "Serial\t\t: 0123456789abcdef\n"),
    l3=[range(8)],
    per_cpu={"cpu_capacity": each(range(4), "530") | each(range(4, 6), "1024") | each(range(6, 8), "1008")},
    files={"proc/device-tree/model": "Radxa ROCK 5B\0"},
)
XEON_SNC = Recorded(
    name="two Xeons with two clusters each: 4 nodes of 4 cores of two threads, numbered in turns",
    cores=halves(16),
    cpuinfo=x86("Intel(R) Xeon(R) Gold 6226R CPU @ 2.90GHz", 6, 85, 32),
    l3=[[cpu for cpu in range(32) if cpu % 2 == socket] for socket in (0, 1)],
    nodes={node: [cpu for cpu in range(32) if cpu % 4 == node] for node in range(4)},
    packages={socket: [cpu for cpu in range(32) if cpu % 2 == socket] for socket in (0, 1)},
)
NO_SMT = Recorded(
    name="a desktop booted with nosmt: second threads are offline",
    cores=singles(4),
    cpuinfo=x86("Intel(R) Core(TM) i7-6700 CPU @ 3.40GHz", 6, 94, 4),
    l3=[range(4)],
    nodes={0: range(4)},
    files={"sys/devices/system/cpu/smt/active": "0\n", "sys/devices/system/cpu/offline": "4-7\n"},
)
GVISOR = Recorded(
    name="gVisor: no sysfs, no name",
    cores=singles(4),
    cpuinfo=x86("unknown", 6, 85, 4),
    sysfs=False,
    files={"proc/self/cgroup": "1:cpu:/\n"},
)
RYZEN_STRIX = Recorded(
    name="Ryzen AI 9 365: 4 Zen 5 and 6 Zen 5c cores, told apart by their clock rates alone",
    cores=halves(10),
    cpuinfo=x86("AMD Ryzen AI 9 365 w/ Radeon 880M", 26, 36, 20, vendor="AuthenticAMD"),
    l3=[[*range(4), *range(10, 14)], [*range(4, 10), *range(14, 20)]],
    nodes={0: range(20)},
    per_cpu={
        "cpufreq/cpuinfo_max_freq": each([*range(4), *range(10, 14)], "5090910")
        | each([*range(4, 10), *range(14, 20)], "3300000")
    },
)
RASPBERRY_PI = Recorded(
    name="Raspberry Pi 4",
    cores=singles(4),
    cpuinfo=arm(
        [(0x41, 0, 0xD08, 3)] * 4,
        "Revision\t: d03115\nSerial\t\t: 100000000fe69593\nModel\t\t: Raspberry Pi 4 Model B Rev 1.5\n",
    ),
)
S390X = Recorded(
    name="a mainframe's guest",
    cores=pairs(2),
    cpuinfo="vendor_id       : IBM/S390\n# processors    : 4\nbogomips per cpu: 3241.00\nfeatures\t: esan3 zarch stfle\n"
    "processor 0: version = 00,  identification = 0D1F3C,  machine = 8561\n"
    "processor 1: version = 00,  identification = 0D1F3C,  machine = 8561\n\ncpu number      : 0\ncpu MHz dynamic : 5200\n",
    files={"proc/sysinfo": "Manufacturer:         IBM\nVM00 Control Program: KVM/Linux       \n"},
)
RISCV = Recorded(
    name="VisionFive 2",
    cores=singles(4),
    cpuinfo="\n".join(
        f"processor\t: {cpu}\nhart\t\t: {cpu + 1}\nisa\t\t: rv64imafdc\nuarch\t\t: sifive,u74-mc\n" for cpu in range(4)
    ),
    files={"proc/device-tree/model": "StarFive VisionFive 2 v1.3B\0"},
)
MANY = Recorded(
    name="64 CPUs with numbers above 1,000, of a machine of 2,048",
    cores=[(cpu, cpu + 1024) for cpu in range(992, 1024)],
    cpuinfo=x86("Intel(R) Xeon(R) Platinum 8490H", 6, 143, 1),
    l3=[[*range(first, first + 8), *range(first + 1024, first + 1032)] for first in range(992, 1024, 8)],
    nodes={node: [*range(992 + 8 * node, 1000 + 8 * node), *range(2016 + 8 * node, 2024 + 8 * node)] for node in range(4)},
)

EVERY = (
    I7_12700K, RYZEN_5950X, GRAVITON_1, GRAVITON_2, GRAVITON_3, GRAVITON_4, AMPERE_ALTRA, POWER9, WSL2, CONTAINER, ONE_VCPU,
    TWO_VCPUS, FOUR_VCPUS, DESKTOP, RK3588, XEON_SNC, NO_SMT, GVISOR, RYZEN_STRIX, RASPBERRY_PI, S390X, RISCV, MANY,
)  # fmt: skip
