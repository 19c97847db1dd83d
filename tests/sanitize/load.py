"""A short load of the soak's clients on a sanitized server, then its end: once when the clients have left, once among them.

The first end is an orderly one, after which leaks are looked for; the second shows what threads do to each other while they
drain. What the clients see is checked as in the soak. Exit code 0 if all is well, else 1.
"""

import asyncio
import sys

import click

from loadgen.build.build import build
from loadgen.config.service import find_contender
from loadgen.machine.cores import Cores
from loadgen.system.process import ending, stop
from loadgen.trial.server import Server, running
from loadgen.trial.server_log import last_words
from tests.soak.clients import Load, drive

# Sanitizers look for leaks at the end, and make all that comes before slow; the 5 seconds are the conformance suite's matter.
EXITS_WITHIN_S = 30.0
WRONG_SHOWN = 10


async def _ended_after_load(server: Server, seconds: float, seed: int) -> list[str]:
    load = Load(server.address)
    await drive(load, seed, seconds)
    return load.wrong + await _ended(server)


async def _ended_under_load(server: Server, seconds: float, seed: int) -> list[str]:
    load = Load(server.address)
    driving = asyncio.create_task(drive(load, seed, 10 * EXITS_WITHIN_S))
    await asyncio.sleep(seconds)
    load.stopping.set()  # what goes wrong from now on is what a server that ends does
    faults = load.wrong + await _ended(server)
    driving.cancel()
    await asyncio.gather(driving, return_exceptions=True)
    return faults


async def _ended(server: Server) -> list[str]:
    code = await asyncio.to_thread(stop, server.process, EXITS_WITHIN_S)
    if code is None:
        return [f"did not end within {EXITS_WITHIN_S:g} s of SIGTERM"]
    return [] if code == 0 else [f"{ending(code)}{last_words(server.stderr)}"]


@click.command()
@click.argument("wanted")
@click.option("--seconds", type=float, default=10.0, show_default=True)
@click.option("--threads", type=int, default=4, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
def main(wanted: str, seconds: float, threads: int, seed: int) -> None:
    """Load FOLDER or FOLDER:VARIANT."""
    contender = find_contender(wanted, {})
    artefact = build(contender).artefact
    cores = Cores(server=[], generator=[], server_threads=threads)
    faults = []
    with running(contender, artefact, cores) as server:
        faults += asyncio.run(_ended_after_load(server, seconds, seed))
    with running(contender, artefact, cores) as server:
        faults += asyncio.run(_ended_under_load(server, seconds / 3, seed + 1))
    for fault in faults[:WRONG_SHOWN]:
        click.echo(f"{contender.label}: {fault}", err=True)
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
