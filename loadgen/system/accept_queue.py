"""The queue in which connections wait until a server accepts them, and how many found no room in it: sock_diag(7)."""

import socket
import struct
from collections.abc import Iterator
from pathlib import Path

from loadgen.strict import Strict
from loadgen.system.kernel_file import counters_of

_DUMP_BY_FAMILY, _DUMP, _DONE, _ERROR = 20, 0x301, 3, 2  # linux/sock_diag.h, linux/netlink.h
_SOCK_DIAG, _LISTENING, _MEMORY = 4, 1 << 10, 7  # linux/netlink.h, net/tcp_states.h, linux/inet_diag.h: INET_DIAG_SKMEMINFO
_HEADER, _ATTRIBUTE = struct.Struct("=IHHII"), struct.Struct("=HH")
_REQUEST = struct.Struct("=BBBxI2s2x16s16s4s8s")
_SOCKET = struct.Struct("=4x2s2x16s16s4s8s4xII8x")
_DROPPED = 8  # linux/sock_diag.h: SK_MEMINFO_DROPS
_LONGEST = 1 << 16
NETSTAT = Path("/proc/self/net/netstat")


class AcceptQueue(Strict):
    """Of the sockets that listen on a server's port."""

    places: int
    """How many connections may wait in it (the backlog of listen), all sockets together."""
    turned_away: int
    """How often a connection found no room in it since the load began: its client tries again after 1 s, 3 s and so on."""


def overflows() -> int | None:
    """Return how often a connection found no room in any accept queue of this network so far; None where the kernel does not
    tell.
    """
    return counters_of(NETSTAT, "TcpExt").get("ListenOverflows")


def accept_queue(port: int, before: int | None) -> AcceptQueue | None:
    """Return that of a TCP port; `before` are the overflows when the load began. None where nothing listens there, or the
    kernel does not tell.

    A listening socket counts more than connections without room as its drops: a reset that belongs to no connection, too, as
    comes of a load that is cut off. The network's overflows are nothing else, and those of all sockets.
    """
    try:
        queues = [queue for family in (socket.AF_INET, socket.AF_INET6) for queue in _listening(family, port)]
    except OSError:
        return None
    now = overflows()
    if not queues or now is None or before is None:
        return None
    drops = sum(dropped for _, dropped in queues)
    return AcceptQueue(places=sum(places for places, _ in queues), turned_away=min(drops, now - before))


def _listening(family: int, port: int) -> Iterator[tuple[int, int]]:
    """Yield backlog and drops of each socket that listens on the port; raise OSError."""
    wanted = _REQUEST.pack(
        family, socket.IPPROTO_TCP, 1 << (_MEMORY - 1), _LISTENING, struct.pack(">H", port), b"", b"", b"", b"\xff" * 8
    )
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, _SOCK_DIAG) as asking:
        asking.send(_HEADER.pack(_HEADER.size + len(wanted), _DUMP_BY_FAMILY, _DUMP, 0, 0) + wanted)
        while True:
            answer = asking.recv(_LONGEST)
            while answer:
                length, kind, *_ = _HEADER.unpack_from(answer)
                if kind in (_DONE, _ERROR):
                    return
                source, _, _, _, _, _, places = _SOCKET.unpack_from(answer, _HEADER.size)
                if struct.unpack(">H", source) == (port,):
                    yield places, _drops(answer[_HEADER.size + _SOCKET.size : length])
                answer = answer[length:]


def _drops(attributes: bytes) -> int:
    while len(attributes) >= _ATTRIBUTE.size:
        length, kind = _ATTRIBUTE.unpack_from(attributes)
        if kind == _MEMORY:
            (drops,) = struct.unpack_from("=I", attributes, _ATTRIBUTE.size + 4 * _DROPPED)
            return int(drops)
        attributes = attributes[(length + 3) // 4 * 4 :]
    return 0
