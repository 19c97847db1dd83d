"""Placeholders in the arguments of a service.toml: `{name}` and the value that takes its place."""

import re
from collections.abc import Mapping

PLACEHOLDER = re.compile(r"\{(\w+)\}")


def filled(text: str, values: Mapping[str, str]) -> str:
    """Return `text` with its placeholders filled in, in one pass: a value that looks like a placeholder stays as it is."""
    return PLACEHOLDER.sub(lambda match: values.get(match[1], match[0]), text)
