"""/proc/cpuinfo, which each architecture writes in its own way: the processors, and the lines about all of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from loadgen.machine.arm_cpu import midr_of
from loadgen.system.kernel_file import text_of


@dataclass(frozen=True)
class Processor:
    """The lines of one CPU number: key in lower case -> value."""

    number: int
    fields: dict[str, str]

    @property
    def package(self) -> int | None:
        """Return the socket (x86)."""
        return self._whole("physical id")

    @property
    def core(self) -> int | None:
        """Return the core within the socket (x86)."""
        return self._whole("core id")

    @cached_property
    def midr(self) -> int | None:
        """Return the main id register of an ARM core."""
        keys = ("cpu implementer", "cpu variant", "cpu part", "cpu revision")
        try:
            implementer, variant, part, revision = (int(self.fields[key], 0) for key in keys)
        except (KeyError, ValueError):
            return None
        return midr_of(implementer, variant, part, revision)

    def _whole(self, key: str) -> int | None:
        text = self.fields.get(key, "")
        return int(text) if text.isdecimal() else None


def processors(root: Path) -> list[Processor]:
    """Return every processor that is listed; none on s390x, which lists them in lines of their own."""
    listed_processors = []
    for block in _blocks(root):
        number = block.get("processor", "")
        if number.isdecimal():
            listed_processors.append(Processor(int(number), block))
    return listed_processors


def cpu_info_fields(root: Path) -> dict[str, str]:
    """Return key in lower case -> value, the first of each key: lines of the first processor, and lines about all of them."""
    fields: dict[str, str] = {}
    for block in _blocks(root):
        fields = block | fields
    return fields


def _blocks(root: Path) -> Iterator[dict[str, str]]:
    """Yield what stands between empty lines."""
    for text in (text_of(root / "proc/cpuinfo") or "").split("\n\n"):
        pairs = [line.partition(":") for line in text.splitlines() if ":" in line]
        yield {key.strip().lower(): value.strip() for key, _, value in reversed(pairs)}
