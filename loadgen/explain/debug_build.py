"""The extra build with symbols and lines: the same program, whose functions have names."""

from collections.abc import Callable
from pathlib import Path

from loadgen.build.build import Built, Order, build_order
from loadgen.config.build import Build, OtherBuild
from loadgen.config.service import Service

Say = Callable[[str], None]


def debug_change(service: Service, other: Service) -> OtherBuild | None:
    """Return what the service's extra build differs by; the other side's, where it is from before it had one."""
    return service.file.build.debug or other.file.build.debug


def debug_artefact(service: Service, side: str, change: OtherBuild, say: Say) -> Path:
    """Build the service with the change; raise Error if that fails."""
    return debug_built(service.name, service.folder, service.file.build.other(change), side, say).artefact


def debug_built(name: str, folder: Path, plan: Build, side: str, say: Say) -> Built:
    """Build as the plan says, once, and name it as such; raise Error if that fails."""
    once = plan.replace(relinked=[], edit=None)
    return build_order(Order(f"{name}+debug", folder, once), say=lambda line: say(f"{side}: {line}"))


def both(first: OtherBuild, second: OtherBuild) -> OtherBuild:
    """Return the change that makes both changes; where they contradict each other, the second counts."""
    return OtherBuild(
        needs=second.needs or first.needs,
        arguments=[*first.arguments, *second.arguments],
        commands=second.commands or first.commands,
        environment=first.environment | second.environment,
    )
