"""What `primebench doctor` finds: what is installed, what the machine is, and whether it is fit to measure."""

from collections.abc import Sequence
from dataclasses import dataclass

from loadgen.machine.cores import Cores, choose_cores
from loadgen.machine.fitness import doubts
from loadgen.machine.machine import read_machine
from loadgen.machine.topology import Topology, read_topology
from loadgen.machine.topology_text import choice_lines, topology_lines
from loadgen.record.machine import Machine
from loadgen.setup.requirements import Finding, Requirement, find_all


@dataclass(frozen=True)
class Checkup:
    """Requirements and machine, as found."""

    findings: Sequence[Finding]
    machine: Machine
    topology: Topology
    cores: Cores

    @property
    def whole(self) -> bool:
        """Whether nothing is missing."""
        return all(finding.ok for finding in self.findings)

    def as_json(self) -> dict[str, object]:
        """Return all of it as JSON values."""
        return {
            "requirements": [
                {
                    "name": finding.requirement.name,
                    "purpose": finding.requirement.purpose,
                    "version": finding.version,
                    "ok": finding.ok,
                    "install": finding.requirement.install,
                }
                for finding in self.findings
            ],
            "machine": self.machine.model_dump(),
            "cores": self.cores._asdict() | {"why": choice_lines(self.topology, self.cores)},
            "doubts": doubts(self.machine, self.cores),
        }

    def lines(self) -> list[str]:
        """Return all of it in lines for people."""
        lines = []
        for finding in self.findings:
            mark = "ok     " if finding.ok else "MISSING"
            lines.append(f"{mark}  {finding.requirement.name:22} {finding.verdict}")
            if not finding.ok:
                lines.append(f"         {finding.requirement.purpose}; install: {finding.requirement.install}")
        machine = self.machine
        return [
            *lines,
            f"\n{machine.cpu_model}, {machine.cores} CPUs, {machine.system}, Linux {machine.kernel}",
            *topology_lines(self.topology),
            *choice_lines(self.topology, self.cores),
            *(f"doubt: {doubt}" for doubt in doubts(machine, self.cores)),
        ]


def examine(wanted: list[Requirement] | None = None) -> Checkup:
    """Look at what is installed of everything, or of what is `wanted`, and at the machine."""
    topology = read_topology()
    return Checkup(find_all(wanted), read_machine(), topology, choose_cores(topology, 1, pinned=True))
