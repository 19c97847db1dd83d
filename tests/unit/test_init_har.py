"""Requests out of a HAR: distinct ones, how often each came, no secret, static files apart."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from loadgen.errors import Error
from loadgen.init.har import read_har
from loadgen.init.requests import Asked
from loadgen.init.secrets import Secrets, is_secret_name
from tests.samples import INIT, table_of

HAR = (INIT / "from" / "requests.har").read_text(encoding="utf-8")
SECRETS = (
    *("query-secret-1234", "bearer-secret-5678", "cookie-secret-9012", "body-secret", "form-secret-7890", "multipart-secret"),
    *("4711", "eyJhbGciOiJub25lIn0", "c2VjcmV0"),
)


def asked() -> Asked:
    return read_har(HAR, "requests.har")


def table(name: str) -> dict[str, Any]:
    return table_of(asked(), name)


def test_equal_requests_become_one_with_their_number_as_its_weight() -> None:
    named = [(wanted.name, wanted.table["weight"], wanted.asset) for wanted in asked().requests]
    assert named[:1] == [("orders-7", 2, "")]
    assert {name: asset for name, _, asset in named} == {
        "orders-7": "",
        "post-login": "",
        "post-search": "",
        "reset": "",
        "image-static-logo-png": "image",
        "script-static-app-js": "script",
    }


def test_a_request_has_what_can_change_its_response_and_no_secret() -> None:
    assert table("orders-7") == {
        "name": "orders-7",
        "weight": 2,
        "path": "/orders/7?size=20&access_token={env.ACCESS_TOKEN}",
        "headers": {
            "Accept": "application/json",
            "Authorization": "Bearer {env.AUTHORIZATION}",
            "Cookie": "{env.COOKIE}",
            "X-Client-Version": "3",
            "X-Csrf-Token": "{env.X_CSRF_TOKEN}",
        },
        "expect": {"status": [200], "headers": {"Content-Type": "^application/json"}},
    }


def test_bodies_lose_their_secrets_wherever_they_stand() -> None:
    body = {
        "user": {"name": "ada", "password": "{env.PASSWORD}"},
        "pin": "{env.PIN}",
        "back": "/orders?t={env.ACCESS_TOKEN}",
    }
    assert json.loads(table("post-login")["body"]) == body
    assert table("post-search")["body"] == "q=a+duck&csrf={env.CSRF}"
    assert table("reset")["path"] == "/reset/{env.PATH_TOKEN}"


def test_nothing_that_is_taken_over_has_a_secret() -> None:
    text = json.dumps([[dict(wanted.table), *wanted.notes] for wanted in asked().requests]) + json.dumps(asked().left_out)
    assert [secret for secret in SECRETS if secret in text] == []
    assert asked().secrets == [
        *("ACCESS_TOKEN", "AUTHORIZATION", "COOKIE", "CSRF", "PASSWORD", "PATH_TOKEN", "PIN", "X_CSRF_TOKEN"),
    ]


def test_what_is_left_out_is_counted_by_reason() -> None:
    assert sorted(asked().left_out) == [
        "1 to https://elsewhere.example.org",
        "1 x OPTIONS: a browser's own question",
        "1 x with a body of multipart/form-data that may hold secrets",
        "1 x with status 404",
    ]


def entries(*urls: str, status: int = 200) -> str:
    made = [{"request": {"method": "GET", "url": url}, "response": {"status": status}} for url in urls]
    return json.dumps({"log": {"entries": made}})


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("{", "x.har: expected a HAR 1.2 file: "),
        ('{"log": {}}', "x.har: expected a HAR 1.2 file: log.entries: Field required"),
        (entries("http://[/"), "x.har: expected a HAR 1.2 file: "),
        (entries("data:text/plain,x"), "x.har: expected entries with requests by HTTP, found none in 1"),
        (
            entries("http://ada:geheim@a/", status=500),
            "x.har: none of the 1 requests to http://a had a response to expect again",
        ),
    ],
)
def test_what_is_no_har_or_has_nothing_to_ask_is_one_line(text: str, line: str) -> None:
    with pytest.raises(Error) as raised:
        read_har(text, "x.har")
    assert str(raised.value).startswith(line)
    assert "\n" not in str(raised.value)


def test_a_cookie_that_holds_a_path_takes_no_path_s_place() -> None:
    secrets = Secrets()
    assert secrets.header("Cookie", "icons=/static/icons.css; id=0123456789abcdef") == "{env.COOKIE}"
    assert secrets.without("/static/icons.css?0123456789abcdef") == "/static/icons.css?{env.ID}"


PLACES: dict[str, Callable[[str], dict[str, JsonValue]]] = {
    "authorization": lambda value: {"headers": [{"name": "authorization", "value": f"Bearer {value}"}]},
    "cookie": lambda value: {"headers": [{"name": "cookie", "value": f"a=b; sid={value}"}]},
    "header": lambda value: {"headers": [{"name": "x-auth-token", "value": value}]},
    "query": lambda value: {"url": f"http://a/?key={value}"},
    "json": lambda value: {"postData": {"mimeType": "application/json", "text": json.dumps([{"password": value}])}},
    "form": lambda value: {"postData": {"mimeType": "application/x-www-form-urlencoded", "text": f"a=b&pwd={value}"}},
}


@given(st.text("abcdefXYZ0123456789-_", min_size=12, max_size=40), st.permutations(list(PLACES)))
def test_a_secret_is_hidden_in_all_places_wherever_it_was_seen_first(value: str, order: list[str]) -> None:
    made = [
        {"request": {"method": "GET", "url": f"http://a/?seen={value}", **PLACES[place](value)}, "response": {"status": 200}}
        for place in order
    ]
    found = read_har(json.dumps({"log": {"entries": made}}), "x.har")
    assert value not in json.dumps([dict(wanted.table) for wanted in found.requests])


def test_many_distinct_requests_are_cut_at_the_rarest() -> None:
    found = read_har(entries("http://a/x", *(f"http://a/{number}" for number in range(150)), "http://a/x"), "x.har")
    assert len(found.requests) == 100
    assert found.requests[0].table["path"] == "/x"
    assert found.left_out == ["51 distinct requests that came least"]


def test_a_condition_s_response_is_not_expected_again() -> None:
    (only,) = read_har(entries("http://a/", status=304), "x.har").requests
    assert only.table["expect"] == {"status": [200]}


@given(st.text(min_size=12), st.sampled_from(["access_token", "X-Api-Key", "password", "sessionId"]))
def test_a_secret_by_name_is_found_in_json_however_it_is_written(value: str, name: str) -> None:
    secrets = Secrets()
    hidden = secrets.json({name: value, "list": [{name: value}]})
    placeholder = secrets.hide(name, value)
    assert hidden == {name: placeholder, "list": [{name: placeholder}]}
    assert secrets.without(json.dumps({"other": value})) == json.dumps({"other": placeholder})


@pytest.mark.parametrize("name", ["author", "authority", "tokens_of_love", "keyboard", "codec", "shipping"])
def test_names_that_hold_no_secret(name: str) -> None:
    assert is_secret_name(name) is ("token" in name)
