"""Calls from the process that measures on the server's host to functions on generators' hosts.

The process writes pickled calls to a file and names it, by a line, to the worker that started it; a thread of that worker makes
them by Dask. Nothing is tried again, and a call goes to the host that it is for or to none.
"""

import json
import pickle
import sys
import tempfile
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from loadgen.errors import Error

Result = TypeVar("Result")
SILENT = {"distributed.client.heartbeat": "1 h", "distributed.client.scheduler-info-interval": "1 h"}
"""A worker's own client says nothing by itself while a load goes on."""
LOST = "its worker was lost"
CALL, COLLECT = "call", "collect"
"""The keys of the two lines: begin the calls of a file, and write what became of them into one."""


@dataclass(frozen=True)
class Calls:
    """The side of the process. `workers` are the addresses of hosts' workers by their names."""

    workers: Mapping[str, str]

    def begin(self, function: Callable[..., Any], arguments: Mapping[str, Sequence[Any]]) -> None:
        """Call a function of a module on each host, with its arguments."""
        calls = {
            host: (self.workers[host], pickle.dumps((function, tuple(host_arguments))))
            for host, host_arguments in arguments.items()
        }
        with tempfile.NamedTemporaryFile(prefix="primebench-calls-", delete=False) as file:
            file.write(pickle.dumps(calls))
        self._ask({CALL: file.name})

    def collect(self) -> dict[str, Any]:
        """Return what the functions returned, by host; raise Error for the first that failed, with the host's name in front."""
        with tempfile.NamedTemporaryFile(prefix="primebench-calls-") as file:
            self._ask({COLLECT: file.name})
            done = pickle.loads(Path(file.name).read_bytes())
        for host, (_, failure) in done.items():
            if failure is not None:
                raise Error(f"{host}: {failure}")
        return {host: result for host, (result, _) in done.items()}

    def call(self, function: Callable[..., Any], arguments: Mapping[str, Sequence[Any]]) -> dict[str, Any]:
        """Call a function on each host and wait."""
        self.begin(function, arguments)
        return self.collect()

    def _ask(self, message: dict[str, str]) -> None:
        print(json.dumps(message), flush=True)
        if not sys.stdin.readline():
            raise Error("the worker on this host has ended")


@dataclass
class Caller:
    """The side of the worker's thread."""

    _under_way: dict[str, Any] = field(default_factory=dict)

    def answers(self, message: Mapping[str, Any]) -> bool:
        """Do what a line asks for; return whether it asks for calls at all."""
        if CALL in message:
            self._begin(Path(message[CALL]))
        elif COLLECT in message:
            Path(message[COLLECT]).write_bytes(pickle.dumps(self._collect()))
        return CALL in message or COLLECT in message

    def _begin(self, path: Path) -> None:
        from distributed import get_client

        from loadgen.cluster.quiet import settings

        with settings(SILENT):
            client, calls = get_client(), pickle.loads(path.read_bytes())
        path.unlink()
        there = client.sync(client.scheduler.identity, n_workers=-1)["workers"]
        self._under_way = {
            host: client.submit(
                run_pickled,
                content,
                key=f"generator-{uuid.uuid4().hex}",
                workers=[address],
                allow_other_workers=False,
                pure=False,
                retries=0,
            )
            if address in there
            else None
            for host, (address, content) in calls.items()
        }

    def _collect(self) -> dict[str, tuple[Any, str | None]]:
        """What became of each call: what it returned, or what went wrong."""
        done: dict[str, tuple[Any, str | None]] = {}
        for host, future in self._under_way.items():
            if future is None:
                done[host] = None, LOST
                continue
            try:
                done[host] = future.result(), None
            except Error as error:
                done[host] = None, str(error)
            except Exception as error:
                done[host] = None, f"{LOST} ({type(error).__name__})"
        self._under_way = {}
        return done


def run_pickled(content: bytes) -> Any:
    """Make a call that Dask has not looked into."""
    function, arguments = pickle.loads(content)
    return function(*arguments)
