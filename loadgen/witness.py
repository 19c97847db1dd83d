"""A slow client of the harness's own that checks answers while the load runs: right prime, right n, right shape.

The generator counts statuses and bytes but cannot tell a right answer from a wrong one of the same length.
"""

import http.client
import json
import threading
import time
from dataclasses import dataclass, field

from loadgen.contract.expectation import duration_ns
from loadgen.contract.primes import nth_prime
from loadgen.oha import request_body
from loadgen.record import Answers

PAUSE_S = 0.3
TIMEOUT_S = 20.0
_EVIDENCE_KEPT = 5


@dataclass
class Witness:
    """Asks for the workload's n again and again on one connection of its own, from `start` until `finish`."""

    address: tuple[str, int]
    n: int
    _finished_at_s: list[float] = field(default_factory=list)
    _wrong: list[str] = field(default_factory=list)
    _durations_us: list[float] = field(default_factory=list)
    _latencies_us: list[float] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to ask, in a thread."""
        self._thread = threading.Thread(target=self._ask, name="witness", daemon=True)
        self._thread.start()

    def finish(self, patience_s: float) -> Answers:
        """Stop asking and tell what was seen; an answer that is still due after `patience_s` counts as wrong."""
        self._stop.set()
        assert self._thread is not None
        self._thread.join(patience_s)
        wrong = [*self._wrong]
        if self._thread.is_alive():
            wrong.append(f"no answer within {patience_s:g} s after the load")
        durations, latencies = self._durations_us[:], self._latencies_us[: len(self._durations_us)]
        return Answers(
            checked=len(self._finished_at_s) + len(wrong), wrong=wrong, durations_us=durations, latencies_us=latencies
        )

    def answered_between(self, from_s: float, to_s: float) -> int:
        """How many right answers came in between two readings of time.monotonic(): they cost the server CPU time, too."""
        return sum(from_s <= at_s < to_s for at_s in list(self._finished_at_s))

    def _ask(self) -> None:
        connection = http.client.HTTPConnection(*self.address, timeout=TIMEOUT_S)
        try:
            while not self._stop.wait(PAUSE_S) and len(self._wrong) < _EVIDENCE_KEPT:
                fault = self._fault_of_one(connection)
                if fault is None:
                    self._finished_at_s.append(time.monotonic())
                elif not self._stop.is_set():  # a server that was stopped meanwhile owes no answer
                    self._wrong.append(fault)
        finally:
            connection.close()

    def _fault_of_one(self, connection: http.client.HTTPConnection) -> str | None:
        sent_s = time.monotonic()
        try:
            connection.request("POST", "/calculate", request_body(self.n), {"Content-Type": "application/json"})
            answer = connection.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            return f"expected an answer, got {type(error).__name__}"
        took_us = (time.monotonic() - sent_s) * 1e6
        fault = answer_fault(answer.status, content, self.n)
        stated = None if fault else stated_duration_us(content)
        if stated is not None:
            self._latencies_us.append(took_us)
            self._durations_us.append(stated)
        return fault


def stated_duration_us(content: bytes) -> float | None:
    """The duration that a right answer states, in µs; None if it is not written as the contract has it."""
    stated = json.loads(content)["duration"]
    found = duration_ns(stated) if isinstance(stated, str) else None
    return None if found is None else float(found) / 1e3


def answer_fault(status: int, content: bytes, n: int) -> str | None:
    """What is wrong with an answer to n, as "expected ..., got ..."; None if nothing is."""
    if status != 200:
        return f"expected status 200, got {status}"
    try:
        answer = json.loads(content)
    except ValueError:
        return f"expected JSON, got {content[:60]!r}"
    expected = {"n": n, "prime": nth_prime(n)}
    if not isinstance(answer, dict) or set(answer) != {*expected, "duration"}:
        return f"expected the keys n, prime and duration, got {content[:60]!r}"
    for key, value in expected.items():
        if answer[key] != value or isinstance(answer[key], bool):
            return f"expected {key} {value} for n={n}, got {str(answer[key])[:40]}"
    return None
