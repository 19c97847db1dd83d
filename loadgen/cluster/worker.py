"""The worker on a host, started over ssh: it reads what it is to be, a line of JSON, and ends when its standard input does.

A connection that is lost ends it, and what it had started: nothing stays on a host whose controller is gone.
"""

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

import psutil
from distributed import Security, Worker

from loadgen.cluster.quiet import WORKER, settings, silence_logs
from loadgen.setup.cache import cache_folder

JOINED_WITHIN_S = 60.0
ENDED_WITHIN_S = 10.0
"""For what it had started: as long as a signal that ends a run lets clean up."""
THREADS = 2
"""Of tasks: a short call is answered while a long one runs."""
PROGRAMS = {"PRIMEBENCH_OHA": "oha", "PRIMEBENCH_NATIVE": "primebench-load"}
"""Variables that name a generator, and those of the release."""


def main() -> None:
    """Be a worker until standard input ends."""
    silence_logs()
    wanted = json.loads(sys.stdin.readline())
    _use_the_release(Path(sys.prefix).parent / "bin")
    with settings(WORKER):
        try:
            asyncio.run(_work(wanted))
        except (OSError, RuntimeError) as error:  # of Dask's, one around another
            reason: BaseException = error
            while reason.__cause__ is not None:
                reason = reason.__cause__
            message = f"its worker on {wanted['address']} could not join {wanted['scheduler']}: {reason or 'no answer'}"
            print(json.dumps({"error": message}), flush=True)
    _end_children()


def _use_the_release(programs: Path) -> None:
    """Let the generators of the release be the ones that load is made with."""
    for variable, name in PROGRAMS.items():
        if (programs / name).is_file():
            os.environ[variable] = str(programs / name)


async def _work(wanted: dict[str, Any]) -> None:
    folder = cache_folder() / "worker"
    folder.mkdir(parents=True, exist_ok=True)
    worker = Worker(
        wanted["scheduler"],
        name=wanted["name"],
        host=wanted["address"],
        security=Security(**wanted["security"], require_encryption=True),
        nthreads=THREADS,
        memory_limit=0,
        local_directory=str(folder),
        death_timeout=JOINED_WITHIN_S,
        protocol="tls",
    )
    async with worker:
        print(json.dumps({"address": worker.address}), flush=True)
        ended = asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
        await asyncio.wait([ended, asyncio.ensure_future(worker.finished())], return_when=asyncio.FIRST_COMPLETED)
        _end_children()  # what a task waits for: its thread would keep the worker from closing
        if not ended.done():
            os._exit(0)  # the scheduler is gone; a thread that reads would keep the program from ending


def _end_children() -> None:
    """End what was started here, by SIGTERM and then by SIGKILL."""
    children = psutil.Process().children()
    for child in children:
        child.terminate()
    _, left = psutil.wait_procs(children, ENDED_WITHIN_S)
    for child in left:
        child.kill()


if __name__ == "__main__":
    main()
