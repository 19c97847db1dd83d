"""What failed cases of HTTP mean: every case and manner has its finding, and what is said is what came."""

import socket
import threading

import pytest

from analysis.tables.findings import findings_table
from analysis.tables.workload import run_tables
from loadgen.config.service import find_contender
from loadgen.conformance.case import Case, Level
from loadgen.conformance.check import run_case
from loadgen.conformance.findings import FILE, SEVERITIES, Manner, findings, kind_of, kinds, manner_of
from loadgen.conformance.outcome import ConformanceResult, judge
from loadgen.conformance.shown import Fault
from loadgen.run.new_run import contender_record
from loadgen.run.prepare import Prepared
from loadgen.run.verified import Verified
from loadgen.task.prime.task import TASK
from tests.unit.shown import shown as shown_summary
from tests.unit.sources import ROOT

SUITE = TASK.suite(1)
CASES = {case.id: case for case in SUITE.http}


@pytest.mark.parametrize(
    ("evidence", "manner"),
    [
        ("expected 400, got 200 b'{}'", Manner.ANSWERED),
        ("expected 400, got 307 b'<a>'", Manner.ANSWERED),
        ("expected 200, got 404 without content (answer 2 of the connection)", Manner.REFUSED),
        ("expected 200 to 499, got 500 b'oh'", Manner.FAILED),
        ("expected the connection to close, got further bytes b'HTTP/1.1 404 Not Found'", Manner.WENT_ON),
        ("expected the connection to close or 400 to 431, got a connection still open after 4.0 s", Manner.WENT_ON),
        ("expected 200, got a connection that closed without an answer", Manner.SILENT),
        ("expected a connection, got connection refused", Manner.SILENT),
        ("expected 200, got no complete answer within 4 s after b'HTTP'", Manner.NO_END),
        ("expected 200, got b'hello', no HTTP answer: illegal status line", Manner.GARBLED),
        ("expected one Date field, got [] with status 200", Manner.GARBLED),
        ("expected a service that lives on after odd-trace, got silence: not tried (expected 200)", Manner.DEAD),
        ("expected 200, got connection refused, on a new connection", Manner.DEAD),
        ("the library queues what follows", Manner.UNKNOWN),
    ],
)
def test_the_manner_follows_from_what_came(evidence: str, manner: Manner) -> None:
    assert manner_of(evidence) is manner


def test_each_case_has_a_finding_in_each_manner() -> None:
    assert {kind_of(case, manner).severity for case in CASES for manner in Manner} == set(SEVERITIES)
    unknown = {kind_of(case, Manner.UNKNOWN).severity for case in CASES}
    assert "severe" not in unknown, "nobody is accused of what the record does not show"


def test_each_pattern_names_a_case_and_each_finding_is_some_case_s() -> None:
    used = {kind_of(case, manner).id for case in CASES for manner in Manner}
    assert used == {kind.id for kind in kinds()}
    for kind in kinds():
        for pattern in kind.cases:
            assert any(kind.replace(cases=[pattern], manners=[]).takes(case, Manner.UNKNOWN) for case in CASES), pattern


def test_a_line_of_a_terminal_holds_what_a_finding_says() -> None:
    assert {kind.id: kind.says for kind in kinds() if len(kind.says) > 100} == {}
    assert len({kind.says for kind in kinds()}) == len(kinds())
    assert FILE.name == "findings.toml"


def answering(*responses: bytes) -> tuple[str, int]:
    """Return the address of a server that writes these on its first connection, whatever it is asked, and keeps it open."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with listener, listener.accept()[0] as connection:
            connection.recv(65536)
            for response in responses:
                connection.sendall(response)
            connection.recv(1)

    threading.Thread(target=serve, daemon=True).start()
    address: tuple[str, int] = listener.getsockname()
    return address


GOOD = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 38\r\n\r\n{"n":10,"prime":29,"duration":"1.0ms"}'
MISSING = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
REFUSED = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


def failed(case: Case, *responses: bytes) -> str:
    """Return what the suite says against a server that answers so."""
    fault = run_case(answering(*responses), case, SUITE.liveness)
    assert fault is not None
    return fault.line


def test_a_smuggled_request_that_is_answered_is_called_by_its_name() -> None:
    case = CASES["both-length-first"]
    (finding,) = findings({case.id: failed(case, GOOD, MISSING)})
    assert (finding.severity, finding.cases) == ("severe", [case.id])
    assert finding.says == "takes Transfer-Encoding with Content-Length: request smuggling possible"


def test_a_refusal_with_another_status_is_no_smuggling() -> None:
    case = CASES["coding-gzip"]
    (finding,) = findings({case.id: failed(case, REFUSED.replace(b"400 Bad Request", b"404 Not Found"))})
    assert (finding.id, finding.severity) == ("refuses-otherwise", "minor")
    (finding,) = findings({case.id: failed(case, GOOD)})
    assert (finding.id, finding.severity) == ("unknown-coding", "severe")


def test_the_most_severe_come_first_and_keep_their_cases() -> None:
    found = findings(
        {
            "target-braces": "expected 400, got 200 b''",
            "host-doubled": "expected 400, got 200 b''",
            "length-plus": "expected 400, got 200 b''",
            "target-brackets": "expected 400, got 200 b''",
        }
    )
    assert [finding.id for finding in found] == ["length-no-number", "several-hosts", "lenient-targets"]
    assert found[-1].cases == ["target-braces", "target-brackets"]


def test_the_evidence_of_the_level_http_alone_is_kept() -> None:
    http, strict = CASES["date"], SUITE.strict[0]
    fault = Fault("expected one Date field, got [] with status 200")
    outcomes = (judge(http, Level.HTTP, fault, "listed"), judge(strict, Level.STRICT, fault, None))
    assert ConformanceResult(outcomes, 1.0).evidence == {"date": fault.line}


def test_a_run_and_what_is_kept_of_verifying_have_the_evidence() -> None:
    evidence = {"date": "expected one Date field, got [] with status 200"}
    found = Verified(scores={}, deviations={"date": "as the folder lists it"}, evidence=evidence)
    assert Verified.model_validate_json(found.model_dump_json()) == found
    contender = find_contender(str(ROOT / "tests" / "stub"), {})
    assert contender_record(Prepared(contender, None, found, None), 1).evidence == evidence


def test_a_run_s_tables_have_each_finding_of_each_service() -> None:
    found = {
        "a": findings(
            {f"both-length-{end}": "expected 400, got further bytes b''" for end in ("first", "short", "long", "zero")}
        )
    }
    table = run_tables(shown_summary().replace(findings=found))[0]
    assert [(head, [cell.value for cell in cells]) for head, cells in table.rows] == [
        (
            "C++ · Beast",
            [
                "severe",
                "takes Transfer-Encoding with Content-Length: request smuggling possible",
                "both-length-first, both-length-short, both-length-long and 1 more",
            ],
        )
    ]
    assert findings_table({}, {"a": []}) == []
