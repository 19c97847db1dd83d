"""Secrets that a task takes from the environment: known here, so that nothing that is written or printed has one."""

import json
import os
from collections.abc import Iterator
from contextlib import suppress

SHORTEST = 6
"""A shorter one would be found in what has nothing to do with it, and guessed from what stands in its place."""
_known: dict[str, str] = {}


def secret(name: str) -> str:
    """Return the variable's value and keep it out of all that `without_secrets` sees; raise ValueError with what is wrong."""
    value = os.environ.get(name, "")
    if not value:
        raise ValueError(f"{{env.{name}}}: the variable {name} is not set")
    if len(value) < SHORTEST:
        raise ValueError(
            f"{{env.{name}}}: the variable {name} is too short for a secret: expected at least {SHORTEST} characters"
        )
    _known[value] = name
    return value


def without_secrets(text: str) -> str:
    """Return the text with `{env.NAME}` in the place of each secret that has been asked for, as it is or as JSON."""
    for written, name in _written():
        text = text.replace(written, name)
    return text


def without_secret_bytes(content: bytes) -> bytes:
    """Return the bytes likewise, in UTF-8 or, as header fields have it, in Latin-1."""
    for written, name in _written():
        content = content.replace(os.fsencode(written), name.encode())
        with suppress(UnicodeEncodeError):
            content = content.replace(written.encode("latin-1"), name.encode())
    return content


def _written() -> Iterator[tuple[str, str]]:
    """How each secret may be written, and what stands in its place; a longer one before those that are part of it."""
    for value in sorted(_known, key=len, reverse=True):
        for written in dict.fromkeys((value, json.dumps(value, ensure_ascii=False)[1:-1], json.dumps(value)[1:-1])):
            yield written, f"{{env.{_known[value]}}}"
