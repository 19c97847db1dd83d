"""Requests out of an access log: paths with shares, ids as data."""

import json

import pytest

from loadgen.errors import Error
from loadgen.init.access_log import read_log
from loadgen.init.requests import Asked
from tests.samples import INIT


def asked() -> Asked:
    with (INIT / "from" / "access.log").open(encoding="utf-8") as lines:
        return read_log(lines, "access.log")


def line(path: str, status: int = 200) -> str:
    return f'10.0.0.1 - - [10/Oct/2025:13:55:36 +0000] "GET {path} HTTP/1.1" {status} 5\n'


def test_paths_that_differ_in_ids_are_one_request_with_their_share() -> None:
    found = [
        (request.table["name"], request.table["weight"], request.table["path"], request.asset) for request in asked().requests
    ]
    assert found == [
        ("orders", 42.9, "/orders/{orders.id}?size={orders.id2}", ""),
        ("users-files", 14.3, "/users/{users-files.id}/files/{users-files.id2}", ""),
        ("search", 14.3, "/search?q=a%20duck&session={env.SESSION}", ""),
        ("root", 14.3, "/", ""),
        ("image-static-logo-png", 14.3, "/static/logo.png", "image"),
    ]


def test_ids_are_data_as_often_as_they_came() -> None:
    files = {name: [json.loads(text) for text in content.splitlines()] for name, content in asked().files.items()}
    assert files == {
        "primebench.d/orders.jsonl": [{"id": 7, "id2": 20}, {"id": 12, "id2": 20}, {"id": 7, "id2": 20}],
        "primebench.d/users-files.jsonl": [{"id": "0007", "id2": "123e4567-e89b-12d3-a456-426614174000"}],
    }
    assert asked().data == [{"name": name, "file": f"primebench.d/{name}.jsonl"} for name in ("orders", "users-files")]


def test_statuses_are_those_that_were_seen_but_for_answers_to_conditions() -> None:
    statuses = {request.table["name"]: request.table["expect"] for request in asked().requests}
    assert statuses["orders"] == {"status": [200]}
    assert statuses["root"] == {"status": [301]}


def test_what_is_left_out_is_counted() -> None:
    assert asked().left_out == [
        "3 lines in another format",
        "1 requests by other methods than GET",
        "1 that failed, or in part",
    ]


def test_a_thousand_ids_are_kept_and_a_hundred_paths() -> None:
    found = read_log([line(f"/a/{number}") for number in range(1200)], "x")
    assert len(found.files["primebench.d/a.jsonl"].splitlines()) == 1000
    found = read_log([line(f"/p{number}x") for number in range(130)], "x")
    assert len(found.requests) == 100
    assert found.left_out == ["30 rarer paths, 23.1% of what was asked"]


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["what is this\n"], "x: expected lines in the common or combined log format, got 'what is this'"),
        ([line("/", 500)], "x: no GET with a status from 200 to 399 in it; there is nothing to ask"),
        ([], "x: no GET with a status from 200 to 399 in it; there is nothing to ask"),
    ],
)
def test_a_log_with_nothing_to_ask_is_one_line(lines: list[str], message: str) -> None:
    with pytest.raises(Error) as raised:
        read_log(lines, "x")
    assert str(raised.value) == message
