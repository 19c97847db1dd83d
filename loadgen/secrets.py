"""Secrets that a task takes from the environment: known here, so that nothing that is written or printed has one."""

import json
import os

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
    for value in sorted(_known, key=len, reverse=True):
        for written in (value, json.dumps(value, ensure_ascii=False)[1:-1], json.dumps(value)[1:-1]):
            text = text.replace(written, f"{{env.{_known[value]}}}")
    return text


def without_secret_bytes(content: bytes) -> bytes:
    """Return the bytes likewise."""
    for value in sorted(_known, key=len, reverse=True):
        content = content.replace(os.fsencode(value), f"{{env.{_known[value]}}}".encode())
    return content
