"""The suite against servers that are wrong on purpose: each case fails for its own reason, and right answers pass."""

import dataclasses
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from loadgen.conformance import Case, Fault, run_case
from loadgen.conformance.case import Alive, Closed, ClosedOr, Idle, Receive, Send, SendInPieces, Step, TimedOut
from loadgen.task.prime.cases import suite
from loadgen.task.prime.expectation import healthy
from loadgen.task.prime.request import get
from tests.conformance.wrong_server import Ending, answer, playing, problem, result
from tests.patience import PATIENCE_S

SUITE = suite()
CASES = {case.id: case for case in SUITE.cases}
QUICK = [case for case in SUITE.cases if not case.concurrent]
LIVENESS = SUITE.liveness
SHORT_S = 0.5
"""For conversations in which nothing comes that could come too late."""

HEALTH = result('{"status":"ok"}')
TENTH = '{"n":10,"prime":29,"duration":"417ns"}'
NOT_FOUND = problem(404)

Script = Sequence[bytes]

RIGHT: list[tuple[str, Script, Ending]] = [
    ("prime-10", [result(TENTH)], Ending.KEEP),
    ("prime-10", [result(TENTH.replace("417ns", "1.5µs"))], Ending.KEEP),
    ("prime-10", [answer(200, "application/json; charset=utf-8", TENTH)], Ending.CLOSE),
    ("health-get", [HEALTH], Ending.KEEP),
    ("n-zero", [problem(422)], Ending.KEEP),
    ("allow-calculate", [problem(405, "Allow: POST")], Ending.KEEP),
    ("allow-health", [problem(405, "Allow: HEAD", "Allow: GET")], Ending.KEEP),
    ("not-found-root", [NOT_FOUND], Ending.KEEP),
    ("keep-alive-after-404", [NOT_FOUND, result(TENTH)], Ending.KEEP),
    ("nothing-after-close", [result(TENTH)], Ending.CLOSE),
    ("nothing-after-close", [result(TENTH)], Ending.RESET),
    ("both-length-first", [problem(400)], Ending.CLOSE),
    ("both-length-first", [result(TENTH)], Ending.CLOSE),
    ("coding-gzip", [problem(501)], Ending.CLOSE),
    ("head-like-get", [HEALTH, HEALTH.partition(b"{")[0], HEALTH], Ending.KEEP),
    ("continue", [b"HTTP/1.1 100 Continue\r\n\r\n", result(TENTH)], Ending.KEEP),
    ("continue-too-large", [problem(413)], Ending.CLOSE),
    ("continue-too-large", [b"HTTP/1.1 100 Continue\r\n\r\n", problem(413)], Ending.CLOSE),
    ("large-body-is-no-request", [problem(413)], Ending.CLOSE),
    ("large-body-is-no-request", [problem(413) + HEALTH], Ending.KEEP),
    ("date-404", [NOT_FOUND], Ending.KEEP),
    ("problem-host-missing", [problem(400)], Ending.CLOSE),
]

