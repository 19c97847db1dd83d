"""A request that a task asks."""

from dataclasses import dataclass

from loadgen.conformance.http.message import HOST, head

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked: the target with its query, the header fields in order, the body (empty: none)."""

    method: str
    target: str
    headers: Headers = ()
    body: bytes = b""

    @property
    def host(self) -> str:
        """The field line that names the host: its own, or that of a request without one."""
        return next((f"Host: {value}" for name, value in self.headers if name.lower() == "host"), HOST)

    @property
    def fields(self) -> tuple[str, ...]:
        """The other field lines."""
        return tuple(f"{name}: {value}" for name, value in self.headers if name.lower() != "host")

    def to_bytes(self) -> bytes:
        """Return the request in HTTP/1.1."""
        length = (f"Content-Length: {len(self.body)}",) if self.body or self.method in ("POST", "PUT", "PATCH") else ()
        return head(f"{self.method} {self.target} HTTP/1.1", self.host, *self.fields, *length) + self.body
