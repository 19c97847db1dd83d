"""What one process of a microbenchmark program told: times, or instructions, of single operations."""

from loadgen.strict import Strict


def benchmark_name(scenario: str, contender: str, case: str) -> str:
    """Return the name that the program gives it: scenario/contender/case, or the case alone if the name has another form."""
    return f"{scenario}/{contender}/{case}" if scenario else case


class Timing(Strict):
    """One operation of a microbenchmark, timed in one process."""

    scenario: str
    """Empty for a benchmark whose name is not of the form scenario/contender/case."""
    contender: str
    """Empty for the same."""
    case: str
    """Of such a benchmark its whole name."""
    iterations: int
    """Of one repetition; 0 if the tool does not report them."""
    repetitions: int
    """How often it was timed."""
    time_ns: float
    """Wall time of one operation: the median of the repetitions."""
    counters: dict[str, float]
    """What else the tool reports: units of work, `allocations`, `allocated_bytes`, `bytes`, and others by its names."""
    cpu_ns: float | None = None
    """CPU time of the process for one operation, where the tool tells it."""

    @property
    def spent_ns(self) -> float:
        """The CPU time, or the wall time where the tool does not report that."""
        return self.time_ns if self.cpu_ns is None else self.cpu_ns

    @property
    def name(self) -> str:
        """The benchmark's name, as its program has it."""
        return benchmark_name(self.scenario, self.contender, self.case)


class InstructionCount(Strict):
    """Instructions of one operation by callgrind: (of 2 x `times` operations - of `times`) / `times`, and once more."""

    scenario: str
    """As of a timing."""
    contender: str
    """As of a timing."""
    case: str
    """As of a timing."""
    times: int
    """How often the operation was done; the count is the difference to twice as often."""
    instructions: float
    """Instructions of one operation, by callgrind."""
    again: float
    """The same, counted a second time."""
    exact: bool
    """The program does the same each time. Else its runtime's own threads are in the count."""

    @property
    def name(self) -> str:
        """The benchmark's name, as its program has it."""
        return benchmark_name(self.scenario, self.contender, self.case)
