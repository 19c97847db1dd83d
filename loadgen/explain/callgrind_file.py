"""Reading callgrind's files: instructions by function, who calls whom, and the lines that they are spent on. Pure.

The format: https://valgrind.org/docs/manual/cl-format.html
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from loadgen.explain.inclusive import per_call
from loadgen.record.explain import UNNAMED, Call, FunctionCost, Profile

FEWEST = 3
"""Calls among all requests: fewer are of a thread's or a connection's start, once later than the other time."""
Key = TypeVar("Key")
_NAMED = re.compile(r"\((?P<number>\d+)\)(?: (?P<name>.*))?")
_HASH = re.compile(r"::h[0-9a-f]{16}$")
_OF_A_BUILD = re.compile(r"(?:\.(?:constprop|isra|part|cold|lto_priv|llvm)(?:\.\d+)*)+$|(?: \[clone [^\]]+\])+$|'\d+$")
_ADDRESS = re.compile(r"0x[0-9a-f]+")


def stable_name(name: str) -> str:
    """Return a function's name without what differs between builds of one source: Rust's hash, copies that a compiler makes."""
    return _OF_A_BUILD.sub("", _HASH.sub("", _OF_A_BUILD.sub("", name)))


@dataclass
class Costs:
    """Sums over files: instructions and calls, by function, pair of functions, and line."""

    exclusive: Counter[str] = field(default_factory=Counter)
    calls: Counter[tuple[str, str]] = field(default_factory=Counter)
    lines: Counter[tuple[str, str, int]] = field(default_factory=Counter)

    def add(self, text: str) -> None:
        """Add what one file has."""
        _Reader(self).read(text.splitlines())

    def less(self, other: "Costs") -> "Costs":
        """Return the difference."""
        return Costs(
            _less(self.exclusive, other.exclusive),
            _less(self.calls, other.calls),
            _less(self.lines, other.lines),
        )

    def profile(self, requests: int) -> Profile:
        """Return what is spent on one of so many requests; functions and calls that cost nothing are left out."""
        least = min(FEWEST, requests)
        calls = {pair: count / requests for pair, count in self.calls.items() if abs(count) >= least and pair[0] != pair[1]}
        exclusive = {name: count / requests for name, count in self.exclusive.items()}
        each = per_call(exclusive, calls)
        called: dict[str, float] = defaultdict(float)
        below: dict[str, float] = defaultdict(float)
        for (caller, callee), count in calls.items():
            called[callee] += count
            below[caller] += count * each.get(callee, 0.0)
        best: dict[str, tuple[int, str]] = {}
        for (name, file, line), cost in self.lines.items():
            if line and not file.startswith("???") and cost > best.get(name, (0, ""))[0]:
                best[name] = cost, f"{file}:{line}"
        functions = {
            name: FunctionCost(
                exclusive=exclusive.get(name, 0.0),
                inclusive=called[name] * each[name] if name in each else exclusive.get(name, 0.0) + below[name],
                calls=called[name],
                place=best.get(name, (0, ""))[1],
            )
            for name in sorted(exclusive.keys() | called.keys() | below.keys())
            if exclusive.get(name) or called[name] or below[name]
        }
        edges = [
            Call(caller=caller, callee=callee, calls=count, inclusive=count * each.get(callee, 0.0))
            for (caller, callee), count in sorted(calls.items())
        ]
        return Profile(functions=functions, calls=edges)


def _less(counts: Counter[Key], others: Counter[Key]) -> Counter[Key]:
    left = Counter(counts)
    left.subtract(others)  # which keeps what is below zero
    return left


class _Reader:
    """One file. Names are written in full the first time, with a number that stands for them afterwards."""

    def __init__(self, costs: Costs) -> None:
        self._costs = costs
        self._names: dict[tuple[str, str], str] = {}
        self._at = {"ob": "", "fl": "", "fn": ""}
        self._called = {"ob": "", "fn": ""}
        self._line = 0
        self._of_call: int | None = None
        self._column = 0

    def read(self, lines: Iterable[str]) -> None:
        for text in lines:
            if not text or text[0] == "#":
                continue
            if text[0] in "0123456789+-*":
                self._cost(text)
            elif text.startswith("calls="):
                self._of_call = int(text[6:].split()[0])
            elif text.startswith("events:"):
                self._column = text.split()[1:].index("Ir")
            else:
                self._position(text)

    def _position(self, text: str) -> None:
        key, separator, value = text.partition("=")
        if not separator or (match := _NAMED.fullmatch(value)) is None:
            return
        kind = {"cfn": "fn", "cob": "ob", "cfi": "fl", "cfl": "fl", "fi": "fl", "fe": "fl"}.get(key, key)
        if match["name"] is not None:
            self._names[kind, match["number"]] = match["name"]
        name = self._names.get((kind, match["number"]), "???")
        if key in ("cfn", "cob"):
            self._called[kind] = name
        elif kind in self._at and not key.startswith("c"):
            self._at[kind] = name
            if key == "ob":
                self._called["ob"] = name

    def _cost(self, text: str) -> None:
        position, *costs = text.split()
        self._line = (
            self._line
            if position == "*"
            else self._line + int(position)
            if position[0] in "+-"
            else int(position, 16 if position.startswith("0x") else 10)
        )
        cost = int(costs[self._column]) if len(costs) > self._column else 0
        name = _shown(self._at["fn"], self._at["ob"])
        self._costs.lines[name, self._at["fl"], self._line] += cost
        if self._of_call is None:
            self._costs.exclusive[name] += cost
            return
        edge = name, _shown(self._called["fn"], self._called["ob"])
        self._costs.calls[edge] += self._of_call
        self._of_call, self._called["ob"] = None, self._at["ob"]


def _shown(name: str, program: str) -> str:
    """Return the name; a function without one is as good as any other of its program."""
    return f"{UNNAMED}{program.rpartition('/')[2]})" if _ADDRESS.fullmatch(name) else stable_name(name)
