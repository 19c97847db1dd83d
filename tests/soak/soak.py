"""Serve good, bad, slow, idle and vanishing clients for minutes, and see that nothing leaks, hangs or goes wrong.

The server is built and started through the harness, with its default limits. When the clients have left, these are checked:

- every answer was the right one: prime and n for good requests, the contract's status for bad ones, so no 5xx except the 501
  and 505 that the contract allows; slow clients were dropped, others were not
- GET /health and a calculation still succeed
- memory does not grow: the slope of anonymous memory after the warm-up, by its interval, and the level after all clients
  have left against the level after the warm-up (thresholds and their reasons: memory.py)
- descriptors are back at the level before the load
- SIGTERM ends the server with exit code 0

The result is a JSON file:

    schema                 1
    started_at             UTC
    commit, dirty          of the checkout; whether its files differed from the commit
    machine, cores         model of the processor; processors that the process may use
    service, seed          the contender's label; what draws the requests
    duration_s             of the load
    server_threads         --threads
    counts                 connections and right answers by kind of client, answers by status
    rates                  connections and answers a second; CPU seconds a second of server and clients
    descriptors, threads   before, at most, and after the load
    memory                 for anonymous and resident: bytes before the load, after the warm-up, at most, after the load, and
                           the slope with its interval in bytes a minute; the limits; the median of each minute
    wrong                  the first things that the server did and must not do
    checks                 name: true or false
    verdict                "passed" if all are true, else "failed"
"""

import asyncio
import json
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import click

from loadgen.build.build import build
from loadgen.build.git import git_state
from loadgen.config.service import find_contender, services_of
from loadgen.errors import Error
from loadgen.machine.cores import Cores
from loadgen.machine.machine import read_machine
from loadgen.machine.topology import usable_cores
from loadgen.system.proc import cpu_time_s, memory, usage
from loadgen.system.process import stop, tree
from loadgen.task.prime.expectation import calculated, health
from loadgen.task.prime.request import calculate, get
from loadgen.trial.server import Server, running
from tests.soak.clients import Load, drive
from tests.soak.connection import Wrong, connected
from tests.soak.memory import Course, course, growth_limit, level_limit

CHECKOUT = Path(__file__).resolve().parents[2]
SERVER_THREADS = 2
SAMPLE_EVERY_S = 1.0
# What the server may still hold when the clients have left: the longest is a write timeout of 10 s, looked at twice a second.
EMPTY_WITHIN_S = 30.0
IDLE_SAMPLES = 5
WRONG_SHOWN = 20


class Sample(NamedTuple):
    """One reading of the server; `anonymous_bytes` is the resident set where the kernel tells no more."""

    time_s: float
    rss_bytes: int
    anonymous_bytes: int
    descriptors: int
    threads: int


@dataclass
class Soak:
    """A soak that is over: what it was, what was read of the server, and what became of the server in the end."""

    load: Load
    duration_s: float
    before: Sample
    during: list[Sample]
    after: list[Sample]
    server_cpu_s: float
    client_cpu_s: float
    healthy: bool
    exit_code: int | None


@dataclass(frozen=True)
class Judged:
    """A soak held against its thresholds."""

    anonymous: Course
    resident: Course
    slope_limit: float
    checks: dict[str, bool]

    @property
    def passed(self) -> bool:
        """Whether every check does."""
        return all(self.checks.values())


def sample(pid: int) -> Sample:
    """Read the server now."""
    pids = tree(pid)
    reading, used = memory(pids), usage(pids)
    return Sample(
        time.monotonic(), reading.rss_bytes, reading.anonymous_bytes or reading.rss_bytes, used.open_files, used.threads
    )


async def soak(server: Server, seconds: float, seed: int) -> Soak:
    """Load the server for so long and stop it."""
    pid = server.process.pid
    load = Load(server.address)
    before, during = await _steady(pid), list[Sample]()
    cpu_s, own_cpu_s, begin = cpu_time_s([pid]), time.process_time(), time.monotonic()
    sampling = asyncio.create_task(_sample_for_ever(pid, during))
    await drive(load, seed, seconds)
    sampling.cancel()
    result = Soak(
        load=load,
        duration_s=time.monotonic() - begin,
        before=before,
        during=during,
        after=[],
        server_cpu_s=cpu_time_s([pid]) - cpu_s,
        client_cpu_s=time.process_time() - own_cpu_s,
        healthy=await _is_healthy(load),
        exit_code=None,
    )
    await _until(lambda: usage([pid]).open_files <= before.descriptors, EMPTY_WITHIN_S)
    for _ in range(IDLE_SAMPLES):
        result.after.append(sample(pid))
        await asyncio.sleep(SAMPLE_EVERY_S)
    result.exit_code = await asyncio.to_thread(stop, server.process)
    return result


