"""Flows: requests that follow from each other's responses, and whether a service keeps what it said."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from loadgen.conformance import Response
from loadgen.task.http.file import Flow
from loadgen.task.http.json_path import values_at
from loadgen.task.http.template import fill_value
from loadgen.task.task import Drawn, Parameters

if TYPE_CHECKING:
    from pydantic import JsonValue

Ask = Callable[[Drawn], Response]


def flow_fault(
    flow: Flow, draw: Callable[[str, Parameters], Drawn], ask: Ask, check: Callable[[Response, Drawn], str | None]
) -> str | None:
    """Go through a flow once; return what is wrong, with the flow's and the request's names.

    `draw` makes the request of a kind with some values set.
    """
    captured: dict[str, JsonValue] = {}
    for step in flow.steps:
        request = draw(step.request, {name: fill_value(value, captured) for name, value in step.values.items()})
        response = ask(request)
        if (fault := check(response, request)) is not None:
            return f"{flow.name}, {step.request}: {fault}"
        for name, path in step.capture.items():
            try:
                values = values_at(path, json.loads(response.content))
            except ValueError:
                values = []
            if len(values) != 1:
                return f"{flow.name}, {step.request}: expected one value at {path}, got {len(values)}"
            captured[name] = cast("JsonValue", values[0])
    return None
