"""Panels of equal size in two columns."""

import math
from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas

from analysis.plot_style import PANEL_WIDTH_IN

HEIGHT_IN = 3.0


def grid(panels: int, height_in: float = HEIGHT_IN) -> tuple[Canvas, Sequence[Axes]]:
    """A canvas with so many panels, row by row; a single one stands alone."""
    columns = min(2, panels)
    rows = math.ceil(panels / columns)
    canvas = Canvas(figsize=(PANEL_WIDTH_IN * 2, height_in * rows + 0.4), layout="constrained")
    axes = list(canvas.subplots(rows, columns, squeeze=False).flat)
    for unused in axes[panels:]:
        unused.set_axis_off()
    return canvas, axes[:panels]
