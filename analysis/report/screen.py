"""One screen that says what a run found: at most 40 lines, none of them wider than the terminal. Pure."""

import textwrap
from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from analysis.audit.tables import VERDICTS, verdicts_of
from analysis.model import metric as m
from analysis.model.comparison import Comparison, Figure
from analysis.model.flag import GENERATOR_BOUND
from analysis.model.standing import best_first, cpu_over, hindered, main_workload
from analysis.model.summary import ContenderResult, Summary, WorkloadResult
from analysis.report.headline import answer, least_goodput, names_of
from analysis.tables.generators import CROSS_CHECK
from analysis.text.cut import cut, cut_within
from loadgen.counted import counted
from loadgen.record.workload import load_in_words

LINES = 40
WIDTH = 80
MOST_DOUBTS = 5
MOST_NAME = 16
COLUMNS = (
    (m.GOODPUT, "goodput"),
    (m.LATENCY_P50, "P50"),
    (m.LATENCY_P99, "P99"),
    (m.RSS_LOADED, "memory"),
    (m.BINARY_SIZE, "binary"),
    (m.CLEAN_BUILD, "build"),
)
SHORT_UNITS = {m.GOODPUT.name: "req/s"}
SHORT_VERDICTS = {"not reproduced here": "not reproduced", "impossible as stated": "impossible"}
MARKS = "=!>?~"
LEGEND = "= tie · ! in doubt · > the generator's limit · ? cannot tell · ~ not so alone"


def screen(summary: Summary, width: int = WIDTH) -> tuple[list[str], list[str]]:
    """The answer, and all that stands below it, in lines of at most `width` columns.

    Together they leave room for three lines within LINES: where the run's files are.
    """
    top = [line for sentence in answer(summary) for line in wrapped(sentence, width)]
    measured = [workload for workload in summary.workloads if any(not contender.control for contender in workload.contenders)]
    if not measured:
        return top, []
    main = main_workload(measured)
    table, doubts, published = _table(summary, main, width), _doubts(summary, width), _published(summary, main, width)
    others = [_line(workload, width) for workload in measured if workload is not main]
    room = LINES - 3 - len(top) - sum(len(block) + 1 for block in (table, doubts, published) if block) - 3
    if len(others) > room:
        kept = max(0, room - 1)
        others = [*others[:kept], cut(f"and {counted(len(others) - kept, 'more workload')}: table.md", width)]
    if any(mark in line for line in (*table[3:], *others) for mark in MARKS):
        others = [*others, cut(LEGEND, width)]
    blocks = [block for block in (table, others, doubts, published) if block]
    return top, [line for block in blocks for line in ("", *block)]


def wrapped(text: str, width: int, indent: str = "") -> list[str]:
    """The text in lines of at most `width` columns; all but the first begin with `indent`."""
    return textwrap.wrap(text, width, subsequent_indent=indent, break_long_words=True)


def _table(summary: Summary, main: WorkloadResult, width: int) -> list[str]:
    """A row a service, the one that needs the least CPU first; columns that are too many for the width are left out."""
    names = _names(main)
    services = best_first(main)
    builds = {build.label: build.figures for build in summary.builds}
    places = main.ranks.get(m.CPU_PER_REQUEST.name, {})
    columns = [
        ["", "", *(_place(service.label, places) for service in services)],
        ["", "", *(names[service.label] for service in services)],
        ["CPU/req", m.CPU_PER_REQUEST.unit, *(_cell(main, service, m.CPU_PER_REQUEST, {}) for service in services)],
        ["more CPU", "%", *_over_the_first(main, services)],
        *(
            [head, SHORT_UNITS.get(metric.name, metric.unit), *(_cell(main, service, metric, builds) for service in services)]
            for metric, head in COLUMNS
        ),
    ]
    lines = [""] * len(columns[0])
    for index, column in enumerate(columns):
        size = max(map(len, column))
        cells = [f"{cell:<{size}}" if index < 2 else f"{cell:>{size}}" for cell in column]
        wider = [
            f"{line}  {cell}" if index > 1 else f"{line}{' ' * bool(index)}{cell}"
            for line, cell in zip(lines, cells, strict=True)
        ]
        if max(len(line.rstrip()) for line in wider) > width:
            break
        lines = wider
    title = f"{main.name}: {main.label}, {load_in_words(main.connections, main.rate, main.generators)}"
    if main.paired:
        title += " · CPU compared side by side, the rest alone"
    return [cut(title, width), *(cut(line.rstrip(), width) for line in lines)]


def _names(workload: WorkloadResult) -> dict[str, str]:
    """Label -> name, short enough for a column; the label where names so short are the same."""
    names = {label: cut(name, MOST_NAME) for label, name in names_of(workload).items()}
    times = Counter(names.values())
    return {label: name if times[name] == 1 else cut_within(label, MOST_NAME) for label, name in names.items()}


def _place(label: str, places: Mapping[str, int]) -> str:
    if label not in places:
        return ""
    return f"{places[label]}{'=' if list(places.values()).count(places[label]) > 1 else ''}"


def _cell(
    workload: WorkloadResult, contender: ContenderResult, metric: m.Metric, builds: Mapping[str, Mapping[str, Figure]]
) -> str:
    """The figure, with a mark where it ties with another service's, and where there is something to doubt."""
    figure = builds.get(contender.label, {}).get(metric.name) or contender.figures.get(metric.name)
    if figure is None or figure.value is None:
        return "–"
    places = workload.ranks.get(metric.name, {})
    limit = metric == m.GOODPUT and GENERATOR_BOUND in figure.doubts
    tie = "=" if contender.label in places and list(places.values()).count(places[contender.label]) > 1 else ""
    doubt = "!" if any(name != GENERATOR_BOUND for name in figure.doubts) else ""
    return f"{'>' if limit else ''}{metric.write(figure.value)}{tie}{doubt}"


