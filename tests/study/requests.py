"""CPU time per request and memory of programs beside each other, for each kind of request of the field's three tasks.

`.venv/bin/python -m tests.study.requests [--rounds N] [--kind KIND] NAME=COMMAND ...`, from the checkout. `{port}` in a command
is a free port; a program prints a line once it listens. Programs take turns in every round, each trial is a fresh process on
the first core, the generator on the second; ratios to the first program are paired by round (docs/explanation/deciding.md).
For parts of a service that are no variant of it, such as another way to read. Prints Markdown.
"""

import argparse
import json
import random
import shlex
import socket
import subprocess
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

from analysis.stats.interval import ratio_of_pairs
from loadgen.generator.choice import GENERATORS
from loadgen.system.proc import cpu_time_s, rss_bytes
from loadgen.system.process import spawn, stopped_at_end, tree

CHECKOUT = Path(__file__).resolve().parents[2]
CONNECTIONS = 64
REQUESTS = 20_000
WARM_REQUESTS = 4_000
SERVER_CORE, GENERATOR_CORE = 0, 1


class Reading(NamedTuple):
    """Of one trial."""

    cpu_us: float
    rss_bytes: int


def arguments_of(kind: str) -> list[str]:
    """How oha is asked for requests of this kind, from the cases of the microbenchmarks; `{origin}` is the server's."""
    case = {"prime": "n=1"}.get(kind, kind)
    cases = json.loads((CHECKOUT / "microbench" / "cases.json").read_text(encoding="utf-8"))["request_path"]
    request = next(value["request"] for value in cases if value["name"] == case)
    method, target = request.split(" ", 2)[:2]
    body = request.split("\r\n\r\n", 1)[1]
    return ["-m", method, *(["-T", "application/json", "-d", body] if body else []), "{origin}" + target]


def ask(arguments: list[str], port: int, requests: int, connections: int) -> None:
    """Send so many requests; each must be answered with 200."""
    command = [str(GENERATORS["oha"].find()), "--no-tui", "--output-format", "json"]
    command += ["-c", str(connections), "-n", str(requests), *arguments[:-1]]
    command.append(arguments[-1].replace("{origin}", f"http://127.0.0.1:{port}"))
    generator = spawn(command, cores=[GENERATOR_CORE], environment={}, stdout=subprocess.PIPE)
    with stopped_at_end(generator):
        report, _ = generator.communicate(timeout=300)
    codes = json.loads(report)["statusCodeDistribution"]
    if codes != {"200": requests}:
        raise SystemExit(f"expected {requests} responses with 200, got {codes}")


def trial(command: str, kind: str, connections: int) -> Reading:
    """A fresh process under load."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    arguments = arguments_of(kind)
    server = spawn(shlex.split(command.format(port=port)), cores=[SERVER_CORE], environment={}, stdout=subprocess.PIPE)
    with stopped_at_end(server):
        assert server.stdout is not None
        server.stdout.readline()
        ask(arguments, port, WARM_REQUESTS, connections)
        before = cpu_time_s(tree(server.pid))
        ask(arguments, port, REQUESTS, connections)
        used = cpu_time_s(tree(server.pid)) - before
        return Reading(used / REQUESTS * 1e6, rss_bytes(tree(server.pid)))


def main() -> None:
    """Measure and print a table a kind."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=11)
    parser.add_argument("--kind", choices=["prime", "plaintext", "json-built", "json-parsed"], action="append")
    parser.add_argument("--connections", type=int, default=CONNECTIONS)
    parser.add_argument("programs", nargs="+", metavar="NAME=COMMAND")
    asked = parser.parse_args()
    programs: dict[str, str] = dict(program.split("=", 1) for program in asked.programs)
    source, first = random.Random(1), next(iter(programs))
    for kind in asked.kind or ["prime", "plaintext", "json-built", "json-parsed"]:
        readings: dict[str, list[Reading]] = defaultdict(list)
        for _ in range(asked.rounds):
            for name in source.sample(list(programs), len(programs)):
                readings[name].append(trial(programs[name], kind, asked.connections))
        print(f"\n### {kind}: {asked.rounds} rounds of {REQUESTS:,} requests on {asked.connections} connections, one core\n")
        print(f"| | CPU per request, µs | times that of {first} | RSS, MB |\n|---|---:|---:|---:|", flush=True)
        for name, of_name in readings.items():
            cpu = sorted(reading.cpu_us for reading in of_name)[len(of_name) // 2]
            ratio = ratio_of_pairs([reading.cpu_us for reading in of_name], [reading.cpu_us for reading in readings[first]])
            interval = "" if ratio.interval is None else f" [{ratio.interval.low:.3f}, {ratio.interval.high:.3f}]"
            shown = "" if name == first else f"{ratio.ratio:.3f}{interval}"
            rss = sorted(reading.rss_bytes for reading in of_name)[len(of_name) // 2] / 1e6
            print(f"| {name} | {cpu:.2f} | {shown} | {rss:.1f} |", flush=True)


if __name__ == "__main__":
    main()
