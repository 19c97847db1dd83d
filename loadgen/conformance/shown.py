"""An exchange as people read it: a few lines of request and response, secrets by their names, nothing that moves a cursor."""

from collections.abc import Sequence
from typing import NamedTuple

from loadgen.one_line import LOG_LINE, one_line
from loadgen.secrets import without_secret_bytes
from loadgen.strict import Strict

HEAD_LINES = 8
BODY_LINES = 6
CHARACTERS = 120


class Shown(Strict):
    """A request and what came back, each as a few lines of text; empty where nothing did."""

    request: str
    """The request, in a few lines."""
    response: str
    """What came back; empty where nothing did."""

    @property
    def lines(self) -> list[str]:
        """The lines, > before those of the request and < before those of the response."""
        return [
            f"{mark} {line}".rstrip()
            for mark, text in ((">", self.request), ("<", self.response or "nothing"))
            for line in text.split("\n")
        ]


def shown_exchange(request: bytes, response: bytes) -> Shown:
    """Return both as they may be shown and kept."""
    return Shown(request=_text(request), response=_text(response))


def in_full(line: str, shown: Shown | None) -> str:
    """Return a message with the lines of the exchange below it, where there was one."""
    return LOG_LINE.join([line, *(shown.lines if shown else ())])


class Fault(NamedTuple):
    """What is wrong, in one line "expected ..., got ...", and the exchange that shows it, where there was one."""

    line: str
    shown: Shown | None = None

    @property
    def in_full(self) -> str:
        """The line with those of the exchange below it."""
        return in_full(self.line, self.shown)


def _text(message: bytes) -> str:
    """Secrets go before anything is cut: a part of one is too much."""
    head, _, body = without_secret_bytes(message).decode("utf-8", "surrogateescape").partition("\r\n\r\n")
    lines = _first(head.split("\r\n"), HEAD_LINES)
    if body:
        lines += ["", *_first(body.replace("\r\n", "\n").rstrip("\n").split("\n"), BODY_LINES)]
    return "\n".join(lines)


def _first(lines: Sequence[str], most: int) -> list[str]:
    shown = [_cut(line) for line in lines[:most]]
    return shown if len(lines) <= most else [*shown, f"... ({len(lines) - most} more lines)"]


def _cut(line: str) -> str:
    shown = one_line(line[:CHARACTERS].replace("\n", "\\n"))
    return shown if len(line) <= CHARACTERS else f"{shown}... ({len(line)} characters)"
