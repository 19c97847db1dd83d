"""A task as its task.toml describes it."""

import hashlib
import json
import os
import random
from collections.abc import Mapping
from pathlib import Path

import jsonpath
from jsonschema.exceptions import SchemaError
from jsonschema.protocols import Validator
from jsonschema.validators import validator_for
from pydantic import JsonValue

from loadgen.conformance import Case, Response, Suite
from loadgen.conformance.case import Check, Receive, Send
from loadgen.conformance.http import GoodRequest, GoodRequests, http_cases
from loadgen.errors import Error
from loadgen.strict import read_toml
from loadgen.task.http.check import fault
from loadgen.task.http.file import FILE, RequestFile, TaskFile
from loadgen.task.http.template import fill, missing_variables, unknown_names
from loadgen.task.request import Request
from loadgen.task.task import Parameters, Ready
from loadgen.task.work import BenchmarkRoles, Scale, Work, WorkInstructions

_PROBED_DEADLINE_S = 10.0
_SLOW_BODY_BYTES = 64


class HttpTask:
    """A task from TOML. Files that it names lie in its folder."""

    start_values: Mapping[str, str] = {}
    scale: Scale | None = None
    benchmark_roles: BenchmarkRoles | None = None
    work_instructions: Mapping[str, WorkInstructions] = {}

    def __init__(self, path: Path, file: TaskFile) -> None:
        """Read the files that the task names; raise Error with file, key and what was expected if one is wrong."""
        self.place = os.path.realpath(path)
        self.name = file.name
        self.kinds = tuple(request.name for request in file.requests)
        self.ready = Ready(file.ready.path, file.ready.status)
        self._path, self._file = path, file
        self._requests = {request.name: request for request in file.requests}
        self._bodies = {request.name: self._body(request) for request in file.requests}
        self._schemas: dict[str, bytes] = {}
        self._validators = {request.name: self._validator(request) for request in file.requests}
        for request in file.requests:
            self._check_templates(request)
        content = [path.read_bytes(), *(body.encode() for body in self._bodies.values()), *self._schemas.values()]
        self.digest = hashlib.sha256(b"\0".join(content)).hexdigest()

    def complete(self, parameters: Parameters) -> dict[str, JsonValue]:
        """Return the parameters with defaults; raise ValueError with the name and what was expected."""
        known = self._file.parameters
        if unknown := sorted(set(parameters) - set(known)):
            raise ValueError(f"expected of {', '.join(known) or 'none'}, not {', '.join(unknown)}")
        completed: dict[str, JsonValue] = {}
        for name, parameter in known.items():
            value = parameters.get(name, parameter.default)
            if value is None:
                raise ValueError(f"{name}: expected a value, for it has no default")
            try:
                completed[name] = parameter.accept(value)
            except ValueError as error:
                raise ValueError(f"{name}: {error}") from error
        return completed

    def label(self, kind: str, parameters: Parameters) -> str:
        """Return the kind, and the parameters."""
        return ", ".join([kind, *(f"{name} = {value}" for name, value in parameters.items())])

    def request(self, kind: str, parameters: Parameters) -> Request:
        """Return the request; raise Error if it needs a variable of the environment that is not set."""
        file = self._requests[kind]
        for text in (file.path, self._bodies[kind], *file.headers.values()):
            if missing := missing_variables(text):
                raise Error(f"{self._path}: requests.{kind}: {{env.{missing[0]}}}: the variable {missing[0]} is not set")
        return self._filled(kind, parameters)

    def shown_request(self, kind: str, parameters: Parameters) -> Request:
        """Return the request with the names of secrets."""
        return self._filled(kind, parameters, shown=True)

    def _filled(self, kind: str, parameters: Parameters, *, shown: bool = False) -> Request:
        file = self._requests[kind]
        return Request(
            method=file.method,
            target=fill(file.path, parameters, shown=shown),
            headers=tuple((name, fill(value, parameters, shown=shown)) for name, value in file.headers.items()),
            body=fill(self._bodies[kind], parameters, shown=shown).encode("utf-8", "surrogateescape"),
        )

    def check(self, response: Response, kind: str, parameters: Parameters) -> str | None:
        """Return what is wrong with a response; None if nothing is."""
        return fault(response, self._requests[kind].expect, parameters, self._validators[kind])

    def statuses(self, kind: str) -> list[int]:
        """Return the statuses of right responses."""
        return list(self._requests[kind].expect.status)

    def stated_us(self, _response: Response) -> None:
        """Return nothing: no task from TOML says how a service states its own time."""

    def sample(self, source: random.Random) -> tuple[str, dict[str, JsonValue]]:
        """Return a kind, by weight, with the parameters' defaults."""
        (request,) = source.choices(self._file.requests, [request.weight for request in self._file.requests])
        return request.name, self._usual()

    def suite(self, _seed: int) -> Suite:
        """Return a core case for each kind of request, on a connection of its own, and the level of HTTP."""
        core = tuple(
            Case(
                id=f"task-{name}",
                group="request",
                title=f"{file.method} {file.path}: as the task expects it",
                source=f"task {self.name}",
                steps=(Send(self.request(name, self._usual()).to_bytes()), self._right(name)),
                deadline_s=_PROBED_DEADLINE_S,
            )
            for name, file in self._requests.items()
        )
        statuses = range(200, 600) if self.ready.status is None else [self.ready.status]
        plain = GoodRequest("GET", self.ready.path, (), b"", Receive(frozenset(statuses)))
        with_body = next((self._good(name) for name in self.kinds if self._bodies[name]), None)
        liveness = (Send(plain.whole("Connection: close")), plain.right)
        return Suite(core, http_cases(GoodRequests(plain, with_body)), (), liveness)

    def _right(self, kind: str) -> Receive:
        expect = self._requests[kind].expect
        return Receive(frozenset(expect.status), (self._checking(kind),), self._requests[kind].method)

    def _good(self, kind: str) -> GoodRequest:
        """A kind's request; white space behind JSON makes it long enough for a client that sends it slowly."""
        request = self.request(kind, self._usual())
        fields = tuple(f"{name}: {value}" for name, value in request.headers)
        is_json = any(name.lower() == "content-type" and "json" in value.lower() for name, value in request.headers)
        body = request.body.ljust(_SLOW_BODY_BYTES) if is_json else request.body
        return GoodRequest(request.method, request.target, fields, body, self._right(kind))

    def work(self, _kind: str, _parameters: Parameters) -> Work | None:
        """Return nothing: how much work a request is, nobody has said."""
        return None

    def _usual(self) -> dict[str, JsonValue]:
        """Defaults; of what has none the least that it may be, or an empty one."""
        empty: dict[str, JsonValue] = {"integer": 1, "number": 1, "string": "", "boolean": False}
        usual: dict[str, JsonValue] = {}
        for name, one in self._file.parameters.items():
            least = int(one.minimum) if one.minimum is not None and one.type == "integer" else one.minimum
            usual[name] = next(value for value in (one.default, least, empty[one.type]) if value is not None)
        return usual

    def _checking(self, kind: str) -> Check:
        return lambda response: self.check(response, kind, self._usual())

    def _body(self, file: RequestFile) -> str:
        if file.body_file is None:
            return file.body or ""
        body = self._read(file.body_file, f"requests.{file.name}.body_file").decode("utf-8", "surrogateescape")
        if not body:
            raise Error(f"{self._path}: requests.{file.name}.body_file: {file.body_file} is empty; expected a body")
        return body

    def _validator(self, file: RequestFile) -> Validator | None:
        name = file.expect.schema_file
        if name is None:
            return None
        key = f"{self._path}: requests.{file.name}.expect.schema: {name}"
        content = self._read(name, f"requests.{file.name}.expect.schema")
        try:
            schema = json.loads(content)
            kind = validator_for(schema)
            kind.check_schema(schema)
        except (ValueError, SchemaError, TypeError, AttributeError) as error:
            raise Error(f"{key}: expected a JSON Schema: {str(error).splitlines()[0]}") from error
        self._schemas[file.name] = content
        return kind(schema)

    def _read(self, name: str, key: str) -> bytes:
        try:
            return (self._path.parent / name).read_bytes()
        except OSError as error:
            raise Error(f"{self._path}: {key}: {name}: {error.strerror}; expected a file in the task's folder") from error

    def _check_templates(self, file: RequestFile) -> None:
        texts = {"path": file.path, **{f"headers.{name}": value for name, value in file.headers.items()}}
        texts |= {f"expect.json.{number}.path": one.path for number, one in enumerate(file.expect.json_values)}
        for number, one in enumerate(file.expect.json_values):
            if isinstance(one.equals, str):
                texts[f"expect.json.{number}.equals"] = one.equals
        for key, text in texts.items():
            if unknown := unknown_names(text, self._file.parameters):
                known = ", ".join(self._file.parameters) or "none"
                raise Error(
                    f"{self._path}: requests.{file.name}.{key}: {{{unknown[0]}}} names nothing: expected a parameter ({known}) "
                    "or {env.NAME}"
                )
        for number, one in enumerate(file.expect.json_values):
            try:
                jsonpath.compile(fill(one.path, self._usual()))
            except jsonpath.JSONPathError as error:
                key = f"{self._path}: requests.{file.name}.expect.json.{number}.path"
                raise Error(f"{key}: expected a JSONPath (RFC 9535): {str(error).splitlines()[0]}") from error


def read_task(path: Path) -> HttpTask:
    """Read a task.toml; raise Error with file, key and what was expected if it is wrong."""
    return HttpTask(path, read_toml(path, TaskFile))


def task_file(place: Path) -> Path | None:
    """Return the task.toml that a path names, itself or in that folder; None if there is none."""
    for path in (place, place / FILE):
        if path.is_file():
            return path
    return None
