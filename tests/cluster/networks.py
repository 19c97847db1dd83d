"""Networks of a test's own: a namespace for the controller and for each host, joined by virtual Ethernet links."""

import itertools
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

_NUMBERS = itertools.count()
RELAY = Path(__file__).parent / "relay.py"


class Namespace:
    """A network namespace; what runs in it sees its links only."""

    def __init__(self, name: str) -> None:
        self.name = name

    @property
    def command(self) -> list[str]:
        """Return what a command begins with to run in it."""
        return ["ip", "netns", "exec", self.name]

    def ip(self, *arguments: str) -> None:
        """Configure it."""
        subprocess.run(["ip", "-netns", self.name, *arguments], check=True)

    def processes(self) -> set[int]:
        """Return the ids of the processes in it."""
        done = subprocess.run(["ip", "netns", "pids", self.name], check=True, capture_output=True, text=True)
        return set(map(int, done.stdout.split()))


@contextmanager
def namespace(name: str) -> Iterator[Namespace]:
    """Make one; skip the test where that is not possible."""
    if os.geteuid() != 0 or shutil.which("ip") is None:
        pytest.skip("network namespaces need root, and ip (apt-get install iproute2)")
    made = subprocess.run(["ip", "netns", "add", name], capture_output=True, text=True, check=False)
    if made.returncode != 0:
        pytest.skip(f"no network namespaces here: {made.stderr.strip()}")
    try:
        found = Namespace(name)
        found.ip("link", "set", "lo", "up")
        yield found
    finally:
        subprocess.run(["ip", "netns", "del", name], check=True)


def link(controller: Namespace, host: Namespace, number: int, name: str) -> None:
    """Join a host to the controller, through which it reaches the others."""
    controller.ip("link", "add", f"to-{name}", "type", "veth", "peer", "name", "data", "netns", host.name)
    address_link(controller, host, number, name)


def address_link(controller: Namespace, host: Namespace, number: int, name: str) -> None:
    """Give both ends of a link their addresses."""
    for end, device, address in ((controller, f"to-{name}", 1), (host, "data", 2)):
        end.ip("address", "add", f"10.77.{number}.{address}/24", "dev", device)
        end.ip("link", "set", device, "up")
    host.ip("route", "add", "default", "via", f"10.77.{number}.1")


@contextmanager
def relayed(
    controller: Namespace, host: Namespace, number: int, name: str, folder: Path, delay_s: float, loss: float
) -> Iterator[None]:
    """Put a relay that delays and loses packets in place of a host's link; it is as it was when the block ends."""
    controller.ip("link", "del", f"to-{name}")
    sockets = [str(folder / end) for end in ("near", "far")]
    ends = [
        [*place.command, sys.executable, str(RELAY), device, *order, str(delay_s / 2), str(loss)]
        for place, device, order in ((controller, f"to-{name}", sockets), (host, "data", sockets[::-1]))
    ]
    with ExitStack() as stack:
        for command in ends:
            process = stack.enter_context(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
            stack.callback(process.kill)
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        address_link(controller, host, number, name)
        yield
    link(controller, host, number, name)


@contextmanager
def joined(hosts: Sequence[str]) -> Iterator[tuple[Namespace, dict[str, Namespace]]]:
    """Make the controller's namespace, and one for each host with a link to it: 10.77.N.2 is the Nth, from 0.

    Hosts reach each other through the controller.
    """
    prefix = f"primebench-{os.getpid()}-{next(_NUMBERS)}"
    with ExitStack() as stack:
        controller = stack.enter_context(namespace(f"{prefix}-controller"))
        forward = "echo 1 > /proc/sys/net/ipv4/ip_forward"
        subprocess.run([*controller.command, "sh", "-c", forward], check=True)
        made = {}
        for number, name in enumerate(hosts):
            made[name] = stack.enter_context(namespace(f"{prefix}-{name}"))
            link(controller, made[name], number, name)
        yield controller, made
