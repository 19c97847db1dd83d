"""A plot's SVG as a part of a page: with the page's colours, and names that no other plot of the page has."""

import re
from pathlib import Path

from markupsafe import Markup

from analysis.plot_style import COLOURS, CONTROL_COLOUR, GRID, MUTED

ROLES = {
    "#000000": "currentColor",
    "#ffffff": "var(--page)",
    GRID: "var(--grid)",
    MUTED: "var(--muted)",
    CONTROL_COLOUR: "var(--control)",
    **{colour: f"var(--series-{place})" for place, colour in enumerate(COLOURS)},
}
"""Colour in the file -> what it is on the page, whose style sheet gives it for light and for dark."""


def inlined(svg: Path, name: str) -> Markup:
    """The SVG without prologue and size in points, its identifiers made those of `name`, its colours the page's.

    matplotlib has escaped the text in it.
    """
    text = svg.read_text(encoding="utf-8")
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = re.sub(r'(<svg[^>]*?) width="[^"]*"', r"\1", text, count=1)
    text = re.sub(r'(<svg[^>]*?) height="[^"]*"', r"\1", text, count=1)
    text = text.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1)
    text = re.sub(r'\bid="', f'id="{name}-', text)
    text = re.sub(r'xlink:href="#', f'xlink:href="#{name}-', text)
    text = re.sub(r"url\(#", f"url(#{name}-", text)
    return Markup(re.sub("|".join(ROLES), lambda found: ROLES[found.group()], text))
