"""How fast the native generator is beside oha, how well it keeps time, and whether it tells the latencies that a server had.

    python -m tests.study.native_generator [--rounds 5] [--write]

The rates are of the control `ceiling`, generator and control on one core each, rows written by both, in interleaved rounds. The
latencies are of a server whose delays are known and which notes when it answered, on the same clock. With --write the tables
replace results/validation/native.md. Nothing else may run meanwhile.
"""

import argparse
import asyncio
import json
import math
import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from loadgen.build.build import build
from loadgen.config.service import find_contender, services_of
from loadgen.generator.choice import GENERATORS
from loadgen.generator.generator import Generator, Load, Report
from loadgen.generator.request_file import write_request_file
from loadgen.machine.cores import Cores, choose_cores
from loadgen.machine.topology import read_topology
from loadgen.task.http.task import read_task
from loadgen.task.prime.task import KIND, TASK
from loadgen.task.task import LOADED, Asked
from loadgen.trial.server import Server as Contender
from loadgen.trial.server import running
from tests.serving import Server, serving
from tests.study.duets import CHECKOUT
from tests.tasks import echo_task

TARGET = CHECKOUT / "results" / "validation" / "native.md"
CONNECTIONS = 100
LOAD_S = 3.0
DELAYS_MS = {"usual": 50.0, "1 in 25": 100.0}
STALL_S = 0.4
ECHO = echo_task({"name": "read", "path": "/{id}"}, first=0)
Row = tuple[str, ...]


def sent(generator: Generator, load: Load, folder: Path, cores: Sequence[int]) -> Report:
    """Put a load on a server from these cores; what the generator measured."""
    for path in folder.iterdir():
        if path.name.startswith("rows"):
            path.unlink()
    command = ["taskset", "-c", ",".join(map(str, cores)), *generator.command(str(generator.find()), load)]
    with (folder / "report.json").open("wb") as report:
        subprocess.run(
            command, cwd=folder, env=generator.environment(len(cores)), stdout=report, stderr=subprocess.DEVNULL, check=True
        )
    return generator.read(folder, folder / "report.json")


def quantiles_ms(seconds: Any) -> tuple[float, float]:
    """P50 and P99."""
    p50, p99 = np.quantile(seconds, [0.5, 0.99]) * 1e3
    return float(p50), float(p99)


@contextmanager
def ceiling(cores: Cores) -> Iterator[Contender]:
    """The control that answers as fast as anything can, on the server's core."""
    contender = find_contender("ceiling", services_of(CHECKOUT))
    with running(contender, build(contender).artefact, cores) as server:
        yield server


def rates(rounds: int, cores: Cores, folder: Path) -> tuple[list[Row], float]:
    """Requests per second of both generators, and of the native one the limit."""
    asked = Asked(TASK, {KIND: 1.0}, {"n": 1})
    write_request_file(folder / "prime", asked, 1, LOADED)
    found: dict[str, list[float]] = {name: [] for name in GENERATORS}
    for _ in range(rounds):
        for name, generator in GENERATORS.items():
            with ceiling(cores) as server:
                origin = f"http://127.0.0.1:{server.port}"
                load = Load(asked.first.request, CONNECTIONS, LOAD_S, origin, requests=folder / "prime")
                report = sent(generator, load, folder, cores.generator)
            found[name].append(report.rows.num_rows / LOAD_S)
    ratios = [native / oha for native, oha in zip(found["native"], found["oha"], strict=True)]
    rows: list[Row] = [
        (name, f"{statistics.median(group):,.0f}", f"{min(group):,.0f} to {max(group):,.0f}") for name, group in found.items()
    ]
    rows.append(("native / oha, by round", f"{statistics.median(ratios):.2f}", f"{min(ratios):.2f} to {max(ratios):.2f}"))
    return rows, statistics.median(found["native"])


def pacing(limit_per_s: float, cores: Cores, folder: Path) -> list[Row]:
    """How late requests of an open loop start where a connection was free."""
    asked = Asked(TASK, {KIND: 1.0}, {"n": 1})
    rows: list[Row] = []
    for share in (0.1, 0.5, 0.8):
        with ceiling(cores) as server:
            rate, origin = round(share * limit_per_s), f"http://127.0.0.1:{server.port}"
            load = Load(asked.first.request, CONNECTIONS, LOAD_S, origin, rate, requests=folder / "prime", own_cores=True)
            report = sent(GENERATORS["native"], load, folder, cores.generator)
        waited = (report.rows["start_s"].to_numpy() - report.rows["intended_s"].to_numpy()) * 1e6
        p50, p99 = np.quantile(waited, [0.5, 0.99])
        rows.append(
            (
                f"{share:.0%} of its limit, {rate:,}/s",
                f"{p50:.1f}",
                f"{p99:.1f}",
                f"{report.reported['pacing_error_p99_us']:.1f}",
            )
        )
    return rows


class Known:
    """A server whose delays are known: it notes when each request came and when its answer went."""

    def __init__(self, *, stalls: bool) -> None:
        self.stalls = stalls
        self.came: dict[int, int] = {}
        self.went: dict[int, int] = {}

    async def answer(self, server: Server, head: bytes, writer: asyncio.StreamWriter) -> None:
        """Answer after the delay of the request's number; once, if it stalls, nobody for a while."""
        number = int(head.split(b" ")[1][1:])
        self.came[number] = time.monotonic_ns()
        if self.stalls and len(server.requests) == 300:
            time.sleep(STALL_S)  # nobody is answered meanwhile
        if not self.stalls:
            await asyncio.sleep((DELAYS_MS["1 in 25"] if number % 25 == 0 else DELAYS_MS["usual"]) / 1e3)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        self.went[number] = time.monotonic_ns()


