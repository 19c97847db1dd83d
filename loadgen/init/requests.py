"""What init has found to ask: requests as they stand in [[task.requests]], data, and what could not be taken over."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pydantic import JsonValue, ValidationError

from loadgen.init.names import slug, unique
from loadgen.strict import explain
from loadgen.task.http.file import RequestFile

FILES = "primebench.d"
"""The folder for what lies beside primebench.toml. The dot keeps setuptools from taking it for a package."""
MOST = 100
"""So many requests are taken over; a task may have 200."""
_MOST_NAMED = 20


@dataclass(frozen=True)
class Wanted:
    """A request: its table, lines that are said of it, of a static file its type, and by key what is to be looked at."""

    table: Mapping[str, JsonValue]
    notes: Sequence[str] = ()
    asset: str = ""
    edits: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The request's name."""
        return str(self.table["name"])


@dataclass(frozen=True)
class Asked:
    """All that is asked. `files` are texts by name, to be written beside; `left_out` says what is not asked, and why."""

    requests: Sequence[Wanted]
    data: Sequence[Mapping[str, JsonValue]] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    left_out: Sequence[str] = ()

    @property
    def secrets(self) -> list[str]:
        """The variables that requests take from the environment."""
        return variables_in(json.dumps([dict(wanted.table) for wanted in self.requests]))


def variables_in(text: str) -> list[str]:
    """Return the variables that a text takes from the environment."""
    return sorted(set(re.findall(r"\{env\.([A-Za-z0-9_]+)\}", text)))


ROOT = Asked([Wanted({"name": "root", "path": "/", "expect": {"status": [200]}})])
"""What is asked of a service that nothing is known of."""


class Names:
    """Names that are given to requests, each once."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def name(self, text: str) -> str:
        """Return a name that no other request has."""
        unique_name = unique(slug(text, "request"), self._taken)
        self._taken.add(unique_name)
        return unique_name


def named_after(method: str, path: str) -> str:
    """Return what a request may be called: the last parts of its path, and its method if that is not GET."""
    parts = [part for part in path.partition("?")[0].split("/") if part and not part.startswith("{")]
    return " ".join([*([] if method == "GET" else [method]), *(parts[-2:] or ["root"])])


def checked(table: Mapping[str, JsonValue]) -> str | None:
    """Return what is wrong with a request's table; None if nothing is."""
    try:
        RequestFile.model_validate(dict(table))
    except ValidationError as error:
        return explain(error)
    return None


def shortened(lines: Sequence[str]) -> list[str]:
    """Return the first of the lines, and how many more there are."""
    more = len(lines) - _MOST_NAMED
    return [*lines[:_MOST_NAMED], *([f"and {more} more"] if more > 0 else [])]
