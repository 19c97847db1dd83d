"""What tells one measured metric from another."""

from loadgen.config.regress import Layer
from loadgen.strict import Strict


class MetricName(Strict):
    """One metric of one service under one workload (or of one benchmark, or of the artefact)."""

    service: str
    layer: Layer
    workload: str
    metric: str


class Measured(MetricName):
    """A metric that was measured, without noise if it is `exact`; `doubts` name checks whose flags stand behind it."""

    exact: bool = False
    doubts: list[str] = []
