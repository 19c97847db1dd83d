"""task.toml: what is asked and what a right response is, as its author wrote it."""

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, JsonValue, StringConstraints, field_validator, model_validator

from loadgen.strict import Pattern, Strict, read_toml
from loadgen.task.http.data import DataFile
from loadgen.task.sidecar import Command, Name, Sidecar

Token = Annotated[str, StringConstraints(pattern=r"^[!#$%&'*+.^_`|~0-9A-Za-z-]+$")]
"""A field name or a method (RFC 9110 5.6.2)."""
FILE = "task.toml"
PROJECT_FILE = "primebench.toml"
"""What a repository says of itself, a task in the table [task] among it."""


class ReadyFile(Strict):
    """How a server shows that it is ready."""

    path: Annotated[str, StringConstraints(pattern=r"^/[\x21-\x7e]*$")] = "/"
    """Asked with `GET` until the server is ready."""
    status: Annotated[int, Field(ge=100, le=599)] | None = None
    """The status of a server that is ready; without it, any response is one."""
    within_s: Annotated[float, Field(gt=0, le=600, strict=False)] | None = None
    """How long it may take to be ready; without it, 10 s."""


class Parameter(Strict):
    """What a workload may set."""

    type: Literal["integer", "number", "string", "boolean"]
    """What values it has."""
    minimum: float | None = None
    """The least value of a number."""
    maximum: float | None = None
    """The greatest value of a number."""
    default: JsonValue = None
    """For workloads that do not set it, and for verification. Without it every workload has to set it, and verification takes
    the minimum, else 1, `""` or false."""

    def accept(self, value: JsonValue) -> JsonValue:
        """Return the value; raise ValueError with what was expected if it is none."""
        types: dict[str, tuple[type, ...]] = {"integer": (int,), "number": (int, float), "string": (str,), "boolean": (bool,)}
        if not isinstance(value, types[self.type]) or (isinstance(value, bool) and self.type != "boolean"):
            raise ValueError(f"expected {'an' if self.type == 'integer' else 'a'} {self.type}, not {value!r}")
        if isinstance(value, int | float):
            if self.minimum is not None and value < self.minimum:
                raise ValueError(f"expected at least {self.minimum:g}, not {value}")
            if self.maximum is not None and value > self.maximum:
                raise ValueError(f"expected at most {self.maximum:g}, not {value}")
        return value

    @model_validator(mode="after")
    def _default_is_a_value(self) -> "Parameter":
        if self.default is not None:
            try:
                self.accept(self.default)
            except ValueError as error:
                raise ValueError(f"default: {error}") from error
        return self


class JsonExpectation(Strict):
    """What a JSONPath (RFC 9535) finds in the content."""

    path: str
    """A JSONPath (RFC 9535) that finds one value; a template."""
    equals: JsonValue
    """What that value has to be; a text in it is a template."""


class Expectation(Strict):
    """What a right response has."""

    status: Annotated[list[Annotated[int, Field(ge=100, le=599)]], Field(min_length=1)]
    """The right statuses. The generator counts them as goodput, every other one as an error."""
    headers: dict[Token, Pattern] = {}
    """By field name a regular expression that one of its values must match, anywhere in it."""
    body: str | None = None
    """The whole body, byte for byte; a template."""
    schema_file: str | None = Field(default=None, alias="schema")
    """A file with a JSON Schema that the body must satisfy."""
    json_values: list[JsonExpectation] = Field(default=[], alias="json")
    """What is found in the body."""


class Step(Strict):
    """A request of a flow."""

    request: Name
    """A kind of request; its response must be right."""
    values: dict[str, JsonValue] = Field(default={}, alias="with")
    """Values in the place of parameters and data, by their names; a text may name what an earlier step has captured."""
    capture: dict[Name, str] = {}
    """By a name of your own a JSONPath that finds one value in the response."""


class Flow(Strict):
    """Requests that follow from each other's responses, such as creating something and reading it back. Only verified."""

    name: Name
    """As of a task."""
    steps: Annotated[list[Step], Field(min_length=2)]
    """What is asked, in this order, each on a connection of its own."""


class Oracle(Strict):
    """A program that says whether responses are right, where data cannot: docs/reference/task-toml.md has its lines."""

    command: Command
    """A program that says whether responses are right, where data cannot."""


class Reset(Strict):
    """A command that brings the service's data back to where they began, before each trial."""

    command: Command
    """Runs before each trial, once the service is ready, in the service's environment. `{host}`, `{port}` and `{folder}` stand
    for the service's address and the task's folder."""


class Floor(Strict):
    """What no right service can need less than."""

    cpu_us: Annotated[float, Field(gt=0, strict=False)]
    """CPU time, in µs, that no right service needs less than for any of the requests: less raises `too_good`."""


