"""The pages of docs/: their text, blocks and anchors."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
FENCE = re.compile(r"^ *```(?P<language>\w*)(?P<marks>[^\n]*)\n(?P<block>.*?)^ *```$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def shown(path: Path) -> str:
    """Return the path as seen from the checkout."""
    return str(path.relative_to(ROOT))


def text_of(page: Path) -> str:
    """Return what a page says."""
    return page.read_text(encoding="utf-8")


def slug(heading: str) -> str:
    """Return the anchor of a heading, as GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def headings(text: str) -> list[tuple[int, str]]:
    """Return where each heading of a page begins, and its anchor; a comment in a block is none."""
    without_blocks = FENCE.sub(lambda block: " " * len(block[0]), text)
    return [(found.start(), slug(found[1])) for found in _HEADING.finditer(without_blocks)]
