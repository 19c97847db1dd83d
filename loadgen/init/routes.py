"""Which request a service is sure to answer, as far as its sources tell: GET /, or what tells its health."""

import re
from typing import TYPE_CHECKING

from loadgen.init.declared import declared_routes
from loadgen.init.folder import Folder
from loadgen.init.names import slug
from loadgen.init.requests import ROOT, Asked, Wanted

if TYPE_CHECKING:
    from pydantic import JsonValue

_SUFFIXES = (".go", ".rs", ".c", ".cc", ".cpp", ".cxx", ".h", ".hpp", ".py", ".java", ".kt")
_SCRIPTS = (".js", ".mjs", ".cjs", ".ts", ".mts", ".cts")
_LITERAL = re.compile(r"/[\w.~/-]*")
"""A path without parameters."""
_MOUNTED = re.compile(
    r"\.(?:Route|Group|Mount|nest|scope)\(|\bscope\(|\bRouter\(|APIRouter|Blueprint|StripPrefix|@ApplicationPath|\bprefix\s*[:=]"
    r"|\.(?:use|register)\(\s*[\"'`]/|\bsetGlobalPrefix\("
)
"""Where routes are parts of paths, "/" may be any of them."""
_SETTINGS = ("application.properties", "application.yml", "application.yaml")
_BELOW = re.compile(r"(?:context|base|root)-?path\s*[=:]\s*[\"']?/\w", re.IGNORECASE)
"""A setting of Spring, Micronaut or Quarkus that puts a part in front of all paths."""
_HEALTH = re.compile(r"(?:/[\w.~-]+)*/_?(?:healthz?|health[-_]?check|livez|ping)/?|/_?(?:live|alive|heartbeat|status)/?")
_OF_HEALTH = "no route is sure to be GET /; this one tells health, and says little of speed: name what users ask"
_UNSURE = "no route is sure to be GET /: name what users ask"
_FILLED_IN = ", with values for parameters"
_MOST_NAMED = 6


def first_request(folder: Folder) -> Asked:
    """Return GET / where that is a route, or where no route is known; else a health check if there is one, to be looked at."""
    texts = folder.sources(*_SUFFIXES, *_SCRIPTS)
    routes = declared_routes(texts)
    asked = [path for method, path in routes if method == "GET"]
    literal = [path for path in asked if _LITERAL.fullmatch(path)]
    mounted = any(map(_MOUNTED.search, texts.values())) or any(map(_BELOW.search, folder.sources(*_SETTINGS).values()))
    if not routes or ("/" in literal and not mounted):
        return ROOT
    health = next((path for path in literal if _HEALTH.fullmatch(path)), None)
    with_parameters = [path for path in asked if path not in literal]
    written = [f"{method} {path}" for method, path in routes if method != "GET"]
    seen = [path for path in (*literal, *with_parameters, *written) if path not in ("/", health)][:_MOST_NAMED]
    where = "in the sources, some of them parts of paths" if mounted else "in the sources"
    table: dict[str, JsonValue] = {
        "name": slug(health, "health") if health else "root",
        "path": health or "/",
        "expect": {"status": [200]},
    }
    edit = "".join(
        (
            _OF_HEALTH if health else _UNSURE,
            _FILLED_IN if any(not _LITERAL.fullmatch(line.split()[-1]) for line in seen) else "",
            f" ({where}: {', '.join(seen)})" if seen else "",
        )
    )
    return Asked([Wanted(table, edits={"path": edit})])
