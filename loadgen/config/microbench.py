"""A service's microbenchmarks, as service.toml has them."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from loadgen.config.build import Build, Command, Name, OtherBuild, Tier, Variable, Within
from loadgen.strict import Pattern, Strict


class BuildVariant(OtherBuild):
    """The same microbenchmarks from another compiler or with other flags."""

    title: str


class Count(Strict):
    """A program that does one operation so often and nothing else, for callgrind: called with `NAME TIMES` appended.

    `benchmarks` are the names; or `list_command` prints them, one a line. Without `exact` two counts of the same may differ (by
    the threads of a runtime). `select` is a regular expression that names to count match; `times` maps such expressions to how
    often an operation is done (200 times without one): less often where it is long, more where counts are not exact.
    """

    command: Command
    benchmarks: list[str] = []
    list_command: Command | None = None
    environment: dict[str, str] = {}
    exact: bool = True
    select: Pattern = ""
    times: dict[Pattern, Annotated[int, Field(ge=1)]] = {}


class Microbench(Strict):
    """A service's microbenchmarks: programs of a tool that is known by its `format`.

    Benchmarks are named scenario/contender/case; `scenarios` maps what a program calls a scenario to its name in records, where
    its language does not allow that name. The contender "served" is what the service itself runs; `titles` and `tiers`
    say what the others are. Build variants time what `variant_filter` (a regular expression) selects, and are set over
    `variant_base`, which is one of them, so that all are programs of the same shape.
    """

    format: Literal["google-benchmark", "go", "criterion"]
    build: Build
    programs: Annotated[list[Within], Field(min_length=1)]
    scenarios: dict[str, str] = {}
    titles: dict[str, str] = {}
    tiers: dict[str, Tier] = {}
    count: Count | None = None
    inherit: list[Variable] = []
    variant_filter: Pattern = ""
    variant_base: str = ""
    variants: dict[Name, BuildVariant] = {}

    @model_validator(mode="after")
    def _variants_have_a_base(self) -> "Microbench":
        if self.variants and self.variant_base not in self.variants:
            raise ValueError(f"variant_base: expected one of {', '.join(self.variants)}")
        return self
