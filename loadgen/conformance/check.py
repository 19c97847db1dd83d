"""Runs one case against a service and returns the evidence against it."""

from typing import assert_never

from loadgen.conformance.case import (
    Alive,
    Case,
    Closed,
    ClosedOr,
    Compare,
    Idle,
    Receive,
    ReceiveContinue,
    Send,
    SendIfContinued,
    SendInPieces,
    SendUntilAnswered,
    Step,
    TimedOut,
)
from loadgen.conformance.exchange import Exchange, NoAnswer
from loadgen.conformance.response import Response
from loadgen.conformance.shown import Fault

_CONTINUE = "100"
_CLOSED = "the connection to close"


def run_case(address: tuple[str, int], case: Case, liveness: tuple[Step, ...]) -> Fault | None:
    """None if the service at (host, port) keeps the rule, else what is wrong and what was said.

    Never raises for what a service does: a refused connection, a reset, bytes that are no HTTP and a hang
    are evidence.
    """
    return _run_steps(address, case.steps, liveness, case.deadline_s)


def alive(address: tuple[str, int], liveness: tuple[Step, ...], deadline_s: float) -> str | None:
    """Return None if the service takes part in that conversation on a new connection, else the evidence."""
    fault = _run_steps(address, liveness, (), deadline_s)
    return None if fault is None else fault.line


def _run_steps(
    address: tuple[str, int], steps: tuple[Step, ...], liveness: tuple[Step, ...], deadline_s: float
) -> Fault | None:
    try:
        exchange = Exchange(address, deadline_s)
    except NoAnswer as instead:
        return Fault(f"expected a connection, got {instead}")
    answers: list[Response] = []
    with exchange:
        for step in steps:
            if isinstance(step, Alive):
                evidence = alive(address, liveness, deadline_s)
                evidence = None if evidence is None else f"{evidence}, on a new connection"
            else:
                evidence = _run_step(exchange, step, answers)
            if evidence is not None:
                line = evidence if len(answers) < 2 else f"{evidence} (answer {len(answers)} of the connection)"
                return Fault(line, exchange.shown)
    return None


def _run_step(exchange: Exchange, step: Step, answers: list[Response]) -> str | None:
    try:
        match step:
            case Send() | SendInPieces() | SendUntilAnswered() | Idle():
                _write(exchange, step)
                return None
            case Receive():
                return _receive(exchange, step, answers)
            case ReceiveContinue():
                return None if exchange.continued() else _wrong_status(_CONTINUE, exchange.receive("POST"))
            case SendIfContinued():
                if exchange.continued():
                    exchange.send(step.data)
                return None
            case Closed():
                return _closed(exchange)
            case ClosedOr():
                return None if exchange.closes_next() else _receive(exchange, step.otherwise, answers)
            case TimedOut():
                return _timed_out(exchange, step.within_s)
            case Compare():
                return step.comparison(answers)
            case Alive():
                raise AssertionError("a conversation of its own")
            case _:
                assert_never(step)
    except NoAnswer as instead:
        return f"expected {_expected(step)}, got {instead}"


def _write(exchange: Exchange, step: Send | SendInPieces | SendUntilAnswered | Idle) -> None:
    match step:
        case Send():
            exchange.send(step.data)
        case SendInPieces():
            exchange.send_in_pieces(step.data, step.size, step.pause_s)
        case SendUntilAnswered():
            exchange.send_until_answered(step.data)
        case Idle():
            exchange.stays_open(step.seconds)


def _receive(exchange: Exchange, expected: Receive, answers: list[Response]) -> str | None:
    answer = exchange.receive(expected.method)
    answers.append(answer)
    if answer.status not in expected.statuses:
        return _wrong_status(_statuses(expected), answer)
    return next((wrong for check in expected.checks if (wrong := check(answer)) is not None), None)


def _closed(exchange: Exchange) -> str | None:
    return None if exchange.closes_next() else f"expected {_CLOSED}, got {exchange.unexpected()}"


def _timed_out(exchange: Exchange, within_s: float) -> str | None:
    if exchange.closes_next(within_s):
        return None
    answer = exchange.receive("GET")
    return _closed(exchange) if answer.status == 408 else _wrong_status("408 or a close", answer)


def _wrong_status(expected: str, answer: Response) -> str:
    return f"expected {expected}, got {answer.describe()}"


def _expected(step: Step) -> str:
    match step:
        case Receive():
            return _statuses(step)
        case ReceiveContinue():
            return _CONTINUE
        case SendIfContinued():
            return "100 or the final status"
        case ClosedOr():
            return f"{_CLOSED} or {_statuses(step.otherwise)}"
        case TimedOut() | Closed():
            return _CLOSED
        case _:
            return "an open connection"


def _statuses(expected: Receive) -> str:
    """The statuses for a reader: "200", "414 or 431", "200 to 499"."""
    statuses = sorted(expected.statuses)
    if len(statuses) > 3:
        return f"{statuses[0]} to {statuses[-1]}"
    return " or ".join(str(status) for status in statuses)
