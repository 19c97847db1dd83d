"""Before anything is measured: build the contender and verify that it does what its task asks."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import partial

from loadgen.build.build import Built, build
from loadgen.config.deviations import FILE
from loadgen.config.service import Contender
from loadgen.conformance import ConformanceResult, Fault, Outcome, Shown, UnknownCaseError, run_suite
from loadgen.conformance.shown import in_full
from loadgen.errors import Error
from loadgen.machine.cores import Cores
from loadgen.record.lengths import BodyLengths
from loadgen.run.verified import Verified, keep_verified, read_verified
from loadgen.system.suspension import measured_awake
from loadgen.trial.body_lengths import held_lengths
from loadgen.trial.server import running
from loadgen.trial.smoke_check import flow_check, skipped_work, smoke_check

Say = Callable[[str], None]


@dataclass(frozen=True)
class Prepared:
    """A contender and how far it came: built and verified, or the reason why it is not measured, and the exchange that shows
    that.
    """

    contender: Contender
    built: Built | None
    conformance: Verified | None
    not_measured: str | None
    shown: Shown | None = None

    @property
    def why_in_full(self) -> str:
        """The reason with the exchange below it."""
        return in_full(self.not_measured or "", self.shown)


def prepare(
    contender: Contender, cores: Cores, seed: int, say: Say, *, verified: bool = False, timed: bool = False
) -> Prepared:
    """Build and verify one contender; a control need not do all that the task asks, a twin is what its original is. What was
    `verified` before, in this run or by the same rules, is only built. With `timed` incremental builds are. What goes wrong
    with one is its own affair: the others are measured all the same.
    """
    try:
        built = build(contender, timed=timed, say=say)
    except Error as error:
        return Prepared(contender, None, None, reason_of(error, contender))
    if contender.control or verified:
        return Prepared(contender, built, None, None)
    if (before := read_verified(contender, built)) is not None:
        return Prepared(contender, built, before, None)
    try:
        result = measured_awake(partial(verify, contender, built, cores, seed), say)
        fault, lengths = smoke_checked(contender, built, cores, seed) if result.measurable else (core_faults(result), {})
    except Error as error:
        return Prepared(contender, built, None, reason_of(error, contender))
    scores = {str(level): score for level, score in result.scores.items()}
    found = Verified(scores=scores, deviations=result.deviations, evidence=result.evidence, lengths=lengths)
    if fault is not None:
        return Prepared(contender, built, found, fault.line, fault.shown)
    keep_verified(contender, built, found)
    return Prepared(contender, built, found, None)


def smoke_checked(contender: Contender, built: Built, cores: Cores, seed: int) -> tuple[Fault | None, dict[str, BodyLengths]]:
    """What is wrong with many answers of a fresh process, or with what should follow from them; None if nothing is, and by kind
    the lengths of their bodies.
    """
    with running(contender, built.artefact, cores) as server:
        proofs = {one: one.proof() for one in server.sidecars.running}
        found = smoke_check(server.address, contender.task, seed)
        server.check_alive()
        skipped = skipped_work(proofs)
        fault = found.fault or flow_check(server.address, contender.task, seed) or skipped
        return fault, {} if fault else held_lengths(server.address, contender.task, found.right)


def reason_of(error: Error, contender: Contender) -> str:
    """Return the error without the contender's name in front: wherever a reason is shown, the name stands before it."""
    return str(error).removeprefix(f"{contender.label}: ").removeprefix(f"{contender.build_name}: ")


def verify(
    contender: Contender,
    built: Built,
    cores: Cores,
    seed: int,
    on_outcome: Callable[[Outcome], None] | None = None,
    only: Collection[str] | None = None,
) -> ConformanceResult:
    """Run the task's conformance suite, or `only` those cases, against a fresh process of the contender; `seed` draws what its
    cases ask for.

    Raises ServerFailedError if the server does not start or does not survive the suite, Error for an unknown case id.
    """
    with running(contender, built.artefact, cores) as server:
        try:
            suite = contender.task.suite(seed)
            deviations = contender.service.deviations_in(suite.levels)
            result = run_suite(server.address, suite, known_deviations=deviations, on_outcome=on_outcome, only=only)
        except UnknownCaseError as unknown:
            raise Error(f"{contender.service.folder / FILE if only is None else contender.label}: {unknown}") from unknown
        server.check_alive()
        return result


def core_faults(result: ConformanceResult) -> Fault:
    """What keeps a service from being measured: the first fault whole, the others by number."""
    faults = [outcome for outcome in result.outcomes if outcome.keeps_from_measuring]
    more = f"; and {len(faults) - 1} more (primebench verify shows all)" if len(faults) > 1 else ""
    return Fault(f"breaks the contract: {faults[0].line}{more}", faults[0].shown)
