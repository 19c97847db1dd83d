"""The validity checks: each registers its name, remedy and severity, and which metrics it casts doubt on."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import NamedTuple

from analysis.model import metric as m
from analysis.model.flag import Flag
from analysis.model.metric import Figures
from loadgen.record.run import RunRecord
from loadgen.record.trial import LoadTrial

LOAD = frozenset(metric.name for metric in m.LOAD_METRICS)
SPEED = LOAD | {m.CPU_PER_REQUEST.name}
MEMORY = frozenset(metric.name for metric in m.MEMORY_METRICS)
NONE: frozenset[str] = frozenset()
AFFECTED: dict[str, frozenset[str] | None] = {}
"""Check -> the names of metrics that it casts doubt on, None for all."""


class Raised(NamedTuple):
    """Why a check was raised. The `remedy` is the check's own where it does not depend on what was found; what was found may be
    `fatal` where the check is not always.
    """

    evidence: str
    threshold: str
    remedy: str = ""
    fatal: bool = False


Check = Callable[[RunRecord, LoadTrial, Figures], Flag | None]


@dataclass(frozen=True)
class Registered:
    """A check of one trial. `of_a_half`: it also holds of a server that is measured beside another, on the same cores."""

    run: Check
    module: str
    of_a_half: bool


TRIAL_CHECKS: dict[str, Registered] = {}


def affects(name: str, metrics: frozenset[str] | None) -> None:
    """Register which metrics a check casts doubt on that needs more than one trial."""
    AFFECTED[name] = metrics


def check(
    *, remedy: str, fatal: bool = False, affects: frozenset[str] | None = None, of_a_half: bool = False
) -> Callable[[Callable[[RunRecord, LoadTrial, Figures], Raised | None]], Check]:
    """Register a check of one trial under the function's name. A fatal one replaces the figures; `affects` is None for all."""

    def register(judge: Callable[[RunRecord, LoadTrial, Figures], Raised | None]) -> Check:
        name = judge.__name__

        @wraps(judge)
        def flag_of(run: RunRecord, trial: LoadTrial, figures: Figures) -> Flag | None:
            raised = judge(run, trial, figures)
            if raised is None:
                return None
            return Flag(
                check=name,
                evidence=raised.evidence,
                threshold=raised.threshold,
                remedy=raised.remedy or remedy,
                fatal=fatal or raised.fatal,
                trials=[trial.index],
            )

        AFFECTED[name] = affects
        TRIAL_CHECKS[name] = Registered(flag_of, judge.__module__, of_a_half)
        return flag_of

    return register
