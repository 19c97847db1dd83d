"""Which figures a flag casts doubt on: its name stands beside each of them, wherever they are shown. Pure."""

from collections.abc import Iterable, Mapping, Sequence

from analysis.checks.registry import AFFECTED
from analysis.model import metric as m
from analysis.model.comparison import Comparison, Figure
from analysis.model.flag import Flag
from analysis.model.summary import ContenderResult, KindResult, WorkloadResult


def with_doubts(workload: WorkloadResult) -> WorkloadResult:
    """The workload, each of its figures and comparisons with the names of the flags that cast doubt on it."""
    flags = {contender.label: contender.flags for contender in workload.contenders}
    return workload.replace(
        contenders=[_contender(contender) for contender in workload.contenders],
        comparisons=[_comparison(comparison, flags) for comparison in workload.comparisons],
        over_controls=[_comparison(over_control, flags) for over_control in workload.over_controls],
        kinds=[_kind(kind, flags) for kind in workload.kinds],
    )


def _kind(kind: KindResult, flags: Mapping[str, Sequence[Flag]]) -> KindResult:
    figures = {label: _figures(of, flags.get(label, ())) for label, of in kind.figures.items()}
    return kind.replace(figures=figures, comparisons=[_comparison(comparison, flags) for comparison in kind.comparisons])


def _contender(contender: ContenderResult) -> ContenderResult:
    machines = {name: _figures(figures, contender.flags) for name, figures in contender.machines.items()}
    return contender.replace(figures=_figures(contender.figures, contender.flags), machines=machines)


def _figures(figures: Mapping[str, Figure], flags: Sequence[Flag]) -> dict[str, Figure]:
    return {
        name: figure if figure.value is None else figure.replace(doubts=doubts_on(m.BY_NAME[name], flags))
        for name, figure in figures.items()
    }


def _comparison(comparison: Comparison, flags: Mapping[str, Sequence[Flag]]) -> Comparison:
    """A ratio is as doubtful as either of its sides."""
    if comparison.ratio is None:
        return comparison
    both = [*flags.get(comparison.numerator, ()), *flags.get(comparison.denominator, ())]
    return comparison.replace(doubts=doubts_on(m.BY_NAME[comparison.metric], both))


def doubts_on(metric: m.Metric, flags: Iterable[Flag]) -> list[str]:
    """Names of the checks that give reason to doubt this metric, each once; fatal ones have replaced the figure already."""
    names = dict.fromkeys(flag.check for flag in flags if not flag.fatal)
    return [name for name in names if (affected := AFFECTED.get(name)) is None or metric.name in affected]


def marked(text: str, doubts: Iterable[str]) -> str:
    """The text with each doubt's name behind it, an exclamation mark before the name."""
    return " ".join([text, *(f"!{name}" for name in doubts)]).strip()


def each_once(*doubts: Iterable[str]) -> list[str]:
    """The names of all doubts, in the order in which they come, each once."""
    return list(dict.fromkeys(name for part in doubts for name in part))
