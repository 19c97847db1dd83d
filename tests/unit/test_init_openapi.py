"""Requests out of an OpenAPI document: what it has values for is asked, what it has none for is named."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft4Validator

from loadgen.errors import Error
from loadgen.init.openapi.operations import read_openapi
from loadgen.init.requests import Asked
from tests.samples import INIT, table_of

if TYPE_CHECKING:
    from pydantic import JsonValue

DOCUMENT = (INIT / "from" / "openapi.yaml").read_text(encoding="utf-8")


def asked() -> Asked:
    return read_openapi(DOCUMENT, "openapi.yaml")


def table(name: str) -> dict[str, Any]:
    return table_of(asked(), name)


def test_reads_come_first_and_what_changes_data_has_no_weight() -> None:
    named = [(wanted.name, wanted.table.get("weight", 1)) for wanted in asked().requests]
    assert named == [("read-order", 1), ("health", 1), ("report", 1), ("create-order", 0), ("delete-orders", 0)]
    assert asked().requests[0].notes == ["One order"]


def test_parameters_have_the_values_of_their_examples() -> None:
    assert table("read-order") == {
        "name": "read-order",
        "path": "/v1/orders/7?fields=id&fields=item",
        "headers": {"Authorization": "Bearer {env.BEARER_AUTH}", "Accept": "application/json"},
        "expect": {
            "status": [200],
            "headers": {"Content-Type": "^application/json"},
            "schema": "primebench.d/read-order.schema.json",
        },
    }


def test_a_body_is_made_of_what_the_schema_s_properties_have() -> None:
    create = table("create-order")
    assert json.loads(create["body"]) == {"item": 'a "rubber" duck', "cents": 250}
    assert create["headers"]["Content-Type"] == "application/json"
    assert create["expect"] == {"status": [201]}


def test_security_takes_its_secrets_from_the_environment() -> None:
    report = table("report")
    assert report["path"] == "/v1/report?api_key={env.QUERY}"
    assert report["headers"] == {"X-Day": "2024-02-29", "X-Api-Key": "{env.KEY}", "Cookie": "sid={env.SESSION}"}
    assert report["expect"] == {"status": [200, 202]}
    assert "headers" not in table("health")
    assert asked().secrets == ["BEARER_AUTH", "KEY", "QUERY", "SESSION"]


def test_what_has_no_example_is_left_out_by_name() -> None:
    assert asked().left_out == ["GET /customers/{customer}: no example of the path parameter customer"]


def test_a_schema_brings_what_it_refers_to_and_means_what_the_document_means() -> None:
    (text,) = asked().files.values()
    schema = json.loads(text)
    Draft4Validator.check_schema(schema)
    validator = Draft4Validator(schema)
    order: dict[str, JsonValue] = {"id": 7, "item": None, "customer": {"name": "Ada", "orders": []}}
    assert validator.is_valid(order)
    assert not validator.is_valid(order | {"id": 0})  # exclusiveMinimum
    assert not validator.is_valid(order | {"item": 7})
    assert not validator.is_valid(order | {"customer": {"orders": [{"id": 7}]}})


def small(**changes: Any) -> dict[str, Any]:
    operation = {"responses": {"200": {"description": "fine"}}}
    whole = {"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": {"/a": {"get": operation}}}
    return whole | changes


def test_a_document_in_json_of_version_3_1_is_read() -> None:
    assert [wanted.table["path"] for wanted in read_openapi(json.dumps(small()), "x.json").requests] == ["/a"]


def test_where_nothing_only_reads_what_writes_has_weights_and_what_deletes_has_none() -> None:
    operation = {"responses": {"200": {"description": "fine"}}}
    document = small(paths={"/a": {"post": operation, "delete": operation}})
    requests = read_openapi(json.dumps(document), "x.json").requests
    assert [(request.table["method"], request.table.get("weight", 1)) for request in requests] == [("POST", 1), ("DELETE", 0)]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("openapi: [", "x.yaml, line 1: not valid YAML"),
        ("openapi: 3.1.0\n? [a]\n: 1\n", "x.yaml, line 2: not valid YAML"),
        ('{"openapi": ', "x.yaml: not valid JSON"),
        ("just text", "expected a document of OpenAPI 3.0 to 3.2, not of version none"),
        ("swagger: '2.0'", "expected a document of OpenAPI 3.0 to 3.2, not of version 2.0"),
        (json.dumps(small(info={})), "x.yaml: info: "),
        (json.dumps(small(paths={"/a": {"$ref": "other.yaml#/a"}})), "paths./a: other.yaml#/a is in another file"),
        (json.dumps(small(paths={"/a": {"$ref": "#/components/x"}})), "paths./a: #/components/x leads nowhere"),
        (json.dumps(small(paths={})), "x.yaml: expected an operation in paths; there is nothing to ask"),
        (json.dumps({"openapi": "3.1.0"}), "x.yaml: 'info' is a required property"),
        (json.dumps(small(paths={"/a/{b}": {"get": {"responses": {"500": {"description": ""}}}}})), "x.yaml: "),
    ],
)
def test_a_document_with_errors_is_one_line(text: str, line: str) -> None:
    with pytest.raises(Error) as raised:
        read_openapi(text, "x.yaml")
    assert line in str(raised.value)
    assert "\n" not in str(raised.value)


def test_where_nothing_can_be_asked_the_root_is_and_comments_say_what_is_missing() -> None:
    operation = {
        "parameters": [{"name": "b", "in": "path", "required": True, "schema": {"type": "string"}}],
        "responses": {"200": {"description": "fine"}},
    }
    found = read_openapi(json.dumps(small(openapi="3.2.0", paths={"/a/{b}": {"get": operation}})), "x.json")
    assert [wanted.table["path"] for wanted in found.requests] == ["/"]
    assert found.left_out == ["GET /a/{b}: no example of the path parameter b"]


def test_a_large_schema_is_not_written_beside() -> None:
    schema = {"type": "object", "properties": {f"property_{number}": {"type": "string"} for number in range(500)}}
    content = {"application/json": {"schema": schema}}
    operation = {"responses": {"200": {"description": "fine", "content": content}}}
    found = read_openapi(json.dumps(small(paths={"/a": {"get": operation}})), "x.json")
    assert found.files == {}
    assert found.requests[0].table["expect"] == {"status": [200], "headers": {"Content-Type": "^application/json"}}


def test_the_sample_is_where_it_is_said_to_be() -> None:
    assert Path(INIT / "from" / "openapi.yaml").is_file()
