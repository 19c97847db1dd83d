"""task.toml: what it may say, what it refuses, and what it finds wrong with a response."""

import shutil
from itertools import islice
from pathlib import Path

import pytest

from loadgen.conformance import Response
from loadgen.conformance.case import Send
from loadgen.errors import Error
from loadgen.generator.generator import Load
from loadgen.generator.oha import Oha
from loadgen.task.find import find_task
from loadgen.task.http.task import HttpTask, read_task

ORDERS = Path(__file__).parents[1] / "orders"
JSON = (("content-type", "application/json"),)


@pytest.fixture
def orders(monkeypatch: pytest.MonkeyPatch) -> HttpTask:
    monkeypatch.setenv("ORDERS_TOKEN", "s3cret")
    return read_task(ORDERS / "task.toml")


def changed(folder: Path, old: str, new: str) -> Path:
    """Return a copy of the task with one text replaced."""
    for file in ORDERS.glob("*.*"):
        shutil.copy(file, folder)
    path = folder / "task.toml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    return path


def test_a_request_is_its_template_with_values_and_its_secret_is_shown_by_name(orders: HttpTask) -> None:
    request = orders.request("read", {"order": 42})
    assert (request.method, request.target, request.body) == ("GET", "/orders/42", b"")
    assert request.headers == (("Authorization", "Bearer s3cret"),)
    assert orders.shown_request("read", {"order": 42}).headers == (("Authorization", "Bearer {env.ORDERS_TOKEN}"),)
    assert request.to_bytes() == b"GET /orders/42 HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer s3cret\r\n\r\n"
    create = orders.request("create", {"order": 1})
    assert create.body == (ORDERS / "new-order.json").read_bytes()
    assert b"Content-Length: 31\r\n" in create.to_bytes()


def test_a_host_of_its_own_takes_the_place_of_the_usual_one_everywhere(tmp_path: Path) -> None:
    """Two of them are malformed (RFC 9112 3.2), and a service with a list of hosts answers none but its own."""
    (tmp_path / "task.toml").write_text(
        'schema = 1\nname = "t"\ntitle = "t"\n[[requests]]\nname = "r"\npath = "/"\nbody = "{}"\nmethod = "PUT"\n'
        'headers = { host = "shop.example", Accept = "*/*" }\nexpect = { status = [200] }\n'
    )
    task = read_task(tmp_path / "task.toml")
    request = task.request("r", {})
    assert request.to_bytes().split(b"\r\n")[1:3] == [b"Host: shop.example", b"Accept: */*"]
    assert task.ready.request.to_bytes() == b"GET / HTTP/1.1\r\nHost: shop.example\r\n\r\n"
    command = Oha().command("oha", Load(request, 1, 1.0, "http://127.0.0.1:1"))
    assert [part for part in command if part.lower().startswith("host:")] == ["Host: shop.example"]
    sent = [step.data.split(b"\r\n\r\n")[0] for case in task.suite(1).cases for step in case.steps if isinstance(step, Send)]
    assert sum(b"Host: shop.example" in data for data in sent) > 100
    assert not any(b"localhost" in data and b"shop.example" in data for data in sent)


