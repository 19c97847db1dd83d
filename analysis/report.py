"""report.html: one file with tables, plots and the machine; opens offline and asks nothing of the network."""

from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from analysis.summary import Summary
from analysis.table import Table


def write_report(summary: Summary, tables: Sequence[Table], plots: Sequence[Path], path: Path) -> None:
    """Write the report; whatever comes from outside is escaped, the plots are the project's own SVG."""
    environment = Environment(
        loader=PackageLoader("analysis", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    drawings = [(plot.stem.replace("_", " "), _inline(plot)) for plot in plots]
    text = environment.get_template("report.html").render(summary=summary, tables=tables, drawings=drawings)
    path.write_text(text, encoding="utf-8")


def _inline(plot: Path) -> Markup:
    """The SVG without its XML prologue; matplotlib has escaped the text in it."""
    text = plot.read_text(encoding="utf-8")
    return Markup(text[text.index("<svg") :])
