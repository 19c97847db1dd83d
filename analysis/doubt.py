"""Which figures a flag casts doubt on: its name stands beside each of them, wherever they are shown. Pure."""

from collections.abc import Iterable

from analysis import metric as m
from analysis.check import Flag

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
    "noisy": _SPEED | {m.SERVER_BUSY.name, m.GENERATOR_BUSY.name},
}
"""Check -> names of metrics. Any other check (memory was short) casts doubt on every figure."""


def doubts_on(metric: m.Metric, flags: Iterable[Flag]) -> list[str]:
    """Names of the checks that give reason to doubt this metric, each once; fatal ones have replaced the figure already."""
    names = dict.fromkeys(flag.check for flag in flags if not flag.fatal)
    return [name for name in names if name not in CAST_ON or metric.name in CAST_ON[name]]


def marked(text: str, doubts: Iterable[str]) -> str:
    """The text with each doubt's name behind it, an exclamation mark before the name."""
    return " ".join([text, *(f"!{name}" for name in doubts)]).strip()
