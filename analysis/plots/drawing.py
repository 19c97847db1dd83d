"""matplotlib with its own defaults: the only place that imports it, so that no setting of the user's changes or breaks a plot.

On being imported matplotlib reads MPLBACKEND, MATPLOTLIBRC, and a file `matplotlibrc` in the current folder before all others.
A backend that is not installed, or a file that is not UTF-8, ends the program there: after everything was measured.
"""

import contextlib
import importlib.util
import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_VARIABLES = ("MPLBACKEND", "MATPLOTLIBRC")


@contextlib.contextmanager
def _without_settings() -> Iterator[None]:
    """In the folder of matplotlib's own `matplotlibrc`, without the user's variables; both are as before at the end."""
    kept = {name: os.environ.pop(name) for name in _VARIABLES if name in os.environ}
    package = importlib.util.find_spec("matplotlib")
    own = Path(package.origin or "").parent / "mpl-data" if package else Path()
    before = os.open(".", os.O_PATH | os.O_CLOEXEC)  # which may have no path any more, or be unreadable
    try:
        if own.is_dir():  # a matplotlib that is not whole is for its import to say
            os.chdir(own)
        yield
    finally:
        os.fchdir(before)
        os.close(before)
        os.environ.update(kept)


logging.getLogger("matplotlib").setLevel(logging.ERROR)
"""It warns of a cache that it cannot write: no matter of the run's."""
with _without_settings():
    import matplotlib as _matplotlib
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure as Canvas
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch
    from matplotlib.ticker import FixedLocator, LogLocator, MaxNLocator, NullLocator

__all__ = [
    "Axes",
    "Axis",
    "Canvas",
    "FigureCanvasAgg",
    "FigureCanvasSVG",
    "FixedLocator",
    "Line2D",
    "LogLocator",
    "MaxNLocator",
    "NullLocator",
    "Patch",
    "drawn_with",
]


@contextlib.contextmanager
def drawn_with(style: Any) -> Iterator[None]:
    """Draw with matplotlib's defaults and this style (name -> value), whatever was set before; that is set again at the end."""
    with _matplotlib.rc_context():
        _matplotlib.rcdefaults()
        _matplotlib.rcParams.update(style)
        yield
