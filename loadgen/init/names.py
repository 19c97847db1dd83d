"""Names of services, requests and variables, made of what other files call things."""

import itertools
import re
from collections.abc import Collection

LONGEST = 40


def slug(text: str, fallback: str) -> str:
    """Return the text as a name: lower-case letters, digits and dashes, a letter first; `fallback` takes a letter's place."""
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", text)
    name = re.sub(r"[^a-z0-9]+", "-", parted.lower()).strip("-")
    name = name if re.match("[a-z]", name) else f"{fallback}-{name}"
    return name[:LONGEST].strip("-")


def unique(wanted: str, taken: Collection[str]) -> str:
    """Return the name, with a number behind it if it is taken."""
    if wanted not in taken:
        return wanted
    return next(name for n in itertools.count(2) if (name := f"{wanted[: LONGEST - 5].rstrip('-')}-{n}") not in taken)


def words(text: str) -> list[str]:
    """Return the words of a name, in capitals, as names of variables have them."""
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", text)
    return [word for word in re.split(r"[^A-Z0-9]+", parted.upper()) if word]


def variable(text: str) -> str:
    """Return the text as the name of a variable of the environment."""
    name = "_".join(words(text))
    return name if re.match("[A-Z]", name) else f"SECRET_{name}".rstrip("_")
