"""Connections to a service under test: in the clear, under TLS with a certificate that was made for it, or on a Unix socket."""

import errno
import functools
import os
import secrets
import socket
import ssl
import time
from collections import deque
from pathlib import Path
from typing import NamedTuple

_QUEUE_POLL_S = 0.001
_FIRST_PORT, _TRIES, _CLAIMS = 10_000, 100, 4
_claims: deque[socket.socket] = deque()


class Address(NamedTuple):
    """Where a service is to be reached; with `tls` it is asked by HTTPS, with a `path` on the Unix socket there."""

    host: str
    port: int
    tls: bool = False
    path: str = ""

    @property
    def origin(self) -> str:
        """Its origin, as URLs have it."""
        return f"http{'s' if self.tls else ''}://{self.host}:{self.port}"


def free_port(host: str) -> int:
    """Return a TCP port that nothing has at the moment, below those that the system gives to outgoing connections where it can.

    Loads make thousands of these, and one would have taken the port before the service does. No other process of primebench
    gets the port meanwhile: the last few are claimed by an abstract Unix socket of that name, which ends with this process.
    """
    for _ in range(_TRIES):
        port = secrets.choice(range(_FIRST_PORT, _first_outgoing()))
        claim = socket.socket(socket.AF_UNIX)
        try:
            claim.bind(f"\0primebench port {port}")
            with socket.socket() as probe:
                probe.bind((host, port))
        except OSError:
            claim.close()
            continue
        _claims.append(claim)
        if len(_claims) > _CLAIMS:
            _claims.popleft().close()
        return port
    with socket.socket() as probe:
        probe.bind((host, 0))
        any_port: int = probe.getsockname()[1]
        return any_port


@functools.cache
def _first_outgoing() -> int:
    """The first port of ip_local_port_range, or Linux' own where that cannot be read."""
    try:
        first = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text(encoding="ascii").split()[0])
    except (OSError, ValueError, IndexError):
        first = 32_768
    return max(first, _FIRST_PORT + 1)


def connected(address: Address | tuple[str, int], timeout_s: float) -> socket.socket:
    """Return a socket that is connected, with small writes sent at once; raise OSError."""
    if isinstance(address, Address) and address.path:
        return _connected_locally(address.path, timeout_s)
    plain = socket.create_connection((address[0], address[1]), timeout=timeout_s)
    plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if not (isinstance(address, Address) and address.tls):
        return plain
    return _context().wrap_socket(plain, server_hostname=address.host)


def _connected_locally(path: str, timeout_s: float) -> socket.socket:
    """While a Unix socket's queue is full it refuses at once (unix(7): EAGAIN); TCP would have the client wait."""
    made, ends_s = socket.socket(socket.AF_UNIX), time.monotonic() + timeout_s
    made.settimeout(timeout_s)
    while (error := made.connect_ex(path)) == errno.EAGAIN and time.monotonic() < ends_s:
        time.sleep(_QUEUE_POLL_S)
    if error:
        made.close()
        raise OSError(error, os.strerror(error))
    return made


@functools.cache
def _context() -> ssl.SSLContext:
    """Trusts whatever certificate is shown: who answers is known by the port."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def holds_more(connection: socket.socket) -> bool:
    """Return whether bytes wait inside TLS, of which the socket itself shows nothing."""
    return isinstance(connection, ssl.SSLSocket) and connection.pending() > 0