async def _steady(pid: int) -> Sample:
    """The server before the load, once it has noticed that the harness's own connection is closed."""
    files = [usage([pid]).open_files]

    def unchanged() -> bool:
        files.append(usage([pid]).open_files)
        return len(files) > 5 and len(set(files[-5:])) == 1

    await _until(unchanged, EMPTY_WITHIN_S)
    return sample(pid)


async def _sample_for_ever(pid: int, into: list[Sample]) -> None:
    due = time.monotonic()
    while True:
        into.append(sample(pid))
        due += SAMPLE_EVERY_S
        await asyncio.sleep(max(due - time.monotonic(), 0.0))


async def _until(condition: Callable[[], bool], within_s: float) -> bool:
    deadline = time.monotonic() + within_s
    while not condition():
        if time.monotonic() > deadline:
            return False
        await asyncio.sleep(0.05)
    return True


async def _is_healthy(load: Load) -> bool:
    try:
        async with connected(load.address) as connection:
            await connection.send(get())
            await load.right("healthy", connection, health, method="GET")
            await connection.send(calculate(10_000))
            await load.right("healthy", connection, calculated(10_000))
    except Wrong as wrong:
        load.wrong.append(f"after the load: {wrong}")
        return False
    return True


def judge(soaked: Soak) -> Judged:
    """Hold the soak against its thresholds; ValueError if it was too short for a slope."""
    load, times = soaked.load, [sample.time_s for sample in soaked.during]

    def of(kind: Callable[[Sample], int]) -> Course:
        during, after = ([float(kind(sample)) for sample in samples] for samples in (soaked.during, soaked.after))
        return course(float(kind(soaked.before)), times, during, after)

    # Anonymous memory is what the server allocates; the resident set also has pages of its file, which come and go.
    anonymous, resident = of(lambda sample: sample.anonymous_bytes), of(lambda sample: sample.rss_bytes)
    slope_limit = growth_limit(sum(load.connections.values()) / soaked.duration_s * 60)
    checks = {
        "every answer is right": not load.wrong and sum(load.answers.values()) > 0,
        "no 5xx but 501 and 505": all(status < 500 or status in {501, 505} for status in load.statuses),
        "healthy after the load": soaked.healthy,
        "memory does not grow": not anonymous.grows(slope_limit),
        "memory after the load is that after the warm-up": not anonymous.stays_up(level_limit(SERVER_THREADS)),
        "descriptors are back": max(sample.descriptors for sample in soaked.after) <= soaked.before.descriptors,
        "threads are the same": {sample.threads for sample in soaked.during} == {soaked.before.threads},
        "SIGTERM ends it with exit code 0": soaked.exit_code == 0,
    }
    return Judged(anonymous, resident, slope_limit, checks)


def record(soaked: Soak, judged: Judged, label: str, seed: int) -> dict[str, object]:
    """What the soak itself adds to the result; the keys are in the module's docstring."""
    load = soaked.load

    def per_second(amount: float) -> float:
        return round(amount / soaked.duration_s, 3)

    def levels(of: Callable[[Sample], int]) -> dict[str, int]:
        return {
            "before": of(soaked.before),
            "peak": max(of(sample) for sample in soaked.during),
            "after": max(of(sample) for sample in soaked.after),
        }

    return {
        "service": label,
        "seed": seed,
        "duration_s": round(soaked.duration_s, 1),
        "server_threads": SERVER_THREADS,
        "counts": {
            "connections": dict(sorted(load.connections.items())),
            "right_answers": dict(sorted(load.answers.items())),
            "statuses": {str(status): count for status, count in sorted(load.statuses.items())},
        },
        "rates": {
            "connections_per_s": per_second(sum(load.connections.values())),
            "answers_per_s": per_second(sum(load.statuses.values())),
            "server_cpu_s_per_s": per_second(soaked.server_cpu_s),
            "client_cpu_s_per_s": per_second(soaked.client_cpu_s),
        },
        "descriptors": levels(lambda sample: sample.descriptors),
        "threads": levels(lambda sample: sample.threads),
        "memory": {
            "limit_slope_bytes_per_minute": judged.slope_limit,
            "limit_level_bytes": level_limit(SERVER_THREADS),
            "anonymous": asdict(judged.anonymous),
            "resident": asdict(judged.resident),
        },
        "wrong": {"count": len(load.wrong), "first": load.wrong[:WRONG_SHOWN]},
        "checks": judged.checks,
        "verdict": "passed" if judged.passed else "failed",
    }


