"""Looking at all hosts at the same time."""

import asyncio
import json
import time
from collections.abc import Mapping
from typing import NamedTuple

from pydantic import ValidationError

from loadgen.cluster.connect import Asking, HostError, asking, connected
from loadgen.cluster.found import Clock, Found, faults_of
from loadgen.cluster.release import Release
from loadgen.config.hosts import Host
from loadgen.strict import explain

CLOCK_READINGS = 20


class Examined(NamedTuple):
    """What was found of a host, if it could be reached, and what is wrong with it, each line with the host's name in front."""

    found: Found | None
    clock: Clock | None
    faults: list[str]


async def examine_all(hosts: Mapping[str, Host], release: Release) -> dict[str, Examined]:
    """Look at each host, all at once; a host that cannot be reached is one with a fault."""
    examined = await asyncio.gather(*(_examine(name, host, release) for name, host in hosts.items()))
    return dict(zip(hosts, examined, strict=True))


async def _examine(name: str, host: Host, release: Release) -> Examined:
    try:
        async with connected(name, host) as connection, asking(name, connection) as asked:
            found = await look(name, host, release, asked)
            clock = Clock.of([await _reading(asked) for _ in range(CLOCK_READINGS)])
    except HostError as error:
        return Examined(None, None, [str(error)])
    return Examined(found, clock, [f"{name}: {fault}" for fault in faults_of(host, found, clock, release)])


async def look(name: str, host: Host, release: Release, asked: Asking) -> Found:
    """Return what the host is and has; raise HostError if it does not say."""
    wanted = {"do": "look", "address": host.address, "release": release.name}
    try:
        return Found.model_validate(await asked.ask(json.dumps(wanted)))
    except ValidationError as error:
        raise HostError(f"{name}: it says of itself {explain(error)}; run: primebench hosts install") from error


async def _reading(asked: Asking) -> tuple[float, float, float]:
    before = time.time()
    there_ns = await asked.ask("")
    return before, there_ns / 1e9, time.time()
