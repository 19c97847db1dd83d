import contextlib
import json
import socket
import threading
import time

import pytest

from loadgen.conformance import Response
from loadgen.record.trial import Answers
from loadgen.trial.connection import complete
from loadgen.trial.probe import CONNECTIONS, ProbeClient, read_answer
from tests.patience import PATIENCE_S
from tests.unit.asked import asked


def _fault(n: int, response: Response) -> str | None:
    question = asked(n)
    return question.check(response, question.first)


RIGHT = {"n": 10, "prime": 29, "duration": "1.5µs"}


def test_a_right_answer_has_no_fault() -> None:
    assert _fault(10, Response(200, (), json.dumps(RIGHT).encode())) is None


@pytest.mark.parametrize(
    ("status", "content", "expected"),
    [
        (503, b"", "expected status 200, got 503"),
        (200, b"<html>", "expected JSON"),
        (200, b"[]", "expected the keys"),
        (200, json.dumps({"n": 10, "prime": 29}).encode(), "expected the keys"),
        (200, json.dumps(RIGHT | {"cached": True}).encode(), "expected the keys"),
        (200, json.dumps(RIGHT | {"prime": 31}).encode(), "expected prime 29 for n=10, got 31"),
        (200, json.dumps(RIGHT | {"n": 11}).encode(), "expected n 10 for n=10, got 11"),
        (200, json.dumps(RIGHT | {"prime": "29"}).encode(), "expected the prime"),
    ],
)
def test_each_fault_is_named(status: int, content: bytes, expected: str) -> None:
    fault = _fault(10, Response(status, (), content))
    if expected == "expected the prime":  # a string is not the number
        expected = "expected prime 29 for n=10, got 29"
    assert fault is not None
    assert fault.startswith(expected)


def stated_us(content: dict[str, object]) -> float | None:
    return asked(10).stated_us(Response(200, (), json.dumps(content).encode()))


def test_the_stated_duration_is_read_in_microseconds() -> None:
    assert stated_us(RIGHT) == 1.5
    assert stated_us(RIGHT | {"duration": "4.812345ms"}) == pytest.approx(4_812.345)
    assert stated_us(RIGHT | {"duration": 1.5}) is None
    assert stated_us(RIGHT | {"duration": "soon"}) is None


ANSWER = json.dumps(RIGHT).encode()


def answered(body: bytes = ANSWER, head: str = "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n") -> bytes:
    return head.format(len(body)).encode() + body


@pytest.mark.parametrize("length", range(len(answered())))
def test_an_answer_is_complete_with_its_last_byte_and_not_before(length: int) -> None:
    assert not complete(answered()[:length], "POST")
    assert complete(answered(), "POST")


def test_a_chunked_answer_is_complete_with_its_last_chunk() -> None:
    whole = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n0\r\n\r\n"
    assert not complete(whole[:-1], "POST")
    assert complete(whole, "POST")
    response = read_answer(whole, "POST")
    assert (response.status, response.content) == (200, b"abcd")


class Service(threading.Thread):
    """Answers on every connection, in a thread each; odd connections after a delay."""

    def __init__(self, answer: bytes, slow_s: float = 0.0, keeps: bool = True) -> None:
        super().__init__(daemon=True)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.answer, self.slow_s, self.keeps = answer, slow_s, keeps
        self.start()

    @property
    def address(self) -> tuple[str, int]:
        host, port = self.listener.getsockname()
        return host, port

    def end(self) -> None:
        """Close it once nobody is about to accept: the number of what is closed may be another listener's a moment later."""
        self.listener.shutdown(socket.SHUT_RDWR)
        self.join(PATIENCE_S)
        self.listener.close()

    def run(self) -> None:
        number = 0
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.listener.accept()
                threading.Thread(target=self.serve, args=(connection, number), daemon=True).start()
                number += 1

    def serve(self, connection: socket.socket, number: int) -> None:
        with contextlib.suppress(OSError), connection:
            while connection.recv(4096):
                threading.Event().wait(self.slow_s * (number % 2))
                connection.sendall(self.answer, 0 if self.keeps else socket.MSG_MORE)
                if not self.keeps:
                    connection.shutdown(socket.SHUT_WR)  # its end leaves with the answer, not a moment later
                    return


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """No round over idle connections is cut short or left out because the machine is slow."""
    for limit in ("IDLE_LIMIT_S", "IDLE_BUDGET_S"):
        monkeypatch.setattr(f"loadgen.trial.probe.{limit}", PATIENCE_S)


