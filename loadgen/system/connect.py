"""Connections to a service under test, in the clear or under TLS with a certificate that was made for it."""

import functools
import socket
import ssl
from typing import NamedTuple


class Address(NamedTuple):
    """Where a service is to be reached; with `tls` it is asked by HTTPS."""

    host: str
    port: int
    tls: bool = False

    @property
    def origin(self) -> str:
        """Its origin, as URLs have it."""
        return f"http{'s' if self.tls else ''}://{self.host}:{self.port}"


def free_port(host: str) -> int:
    """Return a TCP port that nothing listens on at the moment."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        port: int = probe.getsockname()[1]
        return port


def connected(address: Address | tuple[str, int], timeout_s: float) -> socket.socket:
    """Return a socket that is connected, with small writes sent at once; raise OSError."""
    plain = socket.create_connection((address[0], address[1]), timeout=timeout_s)
    plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if not (isinstance(address, Address) and address.tls):
        return plain
    return _context().wrap_socket(plain, server_hostname=address.host)


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
