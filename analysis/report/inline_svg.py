"""A plot's SVG as a part of a page: with the page's colours, and names that no other plot of the page has."""

import re
from pathlib import Path
from xml.etree import ElementTree

from markupsafe import Markup

from analysis.plots.colours import COLOURS, CONTROL_COLOUR, GRID, MUTED

SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
ROLES = {
    "#000000": "currentColor",
    "#ffffff": "var(--page)",
    GRID: "var(--grid)",
    MUTED: "var(--muted)",
    CONTROL_COLOUR: "var(--control)",
    **{colour: f"var(--series-{index})" for index, colour in enumerate(COLOURS)},
}
"""Colour in the file -> what it is on the page, whose style sheet gives it for light and for dark."""

ElementTree.register_namespace("", SVG)
ElementTree.register_namespace("xlink", XLINK)


def inlined(svg: Path, name: str) -> Markup:
    """The drawing without prologue, metadata and size in points, its identifiers made those of `name`, its colours the page's.

    Attributes alone are changed: what is written in a drawing may look like any of them.
    """
    root = ElementTree.parse(svg).getroot()
    for metadata in root.findall(f"{{{SVG}}}metadata"):
        root.remove(metadata)
    for size in ("width", "height"):
        root.attrib.pop(size, None)
    for element in root.iter():
        for attribute, value in element.attrib.items():
            element.set(attribute, _on_the_page(attribute, value, name))
    root.attrib |= {"aria-hidden": "true", "focusable": "false"}
    return Markup(ElementTree.tostring(root, encoding="unicode"))


def _on_the_page(attribute: str, value: str, name: str) -> str:
    if attribute == "id":
        return f"{name}-{value}"
    if attribute == f"{{{XLINK}}}href":
        return value.replace("#", f"#{name}-", 1)
    coloured = re.sub("|".join(ROLES), lambda match: ROLES[match.group()], value)
    return coloured.replace("url(#", f"url(#{name}-")
