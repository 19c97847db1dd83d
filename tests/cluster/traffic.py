"""Packets that cross the network of a host, and when."""

import json
import subprocess
import threading
import time
from datetime import datetime
from pathlib import Path

from loadgen.record.trial import LoadTrial
from tests.cluster.networks import Namespace

EVERY_S = 0.02
EDGE_S = 0.1
"""A trial begins when silence has been asked for, not when the last packet before that has been acknowledged."""


def keep_neighbours(*ends: tuple[Namespace, str, str]) -> None:
    """Let both ends of a link (namespace, interface, address) know each other for good: the kernel then asks for neither."""
    for (here, interface, _), (there, other, address) in (ends, ends[::-1]):
        here.ip("link", "set", interface, "addrgenmode", "none")
        command = ["ip", "-netns", there.name, "-json", "link", "show", "dev", other]
        (link,) = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
        here.ip("neigh", "replace", address, "lladdr", link["address"], "dev", interface, "nud", "permanent")


class Traffic:
    """Watches the packets of an interface in the network of a process, from a thread, while its block runs."""

    def __init__(self, pid: int, interface: str) -> None:
        self._file, self._interface = Path(f"/proc/{pid}/net/dev"), interface
        self._seen: list[tuple[float, int]] = []
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> "Traffic":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._ended.wait(EVERY_S):
            (line,) = [line for line in self._file.read_text().splitlines() if line.strip().startswith(f"{self._interface}:")]
            received, sent = (int(line.split(":")[1].split()[at]) for at in (1, 9))
            self._seen.append((time.time(), received + sent))

    def during(self, trial: LoadTrial) -> int:
        """Return how many packets crossed from the trial's start to the end of its window."""
        assert trial.load_began_s is not None
        assert trial.window_to_s is not None
        began_s = datetime.fromisoformat(trial.started).timestamp()
        found = [
            count for at_s, count in self._seen if began_s + EDGE_S <= at_s <= began_s + trial.load_began_s + trial.window_to_s
        ]
        return found[-1] - found[0] if found else 0
