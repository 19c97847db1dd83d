"""The extra build with symbols and lines: the same program, whose functions have names."""

from collections.abc import Callable
from pathlib import Path

from loadgen.build.build import Order, build_order
from loadgen.config.build import OtherBuild
from loadgen.config.service import Service

Say = Callable[[str], None]


def debug_change(service: Service, other: Service) -> OtherBuild | None:
    """Return what the service's extra build differs by; the other side's, where it is from before it had one."""
    return service.file.build.debug or other.file.build.debug


def debug_artefact(service: Service, side: str, change: OtherBuild, say: Say) -> Path:
    """Build the service with the change; raise Error if that fails."""
    plan = service.file.build.other(change).replace(relinked=[], edit=None)
    return build_order(Order(f"{service.name}+debug", service.folder, plan), say=lambda line: say(f"{side}: {line}")).artefact