WRONG: list[tuple[str, str, Script, Ending, str]] = [
    # what is wrong, the case that must say so, the script, part of the evidence
    ("wrong prime", "prime-10", [result(TENTH.replace("29", "31"))], Ending.KEEP, "expected prime 29, got 31"),
    ("prime as text", "prime-10", [result(TENTH.replace("29", '"29"'))], Ending.KEEP, "expected prime 29, got '29'"),
    ("prime as fraction", "prime-10", [result(TENTH.replace("29", "29.0"))], Ending.KEEP, "got 29.0"),
    ("other n", "prime-10", [result(TENTH.replace("10", "11"))], Ending.KEEP, "expected n 10, got 11"),
    ("n as truth", "prime-1", [result('{"n":true,"prime":2,"duration":"1ns"}')], Ending.KEEP, "expected n 1, got True"),
    ("no duration", "prime-10", [result('{"n":10,"prime":29}')], Ending.KEEP, "n, prime and duration"),
    ("a key more", "prime-10", [result(TENTH.replace("{", '{"x":1,'))], Ending.KEEP, "n, prime and duration"),
    ("a key twice", "prime-10", [result(TENTH.replace("{", '{"n":10,'))], Ending.KEEP, "n, prime and duration"),
    ("duration as number", "prime-10", [result(TENTH.replace('"417ns"', "417"))], Ending.KEEP, "got 417"),
    ("duration with mu", "prime-10", [result(TENTH.replace("417ns", "1.5\u03bcs"))], Ending.KEEP, "a duration like"),
    ("duration with space", "prime-10", [result(TENTH.replace("417ns", "417 ns"))], Ending.KEEP, "a duration like"),
    ("duration too long", "prime-10", [result(TENTH.replace("417ns", "9s"))], Ending.KEEP, "at most the latency"),
    ("result as text", "prime-10", [answer(200, "text/plain", TENTH)], Ending.KEEP, "Content-Type application/json"),
    ("no JSON", "prime-10", [result("29")], Ending.KEEP, "n, prime and duration"),
    ("deep JSON", "prime-10", [result("[" * 100_000)], Ending.KEEP, "n, prime and duration"),
    ("wrong health", "health-get", [result('{"status":"up"}')], Ending.KEEP, '{"status":"ok"}'),
    ("wrong status", "n-zero", [problem(400)], Ending.KEEP, "expected 422, got 400"),
    ("escaped key refused", "body-key-escaped", [problem(422)], Ending.KEEP, "expected 200, got 422"),
    ("other case accepted", "n-other-case", [result(TENTH)], Ending.KEEP, "expected 422, got 200"),
    ("no Allow", "allow-calculate", [problem(405)], Ending.KEEP, "expected Allow: POST, got []"),
    ("Allow too wide", "allow-calculate", [problem(405, "Allow: POST, GET")], Ending.KEEP, "Allow: POST"),
    ("plain-text error", "problem-404", [answer(404, "text/plain", "no")], Ending.KEEP, "application/problem+json"),
    ("empty error", "problem-404", [answer(404, None, "")], Ending.KEEP, "application/problem+json"),
    (
        "status of another error in the details",
        "problem-404",
        [NOT_FOUND.replace(b'"status": 404', b'"status": 400')],
        Ending.KEEP,
        "expected status 404 in the problem's details, got 400",
    ),
    ("title empty", "problem-404", [NOT_FOUND.replace(b'"Wrong"', b'""     ')], Ending.KEEP, "expected a title"),
    (
        "details that are no object",
        "problem-404",
        [answer(404, "application/problem+json", "[]")],
        Ending.KEEP,
        "a JSON object",
    ),
    (
        "type of its own",
        "problem-404",
        [answer(404, "application/problem+json", '{"title": "x", "status": 404, "type": "/404"}')],
        Ending.KEEP,
        "about:blank",
    ),
    ("error of the framework empty", "problem-host-missing", [answer(400, None, "")], Ending.CLOSE, "problem+json"),
    ("hang", "health-get", [], Ending.KEEP, "no complete answer within"),
    ("half an answer, then hang", "health-get", [HEALTH[:-5]], Ending.KEEP, "no complete answer within"),
    ("half an answer, then close", "health-get", [HEALTH[:-5]], Ending.CLOSE, "no HTTP answer"),
    ("close without answer", "health-get", [], Ending.CLOSE, "closed without an answer"),
    ("reset without answer", "health-get", [], Ending.RESET, "failed (connection reset by peer) without an answer"),
    ("no HTTP", "health-get", [b"hello\r\n\r\n"], Ending.CLOSE, "no HTTP answer"),
    ("bare bytes", "health-get", [b"\0" * 100_000], Ending.CLOSE, "no HTTP answer"),
    (
        "an answer without end",
        "health-get",
        [HEALTH.replace(b"Content-Length: 15", b"X: 1") + b"x" * 2_000_000],
        Ending.CLOSE,
        "an answer of more than",
    ),
    ("answer after close", "nothing-after-close", [result(TENTH) + HEALTH], Ending.CLOSE, "got further bytes"),
    ("stays open", "close", [result(TENTH)], Ending.KEEP, "a connection still open after"),
    ("closes after an error", "keep-alive-after-404", [NOT_FOUND], Ending.CLOSE, "closed without an answer"),
    ("smuggled request answered", "both-length-first", [result(TENTH) + NOT_FOUND], Ending.CLOSE, "further bytes"),
    ("coding ignored", "coding-gzip", [result(TENTH)], Ending.CLOSE, "expected 400 or 501, got 200"),
    ("body taken for requests", "large-body-is-no-request", [problem(413) + NOT_FOUND], Ending.CLOSE, "got 404"),
    ("waits for the body", "length-4097-no-body", [], Ending.KEEP, "no complete answer within"),
    ("HEAD with content", "head-like-get", [HEALTH, HEALTH, HEALTH], Ending.KEEP, "no HTTP answer"),
    (
        "HEAD with another length",
        "head-like-get",
        [HEALTH, HEALTH.partition(b"{")[0].replace(b": 15", b": 16"), HEALTH],
        Ending.KEEP,
        "content-length as for GET",
    ),
    ("no 100", "continue", [], Ending.KEEP, "expected 100, got no complete answer"),
    ("417 for 100", "continue", [problem(417)], Ending.KEEP, "expected 100, got 417"),
    ("102 for 100", "continue", [b"HTTP/1.1 102 Processing\r\n\r\n"], Ending.KEEP, "expected 100, got"),
    ("100 to HTTP/1.0", "continue-http10", [b"HTTP/1.1 100 Continue\r\n\r\n" + result(TENTH)], Ending.CLOSE, "[100]"),
    (
        "chunks to HTTP/1.0",
        "http10-no-coding",
        [
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
            + b"%x\r\n%s\r\n0\r\n\r\n" % (len(TENTH), TENTH.encode())
        ],
        Ending.CLOSE,
        "no Transfer-Encoding",
    ),
    (
        "out of order",
        "pipeline-slow-first",
        [HEALTH + result(TENTH)],
        Ending.KEEP,
        "n, prime and duration",
    ),
    ("no Date", "date-404", [answer(404, None, "", dated=False)], Ending.KEEP, "expected one Date field, got []"),
    ("two Dates", "date-404", [answer(404, None, "", "Date: Sun, 06 Nov 1994 08:49:37 GMT")], Ending.KEEP, "one Date"),
    (
        "obsolete Date",
        "date-404",
        [answer(404, None, "", "Date: Sunday, 06-Nov-94 08:49:37 GMT", dated=False)],
        Ending.KEEP,
        "expected a Date like",
    ),
    (
        "stopped clock",
        "date-404",
        [answer(404, None, "", "Date: Sun, 06 Nov 1994 08:49:37 GMT", dated=False)],
        Ending.KEEP,
        "expected the Date of now",
    ),
    (
        "path repeated",
        "reflection-path",
        [answer(404, "text/html", "no /ZQXJKVB")],
        Ending.KEEP,
        "no bytes of the request",
    ),
    ("redirect", "not-found-trailing-slash", [answer(308, None, "", "Location: /calculate")], Ending.KEEP, "got 308"),
    ("5xx for a surprise", "unspecified-byte-order-mark", [problem(500)], Ending.KEEP, "expected 200 to 499, got 500"),
    ("reset that overtakes the answer", "readable-413-by-length", [], Ending.RESET, "without an answer"),
    ("crash after a surprise", "unspecified-byte-order-mark", [], Ending.RESET, "without an answer"),
]


