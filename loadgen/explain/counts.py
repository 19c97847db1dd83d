"""What a service needs for a request, counted: instructions by function, system calls, page faults, switches, sections.

N requests are taken from 2N of the same, so that start and end cancel. Nothing is timed: a busy machine changes little of it.
"""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from loadgen.errors import Error
from loadgen.explain.callgrind_file import Costs
from loadgen.explain.requests import ask_for, ask_so_many
from loadgen.explain.traced import Explained, asked_behind, check_there
from loadgen.microbench.callgrind import CALLGRIND, total_in
from loadgen.record.explain import Profile
from loadgen.system.proc import Usage, usage
from loadgen.system.process import tree
from loadgen.system.scratch import scratch_folder
from loadgen.system.tool import run_tool
from loadgen.trial.server import Server, start_environment

FOR_S = 4.0
LEAST, MOST = 20, 4000
"""So long requests are sent once under a tool, and so many, to find how many there are to be."""
KERNEL_REQUESTS = 2000
VGDB_S = 30
_STRACE = re.compile(r"^\s*[\d.]+\s+[\d.]+\s+\d+\s+(?P<calls>\d+)\s+(?:\d+\s+)?(?P<name>\w+)$", re.MULTILINE)
_SECTION = re.compile(r"^(?P<name>\.\S+)\s+(?P<bytes>\d+)\s+\d+$", re.MULTILINE)


def instructions_twice(explained: Explained) -> tuple[Profile, int]:
    """Return the instructions of a request by function, and of how many requests they were counted, which is to be used again.

    Raises Error if valgrind is missing or cannot run the service.
    """
    check_there("valgrind", "valgrind")
    twice, requests = _under_callgrind(explained, None)
    once, _ = _under_callgrind(explained, requests // 2)
    return twice.less(once).profile(requests // 2), requests // 2


def instructions(explained: Explained, requests: int) -> Profile:
    """Return the instructions of a request by function, as `instructions_twice`, of so many and twice as many."""
    once, _ = _under_callgrind(explained, requests)
    twice, _ = _under_callgrind(explained, 2 * requests)
    return twice.less(once).profile(requests)


def _under_callgrind(explained: Explained, requests: int | None) -> tuple[Costs, int]:
    """Send so many requests, else as many as there is time for, an even number."""

    def asking(_server: Server, turns: Iterator[int]) -> int:
        if requests is not None:
            ask_so_many(turns, requests)
            return requests
        done = ask_for(turns, FOR_S, LEAST, MOST)
        return done if done % 2 == 0 else next(turns)

    with scratch_folder() as scratch:
        out = str(scratch).replace("%", "%%")  # valgrind expands %p and %q{}
        talking = f"--vgdb-prefix={scratch}/vgdb"
        tool = [*CALLGRIND, "--trace-children=yes", talking, f"--callgrind-out-file={out}/%p"]
        done = asked_behind(explained, tool, 1, asking, lambda server: _dumped(explained, server, talking))
        costs = Costs()
        for file in (path for path in scratch.iterdir() if path.is_file()):  # beside pipes
            text = file.read_text(errors="replace")
            if total_in(text) is not None:
                costs.add(text)
    if not costs.exclusive:
        raise Error(f"{explained.contender.label}: callgrind wrote no profile")
    return costs, done


def _dumped(explained: Explained, server: Server, talking: str) -> bool:
    """Have every process write its profile now, and return whether all have. A signal that ends a program in Go ends callgrind
    3.19 first; where a debugger may not attach (no ptrace), ending it is the only way.
    """
    # Pipes are named after variables that both have to see alike.
    environment = start_environment(explained.contender, explained.artefact, server.port, explained.cores.server_threads)
    commands = [["vgdb", talking, f"--wait={VGDB_S}", f"--pid={pid}", "dump"] for pid in tree(server.process.pid)]
    try:
        return all(run_tool(command, environment=environment, timeout_s=2 * VGDB_S).code == 0 for command in commands)
    except subprocess.TimeoutExpired:
        return False


def system_calls(explained: Explained, at_once: int) -> dict[str, float]:
    """Return the system calls of a request by name; raise Error if strace is missing or may not trace."""
    check_there("strace", "strace")
    twice, requests = _under_strace(explained, at_once, None)
    once, fewer = _under_strace(explained, at_once, max(at_once, requests // 2 // at_once * at_once))
    per_request = {name: (calls - once.get(name, 0)) / (requests - fewer) for name, calls in twice.items()}
    return {name: calls for name, calls in sorted(per_request.items()) if calls > 0}


def _under_strace(explained: Explained, at_once: int, requests: int | None) -> tuple[dict[str, int], int]:
    def asking(_server: Server, turns: Iterator[int]) -> int:
        if requests is None:
            return ask_for(turns, FOR_S / 2, 2 * at_once, MOST)
        ask_so_many(turns, requests)
        return requests

    with scratch_folder() as scratch:
        summary = scratch / "summary"
        done = asked_behind(explained, ["strace", "-f", "-c", "-o", str(summary)], at_once, asking)
        return calls_in(summary.read_text(errors="replace")), done


def calls_in(summary: str) -> dict[str, int]:
    """Return the calls by name of what `strace -c` writes. Pure."""
    return {row["name"]: int(row["calls"]) for row in _STRACE.finditer(summary) if row["name"] != "total"}


def kernel_counts(explained: Explained, at_once: int) -> dict[str, float]:
    """Return page faults and context switches a request, of a process that has answered as many before."""
    counts: dict[str, float] = {}

    def asking(server: Server, turns: Iterator[int]) -> int:
        warm = ask_for(turns, FOR_S / 4, at_once, KERNEL_REQUESTS)
        before = usage(tree(server.process.pid))
        done = ask_for(turns, FOR_S / 4, warm + at_once, warm + KERNEL_REQUESTS)
        after = usage(tree(server.process.pid))
        counts.update({name: count / (done - warm) for name, count in _differences(before, after).items()})
        return done

    asked_behind(explained, [], at_once, asking)
    return counts


def _differences(before: Usage, after: Usage) -> dict[str, int]:
    return {
        "page faults": after.minor_faults - before.minor_faults + after.major_faults - before.major_faults,
        "voluntary context switches": after.voluntary_switches - before.voluntary_switches,
        "involuntary context switches": after.involuntary_switches - before.involuntary_switches,
    }


def sections(artefact: Path) -> dict[str, int]:
    """Return the bytes of a program's sections, by name; raise Error if binutils are missing or it is no program."""
    check_there("size", "binutils")
    done = run_tool(["size", "-A", str(artefact)])
    if done.code != 0:
        raise Error(f"size: {done.last_error}")
    return sections_in(done.text)


def sections_in(table: str) -> dict[str, int]:
    """Return what `size -A` prints: the bytes of each section. Pure."""
    return {row["name"]: int(row["bytes"]) for row in _SECTION.finditer(table)}
