"""Panels of equal size, in two columns, or three where there are many."""

import math
import textwrap
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from analysis.plots.drawing import Axes, Canvas, drawn_with
from analysis.plots.style import LINES, PANEL_WIDTH_IN, headline

HEIGHT_IN = 3.0
MOST_IN_TWO = 4
WIDEST_IN = 11.5
TITLE_CHARACTERS = 42


def wrapped(title: str) -> str:
    """A panel's title, in lines that fit its width."""
    return textwrap.fill(title, TITLE_CHARACTERS)


def grid(panels: int, height_in: float = HEIGHT_IN) -> tuple[Canvas, Sequence[Axes]]:
    """A canvas with so many panels, row by row; a single one stands alone."""
    columns = min(panels, 2 if panels <= MOST_IN_TWO else 3)
    rows = math.ceil(panels / columns)
    width_in = PANEL_WIDTH_IN * 2 if columns < 3 else WIDEST_IN
    canvas = Canvas(figsize=(width_in, height_in * rows + 0.4), layout="constrained")
    axes = list(canvas.subplots(rows, columns, squeeze=False).flat)
    for unused in axes[panels:]:
        unused.set_axis_off()
    return canvas, axes[:panels]


@contextmanager
def line_panels(panels: int, title: str) -> Iterator[tuple[Canvas, Sequence[Axes]]]:
    """Draw lines in so many panels below a title."""
    with drawn_with(LINES):
        canvas, axes = grid(panels)
        headline(canvas, title)
        yield canvas, axes
