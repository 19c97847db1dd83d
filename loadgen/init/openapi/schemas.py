"""Schemas of responses as files of JSON Schema: with what they refer to, in the dialect of the document's version."""

import json
from typing import Any

from loadgen.init.openapi.document import Document, steps

LARGEST_BYTES = 8_192
"""A larger one would be more to read than it checks."""
_DRAFT_4, _DRAFT_2020 = "http://json-schema.org/draft-04/schema#", "https://json-schema.org/draft/2020-12/schema"
_DIALECTS = {"3.0": _DRAFT_4, "3.1": _DRAFT_2020, "3.2": _DRAFT_2020}
"""3.0 has exclusiveMinimum as draft 4 has it, and as there nothing beside $ref counts."""


def schema_text(document: Document, schema: Any) -> str | None:
    """Return the schema as the text of a file; None if it is empty or too large to be written beside."""
    if not schema:
        return None
    whole: dict[str, Any] = {"$schema": _DIALECTS[document.version], **_translated(document, schema)}
    missing = _referred(whole)
    while missing and len(json.dumps(whole)) <= LARGEST_BYTES:
        missing |= _put(whole, missing.pop(), document)
    if len(json.dumps(whole)) > LARGEST_BYTES:
        return None
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"


def _referred(node: Any) -> set[tuple[str, ...]]:
    """Return where references lead: to a component as a whole, even if only a part of it is meant."""
    if isinstance(node, list):
        return set[tuple[str, ...]]().union(*map(_referred, node))
    if not isinstance(node, dict):
        return set()
    targets = set[tuple[str, ...]]().union(*map(_referred, node.values()))
    if isinstance(reference := node.get("$ref"), str):
        parts = steps(reference)
        targets.add(parts[:3] if parts[0] == "components" else parts)
    return targets


def _put(whole: dict[str, Any], target: tuple[str, ...], document: Document) -> set[tuple[str, ...]]:
    """Put what is referred to where references look for it; return what it refers to itself, nothing if it was there."""
    node = whole
    for part in target[:-1]:
        node = node.setdefault(part, {})
    if target[-1] in node:
        return set()
    node[target[-1]] = _translated(document, document.at(target))
    return _referred(node[target[-1]])


def _translated(document: Document, node: Any) -> Any:
    """Return a schema as JSON Schema has it: 3.0 says `nullable` where a type may be null."""
    if isinstance(node, list):
        return [_translated(document, value) for value in node]
    if not isinstance(node, dict):
        return node
    schema = {key: _translated(document, value) for key, value in node.items()}
    if document.version == "3.0" and schema.get("nullable") is True:
        if isinstance(kind := schema.get("type"), str):
            schema["type"] = [kind, "null"]
        if isinstance(values := schema.get("enum"), list):
            schema["enum"] = [*values, *([] if None in values else [None])]
    return schema
