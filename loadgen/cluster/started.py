"""A scheduler here and a worker on each host, started over ssh: what is opened, and closed in the end."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from distributed import Scheduler, Security

from loadgen.cluster.connect import HostError, asking, connected, started
from loadgen.cluster.examine import look
from loadgen.cluster.found import faults_of_release
from loadgen.cluster.on_host import RELEASES
from loadgen.cluster.release import Release
from loadgen.config.hosts import Host

JOINED_WITHIN_S = 90.0
LONGEST_SILENCE_S = 900.0
"""A worker whose timers stand still says nothing: after so long without a word it counts as lost."""
LET_GO_WITHIN_S = 20.0
KEYS = ("tls_ca_file", "tls_worker_cert", "tls_worker_key", "tls_client_cert", "tls_client_key")


@dataclass
class Started:
    """The scheduler's address, those of the workers by host, and of a worker that has ended why."""

    scheduler: str = ""
    workers: dict[str, str] = field(default_factory=dict)
    lost: dict[str, str] = field(default_factory=dict)


@dataclass
class _Meeting:
    """What the tasks of the hosts wait for: by address here the scheduler's, and the end."""

    here: dict[str, "asyncio.Future[str]"]
    schedulers: "asyncio.Future[Mapping[str, str]]"
    joined: dict[str, "asyncio.Future[str]"]
    ended: asyncio.Event


@contextlib.asynccontextmanager
async def started_workers(hosts: Mapping[str, Host], release: Release, security: Security) -> AsyncIterator[Started]:
    """Start them; the scheduler listens on the addresses from which hosts are reached, a worker on that of its host.

    Raise HostError for the first host that cannot be used.
    """
    loop = asyncio.get_running_loop()
    meeting = _Meeting(
        {name: loop.create_future() for name in hosts},
        loop.create_future(),
        {name: loop.create_future() for name in hosts},
        asyncio.Event(),
    )
    started_hosts = Started()
    tasks = [asyncio.create_task(_host(name, host, release, security, meeting, started_hosts)) for name, host in hosts.items()]
    try:
        here = await _all(meeting.here, tasks)
        addresses = sorted(set(here.values()))
        scheduler = Scheduler(
            host=addresses,
            port=0,
            protocol="tls",
            security=security,
            worker_ttl=LONGEST_SILENCE_S,
            dashboard=False,
            dashboard_address=f"{addresses[0]}:0",
        )
        async with scheduler:
            listening = dict(zip(addresses, [listener.contact_address for listener in scheduler.listeners], strict=True))
            meeting.schedulers.set_result({name: listening[address] for name, address in here.items()})
            started_hosts.scheduler = scheduler.listeners[0].contact_address
            started_hosts.workers |= await _all(meeting.joined, tasks)
            yield started_hosts
            meeting.ended.set()
            await asyncio.wait(tasks, timeout=LET_GO_WITHIN_S)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _all(futures: Mapping[str, "asyncio.Future[str]"], tasks: "list[asyncio.Task[None]]") -> dict[str, str]:
    """Return the results of all futures; raise what the first task ended with that failed before."""
    waiting: set[asyncio.Future[Any]] = {*futures.values(), *tasks}
    while not all(future.done() for future in futures.values()):
        done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        for future in done:
            future.result()
    return {name: future.result() for name, future in futures.items()}


async def _host(name: str, host: Host, release: Release, security: Security, meeting: _Meeting, started_hosts: Started) -> None:
    """Hold a host's worker until the end, or until it is lost."""
    try:
        async with connected(name, host, kept_alive_s=0) as connection:
            async with asking(name, connection) as asked:
                faults = faults_of_release(await look(name, host, release, asked), release)
            if faults:
                raise HostError(f"{name}: {faults[0]}")
            meeting.here[name].set_result(connection.get_extra_info("sockname")[0])
            schedulers = await meeting.schedulers
            certificates = {key: getattr(security, key) for key in KEYS}
            wanted = {"scheduler": schedulers[name], "name": name, "address": host.address, "security": certificates}
            command = f"exec {RELEASES / release.name}/venv/bin/python -m loadgen.cluster.worker"
            async with started(name, connection, command) as worker:
                joined = await worker.ask(json.dumps(wanted), within_s=JOINED_WITHIN_S)
                meeting.joined[name].set_result(joined["address"])
                ending = asyncio.ensure_future(meeting.ended.wait())
                ended = asyncio.ensure_future(worker.ended())
                await asyncio.wait([ending, ended], return_when=asyncio.FIRST_COMPLETED)
                if not meeting.ended.is_set():
                    started_hosts.lost[name] = ended.result()
                worker.end()
                await ended
                ending.cancel()
    except HostError as error:
        if not meeting.joined[name].done():
            raise
        started_hosts.lost.setdefault(name, str(error).removeprefix(f"{name}: "))