def surroundings() -> dict[str, object]:
    """When and where a soak begins: read before it, for the checkout may change while it runs."""
    commit, dirty = git_state(CHECKOUT)
    return {
        "schema": 1,
        "started_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": commit,
        "dirty": dirty,
        "machine": read_machine().cpu_model,
        "cores": len(usable_cores()),
    }


def screen(soaked: Soak, judged: Judged, label: str, seed: int) -> str:
    """The result for a person."""
    load, memory_, slope = soaked.load, judged.anonymous, judged.anonymous.slope_bytes_per_minute
    statuses = "  ".join(f"{status}: {count:,}" for status, count in sorted(load.statuses.items()))
    lines = [
        f"{label}: {soaked.duration_s:,.0f} s, {sum(load.connections.values()):,} connections, "
        f"{sum(load.statuses.values()):,} answers, seed {seed}",
        *(
            f"  {kind:22}{count:8,} connections {load.answers[kind]:9,} right answers"
            for kind, count in sorted(load.connections.items())
        ),
        f"  answers by status     {statuses}",
        f"  anonymous memory      {memory_.before_bytes / 1e3:,.0f} kB before, {memory_.warm_bytes / 1e3:,.0f} warm, "
        f"{memory_.peak_bytes / 1e3:,.0f} at most, {memory_.after_bytes / 1e3:,.0f} after",
        f"  its slope             {slope.slope / 1e3:+.1f} kB a minute, 95% interval {slope.low / 1e3:+.1f} to "
        f"{slope.high / 1e3:+.1f}, limit {judged.slope_limit / 1e3:.1f}",
        f"  descriptors           {soaked.before.descriptors} before, "
        f"{max(sample.descriptors for sample in soaked.during)} at most, "
        f"{max(sample.descriptors for sample in soaked.after)} after",
        f"  cores busy            server {soaked.server_cpu_s / soaked.duration_s:.2f}, "
        f"clients {soaked.client_cpu_s / soaked.duration_s:.2f}",
        *(f"  wrong                 {wrong}" for wrong in load.wrong[:WRONG_SHOWN]),
        *(f"  {'ok    ' if passed else 'FAILED'}  {name}" for name, passed in judged.checks.items()),
    ]
    return "\n".join(lines)


@click.command()
@click.option(
    "--minutes", type=click.FloatRange(min=1, max=10_000), default=10, show_default=True, help="How long the load lasts."
)
@click.option("--seed", type=int, default=1, show_default=True, help="Draws the requests.")
@click.option("--service", "wanted", default="cpp", show_default=True, help="NAME, FOLDER, NAME:VARIANT or FOLDER:VARIANT.")
@click.option("--output", type=click.Path(path_type=Path), help="Where the result goes.  [default: results/soak/SERVICE.json]")
def main(minutes: float, seed: int, wanted: str, output: Path | None) -> None:
    """Soak a service; exit code 0 if every check passes, 1 if one does not, 2 if it could not be done."""
    try:
        contender = find_contender(wanted, services_of(CHECKOUT))
        begun = surroundings()
        artefact = build(contender, say=lambda text: click.echo(text, err=True)).artefact
        with running(contender, artefact, Cores(server=[], generator=[], server_threads=SERVER_THREADS)) as server:
            soaked = asyncio.run(soak(server, minutes * 60, seed))
    except Error as error:
        click.echo(error, err=True)
        sys.exit(2)
    judged = judge(soaked)
    output = output or CHECKOUT / "results" / "soak" / f"{contender.label.replace(':', '-')}.json"
    output.parent.mkdir(parents=True, exist_ok=True)
    result = begun | record(soaked, judged, contender.label, seed)
    output.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    click.echo(screen(soaked, judged, contender.label, seed))
    sys.exit(0 if judged.passed else 1)


if __name__ == "__main__":
    main()
