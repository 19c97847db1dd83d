"""Reading requests from a file, whichever kind it is: an OpenAPI document, a HAR, an access log."""

import re
from pathlib import Path
from typing import TextIO

from loadgen.errors import Error
from loadgen.init.access_log import read_log
from loadgen.init.har import read_har
from loadgen.init.openapi.operations import read_openapi
from loadgen.init.requests import Asked

_HEAD_CHARACTERS = 65_536
_OPENAPI = re.compile(r"^(openapi|swagger)\s*:|^\s*\{\s*\"(openapi|swagger)\"|^\s{1,4}\"(openapi|swagger)\"\s*:", re.MULTILINE)


def read_asked(path: Path) -> Asked:
    """Return what the file asks; raise Error if it cannot be read, or is wrong."""
    try:
        with path.open(encoding="utf-8-sig", errors="replace") as file:
            return _read(file, path)
    except OSError as error:
        raise Error(f"{path}: {error.strerror}; expected an OpenAPI document, a HAR or an access log") from error


def _read(file: TextIO, path: Path) -> Asked:
    head = file.read(_HEAD_CHARACTERS)
    if not head.strip():
        raise Error(f"{path}: empty; expected an OpenAPI document, a HAR or an access log")
    file.seek(0)
    if path.suffix != ".har" and (path.suffix in (".yaml", ".yml") or _OPENAPI.search(head)):
        return read_openapi(file.read(), str(path))
    if path.suffix == ".har" or head.lstrip().startswith("{"):
        return read_har(file.read(), str(path))
    return read_log(file, str(path))
