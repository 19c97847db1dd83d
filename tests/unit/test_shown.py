"""What is shown of an exchange that failed: little of it, nothing that moves a cursor, and no part of a secret."""

import pytest

from loadgen.conformance import Fault, Response, Shown
from loadgen.conformance.response import excerpt
from loadgen.conformance.shown import BODY_LINES, CHARACTERS, HEAD_LINES, shown_exchange
from loadgen.one_line import one_line
from loadgen.secrets import secret

ASKED = b"POST /orders HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}"


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("loadgen.secrets._known", {})
    monkeypatch.setenv("KEY", 'pass"wörd')
    secret("KEY")


def response(body: bytes) -> str:
    return shown_exchange(b"", Response(200, (("content-type", "text/plain"),), body).message).response


def test_a_fault_stands_above_its_request_and_its_response() -> None:
    fault = Fault("expected 201, got 200", shown_exchange(ASKED, Response(200, (("server", "x"),), b"{}\n").message))
    assert fault.in_full.split("\n  ") == [
        "expected 201, got 200",
        "> POST /orders HTTP/1.1",
        "> Host: a",
        "> Content-Length: 2",
        ">",
        "> {}",
        "< HTTP/1.1 200",
        "< server: x",
        "<",
        "< {}",
    ]
    assert one_line(fault.in_full) == fault.in_full, "lines of a log remain where a message is printed"


def test_what_never_came_is_said() -> None:
    assert shown_exchange(ASKED, b"").lines[-1] == "< nothing"
    assert Fault("expected a connection, got none").in_full == "expected a connection, got none"


def test_long_messages_are_cut_to_a_few_lines_and_say_so() -> None:
    fields = tuple((f"x-{number}", "y") for number in range(20))
    long = Response(200, fields, b"\n".join(b"z" * 1_000 for _ in range(50)))
    lines = shown_exchange(b"", long.message).response.split("\n")
    assert len(lines) == HEAD_LINES + 1 + 1 + BODY_LINES + 1
    assert lines[HEAD_LINES] == "... (13 more lines)"
    assert lines[-1] == f"... ({50 - BODY_LINES} more lines)"
    assert lines[-2] == "z" * CHARACTERS + "... (1000 characters)"


def test_nothing_moves_a_cursor_and_a_line_feed_alone_is_seen() -> None:
    assert response("\x1b[31m\x07é\u2028\r".encode() + b"\xff").split("\n")[-1] == r"\x1b[31m\x07é\u2028\r\xff"
    assert shown_exchange(b"GET / HTTP/1.1\n  Host: a\r\n\r\n", b"").request == r"GET / HTTP/1.1\n  Host: a"


@pytest.mark.parametrize(
    "written", ['pass"wörd'.encode(), 'pass"wörd'.encode("latin-1"), rb"pass\"w\u00f6rd", 'pass\\"wörd'.encode()]
)
def test_a_secret_is_its_name_however_it_is_written(written: bytes) -> None:
    assert response(b"a " + written + b" b").endswith("\na {env.KEY} b")
    assert excerpt(written) == "b'{env.KEY}'"


def test_no_part_of_a_secret_is_left_where_a_line_is_cut() -> None:
    cut = b"x" * (CHARACTERS - 4) + 'pass"wörd'.encode()
    assert "pass" not in response(cut)
    assert "pass" not in excerpt(cut)


def test_a_secret_that_latin_1_does_not_have_is_found_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTHER", "пароль")
    secret("OTHER")
    assert response("a пароль".encode()).endswith("\na {env.OTHER}")


def test_a_record_may_keep_it() -> None:
    shown = shown_exchange(ASKED, b"")
    assert Shown.model_validate_json(shown.model_dump_json()) == shown
