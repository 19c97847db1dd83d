"""The suite as a whole: the table, verdicts, selection, and a service that dies half-way."""

import contextlib
import re
import socket
import threading
from decimal import Decimal

import pytest

from loadgen.conformance import ConformanceResult, Level, Outcome, UnknownCaseError, Verdict, run_suite
from loadgen.conformance.case import Case, Receive, Send, SendInPieces, SendUntilAnswered, Suite, TimedOut
from loadgen.conformance.http import GoodRequest, GoodRequests, http_cases
from loadgen.conformance.http.expectation import status
from loadgen.task.prime.cases import suite
from loadgen.task.prime.expectation import duration_ns
from loadgen.task.prime.primes import nth_prime
from loadgen.task.prime.task import TASK
from tests.conformance.wrong_server import Ending, answer, playing, problem, result

END = b"end"
HEALTH = result('{"status":"ok"}')


def _run(
    address: tuple[str, int], *only: str, known: dict[str, str] | None = None, outcomes: list[Outcome] | None = None
) -> ConformanceResult:
    return run_suite(
        address,
        TASK.suite(7),
        known_deviations=known or {},
        on_outcome=None if outcomes is None else outcomes.append,
        only=only or None,
    )


def test_ids_are_unique_and_in_kebab_case() -> None:
    ids = [case.id for case in suite().cases]
    assert len(set(ids)) == len(ids)
    assert [id_ for id_ in ids if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", id_)] == []


def test_every_case_says_what_it_is_about_and_where_the_rule_stands() -> None:
    for case in suite().cases:
        assert case.title
        assert "\n" not in case.title
        assert re.match(r"(contract|RFC \d{4})\b", case.source), case.id
        assert case.steps


def test_ids_do_not_depend_on_the_arguments() -> None:
    assert suite(10_000, 1).levels == suite(10_000_000, 2).levels


def test_the_seed_draws_the_random_n() -> None:
    def drawn(seed: int, max_n: int = 100_000) -> list[bytes]:
        chosen = [case for case in suite(max_n, seed).cases if case.id.startswith("prime-random-")]
        return [step.data for case in chosen for step in case.steps if isinstance(step, Send)]

    assert drawn(1) == drawn(1)
    assert drawn(1) != drawn(2)
    assert len(set(drawn(1))) == 12


def test_a_small_max_n_is_an_error_of_the_caller() -> None:
    with pytest.raises(ValueError, match="at least 10000"):
        suite(9_999)


def test_cases_that_pass() -> None:
    outcomes: list[Outcome] = []
    with playing(HEALTH) as address:
        found = _run(address, "health-get", "health-query", outcomes=outcomes)
    assert found.measurable
    assert [outcome.case.id for outcome in found.outcomes] == ["health-get", "health-query"]
    assert {outcome.verdict for outcome in found.outcomes} == {Verdict.PASSED}
    assert outcomes == list(found.outcomes)


def test_one_core_case_that_fails_keeps_a_service_from_being_measured() -> None:
    with playing(HEALTH) as address:
        found = _run(address, "health-get", "not-found-root")
    assert not found.measurable
    (failed,) = found.with_verdict(Verdict.FAILED)
    assert (failed.case.id, failed.level, failed.reason) == ("not-found-root", Level.CORE, None)
    assert failed.evidence is not None
    assert failed.evidence.startswith("expected 404, got 200")


def test_a_core_case_that_is_listed_as_a_deviation_keeps_it_from_being_measured_all_the_same() -> None:
    with playing(HEALTH) as address:
        assert not _run(address, "not-found-root", known={"not-found-root": "there is but one page"}).measurable


@pytest.mark.parametrize("case_id", ["host-doubled", "not-found-trailing-slash"])
def test_the_other_levels_are_a_score_and_keep_no_service_from_being_measured(case_id: str) -> None:
    with playing(HEALTH) as address:
        found = _run(address, "health-get", case_id)
    assert found.measurable
    level = suite().levels[case_id]
    assert {name: str(score) for name, score in found.scores.items()} == {"core": "1 of 1", level: "0 of 1"}
    assert list(found.deviations) == [case_id]
    assert found.deviations[case_id].startswith("expected 40")


def test_a_known_deviation_is_told_from_others_by_its_reason() -> None:
    with playing(HEALTH) as address:
        found = _run(address, "health-get", "host-doubled", known={"host-doubled": "the last of them counts"})
    (deviates,) = found.with_verdict(Verdict.DEVIATES)
    assert deviates.reason == "the last of them counts"
    assert deviates.evidence is not None
    assert found.deviations == {"host-doubled": "the last of them counts"}


def test_a_known_deviation_that_passes_is_seen() -> None:
    with playing(HEALTH) as address:
        found = _run(address, "health-query", known={"health-query": "was broken once"})
    assert [outcome.verdict for outcome in found.outcomes] == [Verdict.DEVIATION_PASSES]
    assert found.deviations == {}


def test_a_run_of_no_case_measures_nothing() -> None:
    assert not ConformanceResult((), wall_s=0.0).measurable


def test_the_level_of_http_knows_no_task() -> None:
    """Without a request with a body there are fewer cases, and the others are the same."""
    plain = GoodRequest("GET", "/", (), b"", status(200))
    without = http_cases(GoodRequests(plain, None))
    with_body = http_cases(GoodRequests(plain, GoodRequest("PUT", "/x", (), b"y" * 64, status(204))))
    assert [case.id for case in with_body] == [case.id for case in suite().http]
    assert {case.id for case in without} < {case.id for case in with_body}
    sent = [step.data for case in with_body for step in case.steps if isinstance(step, Send | SendInPieces | SendUntilAnswered)]
    assert not any(b"calculate" in data or b"health" in data or b"json" in data for data in sent)


@pytest.mark.parametrize("body", [b"y", b"yz", b"y" * 21, b"y" * 1_000])
def test_bodies_of_any_length_make_cases(body: bytes) -> None:
    plain = GoodRequest("GET", "/", (), b"", status(200))
    cases = {case.id for case in http_cases(GoodRequests(plain, GoodRequest("PUT", "/x", (), body, status(204))))}
    assert ("slow-body-trickle" in cases) == (len(body) > 20)
    assert ("chunked-size-lower-case" in cases) == (len(body) >= 26)


def test_unknown_ids_are_errors() -> None:
    nowhere = ("127.0.0.1", 9)
    with pytest.raises(UnknownCaseError, match="unknown known deviation: no-such-case"):
        _run(nowhere, known={"no-such-case": "a reason"})
    with pytest.raises(UnknownCaseError, match="unknown case: no-such-case"):
        _run(nowhere, "no-such-case")


def test_a_dead_service_is_not_asked_for_the_rest() -> None:
    with playing() as address:
        pass
    found = _run(address, "health-get", "health-query", "not-found-root")
    first, *rest = (outcome.evidence for outcome in found.outcomes)
    assert first == "expected a connection, got no connection: connection refused"
    assert len(rest) == 2
    assert all(evidence and "lives on after health-get" in evidence for evidence in rest)


def test_a_known_deviation_does_not_hide_a_death() -> None:
    with playing() as address:
        pass
    found = _run(address, "health-get", "health-query", known={"health-get": "listed for some reason"})
    assert not found.measurable


def test_a_service_that_lives_on_is_asked_for_the_rest() -> None:
    with playing(HEALTH, ending=Ending.CLOSE) as address:
        found = _run(address, "not-found-root", "n-zero")
    assert all("got 200" in (outcome.evidence or "") for outcome in found.outcomes)


def test_concurrent_cases_are_judged_too() -> None:
    with playing(problem(408) + answer(200, None, ""), ending=Ending.CLOSE) as address:
        found = _run(address, "slow-request-line")
    assert [outcome.verdict for outcome in found.outcomes] == [Verdict.FAILED]


def _one_at_a_time(listener: socket.socket) -> None:
    """Serve a connection until it ends before the next is looked at, as services of one thread do."""
    while True:
        connection, _ = listener.accept()
        with connection, contextlib.suppress(OSError):
            while data := connection.recv(1 << 16):
                if data.endswith(b"\r\n\r\n"):
                    connection.sendall(HEALTH)
                if data == END:
                    return


def test_a_slow_client_that_holds_a_service_of_one_thread_fails_no_other_case() -> None:
    asked, right = Send(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n"), Receive(frozenset({200}))
    quick = [Case(f"quick-{number}", "a", "a quick one", "here", (asked, right), 2.0) for number in range(4)]
    held = Case("held", "a", "a slow one", "here", (Send(b"GET /"), TimedOut(5.0)), 8.0, concurrent=True)
    slow = Case("slow", "a", "one in time", "here", (asked, right), 2.0, concurrent=True)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = threading.Thread(target=_one_at_a_time, args=(listener,))
        server.start()
        address = listener.getsockname()
        found = run_suite(address, Suite(tuple(quick[:1]), (*quick[1:], held, slow), (), (asked, right)), known_deviations={})
        with socket.create_connection(address) as client:
            client.sendall(END)
        server.join()
    assert [outcome.case.id for outcome in found.with_verdict(Verdict.FAILED)] == ["held"]


@pytest.mark.parametrize(
    ("text", "nanoseconds"),
    [
        ("0s", "0"),
        ("417ns", "417"),
        ("1.5µs", "1500"),
        ("4.812345ms", "4812345"),
        ("1.204s", "1204000000"),
        ("0.123456789s", "123456789"),
    ],
)
def test_durations(text: str, nanoseconds: str) -> None:
    assert duration_ns(text) == Decimal(nanoseconds)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1",
        "s",
        "1 ms",
        "-1ms",
        "+1ms",
        "01ms",
        "1.ms",
        ".5ms",
        "1e3ns",
        "1.5us",
        "1.5\u03bcs",
        "1m0s",
        "1.0123456789s",
        "1ms\n",
        "1MS",
        "١ms",
    ],
)
def test_what_is_no_duration(text: str) -> None:
    assert duration_ns(text) is None


@pytest.mark.parametrize(
    ("n", "prime"),
    [(1, 2), (2, 3), (3, 5), (4, 7), (5, 11), (6, 13), (1_000, 7_919), (10_000, 104_729), (100_000, 1_299_709)],
)
def test_the_sieve_knows_the_primes(n: int, prime: int) -> None:
    assert nth_prime(n) == prime


def test_the_sieve_agrees_with_trial_division() -> None:
    by_division = [c for c in range(2, 8_000) if all(c % d for d in range(2, int(c**0.5) + 1))]
    assert [nth_prime(n) for n in range(1, len(by_division) + 1)] == by_division


def test_there_is_no_prime_number_zero() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        nth_prime(0)
