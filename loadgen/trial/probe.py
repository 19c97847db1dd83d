"""A slow client of the harness's own that checks answers while the load runs.

The generator counts statuses and bytes but cannot tell a right answer from a wrong one of the same length, nor one connection
from another: this client holds sixteen, asks on each in turn, and keeps what it took. Answers are looked at after the load, so
that looking costs nothing while it runs.
"""

import contextlib
import selectors
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import h11

from loadgen.conformance import Response, Shown
from loadgen.conformance.exchange import parser_after_request
from loadgen.conformance.shown import shown_exchange
from loadgen.record.lengths import BodyLengths
from loadgen.record.trial import Answers
from loadgen.system.connect import Address
from loadgen.task.task import PROBED, Asked, Drawn
from loadgen.trial.connection import TIMEOUT_S, Exchange, Line

CONNECTIONS = 16
PAUSE_S = 0.2
IDLE_BUDGET_S = 0.25
"""How long more than two rounds over the connections of an idle server may take."""
IDLE_LIMIT_S = 1.0
"""How long two may take, which a comparison needs; a request that takes too long for that is not asked on every connection."""
IDLE_ROUNDS = 3


@dataclass
class ProbeClient:
    """Asks what the workload asks again and again, each time on the next of its connections, from `start` until `finish`.

    Without `keep_alive` a connection is made anew for each request, as the workload's are.
    """

    address: Address | tuple[str, int]
    asked: Asked
    seed: int = 0
    idle_rounds: int = IDLE_ROUNDS
    keep_alive: bool = True
    _loaded: list[Exchange] = field(default_factory=list)
    _idle: list[list[Exchange]] = field(default_factory=list)
    _cut_off: list[Exchange] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)
    _patience_s: float = 0.0
    _thread: threading.Thread | None = None
    _failure: str | None = None

    @property
    def answered(self) -> int:
        """How many answers there are so far, in whole."""
        return sum(exchange.ended_s is not None and exchange.fault is None for exchange in self._loaded)

    def __enter__(self) -> "ProbeClient":
        """Connect and begin to ask, in a thread."""
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Ask no more, whether or not anybody wants to know what was seen."""
        self._stop.set()

    def start(self) -> None:
        """Connect and begin to ask, in a thread."""
        self._thread = threading.Thread(target=self._ask, name="probe", daemon=True)
        self._thread.start()

    def finish(self, patience_s: float) -> Answers:
        """Stop asking, ask the idle server in rounds over the connections, and tell what was seen.

        An answer that is still due after `patience_s` counts as wrong.
        """
        self._patience_s = patience_s
        under_load = len(self.finished())
        self._stop.set()
        assert self._thread is not None
        self._thread.join(patience_s + TIMEOUT_S + IDLE_LIMIT_S)
        wrong = [] if self._failure is None else [self._failure]
        if self._thread.is_alive():
            wrong.append(f"no answer within {patience_s:g} s after the load")
        return self._answers(wrong, under_load)

    def last_answer_s(self) -> float:
        """When the last answer came, by time.monotonic(); 0 before the first."""
        return max(self.finished(), default=0.0)

    def answered_between(self, from_s: float, to_s: float) -> int:
        """How many answers came in between two readings of time.monotonic(): they cost the server CPU time, too."""
        return sum(from_s <= end_s < to_s for end_s in self.finished())

    def finished(self) -> list[float]:
        """When each answer came, so far, by time.monotonic()."""
        return [exchange.ended_s for exchange in list(self._loaded) if exchange.ended_s is not None and exchange.fault is None]

    def _answers(self, wrong: list[str], under_load: int) -> Answers:
        loaded = [(exchange, judged(exchange, self.asked)) for exchange in self._loaded]
        rest = [
            (response, judged(response, self.asked))
            for response in [*(exchange for idle in self._idle for exchange in idle), *self._cut_off]
        ]
        faulty = [(exchange, judgement.fault) for exchange, judgement in [*loaded, *rest] if judgement.fault is not None]
        wrong += [fault for _, fault in faulty]
        right = [(exchange, judgement.stated_us) for exchange, judgement in loaded if judgement.stated_us is not None]
        lengths: dict[str, list[int]] = defaultdict(list)
        for response, judgement in loaded:
            if judgement.fault is None:
                lengths[response.asked.kind].append(judgement.body_bytes)
        return Answers(
            checked=max(len(loaded) + len(rest), len(wrong)),
            wrong=wrong,
            shown=shown(faulty[0][0]) if faulty else None,
            under_load=under_load,
            durations_us=[stated_us for _, stated_us in right],
            latencies_us=[exchange.took_us for exchange, _ in right],
            connections=[exchange.connection for exchange, _ in right],
            idle_latencies_us=[[exchange.took_us for exchange in idle] for idle in self._idle],
            lengths={kind: BodyLengths.of(length) for kind, length in lengths.items()},
        )

    def _ask(self) -> None:
        draws = self.asked.draws(self.seed + 1, PROBED)  # not what the load draws: nobody can have remembered it
        lines: list[Line] = []
        try:
            lines += [Line(number, self.address, kept=self.keep_alive) for number in range(CONNECTIONS)]
            with selectors.DefaultSelector() as selector:
                self._ask_under_load(lines, selector, draws)
                if self._settle(lines, selector):
                    self._ask_idle(lines, draws)
        except OSError as error:
            self._failure = f"expected a connection, got {type(error).__name__}"
        finally:
            for line in lines:
                line.socket.close()

    def _ask_under_load(self, lines: list[Line], selector: selectors.BaseSelector, draws: Iterator[Drawn]) -> None:
        turn, due_s = 0, time.monotonic() + PAUSE_S
        while not self._stop.is_set():
            self._collect(lines, selector, max(0.0, min(due_s - time.monotonic(), PAUSE_S)))
            if time.monotonic() < due_s:
                continue
            due_s += PAUSE_S
            line, turn = lines[turn % len(lines)], turn + 1
            if line.exchange is None:
                self._loaded.append(line.send(next(draws)))
                selector.register(line.socket, selectors.EVENT_READ, line)

    def _collect(self, lines: list[Line], selector: selectors.BaseSelector, seconds: float) -> None:
        """Take what arrives within the time given, or until something has."""
        if not selector.get_map():
            self._stop.wait(seconds)
            return
        for key, _ in selector.select(seconds):
            if key.data.receive():
                selector.unregister(key.fileobj)
        for line in lines:
            if line.overdue():
                selector.unregister(line.socket)

    def _settle(self, lines: list[Line], selector: selectors.BaseSelector) -> bool:
        """Wait for what is still due; whether all of it came."""
        until_s = time.monotonic() + self._patience_s
        while any(line.exchange for line in lines) and time.monotonic() < until_s:
            self._collect(lines, selector, 0.05)
        for line in lines:
            if line.exchange is not None:
                line.exchange.fault = f"no answer within {self._patience_s:g} s after the load"
        return all(line.exchange is None for line in lines)

    def _ask_idle(self, lines: list[Line], draws: Iterator[Drawn]) -> None:
        """Rounds over all connections, one request at a time: two, if they fit into their limit; a third if it is soon done.

        All are the same, so that connections can be compared; of requests that have to be unique there are none.
        """
        began_s, request = time.monotonic(), next(draws)
        if not self.asked.is_endless:
            return
        with selectors.DefaultSelector() as selector:
            for done in range(self.idle_rounds):
                spent_s = time.monotonic() - began_s
                if done and spent_s * (done + 1) / done > (IDLE_LIMIT_S if done < 2 else IDLE_BUDGET_S):
                    return
                exchanges: list[Exchange] = []
                for line in lines:
                    exchanges.append(line.send(request))
                    selector.register(line.socket, selectors.EVENT_READ, line)
                    while line.exchange is not None:
                        self._collect([line], selector, 0.05)
                    if time.monotonic() - began_s > IDLE_LIMIT_S:
                        self._cut_off += exchanges
                        return
                self._idle.append(exchanges)


class Judged(NamedTuple):
    """What is wrong with an answer, or else the duration that it states, in µs (None if it states none), and the length of its
    body.
    """

    fault: str | None
    stated_us: float | None = None
    body_bytes: int = 0


def judged(exchange: Exchange, asked: Asked) -> Judged:
    """Return what an exchange says."""
    if exchange.fault is not None or exchange.ended_s is None:
        return Judged(exchange.fault or "expected an answer, got none")
    try:
        response = read_answer(bytes(exchange.received), exchange.asked.request.method)
    except h11.RemoteProtocolError as error:
        return Judged(f"expected an HTTP answer, got {error}")
    fault = asked.check(response, exchange.asked)
    if fault and len(asked.kinds) > 1:
        fault = f"{exchange.asked.kind}: {fault}"
    return Judged(fault) if fault else Judged(None, asked.stated_us(response), len(response.content))


def shown(exchange: Exchange) -> Shown:
    """Return what was asked and what came, as a record may have it."""
    received = bytes(exchange.received)
    with contextlib.suppress(h11.RemoteProtocolError):
        received = read_answer(received, exchange.asked.request.method).message
    return shown_exchange(exchange.asked.request.to_bytes(), received)


def read_answer(received: bytes, method: str) -> Response:
    """Return one response; raise h11.RemoteProtocolError if it is none."""
    reader = parser_after_request(method)
    reader.receive_data(received)
    status, content = 0, b""
    fields: tuple[tuple[str, str], ...] = ()
    while True:
        event = reader.next_event()
        if isinstance(event, h11.Response):
            status = event.status_code
            fields = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in event.headers)
        elif isinstance(event, h11.Data):
            content += bytes(event.data)
        elif isinstance(event, h11.EndOfMessage):
            return Response(status, fields, content)
        elif event is h11.NEED_DATA:
            reader.receive_data(b"")  # nothing more comes; an answer without a length is whole by that
        elif isinstance(event, h11.ConnectionClosed):
            raise h11.RemoteProtocolError("an answer that has no end")
