"""The primebench.toml that a new service belongs to: a first one, or one more name among its services. Pure."""

import re
import tomllib
from typing import TYPE_CHECKING

from loadgen.init.toml import Table, text_of, written
from loadgen.new_service.answered import GREETING

if TYPE_CHECKING:
    from pydantic import JsonValue

_SERVICES = re.compile(r"^services = \[(?P<items>[^\]\n]*)\]", re.MULTILINE)
_SCHEMA = re.compile(r"^schema = 1$", re.MULTILINE)
_HEAD = (
    "What primebench asks and measures here. primebench new-service wrote it; edit it.",
    "primebench verify tells whether services are right, primebench run measures them.",
)


def project_text(name: str, service: str) -> str:
    """Return a primebench.toml of that name with one service and one request."""
    request: dict[str, JsonValue] = {"name": "root", "path": "/", "expect": {"status": [200], "body": GREETING}}
    load: dict[str, JsonValue] = {"title": "every request, by its weight", "connections": 64, "generator": "native"}
    return text_of(
        [
            Table("", {"schema": 1, "services": [service]}, above=_HEAD),
            Table("[task]", {"name": name, "title": name}),
            Table("[[task.requests]]", request),
            Table("[workloads.main]", load),
        ]
    )


def with_service(text: str, folder: str) -> str | None:
    """Return the primebench.toml with one more folder among its services; None where only a person can tell how."""
    before = tomllib.loads(text)
    wanted = [*before.get("services", []), folder]
    if "services" in before:
        changed = _SERVICES.sub(f"services = {written(wanted)}", text, count=1)
    else:
        changed = _SCHEMA.sub(f"schema = 1\nservices = {written(wanted)}", text, count=1)
    try:
        after = tomllib.loads(changed)
    except tomllib.TOMLDecodeError:
        return None
    return changed if after == {**before, "services": wanted} else None
