"""A capacity curve: what was asked for, and what is measured beside its trials."""

from typing import Annotated

from pydantic import Field

from loadgen.strict import Strict


class Objective(Strict):
    """What a rate has to keep: of all requests at least `percentile` in a hundred have a right response within `limit_ms`."""

    percentile: Annotated[float, Field(gt=0, lt=100, strict=False)]
    """How many requests in a hundred keep the limit."""
    limit_ms: Annotated[float, Field(gt=0, strict=False)]
    """The latency, in ms, that they may have at most."""

    @property
    def allowed_share(self) -> float:
        """The share of requests that may take longer."""
        return round(1 - self.percentile / 100, 9)

    @property
    def in_words(self) -> str:
        """The objective, for people."""
        return f"P{self.percentile:g} at most {self.limit_ms:g} ms"


class CurveRecord(Strict):
    """What a capacity curve was asked for: the objective under a workload of the run, within a budget.

    `first_response_s` are by service, of several fresh processes the time from the start to the first right response. A trial
    without a rate is a closed loop, which finds the rate of saturation.
    """

    objective: Objective
    """What a rate has to keep."""
    workload: str
    """The closed loop whose requests are put at rates."""
    budget_s: float
    """Seconds that measuring may take."""
    first_response_s: dict[str, list[float]] = {}
    """By service the seconds from a fresh process's start to its first right response, of several starts."""
    measured_s: float | None = None
    """Seconds that measuring took."""
    ended_because: str | None = None
    """Why no further rate was tried."""