def _over_the_first(workload: WorkloadResult, services: Sequence[ContenderResult]) -> list[str]:
    """How much more CPU each needs than the first, in percent, with half the width of the interval."""
    comparisons, beside = cpu_over(workload, services[0].label), _beside(workload)
    return ["", *("".join(_more(comparisons.get(service.label), beside)) for service in services[1:])]


def _beside(workload: WorkloadResult) -> set[frozenset[str]]:
    """The pairs whose ratio is another one side by side than alone."""
    return {frozenset((comparison.numerator, comparison.denominator)) for comparison, _ in hindered(workload)}


def _more(comparison: Comparison | None, beside: Collection[frozenset[str]]) -> tuple[str, str]:
    """By how many percent it is more, and its marks."""
    if comparison is None or comparison.ratio is None:
        return "?", ""
    said = f"{(comparison.ratio - 1) * 100:+.1f}"
    if comparison.interval is not None:
        said += f" ±{(comparison.interval.high - comparison.interval.low) / 2 * 100:.1f}"
    marks = {"tie": "=", "cannot tell": "?"}.get(comparison.verdict, "") + ("!" if comparison.doubts else "")
    return said, marks + ("~" if frozenset((comparison.numerator, comparison.denominator)) in beside else "")


def _line(workload: WorkloadResult, width: int) -> str:
    """Another workload in a line: who needs the least CPU, and how much more the others do."""
    names, services = _names(workload), best_first(workload)
    first, figures = services[0], services[0].figures.get(m.CPU_PER_REQUEST.name)
    least = "–" if figures is None or figures.value is None else m.CPU_PER_REQUEST.write(figures.value)
    parts = [f"{workload.name}: {names[first.label]} {least} µs"]
    for label, comparison in cpu_over(workload, first.label).items():
        more, marks = _more(comparison, _beside(workload))
        parts.append(f"{names[label]} {more}%{marks}")
    goodput = [comparison for comparison in workload.comparisons if comparison.metric == m.GOODPUT.name]
    if goodput and all(GENERATOR_BOUND in comparison.doubts for comparison in goodput):
        parts.append(f"all >{least_goodput(workload)} req/s")
    return cut(", ".join(parts), width)


def _doubts(summary: Summary, width: int) -> list[str]:
    """What cast doubt on something, each with its remedy, as whole as the lines allow; what took a figure away comes first."""
    by_check: dict[str, tuple[bool, str, dict[str, None]]] = {}
    for workload in summary.workloads:
        for contender in workload.contenders:
            for flag in contender.flags:
                if not contender.control and flag.check != GENERATOR_BOUND:
                    by_check.setdefault(flag.check, (flag.fatal, flag.remedy, {}))[2][workload.name] = None
    for flag in summary.cross_check.flags if summary.cross_check else ():
        by_check.setdefault(flag.check, (flag.fatal, flag.remedy, {}))[2][CROSS_CHECK] = None
    lines = ["! a smoke run: one round of each, no figure to rely on"] if summary.rounds == 1 else []
    lines += [f"! not measured: {refusal.title}: {refusal.reason}" for refusal in summary.not_measured]
    for check, (_, remedy, places) in sorted(by_check.items(), key=lambda item: not item[1][0]):
        where = ", ".join(places) if len(places) < 3 else counted(len(places), "workload")
        lines.append(f"! {check} ({where}): {remedy}")
    if len(lines) > MOST_DOUBTS:
        lines = [*lines[: MOST_DOUBTS - 1], f"! and {len(lines) - MOST_DOUBTS + 1} more reasons to doubt: table.md"]
    shown, spare = list[str](), MOST_DOUBTS - len(lines)
    for line in lines:
        whole = wrapped(line, width, "  ")
        kept = whole if len(whole) - 1 <= spare else [cut(line, width)]
        shown, spare = [*shown, *kept], spare - (len(kept) - 1)
    return shown


def _published(summary: Summary, main: WorkloadResult, width: int) -> list[str]:
    """What was published of the main workload's goodput beside what was measured, what that takes, and all claims counted."""
    names = names_of(main)
    claims = [
        (claim, claim.measured.value)
        for claim in summary.claims
        if claim.workload == main.name and claim.metric == m.GOODPUT.name and claim.measured and claim.measured.value
    ]
    lines = []
    if claims:
        write = m.GOODPUT.write
        sides = [
            f"{names.get(claim.contender, claim.contender)} {write(claim.published)}, here {write(here)}"
            for claim, here in claims
        ]
        lines.append(f"published requests/s: {'; '.join(sides)}")
        lines += [f"{claim.verdict}; it takes {claim.would_take}" for claim, _ in claims if claim.would_take][:1]
    if summary.claims and summary.audit is not None:
        by_verdict = Counter(verdicts_of(summary.claims, summary.audit))
        counts = ", ".join(
            f"{by_verdict[verdict]} {SHORT_VERDICTS.get(verdict, verdict)}" for verdict in VERDICTS if by_verdict[verdict]
        )
        if by_verdict.total() > by_verdict["not measured"]:
            lines.append(f"{counted(by_verdict.total(), 'claim')}: {counts}")
    return [cut(line, width) for line in lines]
