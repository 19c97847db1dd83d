"""What `primebench help` explains: texts beside this module, and lists that are made from what they are about."""

import textwrap
from collections.abc import Callable
from pathlib import Path

from primebench.exit_codes import MEANINGS

WIDTH = 79
_TEXTS = Path(__file__).with_name("topics")


def titles() -> dict[str, str]:
    """Return the topics in order, each with its title."""
    files = sorted(_TEXTS.glob("*.txt"))
    written = {path.stem: path.read_text(encoding="utf-8").partition("\n")[0] for path in files}
    return dict(sorted((written | {name: title for name, (title, _) in MADE.items()}).items()))


def text_of(topic: str) -> str:
    """Return a topic's text, its title first, without the last line's end."""
    if topic in MADE:
        title, lines = MADE[topic]
        return "\n".join([title, "", *lines()])
    return (_TEXTS / f"{topic}.txt").read_text(encoding="utf-8").rstrip("\n")


def _listed(rows: dict[str, str]) -> list[str]:
    """Return the rows, what is said of each beside its name."""
    widest = max(map(len, rows))
    return [
        line
        for name, said in rows.items()
        for line in textwrap.wrap(f"{name:{widest}}  {said}", WIDTH, subsequent_indent=" " * (widest + 2))
    ]


def _exit_codes() -> list[str]:
    return _listed({f"{code:3d}": meaning for code, meaning in MEANINGS.items()})


def _checks() -> list[str]:
    from analysis.checks.described import described

    return _listed(described())


MADE: dict[str, tuple[str, Callable[[], list[str]]]] = {
    "exit-codes": ("how every command ends", _exit_codes),
    "checks": ("the flags beside figures: what each one has found", _checks),
}
"""Topics that are no files: title and lines."""
