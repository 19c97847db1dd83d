"""task.toml: what is asked and what a right response is, as its author wrote it."""

from typing import Annotated, Any, Literal

from pydantic import Field, JsonValue, StringConstraints, field_validator, model_validator

from loadgen.strict import Pattern, Strict
from loadgen.task.http.data import DataFile
from loadgen.task.sidecar import Command, Name, Sidecar

Token = Annotated[str, StringConstraints(pattern=r"^[!#$%&'*+.^_`|~0-9A-Za-z-]+$")]
"""A field name or a method (RFC 9110 5.6.2)."""
FILE = "task.toml"
PROJECT_FILE = "primebench.toml"
"""What a repository says of itself, a task in the table [task] among it."""


class ReadyFile(Strict):
    """How a server that is ready answers GET `path`: with that status, or without one with any response."""

    path: Annotated[str, StringConstraints(pattern=r"^/[\x21-\x7e]*$")] = "/"
    status: Annotated[int, Field(ge=100, le=599)] | None = None
    within_s: Annotated[float, Field(gt=0, le=600, strict=False)] | None = None


class Parameter(Strict):
    """What a workload may set. Without a `default` it has to."""

    type: Literal["integer", "number", "string", "boolean"]
    minimum: float | None = None
    maximum: float | None = None
    default: JsonValue = None

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
    """What a JSONPath (RFC 9535) finds in the content: one value, equal to `equals`; a text in it may be a template."""

    path: str
    equals: JsonValue


class Expectation(Strict):
    """What a right response has: one of the statuses, header fields that match, the body itself, a JSON Schema, JSON values."""

    status: Annotated[list[Annotated[int, Field(ge=100, le=599)]], Field(min_length=1)]
    headers: dict[Token, Pattern] = {}
    body: str | None = None
    schema_file: str | None = Field(default=None, alias="schema")
    json_values: list[JsonExpectation] = Field(default=[], alias="json")


class Step(Strict):
    """A request of a flow: `values` takes the place of parameters and data, `capture` keeps what JSONPaths find in the response
    under names of its own, which templates of later steps' `values` may use.
    """

    request: Name
    values: dict[str, JsonValue] = Field(default={}, alias="with")
    capture: dict[Name, str] = {}


class Flow(Strict):
    """Requests that follow from each other's responses, such as creating something and reading it back. Only verified."""

    name: Name
    steps: Annotated[list[Step], Field(min_length=2)]


class Oracle(Strict):
    """A program that says whether responses are right, where data cannot: docs/reference/task-toml.md has its lines."""

    command: Command


class Reset(Strict):
    """A command that brings the service's data back to where they began, before each trial."""

    command: Command


class Floor(Strict):
    """CPU time, in µs, that no right service needs less than for a request of any kind: with less the work is not done."""

    cpu_us: Annotated[float, Field(gt=0, strict=False)]


class RequestFile(Strict):
    """One kind of request. `weight` is its share where a workload does not name a kind; what has none only flows ask."""

    name: Name
    weight: Annotated[float, Field(ge=0, strict=False)] = 1.0
    method: Token = "GET"
    path: str
    headers: dict[Token, str] = {}
    body: str | None = None
    body_file: str | None = None
    expect: Expectation

    @property
    def strict_templates(self) -> dict[str, str]:
        """Templates in which every name has to name something, by key."""
        texts = {"path": self.path, **{f"headers.{name}": value for name, value in self.headers.items()}}
        for number, one in enumerate(self.expect.json_values):
            texts[f"expect.json.{number}.path"] = one.path
            if isinstance(one.equals, str):
                texts[f"expect.json.{number}.equals"] = one.equals
        return texts

    def templates(self, body: str) -> list[str]:
        """All templates, with those of bodies, which may have braces of their own."""
        return [*self.strict_templates.values(), body, self.expect.body or ""]

    @model_validator(mode="after")
    def _one_body(self) -> "RequestFile":
        if self.body is not None and self.body_file is not None:
            raise ValueError("body_file: expected body or body_file, not both")
        return self

    @field_validator("path")
    @classmethod
    def _begins_with_a_slash(cls, path: str) -> str:
        if not path.startswith("/"):
            raise ValueError("expected a path that begins with /")
        return path


class TaskFile(Strict):
    """The contents of task.toml."""

    schema_version: Literal[1] = Field(alias="schema")
    name: Name
    title: str
    ready: ReadyFile = ReadyFile()
    parameters: dict[Name, Parameter] = {}
    data: list[DataFile] = []
    requests: Annotated[list[RequestFile], Field(min_length=1, max_length=200)]
    flows: list[Flow] = []
    sidecars: list[Sidecar] = []
    reset: Reset | None = None
    oracle: Oracle | None = None
    floor: Floor | None = None

    @model_validator(mode="before")
    @classmethod
    def _every_request_expects_something(cls, data: Any) -> Any:
        if isinstance(data, dict) and isinstance(data.get("requests"), list):
            for number, request in enumerate(data["requests"]):
                if isinstance(request, dict) and "expect" not in request:
                    name = request.get("name", number)
                    raise ValueError(
                        f"requests.{name}.expect: expected at least status = [200]: who checks nothing measures errors"
                    )
        return data

    @model_validator(mode="after")
    def _names_are_unique(self) -> "TaskFile":
        found = {
            "requests": [one.name for one in self.requests],
            "flows": [one.name for one in self.flows],
            "sidecars": [one.name for one in self.sidecars],
            "data and parameters": [*(one.name for one in self.data), *self.parameters],
        }
        for table, names in found.items():
            if repeated := sorted({name for name in names if names.count(name) > 1}):
                raise ValueError(f"{table}: expected each name once, not {', '.join(repeated)} again")
        if not any(request.weight for request in self.requests):
            raise ValueError("requests: expected one with a weight")
        for flow in self.flows:
            if unknown := sorted({step.request for step in flow.steps} - set(found["requests"])):
                raise ValueError(f"flows.{flow.name}: expected one of {', '.join(found['requests'])}, not {unknown[0]}")
        return self
