"""A chart a task: CPU per request of each service over the reference's, best first, with what ties shaded.

Colours are those of languages: a field has more services than there are colours that everybody can tell apart, and each service
has its name beside its mark.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from analysis.field.model import FieldResult, FieldTask, FieldWorkload, Place, service_of
from analysis.field.places import groups, rank_text
from analysis.field.words import marks, ratio_text, title_of
from analysis.plots.colours import COLOURS, MUTED
from analysis.plots.drawing import Axes, Canvas, Line2D, drawn_with
from analysis.plots.outliers import axis_end
from analysis.plots.plot import Plot
from analysis.plots.style import MARKERS, PANEL_IN, ROW_IN, STYLE, Look, drawn_name, headline, plain_log_ticks, save
from analysis.text.printable import printable

WIDTH_IN = 9.0
COLOURS_OF_LANGUAGES = (*COLOURS, "#000000")
SHADE = "#ececec"
CAPTION = (
    "The bar is the 95% interval of the ratio, from pairs of the same round. Services in a shaded block are not told apart "
    "from all others of it. The axis is logarithmic: equal distances are equal factors. `!`: a check casts doubt on it; `~`: "
    "of solo trials, for it is another one side by side."
)


def language_looks(result: FieldResult) -> dict[str, Look]:
    """Return a look for each language of the field, in the order of the alphabet: the same in every chart."""
    languages = sorted({service.language for task in result.tasks for service in task.services})
    return {
        language: Look(
            drawn_name(language), COLOURS_OF_LANGUAGES[index % len(COLOURS_OF_LANGUAGES)], MARKERS[index % len(MARKERS)]
        )
        for index, language in enumerate(languages)
    }


def draw_field(result: FieldResult, folder: Path) -> list[Plot]:
    """Write a chart for each task as SVG and PNG; raise OSError."""
    looks = language_looks(result)
    return [_draw_task(task, looks, folder / task.name) for task in result.tasks]


def _draw_task(task: FieldTask, looks: Mapping[str, Look], stem: Path) -> Plot:
    title = f"{task.name}: CPU per request, times that of {printable(service_of(task, task.workloads[0].reference).title)}"
    heights = [PANEL_IN + ROW_IN * len(workload.places) for workload in task.workloads]
    with drawn_with(STYLE):
        canvas = Canvas(figsize=(WIDTH_IN, sum(heights) + 0.9), layout="constrained")
        headline(canvas, title)
        panels = canvas.subplots(len(heights), 1, height_ratios=heights, squeeze=False)[:, 0]
        for axes, workload in zip(panels, task.workloads, strict=True):
            _draw_workload(axes, task, workload, looks)
        _name_languages(canvas, {service.language for service in task.services if service.not_measured is None}, looks)
        return Plot(stem.name, title, CAPTION, save(canvas, stem))


def _draw_workload(axes: Axes, task: FieldTask, workload: FieldWorkload, looks: Mapping[str, Look]) -> None:
    axes.set_title(printable(title_of(task, workload)))
    names = [f"{drawn_name(service_of(task, place.label).title)}  {rank_text(place):>4}" for place in workload.places]
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.4, -0.6)
    _shade_groups(axes, workload)
    axes.axvline(1, color=MUTED, linewidth=1)
    ends = [end for place in workload.places for end in _ends(place)]
    limit = axis_end([1.0, *(max(_ends(place)) for place in workload.places if _ends(place))])
    axes.set_xscale("log")
    low, high = min([1.0, *ends]), max([1.0, *(end for end in ends if end <= limit)])
    room = max((high / low) ** 0.04, 1.01)
    axes.set_xlim(low / room, high * room)
    for row, place in enumerate(workload.places):
        _draw_place(axes, row, place, looks[service_of(task, place.label).language], limit)
    plain_log_ticks(axes.xaxis)
    beyond = any(end > limit for end in ends)
    reference = printable(service_of(task, workload.reference).title)
    broken = "; an arrow: beyond the axis" if beyond else ""
    axes.set_xlabel(f"times the CPU time of a request of {reference} (less is better), log scale{broken}")


def _ends(place: Place) -> list[float]:
    """The ratio and both ends of its interval; nothing where there is none."""
    ratio = place.ratio
    if ratio is None or ratio.ratio is None or ratio.verdict == "cannot tell":
        return []
    return [ratio.ratio] if ratio.interval is None else [ratio.interval.low, ratio.ratio, ratio.interval.high]


def _draw_place(axes: Axes, row: int, place: Place, look: Look, limit: float) -> None:
    """The mark and its bar; beside the axes, where no mark is, the figure."""
    ends = _ends(place)
    _write_beside(axes, row, _figure_of(place), italic=place.ratio is not None and not ends)
    if place.ratio is not None and not ends:
        return
    if ends and max(ends) > limit:
        axes.plot(axes.get_xlim()[1], row, color=look.colour, marker=">", markersize=7, clip_on=False)
        return
    if len(ends) == 3:
        axes.plot(ends[::2], [row, row], color=look.colour, linewidth=4, alpha=0.45, solid_capstyle="butt")
    axes.plot(ends[len(ends) // 2] if ends else 1.0, row, **look.mark)


def _figure_of(place: Place) -> str:
    """The ratio with its interval, its verdict where that is no difference, and a mark where there is something to doubt."""
    if place.ratio is None:
        return ratio_text(None)
    if not _ends(place):
        return printable(f"cannot tell: {place.ratio.reason}")
    return ratio_text(place.ratio) + marks(place) + (" tie" if place.ratio.verdict == "tie" else "")


def _write_beside(axes: Axes, row: int, text: str, *, italic: bool) -> None:
    axes.annotate(
        text,
        (1.0, row),
        xycoords=axes.get_yaxis_transform(),
        xytext=(14, 0),
        textcoords="offset points",
        va="center",
        annotation_clip=False,
        style="italic" if italic else "normal",
        color=MUTED if italic else "black",
    )


def _shade_groups(axes: Axes, workload: FieldWorkload) -> None:
    """A block behind each group of two or more."""
    rows = {place.label: row for row, place in enumerate(workload.places)}
    for group in groups(workload):
        if len(group) > 1:
            axes.axhspan(rows[group[0]] - 0.42, rows[group[-1]] + 0.42, color=SHADE, linewidth=0, zorder=0)


def _name_languages(canvas: Canvas, languages: Sequence[str] | set[str], looks: Mapping[str, Look]) -> None:
    shown = [looks[language] for language in looks if language in languages]
    handles = [Line2D([], [], linestyle="", **look.mark) for look in shown]
    canvas.legend(
        handles, [look.title for look in shown], loc="outside lower left", ncols=max(len(shown), 1), frameon=False, fontsize=8
    )
