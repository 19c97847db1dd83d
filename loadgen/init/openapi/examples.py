"""Values that a document gives itself: examples, defaults, the first of an enumeration. Nothing is made up."""

from typing import Any

from loadgen.init.openapi.document import Document, Node

NONE = object()
"""No value: null is one."""
_DEEPEST = 8


def example_of(document: Document, holder: Node) -> Any:
    """Return the example of a parameter or of a media type; NONE without one."""
    if "example" in holder:
        return holder["example"]
    for example in holder.get("examples", {}).values():
        if "value" in (resolved := document.resolved(example)):
            return resolved["value"]
    return _of_schema(document, holder.get("schema"), _DEEPEST)


def _of_schema(document: Document, node: Any, depth: int) -> Any:
    """Return a value by its schema; of an object, what it requires and has examples of; NONE if something has none."""
    schema = document.resolved(node)
    if depth == 0:
        return NONE
    for key in ("example", "default", "const"):
        if key in schema:
            return schema[key]
    for key in ("examples", "enum"):
        if isinstance(values := schema.get(key), list) and values:
            return values[0]
    if parts := schema.get("allOf"):
        return _of_all([_of_schema(document, part, depth - 1) for part in parts])
    for part in [*schema.get("oneOf", []), *schema.get("anyOf", [])]:
        if (value := _of_schema(document, part, depth - 1)) is not NONE:
            return value
    if "properties" in schema:
        return _of_object(document, schema, depth)
    if "items" in schema and (item := _of_schema(document, schema["items"], depth - 1)) is not NONE:
        return [item]
    return NONE


def _of_object(document: Document, schema: Node, depth: int) -> Any:
    values = {name: _of_schema(document, inner, depth - 1) for name, inner in schema["properties"].items()}
    if any(values.get(name, NONE) is NONE for name in schema.get("required", [])):
        return NONE
    properties = {name: value for name, value in values.items() if value is not NONE}
    return properties or NONE


def _of_all(values: list[Any]) -> Any:
    if not all(isinstance(value, dict) for value in values):
        return NONE
    return {name: inner for value in values for name, inner in value.items()}
