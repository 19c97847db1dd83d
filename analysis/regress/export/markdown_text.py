"""Text from outside in GitHub's Markdown, so that it is shown and does nothing else."""

import re

from analysis.text.printable import in_one_line

LONGEST = 400
ACTIVE = re.compile(r"[^\w\s.,;%+/=–×µ…-]|_")
"""Punctuation that Markdown, HTML or GitHub could take for its own. A character reference never is (CommonMark 0.31, 2.5)."""


def code(text: str) -> str:
    """Names and evidence, as code: GitHub looks for @mentions, #issues and :emoji: everywhere else, even in references."""
    return f"<code>{plain(text)}</code>"


def plain(text: str) -> str:
    """One line of text, cut off where it is long; for what this program wrote itself, and might hold a name."""
    line = in_one_line(text)
    return inert(line if len(line) <= LONGEST else line[: LONGEST - 1] + "…")


def inert(text: str) -> str:
    """All of the text, shown as it is: in Markdown as in HTML."""
    return ACTIVE.sub(lambda match: f"&#{ord(match.group())};", text)
