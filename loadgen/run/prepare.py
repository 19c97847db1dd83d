"""Before anything is measured: build contenders and verify that they do what their task asks."""

from collections.abc import Callable, Collection, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import ExitStack
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
from loadgen.system.background import in_background
from loadgen.system.suspension import measured_awake
from loadgen.trial.body_lengths import held_lengths
from loadgen.trial.server import Server, running
from loadgen.trial.smoke_check import flow_check, skipped_work, smoke_check

Say = Callable[[str], None]
AT_ONCE = 6
"""Suites that run at the same time: more would let servers of two cores answer late."""


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


def not_measured_line(label: str, reason: str) -> str:
    """Return what a run says at its end: of the reason its first line, because all of it was said when it was known."""
    return f"{label} not measured: {reason.splitlines()[0]}"


def prepare(
    contenders: Sequence[Contender],
    cores: Cores,
    seed: int,
    say: Say,
    *,
    verified: bool = False,
    timed: bool = False,
    done: Callable[[Prepared], None] = lambda _: None,
) -> list[Prepared]:
    """Build contenders one after another, then verify them, several at the same time; `done` is called with each as it is.

    A control need not do all that the task asks, a twin is what its original is. What was `verified` before, in this run or by
    the same rules, is only built. With `timed` incremental builds are. What goes wrong with one is its own affair: the others
    are measured all the same.
    """
    candidates: dict[int, Prepared] = {}
    to_verify: dict[int, Built] = {}

    def end(number: int, prepared: Prepared) -> None:
        candidates[number] = prepared
        done(prepared)

    for number, contender in enumerate(contenders):
        try:
            built = build(contender, timed=timed, say=say)
        except Error as error:
            end(number, Prepared(contender, None, None, reason_of(error, contender)))
            continue
        if contender.control or verified:
            end(number, Prepared(contender, built, None, None))
        elif (before := read_verified(contender, built)) is not None:
            end(number, Prepared(contender, built, before, None))
        else:
            to_verify[number] = built
    asked = [(contenders[number], built) for number, built in to_verify.items()]
    if asked:
        say(f"verifying {', '.join(dict.fromkeys(contender.label for contender, _ in asked))}")
    results = measured_awake(partial(verify, asked, cores, seed), say)
    for number, (contender, built), result in zip(to_verify, asked, results, strict=True):
        end(number, checked(contender, built, result, cores, seed))
    return [candidates[number] for number in range(len(contenders))]


def checked(contender: Contender, built: Built, result: ConformanceResult | Error, cores: Cores, seed: int) -> Prepared:
    """What its suite has found, and if that is no reason against it, what many requests do; kept if it may be measured."""
    try:
        if isinstance(result, Error):
            raise result
        fault, lengths = smoke_checked(contender, built, cores, seed) if result.measurable else (core_faults(result), {})
    except Error as error:
        return Prepared(contender, built, None, reason_of(error, contender))
    scores = {str(level): score for level, score in result.scores.items()}
    verified = Verified(scores=scores, deviations=result.deviations, evidence=result.evidence, lengths=lengths)
    if fault is not None:
        return Prepared(contender, built, verified, fault.line, fault.shown)
    keep_verified(contender, built, verified)
    return Prepared(contender, built, verified, None)


def smoke_checked(contender: Contender, built: Built, cores: Cores, seed: int) -> tuple[Fault | None, dict[str, BodyLengths]]:
    """What is wrong with many answers of a fresh process, or with what should follow from them; None if nothing is, and by kind
    the lengths of their bodies.
    """
    with running(contender, built.artefact, cores) as server:
        proofs = {sidecar: sidecar.proof() for sidecar in server.sidecars.running}
        smoke = smoke_check(server.address, contender.task, seed)
        server.check_alive()
        skipped = skipped_work(proofs)
        fault = smoke.fault or flow_check(server.address, contender.task, seed) or skipped
        return fault, {} if fault else held_lengths(server.address, contender.task, smoke.right)


def reason_of(error: Error, contender: Contender) -> str:
    """Return the error without the contender's name in front: wherever a reason is shown, the name stands before it."""
    return str(error).removeprefix(f"{contender.label}: ").removeprefix(f"{contender.build_name}: ")


def verify(
    asked: Sequence[tuple[Contender, Built]],
    cores: Cores,
    seed: int,
    on_outcome: Callable[[Outcome], None] | None = None,
    only: Collection[str] | None = None,
) -> list[ConformanceResult | Error]:
    """Run of each its task's conformance suite, or `only` those cases, against a fresh process, several at the same time: a
    suite mostly waits. `seed` draws what cases ask for; `on_outcome` is called in a thread of the suite.

    Return what each came to; ServerFailedError if a server did not start or survive its suite, Error for an unknown case id.
    Servers are this thread's; a suite that is left behind when all is interrupted ends with the program.
    """
    conformance: dict[int, ConformanceResult | Error] = {}
    waiting = list(enumerate(asked))[::-1]
    busy: dict[Future[ConformanceResult], tuple[int, Server, ExitStack]] = {}

    def suite_of(contender: Contender, address: tuple[str, int]) -> ConformanceResult:
        try:
            suite = contender.task.suite(seed)
            deviations = contender.service.deviations_in(suite.levels)
            return run_suite(address, suite, known_deviations=deviations, on_outcome=on_outcome, only=only)
        except UnknownCaseError as unknown:
            raise Error(f"{contender.service.folder / FILE if only is None else contender.label}: {unknown}") from unknown

    with ExitStack() as all_servers:
        while waiting or busy:
            while waiting and len(busy) < AT_ONCE:
                number, (contender, built) = waiting.pop()
                own = all_servers.enter_context(ExitStack())
                try:
                    server = own.enter_context(running(contender, built.artefact, cores))
                except Error as error:
                    conformance[number] = error
                    continue
                ended = in_background(partial(suite_of, contender, server.address), f"verify-{contender.label}")
                busy[ended] = number, server, own
            for ended in wait(busy, return_when=FIRST_COMPLETED).done:
                number, server, own = busy.pop(ended)
                conformance[number] = _survived(ended, server)
                own.close()
    return [conformance[number] for number in range(len(asked))]


def _survived(ended: Future[ConformanceResult], server: Server) -> ConformanceResult | Error:
    try:
        result = ended.result()
        server.check_alive()
    except Error as error:
        return error
    return result


def core_faults(result: ConformanceResult) -> Fault:
    """What keeps a service from being measured: the first fault whole, the others by number."""
    faults = [outcome for outcome in result.outcomes if outcome.keeps_from_measuring]
    more = f"; and {len(faults) - 1} more (primebench verify shows all)" if len(faults) > 1 else ""
    return Fault(f"breaks the contract: {faults[0].line}{more}", faults[0].shown)
