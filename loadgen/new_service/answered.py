"""What of a task a new service answers: the first request whose right response is a fixed text. Pure."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from loadgen.task.http.file import RequestFile

CONTENT_TYPE = "text/plain; charset=utf-8"
_LITERAL = re.compile(r"[ !#-\[\]-z|~]*")
"""What stands for itself in a string of every language: no quote, no backslash, no brace, which templates have."""
GREETING = "Hello, World!"


class Answered(NamedTuple):
    """The request that is answered, with its right body, and those that are left, as METHOD PATH; a body's last character may
    be an end of line.
    """

    path: str
    body: str
    left: Sequence[str]


def answered(requests: "Sequence[RequestFile]") -> Answered:
    """Return what a new service answers: of a task none of whose requests can be, GET /, and all of them are left."""
    fixed_request = next((request for request in requests if _is_fixed(request)), None)
    left = [f"{request.method} {request.path}" for request in requests if request is not fixed_request]
    body = GREETING if fixed_request is None or fixed_request.expect.body is None else fixed_request.expect.body
    return Answered("/" if fixed_request is None else fixed_request.path, body, left)


def _is_fixed(request: "RequestFile") -> bool:
    """Return whether the right response is 200 with a text that is known, whatever is asked before."""
    expect = request.expect
    body = GREETING if expect.body is None else expect.body
    return (
        request.method == "GET"
        and bool(_LITERAL.fullmatch(request.path))
        and not set(request.path) & set("?# %")
        and 200 in expect.status
        and bool(_LITERAL.fullmatch(body.removesuffix("\n")))
        and not (expect.schema_file or expect.json_values)
        and all(name.lower() == "content-type" and re.search(pattern, CONTENT_TYPE) for name, pattern in expect.headers.items())
    )
