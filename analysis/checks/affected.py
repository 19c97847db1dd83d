"""Which figures a flag casts doubt on: its name stands beside each of them, wherever they are shown. Pure."""

from collections.abc import Iterable, Mapping, Sequence

from analysis.model import metric as m
from analysis.model.flag import Flag
from analysis.model.summary import Comparison, ContenderResult, WorkloadResult

_SPEED = frozenset(metric.name for metric in (m.GOODPUT, *m.LATENCIES, m.CPU_PER_REQUEST))
_LOAD = frozenset(metric.name for metric in (m.GOODPUT, *m.LATENCIES))
_MEMORY = frozenset(metric.name for metric in (m.RSS_IDLE, m.RSS_LOADED, m.PSS_LOADED, m.RSS_PEAK))
_NONE: frozenset[str] = frozenset()

CAST_ON = {
    "unchecked_answers": frozenset({m.GOODPUT.name}),
    "duration_mismatch": _NONE,  # no figure is made from what a service says of itself
    "stall": _LOAD,
    "leak": _MEMORY,
    "generator_bound": _LOAD,
    "not_saturated": _LOAD,
    "littles_law": _LOAD,
    "rate_missed": _LOAD,
    "warming": _SPEED,
    "unfair": frozenset(metric.name for metric in m.LATENCIES),
    "restart_variance": _SPEED,
    "shared_core": _SPEED,
    "mixed_cores": _SPEED,
    "noisy": _SPEED | {m.SERVER_BUSY.name, m.GENERATOR_BUSY.name},
}
"""Check -> names of metrics. Any other check (memory was short) casts doubt on every figure."""


def with_doubts(workload: WorkloadResult) -> WorkloadResult:
    """The workload, each of its figures and comparisons with the names of the flags that cast doubt on it."""
    flags = {one.label: one.flags for one in workload.contenders}
    return workload.replace(
        contenders=[_contender(one) for one in workload.contenders],
        comparisons=[_comparison(one, flags) for one in workload.comparisons],
        over_controls=[_comparison(one, flags) for one in workload.over_controls],
    )


def _contender(one: ContenderResult) -> ContenderResult:
    figures = {
        name: figure if figure.value is None else figure.replace(doubts=doubts_on(m.BY_NAME[name], one.flags))
        for name, figure in one.figures.items()
    }
    return one.replace(figures=figures)


def _comparison(one: Comparison, flags: Mapping[str, Sequence[Flag]]) -> Comparison:
    """A ratio is as doubtful as either of its sides."""
    if one.ratio is None:
        return one
    both = [*flags.get(one.numerator, ()), *flags.get(one.denominator, ())]
    return one.replace(doubts=doubts_on(m.BY_NAME[one.metric], both))


def doubts_on(metric: m.Metric, flags: Iterable[Flag]) -> list[str]:
    """Names of the checks that give reason to doubt this metric, each once; fatal ones have replaced the figure already."""
    names = dict.fromkeys(flag.check for flag in flags if not flag.fatal)
    return [name for name in names if name not in CAST_ON or metric.name in CAST_ON[name]]


def marked(text: str, doubts: Iterable[str]) -> str:
    """The text with each doubt's name behind it, an exclamation mark before the name."""
    return " ".join([text, *(f"!{name}" for name in doubts)]).strip()


def each_once(*doubts: Iterable[str]) -> list[str]:
    """The names of all doubts, in the order in which they come, each once."""
    return list(dict.fromkeys(name for part in doubts for name in part))
