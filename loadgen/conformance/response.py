"""An HTTP response as a value."""

from dataclasses import dataclass

_SHOWN_BYTES = 120


@dataclass(frozen=True, slots=True)
class Response:
    """A final response and the interim ones before it."""

    status: int
    fields: tuple[tuple[str, str], ...]
    """Field lines in order: the name in lower case, the value without surrounding white space."""
    content: bytes
    raw: bytes = b""
    """Every byte as it came, interim responses included."""
    interim: tuple[int, ...] = ()
    """Statuses of the interim (1xx) answers before it."""
    latency_ns: int = 0
    """From just before the first byte of the request was written until the last byte of the response was read."""

    def values(self, name: str) -> tuple[str, ...]:
        """The values of all field lines of that name (lower case)."""
        return tuple(value for key, value in self.fields if key == name)

    def describe(self) -> str:
        """Status and the beginning of the content, on one line."""
        return f"{self.status} {excerpt(self.content)}" if self.content else f"{self.status} without content"


def excerpt(data: bytes) -> str:
    """The beginning of the bytes as a Python literal: always one line, and safe on a terminal."""
    more = f"... ({len(data)} bytes)" if len(data) > _SHOWN_BYTES else ""
    return repr(data[:_SHOWN_BYTES]) + more
