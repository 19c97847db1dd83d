"""A task as its task.toml describes it."""

import hashlib
import itertools
import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import JsonValue

from loadgen.conformance import Response, Suite
from loadgen.errors import Error
from loadgen.task.http.check import fault
from loadgen.task.http.data import Drawing, Source, read_source
from loadgen.task.http.file import FILE, PROJECT_FILE, Flow, RequestFile, TaskFile, read_task_file
from loadgen.task.http.flow import Ask, flow_fault
from loadgen.task.http.json_path import path_fault
from loadgen.task.http.oracle import Oracle
from loadgen.task.http.suite import suite_of
from loadgen.task.http.template import Write, fill, has_secret, in_json, in_path, names_in, plainly, unknown_names
from loadgen.task.request import Request
from loadgen.task.sidecar import Command, Sidecar
from loadgen.task.task import FLOWING, VERIFIED, Asked, Drawn, Parameters, Ready, Values, drawn
from loadgen.task.work import BenchmarkRoles, Scale, Work, WorkInstructions

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

_OF_FOLDER = re.compile(r"\{folder\}/([^\s\"']+)")


class HttpTask:
    """A task from TOML. Files that it names lie in its folder."""

    start_values: Mapping[str, str] = {}
    scale: Scale | None = None
    benchmark_roles: BenchmarkRoles | None = None
    work_instructions: Mapping[str, WorkInstructions] = {}

    def __init__(self, path: Path, file: TaskFile) -> None:
        """Read the files that the task names; raise Error with file, key and what was expected if one is wrong."""
        self.place = os.path.realpath(path)
        self.folder = Path(self.place).parent
        self.name = file.name
        self.kinds = tuple(request.name for request in file.requests)
        self.weights = {request.name: request.weight for request in file.requests if request.weight}
        in_flows = {step.request for flow in file.flows for step in flow.steps}
        self.cases = tuple(kind for kind in self.kinds if kind in self.weights or kind not in in_flows)
        self.ready = Ready(file.ready.path, file.ready.status, file.ready.within_s, file.same_host)
        self.sidecars: tuple[Sidecar, ...] = tuple(file.sidecars)
        self._path, self._file = path, file
        is_table = path.name == PROJECT_FILE
        self._at = f"{path}: {'task.' if is_table else ''}"
        self._requests = {request.name: request for request in file.requests}
        self._bodies = {request.name: self._body(request) for request in file.requests}
        own = file.model_dump_json().encode() if is_table else path.read_bytes()
        self._content = [own, *(body.encode("utf-8", "surrogateescape") for body in self._bodies.values())]
        self._validators = {request.name: self._validator(request) for request in file.requests}
        self._sources = {data.name: self._source(number) for number, data in enumerate(file.data)}
        for request in file.requests:
            self._check_templates(request)
        for flow in file.flows:
            self._check_flow(flow)
        self._named = {kind: self._sources_of(request) for kind, request in self._requests.items()}
        self._oracle = None if file.oracle is None else Oracle(file.oracle.command, self.folder)
        self._content += [self._read(name, "commands") for name in self._named_by_commands()]
        self.digest = hashlib.sha256(b"\0".join(self._content)).hexdigest()

    @property
    def reset_command(self) -> Command | None:
        """What brings the service's data back to where they began; None without."""
        return self._file.reset.command if self._file.reset else None

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
        try:
            return self._filled(kind, parameters)
        except ValueError as error:
            raise Error(f"{self._at}requests.{kind}: {error}") from error

    def shown_request(self, kind: str, parameters: Parameters) -> Request:
        """Return the request with the names of secrets."""
        return self._filled(kind, parameters, shown=True)

    def _filled(self, kind: str, parameters: Parameters, *, shown: bool = False) -> Request:
        file, write = self._requests[kind], self._writes_body[kind]
        return Request(
            method=file.method,
            target=fill(file.path, parameters, write=in_path, shown=shown),
            headers=tuple((name, fill(value, parameters, shown=shown)) for name, value in file.headers.items()),
            body=fill(self._bodies[kind], parameters, write=write, shown=shown).encode("utf-8", "surrogateescape"),
        )

    @cached_property
    def _writes_body(self) -> dict[str, Write]:
        """Kind -> how values are written into its body."""
        writers: dict[str, Write] = {}
        for kind, file in self._requests.items():
            types = [value for name, value in file.headers.items() if name.lower() == "content-type"]
            writers[kind] = in_json if any("json" in value.lower() for value in types) else plainly
        return writers

    def check(self, response: Response, kind: str, parameters: Parameters) -> str | None:
        """Return what is wrong with a response; None if nothing is."""
        response_fault = fault(response, self._requests[kind].expect, parameters, self._validators[kind])
        if response_fault is None and self._oracle is not None:
            return self._oracle.fault(kind, self.shown_request(kind, parameters), response)
        return response_fault

    def statuses(self, kind: str) -> list[int]:
        """Return the statuses of right responses."""
        return list(self._requests[kind].expect.status)

    def stated_us(self, _response: Response) -> None:
        """Return nothing: no task from TOML says how a service states its own time."""

    def varies(self, kind: str) -> bool:
        """Return whether a request of the kind has data."""
        return bool(self._named[kind])

    def is_secret(self, kind: str) -> bool:
        """Return whether a request of the kind has a secret."""
        return any(map(has_secret, self._requests[kind].templates(self._bodies[kind])))

    def is_endless(self, kind: str) -> bool:
        """Return whether no value of the kind has to be unique."""
        return not any(self._sources[name].is_unique for name in self._named[kind])

    def values(self, seed: int, block: int) -> Values:
        """Return the data in the order that the seed gives."""
        return Drawing(self._sources, self._named, seed, block)

    def samples(self, seed: int) -> Iterator[Drawn]:
        """Return requests of all kinds, by weight, with usual parameters."""
        return Asked(self, self.weights, self._usual).draws(seed, VERIFIED)

    def usual(self, kind: str, values: Values) -> Drawn:
        """Return a request of the kind with usual parameters and the next data."""
        return drawn(self, kind, values.draw(kind, self._usual))

    def flow_faults(self, ask: Ask, seed: int) -> Iterator[str]:
        """Go through each flow once, and yield what is wrong."""
        values = self.values(seed, FLOWING)

        def draw(kind: str, own: Parameters) -> Drawn:
            return drawn(self, kind, {**values.draw(kind, self._usual), **own})

        for flow in self._file.flows:
            step_fault = flow_fault(flow, draw, ask, lambda response, drawn: self.check(response, drawn.kind, drawn.parameters))
            if step_fault is not None:
                yield step_fault

    def suite(self, seed: int) -> Suite:
        """Return a core case for each kind of request, and the level of HTTP."""
        return suite_of(self, seed)

    def work(self, _kind: str, _parameters: Parameters) -> Work | None:
        """Return nothing: how much work a request is, nobody has said."""
        return None

    @property
    def least_cpu_us(self) -> float | None:
        """CPU time that no right service needs less than; None where the task does not say."""
        return self._file.floor.cpu_us if self._file.floor else None

    @cached_property
    def _usual(self) -> dict[str, JsonValue]:
        """Defaults; of what has none the least that it may be, or an empty one."""
        empty: dict[str, JsonValue] = {"integer": 1, "number": 1, "string": "", "boolean": False}
        usual: dict[str, JsonValue] = {}
        for name, parameter in self._file.parameters.items():
            least = (
                int(parameter.minimum) if parameter.minimum is not None and parameter.type == "integer" else parameter.minimum
            )
            usual[name] = next(value for value in (parameter.default, least, empty[parameter.type]) if value is not None)
        return usual

    def _body(self, file: RequestFile) -> str:
        if file.body_file is None:
            return file.body or ""
        body = self._read(file.body_file, f"requests.{file.name}.body_file").decode("utf-8", "surrogateescape")
        if not body:
            raise Error(f"{self._at}requests.{file.name}.body_file: {file.body_file} is empty; expected a body")
        return body

    def _validator(self, file: RequestFile) -> "Validator | None":
        name = file.expect.schema_file
        if name is None:
            return None
        content = self._read(name, f"requests.{file.name}.expect.schema")
        from jsonschema.exceptions import SchemaError  # importing it takes 0.1 s, which tasks without a schema need not wait
        from jsonschema.validators import validator_for

        try:
            schema = json.loads(content)
            kind = validator_for(schema)
            kind.check_schema(schema)
        except (ValueError, SchemaError, TypeError, AttributeError) as error:
            raise self._fail(f"requests.{file.name}.expect.schema: {name}")(
                f"expected a JSON Schema: {str(error).splitlines()[0]}"
            ) from error
        self._content.append(content)
        return kind(schema)

    def _source(self, number: int) -> Source:
        table = self._file.data[number]
        source, content = read_source(table, self._path.parent, self._fail(f"data.{table.name}"))
        self._content.append(content)
        return source

    def _fail(self, key: str) -> Callable[[str], Error]:
        return lambda message: Error(f"{self._at}{key}: {message}")

    def _read(self, name: str, key: str) -> bytes:
        try:
            return (self._path.parent / name).read_bytes()
        except OSError as error:
            raise Error(f"{self._at}{key}: {name}: {error.strerror}; expected a file in the task's folder") from error

    def _named_by_commands(self) -> list[str]:
        """Files of the task's folder that commands name: what they do is a part of the task."""
        commands = [command for sidecar in self.sidecars for command in sidecar.commands]
        commands += [oracle.command for oracle in (self._file.reset, self._file.oracle) if oracle is not None]
        return sorted({name for command in commands for part in command for name in _OF_FOLDER.findall(part)})

    def _known_names(self) -> list[str]:
        return [*self._file.parameters, *itertools.chain.from_iterable(source.names for source in self._sources.values())]

    def _sources_of(self, file: RequestFile) -> list[str]:
        """The data that a request takes, each once: those that any of its templates names."""
        names = {name for text in file.templates(self._bodies[file.name]) for name in names_in(text)}
        return [name for name, source in self._sources.items() if names & set(source.names)]

    def _check_templates(self, file: RequestFile) -> None:
        known = self._known_names()
        expected = f"expected a parameter or data ({', '.join(known) or 'none'}) or {{env.NAME}}"
        for key, text in file.strict_templates.items():
            if unknown := unknown_names(text, known):
                raise self._fail(f"requests.{file.name}.{key}")(f"{{{unknown[0]}}} names nothing: {expected}")
        for number, json_value in enumerate(file.expect.json_values):
            self._check_path(f"requests.{file.name}.expect.json.{number}.path", fill(json_value.path, dict.fromkeys(known, 1)))

    def _check_flow(self, flow: Flow) -> None:
        captured: list[str] = []
        for number, step in enumerate(flow.steps):
            key = f"flows.{flow.name}.steps.{number}"
            if unknown := sorted(set(step.values) - set(self._known_names())):
                raise self._fail(f"{key}.with")(
                    f"{unknown[0]} is neither a parameter nor data: {', '.join(self._known_names())}"
                )
            for value in step.values.values():
                if isinstance(value, str) and (unknown := unknown_names(value, captured)):
                    raise self._fail(f"{key}.with")(f"{{{unknown[0]}}} names nothing that an earlier step captures")
            for name, path in step.capture.items():
                self._check_path(f"{key}.capture.{name}", path)
            captured += step.capture

    def _check_path(self, key: str, path: str) -> None:
        if (problem := path_fault(path)) is not None:
            raise self._fail(key)(f"expected a JSONPath (RFC 9535): {problem}")


def read_task(path: Path) -> HttpTask:
    """Read a task.toml, or the table [task] of a primebench.toml; raise Error with file, key and what was expected if it is
    wrong.
    """
    return HttpTask(path, read_task_file(path))


def task_file(place: Path) -> Path | None:
    """Return the file with the task that a path names, itself or in that folder; None if there is none."""
    for path in (place, place / FILE, place / PROJECT_FILE):
        if path.is_file():
            return path
    return None
