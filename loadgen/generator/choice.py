"""Which generator puts a workload's load."""

from loadgen.config.scenarios import GeneratorName, Workload
from loadgen.errors import Error
from loadgen.generator.generator import Generator
from loadgen.generator.native import Native
from loadgen.generator.oha import Oha
from loadgen.task.task import Asked, Task

GENERATORS: dict[GeneratorName, Generator] = {"oha": Oha(), "native": Native()}


def generator_for(workload: Workload, task: Task) -> Generator:
    """Return the one that the workload names, or oha where it can ask that; raise Error if it cannot, or none can."""
    asked, wanted = workload.asked(task), workload.generator
    reason = not_for_oha(asked)
    if workload.unix and (wanted == "oha" or workload.protocol == "h2"):
        other = 'protocol = "h2"' if workload.protocol == "h2" else 'generator = "oha"'
        raise Error(f"only the native generator asks over a Unix socket, in HTTP/1.1; expected unix = true without {other}")
    if workload.protocol == "h2" and (reason or wanted == "native"):
        raise Error(
            f"the native generator speaks HTTP/1.1{f', and {reason}' if reason else ''}; expected one request by oha for h2"
        )
    if wanted == "oha" and reason:
        raise Error(f'oha asks one request again and again: {reason}; expected generator = "native"')
    return GENERATORS[wanted or ("native" if reason or workload.unix else "oha")]


def not_for_oha(asked: Asked) -> str:
    """Return why oha cannot ask it; empty if it can."""
    if not asked.is_constant:
        return f"{asked.label} is not one request"
    return "its command line would show a secret" if asked.is_secret else ""
