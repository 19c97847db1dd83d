"""report.html: one file with the answer, tables, plots, method and every record; opens offline, asks nothing of the network."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from analysis.audit.tables import verdicts_in_words
from analysis.model.summary import Summary
from analysis.plots.plot import Plot
from analysis.report.headline import answer, doubts_in_words
from analysis.report.inline_svg import inlined
from analysis.report.method_text import facts, method
from analysis.report.screen import screen
from analysis.report.trial_table import Record, records_of
from analysis.tables.overview import overview_table
from analysis.tables.table import Table

PICTURE = "ratios"
"""The plot that stands with the answer."""


@dataclass(frozen=True)
class Fold:
    """Tables that are shown when a reader asks for them; `is_open` shows them at once."""

    title: str
    tables: Sequence[Table]
    is_open: bool = False


@dataclass(frozen=True)
class Part:
    """A section of the report that consists of tables, those of `folds` last."""

    id: str
    title: str
    lead: str
    tables: Sequence[Table] = ()
    folds: Sequence[Fold] = ()


def write_report(summary: Summary, parts: Sequence[Part], plots: Sequence[Plot], path: Path) -> None:
    """Write the report; whatever comes from outside is escaped, the plots are the project's own SVG.

    `parts` are the tables by section.
    """
    environment = Environment(
        loader=PackageLoader("analysis.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    shown = [part for part in parts if part.tables or part.folds]
    records, overview = records_of(summary), overview_table(summary)
    drawn = [(plot, inlined(plot.svg, plot.name)) for plot in plots]
    text = environment.get_template("report.html").render(
        summary=summary,
        headline=headline(summary),
        contents=_contents(shown, [plot for plot in plots if plot.name != PICTURE], overview, records),
        answer=answer(summary),
        screen="\n".join(screen(summary)[1]).strip("\n"),
        picture=[group for group in drawn if group[0].name == PICTURE],
        published=verdicts_in_words(summary),
        doubts=doubts_in_words(summary),
        overview=overview,
        plots=[group for group in drawn if group[0].name != PICTURE],
        parts=shown,
        method=method(summary),
        facts=facts(summary),
        records=records,
        style=Markup((Path(__file__).parent / "templates" / "report.css").read_text(encoding="utf-8")),
    )
    path.write_text(text.lstrip(), encoding="utf-8")


def headline(summary: Summary) -> str:
    """What was compared."""
    services = dict.fromkeys(
        contender.title for workload in summary.workloads for contender in workload.contenders if not contender.control
    )
    return ", ".join(services) or "microbenchmarks"


def _contents(
    parts: Sequence[Part], plots: Sequence[object], overview: Table, records: Sequence[Record]
) -> list[tuple[str, str]]:
    return [
        ("answer", "The answer"),
        *([("comparison", "Comparison")] if overview.rows else []),
        *([("plots", "Plots")] if plots else []),
        *((part.id, part.title) for part in parts),
        ("method", "How it was measured"),
        *([("records", "Every trial")] if records else []),
    ]