def truth(cores: Cores, folder: Path) -> list[Row]:
    """What the generator says of latencies beside what the server knows of them."""
    (folder / "task.toml").write_text(ECHO)
    asked, rows = Asked(task := read_task(folder / "task.toml"), task.weights, {}), []
    (folder / "echo").unlink(missing_ok=True)
    write_request_file(folder / "echo", asked, 1, LOADED)
    for title, rate, stalls in (
        ("closed loop, 50 and 100 ms", None, False),
        ("open loop, 100/s, 50 and 100 ms", 100, False),
        ("open loop, 500/s, a stall of 400 ms", 500, True),
    ):
        known = Known(stalls=stalls)
        with serving(known.answer) as server:
            load = Load(
                asked.first.request, 20, 6.0, f"http://127.0.0.1:{server.port}", rate, requests=folder / "echo", own_cores=True
            )
            report = sent(GENERATORS["native"], load, folder, cores.generator)
        began_ns = json.loads((folder / "report.json").read_bytes())["began_ns"]
        column = "start_s" if rate is None else "intended_s"
        begins, ends = (report.rows[name].to_numpy() for name in (column, "end_s"))
        first = min(known.came)
        if rate is None:
            true_s = [(known.went[number] - known.came[number]) / 1e9 for number in known.went]
        else:
            due = {first + place: begin for place, begin in enumerate(sorted(begins))}
            true_s = [(known.went[number] - began_ns) / 1e9 - due[number] for number in known.went]
        said, true = quantiles_ms(ends - begins), quantiles_ms(np.array(true_s))
        off = [value / other - 1 for value, other in zip(said, true, strict=True)]
        rows.append((title, *(f"{true[at]:.2f}" for at in (0, 1)), *(f"{said[at]:.2f} ({off[at]:+.2%})" for at in (0, 1))))
    return rows


def agreement(rounds: int, cores: Cores, folder: Path) -> list[Row]:
    """Both generators on the reference server, where neither is the limit: n = 1,000."""
    asked = Asked(TASK, {KIND: 1.0}, {"n": 1_000})
    write_request_file(folder / "thousand", asked, 1, LOADED)
    contender = find_contender("cpp", services_of(CHECKOUT))
    artefact = build(contender).artefact
    found: dict[str, list[tuple[float, float, float]]] = {name: [] for name in GENERATORS}
    for _ in range(rounds):
        for name, generator in GENERATORS.items():
            with running(contender, artefact, cores) as server:
                origin = f"http://127.0.0.1:{server.port}"
                load = Load(asked.first.request, CONNECTIONS, LOAD_S, origin, requests=folder / "thousand")
                rows = sent(generator, load, folder, cores.generator).rows
            latencies = rows["end_s"].to_numpy() - rows["start_s"].to_numpy()
            found[name].append((rows.num_rows / LOAD_S, *quantiles_ms(latencies)))
    table = []
    for at, title in enumerate(("goodput, requests/s", "P50, ms", "P99, ms")):
        ratios = [math.log(native[at] / oha[at]) for native, oha in zip(found["native"], found["oha"], strict=True)]
        middle, error = statistics.mean(ratios), 0.0
        if len(ratios) > 1:
            error = 2.8 * statistics.stdev(ratios) / math.sqrt(len(ratios))
        medians = [f"{statistics.median(group[at] for group in found[name]):,.2f}" for name in ("oha", "native")]
        table.append(
            (title, *medians, f"{math.exp(middle):.3f} [{math.exp(middle - error):.3f}, {math.exp(middle + error):.3f}]")
        )
    return table


def markdown(heads: Row, rows: Sequence[Row]) -> str:
    """A table."""
    lines = [heads, tuple("---" if at == 0 else "---:" for at in range(len(heads))), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def main() -> None:
    """Measure, print, and with --write keep."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    cores = choose_cores(read_topology(), 1, pinned=True)
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as name:
        folder = Path(name)
        cpus = len(read_topology().cpus)
        rate_rows, limit_per_s = rates(given.rounds, cores, folder)
        text = f"""# The native generator beside oha, and beside servers whose latency is known

`python -m tests.study.native_generator` makes these tables: {given.rounds} interleaved rounds, {cpus} CPUs.

## Requests per second, one core, {CONNECTIONS} connections, rows written, against the control `ceiling`

{markdown(("", "median", "range"), rate_rows)}

## How late requests of an open loop start, µs

{markdown(("", "P50", "P99", "P99 where a connection was free"), pacing(limit_per_s, cores, folder))}

## Latencies that a server knows of, ms

{markdown(("", "true P50", "true P99", "P50 as told", "P99 as told"), truth(cores, folder))}

## Both on the reference server at n = 1,000

{markdown(("", "oha", "native", "native / oha [95%]"), agreement(given.rounds, cores, folder))}
"""
    print(text)
    if given.write:
        TARGET.write_text(text)


if __name__ == "__main__":
    main()