class InTurn(Service):
    """Answers on a connection until that ends, and only then on the next one."""

    def serve(self, connection: socket.socket, number: int) -> None:
        with self.turn:
            super().serve(connection, number)

    turn = threading.Lock()


def seen_of(service: Service, wanted: int, *, keep_alive: bool = True) -> Answers:
    probe = ProbeClient(service.address, asked(10), keep_alive=keep_alive)
    probe.start()
    deadline_s = time.monotonic() + PATIENCE_S
    while probe.answered_between(0, deadline_s) < wanted and time.monotonic() < deadline_s:
        time.sleep(0.01)
    answers = probe.finish(PATIENCE_S)
    service.end()
    return answers


def test_the_witness_asks_on_each_of_its_connections_in_turn_and_then_in_rounds() -> None:
    answers = seen_of(Service(answered()), 3)
    assert answers.wrong == []
    assert answers.connections[:3] == [0, 1, 2]
    assert answers.durations_us[0] == 1.5
    assert len(answers.latencies_us) == len(answers.connections)
    assert answers.idle_latencies_us
    assert all(len(group) == CONNECTIONS for group in answers.idle_latencies_us)


def test_connections_that_are_served_slowly_stand_out_once_idle() -> None:
    answers = seen_of(Service(answered(), slow_s=0.2), 1)
    fast, slow = (min(min(group[parity::2]) for group in answers.idle_latencies_us) for parity in (0, 1))
    assert fast < 0.2e6 <= slow


def test_a_wrong_answer_is_told_and_so_is_none_at_all() -> None:
    wrong = answered(json.dumps(RIGHT | {"prime": 31}).encode())
    assert "expected prime 29 for n=10, got 31" in seen_of(Service(wrong), 1).wrong
    assert "expected an HTTP answer" in seen_of(Service(b"SMTP\r\n\r\n"), 1).wrong[0]


def test_a_connection_that_was_closed_while_idle_is_opened_again() -> None:
    answers = seen_of(Service(answered(), keeps=False), 2)
    assert answers.wrong == []
    assert len(answers.idle_latencies_us) > 1


def test_without_connections_that_are_kept_none_is_held_that_others_wait_behind() -> None:
    answers = seen_of(InTurn(answered()), 3, keep_alive=False)
    assert answers.wrong == []
    assert answers.connections[:3] == [0, 1, 2]
    assert all(len(group) == CONNECTIONS for group in answers.idle_latencies_us)


def test_a_service_that_is_gone_is_no_answer() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = listener.getsockname()
    probe = ProbeClient(address, asked(10))
    probe.start()
    assert probe.finish(1.0).wrong == ["expected a connection, got ConnectionRefusedError"]


def test_what_a_wrong_answer_holds_is_told_in_ascii() -> None:
    fault = _fault(1, Response(200, (), b'{"n": 1, "prime": "\\ud800\\u2028", "duration": "1ns"}'))
    assert fault is not None
    assert fault.isascii()


def test_the_first_wrong_answer_is_kept_with_its_request() -> None:
    body = json.dumps(RIGHT | {"prime": 31})
    shown = seen_of(Service(answered(body.encode())), 1).shown
    assert shown is not None
    assert shown.lines[0] == "> POST /calculate HTTP/1.1"
    assert shown.lines[-3:] == [f"< content-length: {len(body)}", "<", f"< {body}"]
    cut = seen_of(Service(b"SMTP\r\n\r\n"), 1).shown
    assert cut is not None
    assert cut.lines[-1] == "< SMTP"
    assert seen_of(Service(answered()), 1).shown is None
