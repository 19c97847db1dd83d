"""The bytes of requests. Well formed unless a caller puts something malformed into a field."""

from loadgen.conformance.http.message import CHUNKED, HOST, head

JSON = "Content-Type: application/json"


def get(target: str = "/health", *fields: str, method: str = "GET", version: str = "HTTP/1.1") -> bytes:
    """A request without a body."""
    return head(f"{method} {target} {version}", HOST, *fields)


def post(
    body: bytes,
    *fields: str,
    target: str = "/calculate",
    content_type: str | None = "application/json",
    method: str = "POST",
    version: str = "HTTP/1.1",
) -> bytes:
    """A request with a body of known length."""
    media_type = () if content_type is None else (f"Content-Type: {content_type}",)
    length = f"Content-Length: {len(body)}"
    return head(f"{method} {target} {version}", HOST, *media_type, length, *fields) + body


def calculate(n: int, *fields: str, version: str = "HTTP/1.1") -> bytes:
    """A right request for the n-th prime."""
    return post(json_n(n), *fields, version=version)


def json_n(n: int) -> bytes:
    """The body of a right request; 9 bytes for n = 10."""
    return b'{"n": %d}' % n


def padded(n: int, size: int) -> bytes:
    """A right body of exactly `size` bytes: the rest is the value of a key that is ignored."""
    start, end = b'{"n": %d, "padding": "' % n, b'"}'
    return start + b"x" * (size - len(start) - len(end)) + end


def chunked_head(*fields: str, target: str = "/calculate") -> bytes:
    """The header section of a POST whose body is chunked."""
    return head(f"POST {target} HTTP/1.1", HOST, JSON, CHUNKED, *fields)
