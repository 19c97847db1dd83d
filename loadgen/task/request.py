"""A request that a task asks."""

from dataclasses import dataclass

HOST = "primebench.test"
"""The host that every request names which primebench sends itself."""
Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked: the target with its query, the header fields in order, the body (empty: none)."""

    method: str
    target: str
    headers: Headers = ()
    body: bytes = b""

    def to_bytes(self) -> bytes:
        """Return the request in HTTP/1.1."""
        length = (("Content-Length", str(len(self.body))),) if self.body or self.method in ("POST", "PUT", "PATCH") else ()
        fields = (("Host", HOST), *self.headers, *length)
        lines = [f"{self.method} {self.target} HTTP/1.1", *(f"{name}: {value}" for name, value in fields), "", ""]
        return "\r\n".join(lines).encode("latin-1") + self.body
