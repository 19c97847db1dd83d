"""What the workloads do not show of the reference server: pipelined requests, idle connections, latency at a fixed rate.

`.venv/bin/python -m tests.study.server_targets [--rounds N] [--only PART]`, from the checkout. Services take turns in every
round, each trial is a fresh process; ratios are paired by round (docs/explanation/deciding.md). Prints Markdown.
"""

import argparse
import contextlib
import random
import resource
import socket
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from analysis.stats.interval import median_interval, ratio_of_pairs
from loadgen.build.build import build
from loadgen.config.service import Contender, find_contender, services_of
from loadgen.generator.choice import GENERATORS
from loadgen.generator.generator import Load
from loadgen.generator.rows import answered_between, count_statuses
from loadgen.machine.cores import Cores, choose_cores
from loadgen.machine.topology import read_topology
from loadgen.system.proc import cpu_time_s, memory
from loadgen.system.process import spawn, stopped_at_end, tree
from loadgen.task.prime.request import calculate
from loadgen.task.prime.task import KIND, TASK
from loadgen.trial.server import Server, running

OHA = GENERATORS["oha"]
CHECKOUT = Path(__file__).resolve().parents[2]
REFERENCE = "cpp"
PEERS = ("actix", "fiber")
BARE_LOOP = "ceiling:served"
CANNED = "ceiling"  # answers n = 1 only

PIPELINED = 16
PIPELINING_CONNECTIONS = 16
PIPELINING_BATCHES = 400
IDLE_CONNECTIONS = 10_000
IDLE_ROUNDS = 3
SHARE_OF_CAPACITY = 0.70
CAPACITY_S = 2.0
OPEN_LOOP_CONNECTIONS = 100


class Subject(NamedTuple):
    """A contender with its finished build."""

    contender: Contender
    artefact: Path


def subjects(names: Sequence[str]) -> list[Subject]:
    """Find and build."""
    own = services_of(CHECKOUT)
    found = [find_contender(name, own) for name in names]
    return [Subject(contender, build(contender, say=print).artefact) for contender in found]


@contextmanager
def served(subject: Subject, cores: Cores) -> Iterator[Server]:
    """The contender's fresh process."""
    with running(subject.contender, subject.artefact, cores) as server:
        yield server


def in_rounds(
    names: Sequence[str], rounds: int, cores: Cores, measure: Callable[[Server, str], float]
) -> dict[str, list[float]]:
    """One value a contender and round, contenders in a new random order each round."""
    source, values = random.Random(1), defaultdict(list)
    ready = subjects(names)
    for _ in range(rounds):
        for subject in source.sample(ready, len(ready)):
            with served(subject, cores) as server:
                values[subject.contender.label].append(measure(server, subject.contender.label))
    return values


def pipelined_cpu_us(server: Server, _label: str) -> float:
    """CPU per request in µs, sixteen requests in each write."""
    request = calculate(1) * PIPELINED
    sockets = [socket.create_connection(server.address) for _ in range(PIPELINING_CONNECTIONS)]
    with contextlib.ExitStack() as stack:
        for each in sockets:
            stack.enter_context(each)
        _batch(sockets, request)  # warm
        before = cpu_time_s(tree(server.process.pid))
        for _ in range(PIPELINING_BATCHES):
            _batch(sockets, request)
        used = cpu_time_s(tree(server.process.pid)) - before
    return used / (PIPELINING_BATCHES * PIPELINING_CONNECTIONS * PIPELINED) * 1e6


def _batch(sockets: Sequence[socket.socket], request: bytes) -> None:
    for each in sockets:
        each.sendall(request)
    for each in sockets:
        answers = b""
        while answers.count(b'"prime":2,') < PIPELINED:
            received = each.recv(65_536)
            if not received:
                raise SystemExit("the server closed a connection with pipelined requests")
            answers += received


def idle_bytes(server: Server, _label: str) -> float:
    """Anonymous memory in bytes for each of 10,000 connections that have had one answer and wait."""
    pids = tree(server.process.pid)
    before = _anonymous(pids)
    with contextlib.ExitStack() as stack:
        for _ in range(IDLE_CONNECTIONS):
            each = stack.enter_context(socket.create_connection(server.address))
            each.sendall(calculate(1))
            if b"200 OK" not in each.recv(4096):
                raise SystemExit("expected 200 on every connection")
        return (_anonymous(pids) - before) / IDLE_CONNECTIONS


def _anonymous(pids: Sequence[int]) -> int:
    reading = memory(pids).anonymous_bytes
    if reading is None:
        raise SystemExit("this kernel has no smaps_rollup")
    return reading


