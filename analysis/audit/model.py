"""What others published, as data: figures, ratios, causes, variants. docs/reference/published-sets.md describes the format."""

import math
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, JsonValue, field_validator, model_validator

from analysis.model import metric as m
from loadgen.record.migrate import migrate_published
from loadgen.strict import Strict, read_toml

ABOUT = 0.10
"""A measured figure within 10% of one published as "about" reproduces it."""

MEGA = 1e6
_SCALES = {"MB": MEGA, "%": 0.01}
"""Of units that are not those in which a metric's values are kept."""

Positive = Annotated[float, Field(gt=0, strict=False)]
Order = Literal["lower", "higher"]


def _one_of(metrics: Iterable[m.Metric]) -> Callable[[str], str]:
    names = [metric.name for metric in metrics]

    def check(name: str) -> str:
        if name not in names:
            raise ValueError(f"expected one of {', '.join(names)}")
        return name

    return check


_a_figure = _one_of((*m.TRIAL_METRICS, *m.BUILD_METRICS))
_a_compared = _one_of((*m.COMPARED, *m.BUILD_METRICS))


def _check_workload(workload: str | None, metric: m.Metric) -> None:
    """What is built is no workload's, everything else is one's."""
    if (workload is None) != (metric in m.BUILD_METRICS):
        expected = "none, it is of what is built" if metric in m.BUILD_METRICS else "the name of the load"
        raise ValueError(f"workload: expected for {metric.name}: {expected}")


def reach_of(value: float, *, about: bool) -> tuple[float, float]:
    """From which value to which one a published number counts as hit: 10% to either side of one that is "about" so much, half a
    unit of its last digit for any other. The article that says 1.5 ms has seen 1.45 to 1.55.
    """
    if about:
        return value * (1 - ABOUT), value * (1 + ABOUT)
    half = 0.5 * 10.0 ** -_decimals(value)
    return value - half, value + half


def _decimals(value: float) -> int:
    return 0 if value == math.floor(value) else len(repr(value).partition(".")[2])


class PublishedRequest(Strict):
    """The load under which figures were published; its name is that of the workload that is the same here."""

    parameters: dict[str, JsonValue] = {}
    connections: Annotated[int, Field(ge=1)]
    load_s: Positive


class Claim(Strict):
    """One published figure, `value` in `unit`. `at_most`: anything up to it is a hit. `as_published` is how it was written.

    `command` is there where the set's command does not give the figure.
    """

    id: str
    contender: str
    workload: str | None = None
    metric: str
    value: Positive
    unit: str
    approx: bool = False
    at_most: bool = False
    as_published: str
    source: str | None = None
    command: str | None = None

    _metric = field_validator("metric")(_a_figure)

    @model_validator(mode="after")
    def _unit_and_workload_fit(self) -> "Claim":
        metric = m.BY_NAME[self.metric]
        if self.unit != metric.unit:
            raise ValueError(f"unit: expected '{metric.unit}', the unit of {self.metric}, not '{self.unit}'")
        _check_workload(self.workload, metric)
        return self

    @property
    def figure(self) -> float:
        """The value in the metric's own unit: bytes where people read MB, shares where they read %."""
        return self.value * _SCALES.get(self.unit, 1.0)

    @property
    def hit(self) -> tuple[float, float]:
        """From which to which measured value it counts as reproduced, in the metric's own unit."""
        low, high = reach_of(self.value, about=self.approx)
        scale = _SCALES.get(self.unit, 1.0)
        return 0.0 if self.at_most else low * scale, high * scale if self.approx or not self.at_most else self.figure


class RatioClaim(Strict):
    """One figure over another: a `value`, the quotient of two claims (`of`, by their ids), or only an `order`."""

    id: str
    statement: str
    numerator: str
    denominator: str
    workload: str | None = None
    metric: str
    value: Positive | None = None
    of: Annotated[list[str], Field(min_length=2, max_length=2)] | None = None
    order: Order | None = None
    approx: bool = False

    _metric = field_validator("metric")(_a_compared)

    @model_validator(mode="after")
    def _says_one_thing(self) -> "RatioClaim":
        if sum(alternative is not None for alternative in (self.value, self.of, self.order)) != 1:
            raise ValueError("expected one of value, of, order")
        _check_workload(self.workload, m.BY_NAME[self.metric])
        return self


class _Cause(Strict):
    """What all causes have: an id, what was claimed, and how it is put to the test here."""

    id: str
    statement: str
    test: str


class VariantCause(_Cause):
    """If the statement is right, `metric` of `variant` is `expect` than that of `over`; and the check `flag` is raised for it.

    With `least_cpu_ms` it is a statement on requests that take at least so long.
    """

    kind: Literal["variant"]
    variant: str
    over: str
    workload: str
    metric: str
    expect: Order
    flag: str | None = None
    least_cpu_ms: Positive | None = None

    _metric = field_validator("metric")(_a_compared)


class CollectorCause(_Cause):
    """If the tail is the collector's, what a request can lose to its pauses is what separates P99 from P50."""

    kind: Literal["gctrace"]
    contender: str
    workload: str


class VectorCause(_Cause):
    """If a compiler vectorises the loop, the artefact has packed instructions, in a function whose name holds `function`."""

    kind: Literal["disassembly"]
    contender: str
    function: str


class LadderCause(_Cause):
    """If it does, the loop that `contender` serves is about as fast as `simd`, not as slow as `scalar` (SERVICE/CONTENDER)."""

    kind: Literal["ladder"]
    contender: str
    scalar: str
    simd: str


class BytesCause(_Cause):
    """If a difference of memory is that of the JSON in flight, the requests in flight hold as many bytes."""

    kind: Literal["bytes"]
    larger: str
    smaller: str
    workload: str


Cause = Annotated[
    VariantCause | CollectorCause | VectorCause | LadderCause | BytesCause,
    Field(discriminator="kind"),
]


class Context(Strict):
    """A variant over its base that nothing was published of: shown, not judged."""

    variant: str
    over: str
    workload: str
    note: str


class PublishedSet(Strict):
    """The contents of a file in results/published/: figures of services of a `task`. `profile` repeats the `command` here."""

    schema_version: Literal[3] = Field(alias="schema")
    name: str
    task: str
    title: str
    source: str
    command: str
    profile: str
    workloads: dict[str, PublishedRequest] = {}
    claims: list[Claim] = []
    ratios: list[RatioClaim] = []
    causes: list[Cause] = []
    context: list[Context] = []

    @model_validator(mode="after")
    def _names_fit(self) -> "PublishedSet":
        ids = [bytes_cause.id for bytes_cause in (*self.claims, *self.ratios, *self.causes)]
        if twice := sorted({name for name in ids if ids.count(name) > 1}):
            raise ValueError(f"id: expected each once, not {', '.join(twice)} again")
        for claim in self.claims:
            if claim.workload is not None and claim.workload not in self.workloads:
                raise ValueError(f"claims.{claim.id}.workload: expected one of [workloads], not '{claim.workload}'")
        known = {claim.id for claim in self.claims}
        for ratio in self.ratios:
            if unknown := set(ratio.of or ()) - known:
                raise ValueError(f"ratios.{ratio.id}.of: expected ids of claims, not {', '.join(sorted(unknown))}")
        return self

    def claim(self, wanted: str) -> Claim:
        """The claim of that id."""
        return next(claim for claim in self.claims if claim.id == wanted)


def read_published(folder: Path) -> list[PublishedSet]:
    """Every set of published figures in the folder, by file name; raise Error for one that is wrong."""
    return [read_toml(path, PublishedSet, migrate_published) for path in sorted(folder.glob("*.toml"))]
