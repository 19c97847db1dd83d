"""How many pairs a look wants. Of fewer their ranks can hardly say anything, however far apart the sides are. Pure."""

from analysis.regress.verdict import ControlVerdict, MetricVerdict
from loadgen.config.regress import FEWEST_PAIRS, RegressConfig


def may_be_judged(verdict: MetricVerdict | ControlVerdict) -> bool:
    """Return whether it has as many pairs as a look wants."""
    return verdict.pairs >= FEWEST_PAIRS


def failed(control: ControlVerdict) -> bool:
    """Return whether the control puts in doubt what the run says."""
    return may_be_judged(control) and (control.kept is False or (control.kept is None and control.kind == "slowed"))


def of_a_look(metric: MetricVerdict, gate: RegressConfig) -> MetricVerdict:
    """Return the verdict; of too few pairs it is none, and says how many the first look has."""
    if may_be_judged(metric):
        return metric
    first = gate.looks[0]
    reason = f"{metric.pairs} pairs; the first look is after {first}"
    return metric.replace(outcome="inconclusive", reason=reason, pairs_needed=first if metric.pairs else None)
