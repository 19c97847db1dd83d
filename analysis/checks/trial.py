"""Every check of one trial, and flags of several trials as one. Pure."""

from collections.abc import Sequence

from analysis.checks import answers, generators, load, machine
from analysis.checks.registry import AFFECTED, TRIAL_CHECKS, Check
from analysis.model.flag import Flag
from analysis.model.metric import Figures
from loadgen.record.run import RunRecord
from loadgen.record.trial import LoadTrial

MODULES = (answers, load, generators, machine)
"""Importing a module registers its checks; flags are shown in this order."""
NAMES = [name for module in MODULES for name, registered in TRIAL_CHECKS.items() if registered.module == module.__name__]
CHECKS: tuple[Check, ...] = tuple(TRIAL_CHECKS[name].run for name in NAMES)
CHECKS_OF_A_HALF: tuple[Check, ...] = tuple(TRIAL_CHECKS[name].run for name in NAMES if TRIAL_CHECKS[name].of_a_half)
"""Of a server that is measured beside another, on the same cores: what does not ask for the cores to be its own."""


def check_trial(run: RunRecord, trial: LoadTrial, figures: Figures, checks: Sequence[Check] = CHECKS) -> list[Flag]:
    """Every flag that this trial raises."""
    return [flag for check in checks if (flag := check(run, trial, figures)) is not None]


def _both(first: Flag, other: Flag) -> Flag:
    """One flag for two of the same check; of two kinds of evidence, as their thresholds show, both are told."""
    update: dict[str, object] = {"trials": sorted({*first.trials, *other.trials}), "fatal": first.fatal or other.fatal}
    if other.threshold not in first.threshold:
        update |= {
            "evidence": f"{first.evidence}; {other.evidence}",
            "threshold": f"{first.threshold}; {other.threshold}",
        }
    return first.replace(**update)


def merged(flags: list[Flag]) -> list[Flag]:
    """One flag per check, in the order in which they are shown, with the first trial's evidence and all trials' indices."""
    by_check: dict[str, Flag] = {}
    for flag in flags:
        first = by_check.setdefault(flag.check, flag)
        if first is not flag:
            by_check[flag.check] = _both(first, flag)
    order = [*NAMES, *(name for name in AFFECTED if name not in NAMES)]
    return sorted(by_check.values(), key=lambda flag: (not flag.fatal, order.index(flag.check)))