def load(server: Server, cores: Cores, n: int, connections: int, seconds: float, rate_per_s: int | None = None) -> pa.Table:
    """Run the generator against the server; its rows as loadgen.generator.rows has them."""
    with tempfile.TemporaryDirectory() as scratch:
        request = TASK.request(KIND, {"n": n})
        command = OHA.command(str(OHA.find()), Load(request, connections, seconds, _origin(server), rate_per_s))
        environment = OHA.environment(len(cores.generator) or 1)
        with (Path(scratch) / "report.json").open("wb") as report:
            generator = spawn(command, cores=cores.generator, environment=environment, stdout=report, cwd=Path(scratch))
        with stopped_at_end(generator):
            if generator.wait(120) != 0:
                raise SystemExit(f"the generator failed against {server.label}")
        return OHA.read(Path(scratch), Path(scratch) / "report.json").rows


def capacity_per_s(server: Server, cores: Cores, n: int) -> float:
    """Goodput of a closed loop of 100 connections over its last half."""
    found = load(server, cores, n, OPEN_LOOP_CONNECTIONS, CAPACITY_S)
    return answered_between(found, CAPACITY_S / 2, CAPACITY_S, [[200]])[0] / (CAPACITY_S / 2)


def open_loop_p99_ms(server: Server, cores: Cores, n: int, rate: float, seconds: float) -> float:
    """P99 in ms from the time at which each request should have been sent; the first tenth warms up."""
    found = load(server, cores, n, OPEN_LOOP_CONNECTIONS, seconds, round(rate))
    if set(count_statuses(found)) != {"200"}:
        raise SystemExit(f"{server.label}: expected nothing but 200")
    due_s, end_s = found["intended_s"].to_numpy(), found["end_s"].to_numpy()
    late = due_s > seconds / 10
    return float(np.quantile(end_s[late] - due_s[late], 0.99) * 1e3)


def _origin(server: Server) -> str:
    return f"http://{server.address[0]}:{server.port}"


def table(title: str, unit: str, values: dict[str, list[float]], over: Sequence[str]) -> None:
    """Each contender's median, and the reference server's ratio to each of `over`."""
    print(f"\n### {title}\n\n| | {unit} | {REFERENCE} over it |\n|---|---:|---:|")
    for label, value in values.items():
        interval = median_interval(value)
        spread = f"[{interval.low:.3g}, {interval.high:.3g}]" if interval else f"{min(value):.3g}–{max(value):.3g}"
        print(f"| {label} | {np.median(value):.3g} {spread} | {_ratio(values, label) if label in over else ''} |")


def _ratio(values: dict[str, list[float]], label: str) -> str:
    found = ratio_of_pairs(values[REFERENCE], values[label])
    interval = found.interval
    return f"{found.ratio:.3f}" + (f" [{interval.low:.3f}, {interval.high:.3f}]" if interval else "")


def main() -> None:
    """Measure the parts that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--only", choices=["pipelined", "idle", "open-loop"])
    asked = parser.parse_args()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    cores = choose_cores(read_topology(), 1, pinned=True)
    commit = subprocess.run(
        ["git", "-C", str(CHECKOUT), "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
    ).stdout.strip()
    print(f"commit {commit}, {asked.rounds} rounds, server on its own core")
    if asked.only in (None, "pipelined"):
        values = in_rounds([REFERENCE, BARE_LOOP, *PEERS], asked.rounds, cores, pipelined_cpu_us)
        table(f"n = 1, {PIPELINED} pipelined requests: CPU per request", "µs", values, [BARE_LOOP, *PEERS])
    if asked.only in (None, "idle"):
        values = in_rounds([REFERENCE, *PEERS], IDLE_ROUNDS, cores, idle_bytes)
        table(f"anonymous memory at {IDLE_CONNECTIONS:,} idle connections", "bytes a connection", values, PEERS)
    if asked.only in (None, "open-loop"):
        for n, seconds in ((1, 3.0), (100, 3.0), (10_000, 9.0)):
            open_loop(n, seconds, asked.rounds, cores)


def open_loop(n: int, seconds: float, rounds: int, cores: Cores) -> None:
    """Every service at 70% of its own capacity, which is measured first.

    The canned answer at the reference server's rate shows what of a P99 is the generator's own.
    """
    names = [REFERENCE, *PEERS]
    capacity = {}
    for subject in subjects(names):
        with served(subject, cores) as server:
            capacity[subject.contender.label] = capacity_per_s(server, cores, n)
    shown = ", ".join(f"{label} {value:,.0f}/s" for label, value in capacity.items())

    def measure(server: Server, label: str) -> float:
        return open_loop_p99_ms(server, cores, n, capacity[label] * SHARE_OF_CAPACITY, seconds)

    if n == 1:
        names.append(CANNED)
        capacity[CANNED] = capacity[REFERENCE]
    values = in_rounds(names, rounds, cores, measure)
    table(f"n = {n:,}, open loop at {SHARE_OF_CAPACITY:.0%} of its own capacity ({shown}): P99", "ms", values, PEERS)


if __name__ == "__main__":
    begin = time.monotonic()
    main()
    print(f"\n{time.monotonic() - begin:.0f} s", file=sys.stderr)