class RequestFile(Strict):
    """One kind of request."""

    name: Name
    """As of a task; each once."""
    weight: Annotated[float, Field(ge=0, strict=False)] = 1.0
    """Its share, relative to the others, of the smoke check and of workloads that name no request. With 0 only flows and
    workloads that name it ask it, and where no flow does, the conformance suite."""
    method: Token = "GET"
    """The method of HTTP."""
    path: str
    """Begins with `/`, may have a query; a template."""
    headers: dict[Token, str] = {}
    """By field name its value; a template."""
    body: str | None = None
    """The body; a template."""
    body_file: str | None = None
    """A file with the body, instead; a template."""
    expect: Expectation
    """What a right response has."""

    @property
    def strict_templates(self) -> dict[str, str]:
        """Templates in which every name has to name something, by key."""
        texts = {"path": self.path, **{f"headers.{name}": value for name, value in self.headers.items()}}
        for number, json_value in enumerate(self.expect.json_values):
            texts[f"expect.json.{number}.path"] = json_value.path
            if isinstance(json_value.equals, str):
                texts[f"expect.json.{number}.equals"] = json_value.equals
        return texts

    def templates(self, body: str) -> list[str]:
        """All templates, with those of bodies, which may have braces of their own."""
        return [*self.strict_templates.values(), body, self.expect.body or ""]

    @model_validator(mode="after")
    def _one_body(self) -> "RequestFile":
        if self.body is not None and self.body_file is not None:
            raise ValueError("body_file: expected body or body_file, not both")
        return self

    @field_validator("headers")
    @classmethod
    def _once_and_without_framing(cls, headers: dict[str, str]) -> dict[str, str]:
        names = [name.lower() for name in headers]
        for name in headers:
            if name.lower() in ("content-length", "transfer-encoding"):
                raise ValueError(f"{name}: says how long the body is, which primebench does; expected no such field")
            if names.count(name.lower()) > 1:
                raise ValueError(f"{name}: is there twice; names of fields are the same in capitals and small letters")
        return headers

    @field_validator("path")
    @classmethod
    def _begins_with_a_slash(cls, path: str) -> str:
        if not path.startswith("/"):
            raise ValueError("expected a path that begins with /")
        return path


class TaskFile(Strict):
    """The contents of task.toml."""

    schema_version: Literal[1] = Field(alias="schema")
    """The version of what this file can say."""
    name: Name
    """Lower case letters, digits, `-`, `_`; begins with a letter."""
    title: str
    """What people read."""
    ready: ReadyFile = ReadyFile()
    parameters: dict[Name, Parameter] = {}
    """What a workload may set, by name."""
    data: list[DataFile] = []
    """Values that requests draw."""
    requests: Annotated[list[RequestFile], Field(min_length=1, max_length=200)]
    """What is asked, up to 200 kinds; a workload that names none asks all of them by their weights."""
    flows: list[Flow] = []
    """Requests that follow from each other's responses, such as creating something and reading it back."""
    sidecars: list[Sidecar] = []
    """Side services that the service needs, such as a database."""
    reset: Reset | None = None
    oracle: Oracle | None = None
    floor: Floor | None = None

    @property
    def same_host(self) -> tuple[tuple[str, str], ...]:
        """The field Host if all requests have the same one, and it is no template."""
        hosts = {tuple(value for name, value in asked.headers.items() if name.lower() == "host") for asked in self.requests}
        return tuple(("Host", value) for value in hosts.pop() if "{" not in value) if len(hosts) == 1 else ()

    @model_validator(mode="before")
    @classmethod
    def _every_request_expects_something(cls, data: Any) -> Any:
        if isinstance(data, dict) and isinstance(data.get("requests"), list):
            for number, request in enumerate(data["requests"]):
                if isinstance(request, dict) and "expect" not in request and request.keys() <= RequestFile.model_fields.keys():
                    name = request.get("name", number)
                    raise ValueError(
                        f"requests.{name}.expect: expected at least status = [200]: who checks nothing measures errors"
                    )
        return data

    @model_validator(mode="after")
    def _names_are_unique(self) -> "TaskFile":
        names_of = {
            "requests": [request.name for request in self.requests],
            "flows": [flow.name for flow in self.flows],
            "sidecars": [sidecar.name for sidecar in self.sidecars],
            "data and parameters": [*(data.name for data in self.data), *self.parameters],
        }
        for table, names in names_of.items():
            if repeated := sorted({name for name in names if names.count(name) > 1}):
                raise ValueError(f"{table}: expected each name once, not {', '.join(repeated)} again")
        if not any(request.weight for request in self.requests):
            raise ValueError("requests: expected one with a weight")
        for flow in self.flows:
            if unknown := sorted({step.request for step in flow.steps} - set(names_of["requests"])):
                raise ValueError(f"flows.{flow.name}: expected one of {', '.join(names_of['requests'])}, not {unknown[0]}")
        return self


def read_task_file(path: Path) -> TaskFile:
    """Read a task.toml, or the table [task] of a primebench.toml; raise Error with file, key and what was expected."""
    if path.name != PROJECT_FILE:
        return read_toml(path, TaskFile)
    return read_toml(path, TaskFile, lambda table: {"schema": 1} | table, "task")
