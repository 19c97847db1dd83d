"""Whether a machine is fit to measure: reasons for doubt, each with what to do about it."""

from loadgen.record import Machine

BUSY = 0.3


def doubts(machine: Machine) -> list[str]:
    """Reasons why figures from this machine deserve less trust; empty if there are none."""
    found = []
    if machine.cores < 2:
        found.append("one core: server and generator share it; use a machine with two or more")
    if machine.hypervisor:
        found.append(
            f"virtual machine ({machine.hypervisor}): neighbours can take time away; trust ratios of one run, not values"
        )
    if machine.governor not in (None, "performance"):
        found.append(f"frequency governor '{machine.governor}'; set: cpupower frequency-set -g performance")
    if machine.turbo:
        found.append("turbo is on: frequency moves with temperature and load; switch it off for absolute values")
    if machine.load_average_1m > BUSY:
        found.append(f"load average {machine.load_average_1m:.2f}: something else runs; stop it first")
    return found