@pytest.mark.parametrize(
    ("headers", "said"),
    [
        ('"Content-Length" = "1"', "Content-Length: says how long the body is"),
        ('"transfer-encoding" = "chunked"', "transfer-encoding: says how long the body is"),
        ('Host = "a", host = "b"', "Host: is there twice"),
    ],
)
def test_fields_that_would_make_a_request_malformed_are_refused(headers: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(Error, match=said):
        read_task(changed(tmp_path, "headers = { Authorization", f"headers = {{ {headers}, Authorization"))


def test_a_secret_has_its_name_wherever_it_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORDERS_TOKEN", "s3cret")
    path = changed(tmp_path, 'path = "/orders"', 'path = "/orders?key={env.ORDERS_TOKEN}"')
    (tmp_path / "new-order.json").write_text('{"key": "{env.ORDERS_TOKEN}"}')
    task = read_task(path)
    assert b"s3cret" in task.request("create", {"order": 1}).to_bytes().split(b"\r\n\r\n")[1]
    assert b"s3cret" not in task.shown_request("create", {"order": 1}).to_bytes()


def test_a_secret_that_is_not_set_is_named(orders: HttpTask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ORDERS_TOKEN")
    with pytest.raises(Error, match=r"task\.toml: requests\.read: \{env\.ORDERS_TOKEN\}: the variable .* is not set"):
        orders.request("read", {"order": 1})


@pytest.mark.parametrize(
    ("status", "headers", "content", "fault"),
    [
        (200, JSON, b'{"id": 42, "item": "pen"}', None),
        (200, JSON, b'{"item": "pen", "id": 42, "more": []}', None),
        (503, JSON, b'{"id": 42, "item": "pen"}', "expected status 200, got 503"),
        (200, (), b'{"id": 42, "item": "pen"}', "expected Content-Type that matches ^application/json, got []"),
        (
            200,
            (("content-type", "text/plain"),),
            b"",
            "expected Content-Type that matches ^application/json, got ['text/plain']",
        ),
        (200, JSON, b"<html>", "expected JSON, got b'<html>'"),
        (200, JSON, b'{"id": 42}', "expected content as the schema has it, got at $: "),
        (200, JSON, b'{"id": "42", "item": "pen"}', "expected content as the schema has it, got at $.id: "),
        (200, JSON, b'{"id": 41, "item": "pen"}', "expected 42 at $.id, got 41"),
    ],
)
def test_each_fault_of_a_response_is_named(
    orders: HttpTask, status: int, headers: tuple[tuple[str, str], ...], content: bytes, fault: str | None
) -> None:
    found = orders.check(Response(status, headers, content), "read", {"order": 42})
    assert found is None if fault is None else found is not None and found.startswith(fault)


def test_an_exact_body_is_compared_to_the_byte(orders: HttpTask) -> None:
    assert orders.check(Response(201, (), b"created\n"), "create", {"order": 1}) is None
    assert orders.check(Response(201, (), b"created"), "create", {"order": 1}) == (
        "expected the body 'created\\n', got b'created'"
    )


def test_true_is_not_one(tmp_path: Path) -> None:
    task = read_task(changed(tmp_path, 'equals = "{order}"', "equals = 1"))
    wrong = Response(200, JSON, b'{"id": true, "item": "pen"}')
    assert task.check(wrong, "read", {"order": 1}) is not None


def test_a_draw_follows_the_weights_and_the_seed(orders: HttpTask) -> None:
    first, again, other = ([drawn.kind for drawn in islice(orders.samples(seed), 1000)] for seed in (1, 1, 2))
    assert first == again != other
    assert first.count("read") == 800


@pytest.mark.parametrize(
    ("given", "completed"),
    [({}, {"order": 7}), ({"order": 1000}, {"order": 1000})],
)
def test_parameters_have_defaults(orders: HttpTask, given: dict[str, int], completed: dict[str, int]) -> None:
    assert orders.complete(given) == completed


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"order": 0}, "order: expected at least 1, not 0"),
        ({"order": 1001}, "order: expected at most 1000, not 1001"),
        ({"order": "7"}, "order: expected an integer, not '7'"),
        ({"order": True}, "order: expected an integer, not True"),
        ({"page": 1}, "expected of order, not page"),
    ],
)
def test_a_parameter_that_is_none_is_refused(orders: HttpTask, given: dict[str, int], expected: str) -> None:
    with pytest.raises(ValueError, match=f"^{expected}"):
        orders.complete(given)


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ('name = "orders"', 'nom = "orders"', "name: Field required; nom: no such key"),
        ("expect = {", "expects = {", r"requests\.1\.expect: Field required; requests\.1\.expects: no such key"),
        ("weight = 80", "weight = -1", r"requests\.0\.weight: .*greater than or equal to 0"),
        ("weight = 80", "wait = 80", r"requests\.0\.wait: no such key"),
        (
            "/orders/{order}",
            "/orders/{id}",
            r"requests\.read\.path: \{id\} names nothing: expected a parameter or data \(order\)",
        ),
        ("Bearer {env.ORDERS_TOKEN}", "Bearer {token}", r"requests\.read\.headers\.Authorization: \{token\} names nothing"),
        ('equals = "{order}"', 'equals = "{id}"', r"requests\.read\.expect\.json\.0\.equals: \{id\} names nothing"),
        ('path = "$.id"', 'path = "$.["', r"requests\.read\.expect\.json\.0\.path: expected a JSONPath"),
        ('path = "/orders/{order}"', 'path = "orders"', r"requests\.0\.path: .*begins with /"),
        ("new-order.json", "old-order.json", r"requests\.create\.body_file: old-order\.json: No such file"),
        ("order.schema.json", "new-order.toml", r"requests\.read\.expect\.schema: new-order\.toml: No such file"),
        ("order.schema.json", "orders.py", r"requests\.read\.expect\.schema: orders\.py: expected a JSON Schema"),
        ("^application/json", "^application/[", r"requests\.0\.expect\.headers\.Content-Type: .*regular expression"),
        ('expect = { status = [201], body = "created\\n" }\n', "", r"requests\.create\.expect: expected at least"),
        ("status = [201]", "status = []", r"requests\.1\.expect\.status: .*at least 1"),
        ('name = "create"', 'name = "read"', r"requests: expected each name once, not read again"),
        ('body_file = "new', 'body = "x"\nbody_file = "new', r"body_file: expected body or body_file, not both"),
        ("default = 7", 'default = "7"', r"parameters\.order: .*default: expected an integer"),
        ("schema = 1", "schema = 2", r"schema: .*1"),
    ],
)
def test_a_wrong_task_is_one_line_with_file_key_and_what_was_expected(tmp_path: Path, old: str, new: str, line: str) -> None:
    with pytest.raises(Error, match=rf"task\.toml: .*{line}") as caught:
        read_task(changed(tmp_path, old, new))
    assert "\n" not in str(caught.value)


def test_an_empty_body_file_and_a_schema_that_is_none_are_named(tmp_path: Path) -> None:
    path = changed(tmp_path, "weight = 80", "weight = 81")
    (tmp_path / "new-order.json").write_text("")
    with pytest.raises(Error, match=r"requests\.create\.body_file: new-order\.json is empty; expected a body"):
        read_task(path)
    (tmp_path / "new-order.json").write_text("{}")
    (tmp_path / "order.schema.json").write_text('{"type": "no-such-type"}')
    with pytest.raises(Error, match=r"expect\.schema: order\.schema\.json: expected a JSON Schema"):
        read_task(path)


def test_another_file_of_the_task_is_another_version_of_it(tmp_path: Path, orders: HttpTask) -> None:
    path = changed(tmp_path, "weight = 80", "weight = 80")
    assert read_task(path).digest == orders.digest
    (tmp_path / "new-order.json").write_text('{"item": "pen"}')
    assert read_task(path).digest != orders.digest


def test_a_task_is_found_by_name_by_folder_and_by_file(tmp_path: Path) -> None:
    assert find_task("prime", tmp_path).name == "prime"
    assert find_task("orders", ORDERS.parent).name == find_task("task.toml", ORDERS).name == "orders"
    for wrong in ("nothing", "http", "find", "", "../nothing"):
        with pytest.raises(Error, match="no task"):
            find_task(wrong, tmp_path)
