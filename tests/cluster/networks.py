"""Networks of a test's own: a namespace for the controller and for each host, joined by virtual Ethernet links."""

import itertools
import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

import pytest

_NUMBERS = itertools.count()


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


@contextmanager
def joined(hosts: Sequence[str]) -> Iterator[tuple[Namespace, dict[str, Namespace]]]:
    """Make the controller's namespace, and one for each host with a link to it: 10.77.N.2 is the Nth, from 0."""
    prefix = f"primebench-{os.getpid()}-{next(_NUMBERS)}"
    with ExitStack() as stack:
        controller = stack.enter_context(namespace(f"{prefix}-controller"))
        made = {}
        for number, name in enumerate(hosts):
            made[name] = stack.enter_context(namespace(f"{prefix}-{name}"))
            controller.ip("link", "add", f"to-{name}", "type", "veth", "peer", "name", "data", "netns", made[name].name)
            for end, link, address in ((controller, f"to-{name}", 1), (made[name], "data", 2)):
                end.ip("address", "add", f"10.77.{number}.{address}/24", "dev", link)
                end.ip("link", "set", link, "up")
        yield controller, made
