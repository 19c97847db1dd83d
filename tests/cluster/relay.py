"""A link that delays packets and loses some: one end of it, `python relay.py DEVICE OWN_SOCKET OTHER_SOCKET DELAY_S LOSS`.

Both ends are TUN devices, each in its own network namespace; between lie Unix sockets, which no namespace keeps apart. It
prints a line once the device is there. Kernels without netem have no other way.
"""

import contextlib
import fcntl
import heapq
import os
import random
import select
import socket
import struct
import sys
import time

TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 0x0001, 0x1000
MOST_BYTES = 65_536


def main(device: str, own: str, other: str, delay_s: float, loss: float) -> None:
    """Carry packets until the process is ended. Each is late by the delay on its way out, and may be lost there."""
    tun = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(tun, TUNSETIFF, struct.pack("16sH", device.encode(), IFF_TUN | IFF_NO_PI))
    between = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    between.bind(own)
    source, due = random.Random(own), list[tuple[float, int, bytes]]()
    print("ready", flush=True)
    number = 0
    while True:
        wait_s = max(0.0, due[0][0] - time.monotonic()) if due else None
        for readable in select.select([tun, between.fileno()], [], [], wait_s)[0]:
            if readable != tun:
                packet = between.recv(MOST_BYTES)
                with contextlib.suppress(OSError):  # a device that is not up yet loses it
                    os.write(tun, packet)
            elif source.random() >= loss:
                number += 1
                heapq.heappush(due, (time.monotonic() + delay_s, number, os.read(tun, MOST_BYTES)))
            else:
                os.read(tun, MOST_BYTES)
        while due and due[0][0] <= time.monotonic():
            packet = heapq.heappop(due)[2]
            with contextlib.suppress(OSError):  # the other end is not there yet
                between.sendto(packet, other)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], float(sys.argv[4]), float(sys.argv[5]))
