"""A service's microbenchmarks, as service.toml has them."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from loadgen.config.build import Build, Command, Name, OtherBuild, Tier, Variable, Within
from loadgen.strict import Pattern, Strict


class BuildVariant(OtherBuild):
    """The same microbenchmarks from another compiler or with other flags."""

    title: str
    """What tables call it."""


class Count(Strict):
    """A program that does one operation so often and nothing else, for callgrind: called with `NAME TIMES` appended."""

    command: Command
    """What is called, with a benchmark's name and a number of times appended."""
    benchmarks: list[str] = []
    """The names."""
    list_command: Command | None = None
    """A command that prints the names, one a line, instead of `benchmarks`."""
    environment: dict[str, str] = {}
    """Variables for both commands."""
    exact: bool = True
    """False where two counts of the same may differ, because a runtime's own threads are in them."""
    select: Pattern = ""
    """Count the names that this regular expression matches; without it, all."""
    times: dict[Pattern, Annotated[int, Field(ge=1)]] = {}
    """By regular expression how often an operation is done; 200 times without one. Fewer where it is long, more where counts
    are not exact."""


class Microbench(Strict):
    """A service's microbenchmarks: programs of a tool. Benchmarks are named scenario/contender/case."""

    format: Literal["google-benchmark", "go", "criterion"]
    """The tool."""
    build: Build
    """How the programs are built."""
    programs: Annotated[list[Within], Field(min_length=1)]
    """The programs, below `{out}`; called with the tool's own flags."""
    scenarios: dict[str, str] = {}
    """What a program calls a scenario, and its name in records, where the program's language does not allow that name."""
    titles: dict[str, str] = {}
    """What tables call a contender. The one called `served` is what the service itself runs."""
    tiers: dict[str, Tier] = {}
    """The tier of a contender's work."""
    count: Count | None = None
    """How instructions are counted; without it, they are not."""
    inherit: list[Variable] = []
    """Variables of the user's that reach the programs as well."""
    variant_filter: Pattern = ""
    """Which benchmarks the build variants time: a regular expression; without it, all."""
    variant_base: str = ""
    """The build variant that the others are compared with: what is served, in the same shape. Required if there are any."""
    variants: dict[Name, BuildVariant] = {}
    """Other compilers and flags, timed beside the build that is served."""

    @model_validator(mode="after")
    def _variants_have_a_base(self) -> "Microbench":
        if self.variants and self.variant_base not in self.variants:
            raise ValueError(f"variant_base: expected one of {', '.join(self.variants)}")
        return self
