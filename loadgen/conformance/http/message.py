"""The bytes of messages, and the good requests of a task that cases of HTTP are made from."""

from dataclasses import dataclass

from loadgen.conformance.case import Receive

HOST = "Host: localhost"
"""Names the host where a request of the task names none: services with a list of hosts have this one on it, while they are
being developed.
"""
CHUNKED = "Transfer-Encoding: chunked"


def head(request_line: str, *fields: str) -> bytes:
    """Request line, field lines and the empty line; characters up to U+00FF become the byte of that number."""
    return "\r\n".join((request_line, *fields, "", "")).encode("latin-1")


def chunks(body: bytes, size: int) -> bytes:
    """The body in the chunked coding (RFC 9112 7.1), `size` bytes a chunk, without trailers."""
    pieces = (body[start : start + size] for start in range(0, len(body), size))
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


@dataclass(frozen=True, slots=True)
class GoodRequest:
    """A request that a right service answers as `right` has it. `fields` are without Host and without what frames the body."""

    method: str
    target: str
    fields: tuple[str, ...]
    body: bytes
    right: Receive
    host: str = HOST

    @property
    def length(self) -> str:
        """The field line that says how long the body is."""
        return f"Content-Length: {len(self.body)}"

    @property
    def origin(self) -> str:
        """The URI of what its Host names."""
        return f"http://{self.host.partition(':')[2].strip()}"

    def head(self, *fields: str, target: str | None = None, version: str = "HTTP/1.1", host: str | None = None) -> bytes:
        """The header section with these fields behind its own and another `host`, or with an empty one none; nothing in it says
        that there is a body.
        """
        hosts = [line for line in (self.host if host is None else host,) if line]
        return head(f"{self.method} {target or self.target} {version}", *hosts, *self.fields, *fields)

    def whole(self, *fields: str, target: str | None = None, version: str = "HTTP/1.1") -> bytes:
        """The request with its body, if it has one."""
        length = (self.length,) if self.body else ()
        return self.head(*length, *fields, target=target, version=version) + self.body

    def chunked(self, *fields: str) -> bytes:
        """The header section of the request with a chunked body, which is still to follow."""
        return self.head(CHUNKED, *fields)

    def with_query(self, query: str) -> str:
        """The target with this (further) part of a query."""
        return f"{self.target}{'&' if '?' in self.target else '?'}{query}"


@dataclass(frozen=True, slots=True)
class GoodRequests:
    """What cases of HTTP ask a service for: a request without a body, and one with a body if the task has any."""

    plain: GoodRequest
    with_body: GoodRequest | None
