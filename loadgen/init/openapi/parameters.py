"""Parameters of an operation, written into path, query and header fields by their examples."""

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from loadgen.init.openapi.document import Document, Node
from loadgen.init.openapi.examples import NONE, example_of

if TYPE_CHECKING:
    from collections.abc import Mapping


class MissingValueError(Exception):
    """What a request cannot do without, and the document gives no value for."""


@dataclass
class Filled:
    """A request's path, query and header fields."""

    path: str
    query: list[str] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def target(self) -> str:
        """The path with its query."""
        return f"{self.path}?{'&'.join(self.query)}" if self.query else self.path


def filled(document: Document, path: str, item: Node, operation: Node) -> Filled:
    """Return the path with all parameters that are required; raise MissingValueError for one without an example."""
    nodes = [document.resolved(node) for node in (*item.get("parameters", []), *operation.get("parameters", []))]
    parameters: Mapping[tuple[str, str], Node] = {(node["in"], node["name"]): node for node in nodes}  # an operation's own win
    values = {key: _example(document, node) for key, node in parameters.items() if node.get("required") or key[0] == "path"}

    def in_path(match: re.Match[str]) -> str:
        if ("path", match[1]) not in values:
            raise MissingValueError(f"path parameter {match[1]} is not described")
        value = values["path", match[1]]
        return ",".join(quote(_text(part, match[1]), safe="") for part in (value if isinstance(value, list) else [value]))

    result = Filled(re.sub(r"\{([^}]+)\}", in_path, path))
    for (location, name), value in values.items():
        if location == "query":
            result.query += _pairs(name, value, parameters[location, name])
        elif location in ("header", "cookie"):
            text = _text(value, name)
            if "{" in text or not text.isprintable():
                raise MissingValueError(f"{location} parameter {name}: an example with braces or control characters")
            result.headers |= {name: text} if location == "header" else {"Cookie": f"{name}={quote(text, safe='')}"}
    return result


def _example(document: Document, node: Node) -> Any:
    holder = next(iter(node["content"].values())) if "content" in node else node
    value = example_of(document, holder)
    if value is NONE:
        raise MissingValueError(f"no example of the {node['in']} parameter {node['name']}")
    return value


def _pairs(name: str, value: Any, parameter: Node) -> list[str]:
    """Return a query's pairs: a list is repeated, or with `explode` false parted by commas."""
    values = [quote(_text(part, name), safe="") for part in (value if isinstance(value, list) else [value])]
    key = quote(name, safe="")
    return [f"{key}={','.join(values)}"] if parameter.get("explode") is False else [f"{key}={text}" for text in values]


def _text(value: Any, name: str) -> str:
    if isinstance(value, dict | list) or value is None:
        raise MissingValueError(f"parameter {name}: an example that is an object, a list of lists or null")
    return str(value).lower() if isinstance(value, bool) else str(value)
