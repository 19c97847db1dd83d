"""Whether a machine is fit to measure: reasons for doubt, each with what to do about it."""

from loadgen.counted import counted
from loadgen.machine.core_use import kinds_of, physical_cores, shared_cores
from loadgen.machine.cores import Cores
from loadgen.record.machine import Machine

BUSY = 0.3
CORES_NEEDED = 2.0
"""One for the server, one for the generator."""


def doubts(machine: Machine, cores: Cores | None = None) -> list[str]:
    """Return reasons why figures from this machine deserve less trust, empty if there are none; `cores` is what is chosen."""
    return [*_about_cores(machine, cores), *_about_speed(machine), *_about_others(machine)]


def _about_cores(machine: Machine, cores: Cores | None) -> list[str]:
    reasons = []
    groups = machine.core_groups
    if machine.cores < 2:
        reasons.append("one core: server and generator share it; use a machine with two or more")
    elif physical_cores(groups) == 1:
        reasons.append(
            f"one physical core with {counted(machine.cores, 'thread')}: server and generator share it and slow each "
            "other down; use a machine with two or more physical cores"
        )
    elif cores is not None and (shared := shared_cores(groups, cores.server, cores.generator)):
        reasons.append(f"server and generator share a physical core (CPUs {'; '.join(shared)}); use a machine with more cores")
    kinds = kinds_of(groups, [])
    if len(kinds) > 1:
        reasons.append(
            f"{len(kinds)} kinds of cores ({', '.join(kinds)}): a profile that does not pin runs on any of them; keep to one: "
            f"taskset -c {next(iter(kinds.values()))} primebench run"
        )
    if machine.quota_cores is not None and machine.quota_cores < CORES_NEEDED:
        reasons.append(
            f"CPU quota of {counted(machine.quota_cores, 'core')}: server and generator stop when it is used up; "
            "raise it to two or more (docker run --cpus), or give CPUs of its own instead (--cpuset-cpus)"
        )
    return reasons


def _about_speed(machine: Machine) -> list[str]:
    reasons = []
    if machine.governor not in (None, "performance"):
        reasons.append(f"frequency governor '{machine.governor}'; set: cpupower frequency-set -g performance")
    if machine.turbo:
        reasons.append("turbo is on: frequency moves with temperature and load; switch it off for absolute values")
    limit, highest = machine.frequency_limit_mhz, machine.frequency_max_mhz
    if limit is not None and highest is not None and limit < highest:
        reasons.append(f"clock rate limited to {limit} of {highest} MHz; set: cpupower frequency-set -u {highest}MHz")
    return reasons


def _about_others(machine: Machine) -> list[str]:
    reasons = []
    if machine.hypervisor:
        reasons.append(
            f"virtual machine ({machine.hypervisor}): neighbours can take time away; trust ratios of one run, not values"
        )
    if machine.load_average_1m > BUSY:
        reasons.append(f"load average {machine.load_average_1m:.2f}: something else runs; stop it first")
    return reasons
