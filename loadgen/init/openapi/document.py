"""Reading an OpenAPI document: YAML or JSON, version 3.0 to 3.2, whole in one file, and valid."""

import itertools
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import unquote

import yaml
from jsonschema.exceptions import best_match
from openapi_spec_validator import OpenAPIV30SpecValidator, OpenAPIV31SpecValidator, OpenAPIV32SpecValidator

from loadgen.errors import Error

Node = Mapping[str, Any]
"""An object of the document."""
_MOST_ERRORS = 50
_SHOWN_CHARACTERS = 120
_DEEPEST = 32
_VALIDATORS = {"3.0": OpenAPIV30SpecValidator, "3.1": OpenAPIV31SpecValidator, "3.2": OpenAPIV32SpecValidator}


class _Loader(yaml.SafeLoader):
    """Reads dates as the texts that they are in JSON."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


class Document:
    """A valid document, in which every reference leads somewhere."""

    def __init__(self, content: Node) -> None:
        """Take the content as it was read."""
        self.content = content
        self.version = str(content["openapi"])[:3]

    def resolved(self, node: Any) -> Node:
        """Return the object that a node is or refers to; an empty one for anything else."""
        for _ in range(_DEEPEST):
            if not isinstance(node, Mapping):
                return {}
            if not isinstance(reference := node.get("$ref"), str):
                return node
            node = self.at(steps(reference))
        return {}

    def at(self, place: Sequence[str]) -> Any:
        """Return what is in that place of the document; raise KeyError if there is nothing."""
        node: Any = self.content
        for key in place:
            try:
                node = node[int(key)] if isinstance(node, list) else node[key]
            except (ValueError, IndexError, TypeError) as error:
                raise KeyError(key) from error
        return node


def steps(reference: str) -> tuple[str, ...]:
    """Return the keys on the way that a reference goes from the document's root (RFC 6901)."""
    return tuple(unquote(part).replace("~1", "/").replace("~0", "~") for part in reference.removeprefix("#/").split("/"))


def read_document(text: str, name: str) -> Document:
    """Return the document; raise Error with the place and what was expected if it is wrong."""
    content = _parsed(text, name)
    stated = [content.get(key) for key in ("openapi", "swagger")] if isinstance(content, dict) else []
    version = next((version for version in stated if isinstance(version, str)), "none")
    if version[:3] not in _VALIDATORS:
        raise Error(f"{name}: expected a document of OpenAPI 3.0 to 3.2, not of version {version}")
    document = Document(content)
    for position, reference in _references(content, ""):
        if not reference.startswith("#/"):
            raise Error(f"{name}: {position}: {reference} is in another file; expected one file: bundle them first")
        try:
            document.at(steps(reference))
        except KeyError as error:
            raise Error(f"{name}: {position}: {reference} leads nowhere") from error
    _check(document, name)
    return document


def _parsed(text: str, name: str) -> Any:
    """Return what a text in JSON or YAML says, with keys as in JSON: 200 is "200"."""
    if text.lstrip().startswith("{"):
        try:
            return json.loads(text)
        except (ValueError, RecursionError) as error:
            raise Error(f"{name}: not valid JSON: {error}") from error
    try:
        return json.loads(json.dumps(yaml.load(text, Loader=_Loader)))
    except yaml.MarkedYAMLError as error:
        line = f", line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise Error(f"{name}{line}: not valid YAML: {error.problem}") from error
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
        raise Error(f"{name}: not valid YAML: {error}") from error


def _references(node: Any, position: str, *, names: bool = False) -> Iterator[tuple[str, str]]:
    """Yield the place and the text of each reference; in examples there are none. `names`: keys are those of properties."""
    if isinstance(node, dict):
        if isinstance(reference := node.get("$ref"), str):
            yield position, reference
        for key, value in node.items():
            if names or key not in ("example", "default", "value"):
                yield from _references(value, f"{position}.{key}".lstrip("."), names=key == "properties" and not names)
    elif isinstance(node, list):
        for number, value in enumerate(node):
            yield from _references(value, f"{position}.{number}")


def _check(document: Document, name: str) -> None:
    validator = _VALIDATORS[document.version](document.content)
    errors = list(itertools.islice(validator.schema_validator.iter_errors(document.content), _MOST_ERRORS))
    first = best_match(errors)  # of errors of form; of the others, about what belongs together, the first
    if first is None:
        errors = list(itertools.islice(validator.iter_errors(), _MOST_ERRORS))
        first = next(iter(errors), None)
    if first is None:
        return
    message = " ".join(str(first.message).split())
    message = message if len(message) <= _SHOWN_CHARACTERS else f"{message[: _SHOWN_CHARACTERS - 3]}..."
    position = re.sub(r"^\$\.?", "", first.json_path)
    position = f"{position}: " if position else ""  # of a wrong default the validator does not say where it is
    more = f"; and {len(errors) - 1} more" if len(errors) > 1 else ""
    raise Error(f"{name}: {position}{message}{more}")