def _within(deadline_s: float, case: Case) -> Case:
    return dataclasses.replace(case, deadline_s=deadline_s)


@pytest.mark.parametrize(("case_id", "script", "ending"), RIGHT)
def test_right_answer_passes(case_id: str, script: Script, ending: Ending) -> None:
    with playing(*script, ending=ending) as address:
        assert run_case(address, CASES[case_id], LIVENESS) is None


@pytest.fixture(autouse=True)
def _short_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """The longest answer that is read is one that a busy machine can send in time."""
    monkeypatch.setattr("loadgen.conformance.exchange._ANSWER_BYTES_MAX", 1_000_000)


@pytest.mark.parametrize(("case_id", "script", "ending", "part"), [row[1:] for row in WRONG], ids=[row[0] for row in WRONG])
def test_wrong_answer_fails(case_id: str, script: Script, ending: Ending, part: str) -> None:
    with playing(*script, ending=ending) as address:
        waits_in_vain = "no complete answer" in part or "still open" in part
        fault = run_case(address, _within(SHORT_S if waits_in_vain else PATIENCE_S, CASES[case_id]), LIVENESS)
    assert fault is not None
    evidence = fault.line
    assert part in evidence
    assert evidence.startswith("expected ")
    assert ", got " in evidence
    assert "\n" not in evidence


def _passing(script: Script, ending: Ending, within_s: float = SHORT_S) -> set[str]:
    with playing(*script, ending=ending) as address, ThreadPoolExecutor(64) as pool:
        faults = pool.map(lambda case: run_case(address, _within(within_s, case), LIVENESS), QUICK)
        return {case.id for case, wrong in zip(QUICK, faults, strict=True) if wrong is None}


@pytest.mark.parametrize(
    ("script", "ending"),
    [
        ([], Ending.KEEP),
        ([], Ending.CLOSE),
        ([], Ending.RESET),
        ([b"hello\r\n"], Ending.CLOSE),
        ([b"HTTP/1.1 100 Continue\r\n\r\n"], Ending.KEEP),
    ],
    ids=["silent", "closing", "resetting", "no-http", "interim-only"],
)
def test_no_case_passes_without_an_answer(script: Script, ending: Ending) -> None:
    assert _passing(script, ending) == set()


