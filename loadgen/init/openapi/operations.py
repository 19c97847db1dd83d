"""Operations as requests: what can be asked without data made up, and what a right response is."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode, urlsplit

from loadgen.errors import Error
from loadgen.init.openapi.document import Document, Node, read_document
from loadgen.init.openapi.examples import NONE, example_of
from loadgen.init.openapi.parameters import MissingValueError, filled
from loadgen.init.openapi.schemas import schema_text
from loadgen.init.openapi.security import UnknownSchemeError, credentials
from loadgen.init.requests import FILES, MOST, ROOT, Asked, Names, Wanted, checked, named_after, shortened

if TYPE_CHECKING:
    from pydantic import JsonValue

_METHODS = ("get", "head", "post", "put", "patch", "delete")
_SAFE = ("get", "head")
_CHANGES = "changes data: give it a weight once it may be asked again and again, or use it in a flow"


def read_openapi(text: str, name: str) -> Asked:
    """Return what the operations of a document ask, GET before all; raise Error if it is wrong or has nothing to ask."""
    document = read_document(text, name)
    prefix = _prefix(document)
    names, files = Names(), dict[str, str]()
    wanted: list[Wanted] = []
    left_out: list[str] = []
    operations = sorted(_operations(document), key=lambda operation: _METHODS.index(operation[0]))
    for method, path, item, operation in operations:
        shown = f"{method.upper()} {path}"
        try:
            table = _table(document, prefix + path, method, item, operation)
        except (MissingValueError, UnknownSchemeError) as reason:
            left_out.append(f"{shown}: {reason}")
            continue
        request = names.name(str(operation.get("operationId") or named_after(method.upper(), path)))
        table = {"name": request, **table}
        if (fault := checked(table)) is not None or len(wanted) == MOST:
            left_out.append(f"{shown}: {fault or f'more than {MOST} requests'}")
            continue
        if schema := _schema(document, method, operation):
            files[f"{FILES}/{request}.schema.json"] = schema
            table["expect"] = {**table["expect"], "schema": f"{FILES}/{request}.schema.json"}
        wanted.append(Wanted(table, [str(operation["summary"])] if operation.get("summary") else []))
    if not operations:
        raise Error(f"{name}: expected an operation in paths; there is nothing to ask")
    if not wanted:
        return replace(ROOT, left_out=shortened(left_out))
    return Asked(_weighed(wanted), files=files, left_out=shortened(left_out))


def _operations(document: Document) -> Iterator[tuple[str, str, Node, Node]]:
    for path, node in document.content.get("paths", {}).items():
        item = document.resolved(node)
        yield from ((method, path, item, item[method]) for method in _METHODS if method in item)


def _weighed(wanted: list[Wanted]) -> list[Wanted]:
    """Return the requests, those that change data without a weight; if all do, those that delete."""
    methods = {str(request.table.get("method", "GET")).lower() for request in wanted}
    asked = {*_SAFE} if methods & {*_SAFE} else methods - {"delete"} or methods
    return [
        request
        if str(request.table.get("method", "GET")).lower() in asked
        else Wanted({"name": request.name, "weight": 0, **request.table}, [*request.notes, _CHANGES])
        for request in wanted
    ]


def _prefix(document: Document) -> str:
    """Return the path of the first server, with the defaults of its variables."""
    server: Node = next(iter(document.content.get("servers", [])), {})
    known = {name: str(variable.get("default", "")) for name, variable in server.get("variables", {}).items()}
    url = re.sub(r"\{([^}]+)\}", lambda match: known.get(match[1], ""), str(server.get("url", "")))
    return quote(urlsplit(url).path.rstrip("/"), safe="/%:@!$&'()*+,;=~-._")


def _table(document: Document, path: str, method: str, item: Node, operation: Node) -> dict[str, Any]:
    """Return a request's table, without its name; raise MissingValueError or UnknownSchemeError if it cannot be asked."""
    request = filled(document, path, item, operation)
    needed = credentials(document, operation)
    statuses, types = _expected(document, operation)
    headers: dict[str, JsonValue] = {**request.headers, **needed.headers}
    request.query += needed.query
    body = _body(document, operation)
    if body is not None:
        headers["Content-Type"] = body[0]
    if len(types) > 1:
        headers["Accept"] = types[0]
    expect: dict[str, JsonValue] = {"status": [*statuses]}
    if types and "*" not in types[0] and len(statuses) == 1:
        expect["headers"] = {"Content-Type": f"^{re.escape(types[0])}"}
    return {
        **({} if method == "get" else {"method": method.upper()}),
        "path": request.target,
        **({"headers": headers} if headers else {}),
        **({"body": body[1]} if body else {}),
        "expect": expect,
    }


def _success(document: Document, operation: Node) -> tuple[list[int], Node]:
    """Return the statuses of right responses, and the first such response."""
    responses: Mapping[str, Any] = operation.get("responses", {})
    for pattern in (r"2\d\d", r"3\d\d"):
        if codes := sorted(code for code in responses if re.fullmatch(pattern, code)):
            return [int(code) for code in codes], document.resolved(responses[codes[0]])
    for code in ("2XX", "default"):
        if code in responses:
            return [200], document.resolved(responses[code])
    raise MissingValueError("no response of success is described")


def _expected(document: Document, operation: Node) -> tuple[list[int], list[str]]:
    """Return statuses and media types of right responses, JSON before others."""
    statuses, response = _success(document, operation)
    types = [kind.partition(";")[0].strip() for kind in response.get("content", {})]
    return statuses, sorted(types, key=lambda kind: "json" not in kind)


def _schema(document: Document, method: str, operation: Node) -> str | None:
    """Return the JSON Schema of the only right response, if it is JSON and small."""
    statuses, response = _success(document, operation)
    contents = {kind: content for kind, content in response.get("content", {}).items() if "json" in kind}
    if method == "head" or len(statuses) > 1 or not contents:
        return None
    return schema_text(document, next(iter(contents.values())).get("schema"))


def _body(document: Document, operation: Node) -> tuple[str, str] | None:
    """Return type and text of the body; None if there need be none. Raise MissingValueError if there is no example of it."""
    request = document.resolved(operation.get("requestBody"))
    contents: dict[str, Any] = dict(request.get("content", {}))
    for kind in sorted(contents, key=lambda kind: "json" not in kind):
        value = example_of(document, contents[kind])
        if value is NONE:
            continue
        if "json" in kind:
            return kind, json.dumps(value, ensure_ascii=False)
        if kind == "application/x-www-form-urlencoded" and isinstance(value, dict):
            return kind, urlencode(value, doseq=True)
        if kind.startswith("text/") and isinstance(value, str):
            return kind, value
    if request.get("required"):
        raise MissingValueError("no example of the body")
    return None
