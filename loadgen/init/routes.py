"""Which request a service is sure to answer, as far as its sources tell: GET /, or what tells its health."""

import re
from typing import TYPE_CHECKING

from loadgen.init.folder import Folder
from loadgen.init.names import slug
from loadgen.init.requests import ROOT, Asked, Wanted

if TYPE_CHECKING:
    from pydantic import JsonValue

_SUFFIXES = (".go", ".rs", ".c", ".cc", ".cpp", ".cxx", ".h", ".hpp", ".py", ".java", ".kt")
_SCRIPTS = (".js", ".mjs", ".cjs", ".ts", ".mts", ".cts")
_OPENED, _PATH = r"\w*(?:\(\w+,)?\W{1,8}[\"'`]", r"(/[^\s\"'`]*)[\"'`]"
_ROUTE = re.compile(
    rf"\b\w*(?:get|route|path|handle|resource|mapping|target|ur[il]|prefix|use){_OPENED}(?:GET )?{_PATH}", re.IGNORECASE
)
"""A path behind a word that has to do with routes: .Get("/x"), CROW_ROUTE(app, "/x"), url === "/x"."""
_WRITTEN = re.compile(rf"(?:\b\w*(?:post|put|patch|delete){_OPENED}|[\"'`](?:POST|PUT|PATCH|DELETE) ){_PATH}", re.IGNORECASE)
"""One that is for another method than GET."""
_LITERAL = re.compile(r"/[\w.~/-]*")
"""A path without parameters."""
_MOUNTED = re.compile(
    r"\.(?:Route|Group|Mount|nest|scope)\(|\bscope\(|\bRouter\(|APIRouter|Blueprint|StripPrefix|@RequestMapping|\bprefix\s*[:=]"
    r"|\.(?:use|register)\(\s*[\"'`]/"
)
"""Where routes are parts of paths, "/" may be any of them."""
_HEALTH = re.compile(r"/_?(?:healthz?|health[-_]?check|livez?|alive|ping|heartbeat|status)")
_OF_HEALTH = "no route is sure to be GET /; this one tells health, and says little of speed: name what users ask"
_UNSURE = "no route is sure to be GET /: name what users ask"
_MOST_NAMED = 4


def first_request(folder: Folder) -> Asked:
    """Return GET / where that is a route, or where no route is known; else a health check if there is one, to be looked at."""
    texts = folder.sources(*_SUFFIXES, *_SCRIPTS).values()
    routes, written = (dict.fromkeys(path for text in texts for path in kind.findall(text)) for kind in (_ROUTE, _WRITTEN))
    literal = [path for path in routes if _LITERAL.fullmatch(path)]
    if not (routes or written) or ("/" in literal and not any(_MOUNTED.search(text) for text in texts)):
        return ROOT
    health = next((path for path in literal if _HEALTH.fullmatch(path)), None)
    others = [[path for path in paths if path not in ("/", health)][:_MOST_NAMED] for paths in (literal, routes, written)]
    named = next((paths for paths in others if paths), [])
    seen = f" (in the sources: {', '.join(named)})" if named else ""
    table: dict[str, JsonValue] = {
        "name": slug(health, "health") if health else "root",
        "path": health or "/",
        "expect": {"status": [200]},
    }
    return Asked([Wanted(table, edits={"path": f"{_OF_HEALTH if health else _UNSURE}{seen}"})])