def test_a_server_that_only_fails_keeps_only_the_rule_not_to_repeat_the_request() -> None:
    passing = _passing([answer(500, "text/plain", "failed", dated=False)], Ending.CLOSE, PATIENCE_S)
    assert {CASES[id_].group for id_ in passing} == {"reflection"}


def test_every_malformed_body_is_caught_when_it_is_accepted() -> None:
    accepted = _passing([result(TENTH)], Ending.KEEP)
    assert not {id_ for id_ in accepted if id_.startswith(("malformed-", "n-", "unsupported-", "method-", "not-found-"))}
    right = "target-absolute-with-body"
    assert {id_ for id_ in accepted if CASES[id_].group in {"framing", "target", "host"}} <= {right}
    with playing(result(TENTH), ending=Ending.KEEP) as address:
        assert run_case(address, _within(PATIENCE_S, CASES[right]), LIVENESS) is None


def test_refused_connection_is_evidence() -> None:
    with playing() as address:
        pass
    refused = Fault("expected a connection, got no connection: connection refused")
    assert run_case(address, CASES["health-get"], LIVENESS) == refused


def _run(*steps: Step, script: Script, ending: Ending) -> str | None:
    case = Case("of-this-test", "test", "steps that the table waits long for", "here", steps, deadline_s=PATIENCE_S)
    with playing(*script, ending=ending) as address:
        fault = run_case(address, case, LIVENESS)
    return None if fault is None else fault.line


UNFINISHED = Send(get()[:-2])
TIMED_OUT = (UNFINISHED, TimedOut(PATIENCE_S))


def test_timed_out_accepts_a_close_and_a_408() -> None:
    assert _run(*TIMED_OUT, script=[b""], ending=Ending.CLOSE) is None
    assert _run(*TIMED_OUT, script=[b""], ending=Ending.RESET) is None
    assert _run(*TIMED_OUT, script=[problem(408)], ending=Ending.CLOSE) is None


def test_timed_out_refuses_silence_other_answers_and_an_open_connection() -> None:
    silent = _run(UNFINISHED, TimedOut(0.3), script=[b""], ending=Ending.KEEP)
    assert silent == "expected the connection to close, got a connection still open after 0.3 s"
    other = _run(*TIMED_OUT, script=[HEALTH], ending=Ending.CLOSE)
    assert other == 'expected 408 or a close, got 200 b\'{"status":"ok"}\''
    twice = _run(*TIMED_OUT, script=[problem(408) * 2], ending=Ending.CLOSE)
    assert twice is not None
    assert "further bytes" in twice


def test_idle_notices_a_close() -> None:
    steps = (Send(get()), healthy(), Idle(0.1), Send(get()), healthy())
    assert _run(*steps, script=[HEALTH, HEALTH], ending=Ending.KEEP) is None
    closed = _run(*steps, script=[HEALTH], ending=Ending.CLOSE)
    assert closed is not None
    assert "closed without an answer" in closed


def test_pieces_stop_when_the_service_closes() -> None:
    endless = SendInPieces(b"x" * 1_000_000, 1, 0.01)
    assert _run(endless, TimedOut(PATIENCE_S), script=[b""], ending=Ending.CLOSE) is None


def test_closed_or_wants_one_of_both() -> None:
    steps = (Send(get()), Receive(frozenset({200})), ClosedOr(healthy()))
    assert _run(*steps, script=[HEALTH], ending=Ending.CLOSE) is None
    assert _run(*steps, script=[HEALTH * 2], ending=Ending.KEEP) is None
    assert _run(*steps, script=[HEALTH + NOT_FOUND], ending=Ending.KEEP) is not None


def test_closed_sees_bytes_that_came_with_the_answer() -> None:
    evidence = _run(Send(get()), healthy(), Closed(), script=[HEALTH + b"x"], ending=Ending.CLOSE)
    assert evidence == "expected the connection to close, got further bytes b'x'"


def test_alive_asks_on_a_new_connection() -> None:
    assert _run(Send(get()), healthy(), Alive(), script=[HEALTH], ending=Ending.CLOSE) is None
    evidence = _run(Send(get()), Receive(frozenset({404})), Alive(), script=[NOT_FOUND], ending=Ending.CLOSE)
    assert evidence is not None
    assert evidence.endswith("on a new connection")
