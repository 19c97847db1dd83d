"""An HTTP response as a value."""

from dataclasses import dataclass

from loadgen.secrets import without_secret_bytes

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

    @property
    def message(self) -> bytes:
        """Status, fields and content, as if all of it had come in one piece."""
        fields = "".join(f"{name}: {value}\r\n" for name, value in self.fields)
        return f"HTTP/1.1 {self.status}\r\n{fields}\r\n".encode("latin-1", "replace") + self.content

    def describe(self) -> str:
        """Status and the beginning of the content, on one line."""
        return f"{self.status} {excerpt(self.content)}" if self.content else f"{self.status} without content"


def excerpt(data: bytes) -> str:
    """The beginning of the bytes as a Python literal: always one line, safe on a terminal, and with no part of a secret."""
    data = without_secret_bytes(data)
    more = f"... ({len(data)} bytes)" if len(data) > _SHOWN_BYTES else ""
    return repr(data[:_SHOWN_BYTES]) + more
