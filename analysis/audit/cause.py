"""Published causes put to the test: by variants, by what a runtime says of itself, by the machine code. Pure."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from analysis.audit.gctrace import TracedTrial, collections_in, lost_at_p99_ms
from analysis.audit.model import (
    ABOUT,
    BytesCause,
    Cause,
    CollectorCause,
    LadderCause,
    PublishedSet,
    VariantCause,
    VectorCause,
)
from analysis.audit.ratio import Answer, Question, would_have_shown
from analysis.microbench.summary import largest_case
from analysis.model import metric as m
from analysis.model.audit import AuditVerdict, CauseResult
from analysis.model.comparison import Comparison, Figure
from analysis.model.microbench import BenchmarkResult, BenchResult
from analysis.model.summary import ContenderResult, WorkloadResult, contender_of
from analysis.stats.interval import interval_text
from analysis.trial.timeline import SETTLES_WITHIN_S
from loadgen.counted import counted
from loadgen.task.work import BenchmarkRoles, Disassembly


@dataclass(frozen=True)
class Evidence:
    """What a run has beside its figures: the machine code by label, the logs by workload and label, microbenchmarks."""

    disassemblies: Mapping[str, Disassembly] = field(default_factory=dict)
    traces: Mapping[tuple[str, str], Sequence[TracedTrial]] = field(default_factory=dict)
    benches: Sequence[BenchResult] = ()
    roles: BenchmarkRoles | None = None


@dataclass(frozen=True)
class Finding:
    """A verdict and the evidence that it rests on. `lacking`: the run does not have what would tell; another can."""

    verdict: AuditVerdict
    evidence: str
    comparison: Comparison | None = None
    lacking: bool = False


def question_of(cause: Cause) -> Question | None:
    """The comparison that the cause asks for; None if it asks for something else."""
    if not isinstance(cause, VariantCause):
        return None
    return Question(cause.workload, cause.metric, cause.variant, cause.over)


def audit_cause(
    cause: Cause, published: PublishedSet, workloads: Sequence[WorkloadResult], answer: Answer, evidence: Evidence
) -> CauseResult:
    """The cause with what was found of it; where nothing was, the command that would measure it."""
    match cause:
        case VariantCause():
            finding = _by_variant(cause, workloads, answer)
        case CollectorCause():
            finding = _by_gctrace(cause, evidence)
        case VectorCause():
            finding = _by_disassembly(cause, evidence)
        case LadderCause():
            finding = _by_ladder(cause, evidence.benches, evidence.roles)
        case BytesCause():
            finding = _by_bytes(cause, workloads)
    comparison = finding.comparison
    return CauseResult(
        claim=cause.id,
        published_by=published.name,
        statement=cause.statement,
        test=cause.test,
        measured=comparison.ratio if comparison else None,
        interval=comparison.interval if comparison else None,
        doubts=comparison.doubts if comparison else [],
        verdict=finding.verdict,
        evidence=finding.evidence,
        command=_command(cause) if finding.lacking else None,
    )


def _command(cause: Cause) -> str:
    """What measures it: the two contenders and the workload alone, by the rules of the profile that has them."""
    if isinstance(cause, LadderCause):
        return "primebench microbench"
    if isinstance(cause, VectorCause):
        return "primebench run --profile audit"
    match cause:
        case VariantCause():
            labels = f"{cause.variant},{cause.over}"
        case BytesCause():
            labels = f"{cause.larger},{cause.smaller}"
        case CollectorCause():
            labels = cause.contender
    return f"primebench run --profile audit --service {labels} --workload {cause.workload}"


def _not_measured(reason: str) -> Finding:
    """What another run can tell."""
    return Finding("not measured", reason, lacking=True)


def _untellable(reason: str) -> Finding:
    """What no run on this machine, of these programs, tells."""
    return Finding("not measured", reason)


def _verdict(holds: bool) -> AuditVerdict:
    return "reproduced" if holds else "not reproduced here"


def _contender(label: str, workload: str, workloads: Sequence[WorkloadResult]) -> ContenderResult | None:
    of_name = next((other for other in workloads if other.name == workload), None)
    return None if of_name is None else contender_of(of_name, label)


def _by_variant(cause: VariantCause, workloads: Sequence[WorkloadResult], answer: Answer) -> Finding:
    comparison = answer(Question(cause.workload, cause.metric, cause.variant, cause.over))
    if comparison is None or comparison.ratio is None or comparison.verdict == "cannot tell":
        why = (
            comparison.reason
            if comparison and comparison.reason
            else f"the run does not have {cause.variant} beside {cause.over}"
        )
        return _not_measured(f"{why} ({cause.workload})")
    if (short := _too_short(cause, workloads)) is not None:
        return short
    title = m.BY_NAME[cause.metric].title
    in_words = (
        f"{title} of {cause.variant} over {cause.over}, {cause.workload}: "
        f"{comparison.ratio:.3f} {interval_text(comparison.interval)}"
    )
    if comparison.verdict == "tie":
        return Finding("not reproduced here", f"{in_words}, a tie{would_have_shown(comparison)}", comparison)
    in_words += f", {comparison.verdict}; expected {cause.expect} if it were so"
    holds = comparison.verdict == cause.expect
    if cause.flag is None:
        return Finding(_verdict(holds), in_words, comparison)
    flags = next((contender.flags for contender in [_contender(cause.variant, cause.workload, workloads)] if contender), [])
    raised = next((flag for flag in flags if flag.check == cause.flag), None)
    if raised is None and cause.flag == "leak" and not _long_enough(cause, workloads):
        return _not_measured(f"{in_words}; its windows are too short for the check leak ({cause.workload})")
    in_words += f"; {cause.flag}: {raised.evidence}" if raised else f"; the check {cause.flag} was not raised"
    return Finding(_verdict(holds and raised is not None), in_words, comparison)


def _long_enough(cause: VariantCause, workloads: Sequence[WorkloadResult]) -> bool:
    """Whether the check leak can be raised: it looks at the second half of a window, once a heap has settled."""
    variant = _contender(cause.variant, cause.workload, workloads)
    if variant is None or variant.memory is None:
        return True
    return (variant.memory.window_to_s - variant.memory.window_from_s) / 2 >= SETTLES_WITHIN_S


def _too_short(cause: VariantCause, workloads: Sequence[WorkloadResult]) -> Finding | None:
    """What there is to say if the workload's requests are none that the statement is about, or None."""
    if cause.least_cpu_ms is None:
        return None
    base = _contender(cause.over, cause.workload, workloads)
    cpu_us = base.figures[m.CPU_PER_REQUEST.name].value if base else None
    if cpu_us is not None and cpu_us / 1e3 >= cause.least_cpu_ms:
        return None
    about = f"the statement is about {cause.least_cpu_ms:g} ms or more ({cause.workload})"
    if cpu_us is None:
        return _not_measured(f"the run does not tell what a request takes, and {about}")
    return _untellable(f"a request takes {m.CPU_PER_REQUEST.write(cpu_us / 1e3)} ms of CPU here, and {about}")


def _by_gctrace(cause: CollectorCause, evidence: Evidence) -> Finding:
    traced = evidence.traces.get((cause.workload, cause.contender), ())
    if not traced:
        return _not_measured(f"no trial of {cause.contender} with a P99 and its log ({cause.workload})")
    silent = "" if any(collections_in(trial.log) for trial in traced) else "; no trial's log tells of any collection at all"
    counts = [len(trial.collections) for trial in traced]
    longest = [max((collection.stopped_ms for collection in trial.collections), default=0.0) for trial in traced]
    lost = [lost_at_p99_ms(trial) for trial in traced]
    tail = [trial.tail_ms for trial in traced]
    holds = float(np.median(lost)) >= float(np.median(tail)) * (1 - ABOUT)
    in_words = (
        f"{cause.workload}, medians of {counted(len(traced), 'trial')}: {counted(np.median(counts), 'collection')} in the "
        f"window, the longest "
        f"stops the world for {np.median(longest):.2g} ms, and one request in a hundred can have lost {np.median(lost):.2g} ms "
        f"or more to pauses; P99 - P50 is {m.LATENCY_P99.write(float(np.median(tail)))} ms{silent}"
    )
    return Finding(_verdict(holds), in_words)


def _by_disassembly(cause: VectorCause, evidence: Evidence) -> Finding:
    disassembly = evidence.disassemblies.get(cause.contender, evidence.disassemblies.get(f"{cause.contender}:published"))
    if disassembly is None:
        return _not_measured(f"the run has no disassembly of {cause.contender}")
    if disassembly.not_measured is not None or disassembly.packed is None:
        return _not_measured(disassembly.not_measured or "not recorded")
    packed = counted(disassembly.packed, "packed instruction")
    in_words = f"{cause.contender}: {packed} that do the work, {disassembly.scalar} scalar ones"
    if disassembly.packed == 0:
        return Finding("not reproduced here", f"{in_words}; without a packed one no loop of them is vectorised")
    where = [name for name in disassembly.packed_in if cause.function in _below_program(name)]
    if where:
        return Finding("reproduced", f"{in_words}; packed ones in {', '.join(where)}")
    if all(name.startswith(".") for name in disassembly.packed_in):
        return _untellable(f"{in_words}, in a stripped program that does not tell whose they are")
    return Finding("not reproduced here", f"{in_words}; the packed ones are in {', '.join(disassembly.packed_in)}")


def _below_program(function: str) -> str:
    """A function's path without the name of the program, which may hold any word."""
    program, _, path = function.partition("::")
    return path or program


def _by_ladder(cause: LadderCause, benches: Sequence[BenchResult], roles: BenchmarkRoles | None) -> Finding:
    if roles is None:
        return _not_measured("the run does not say which of its microbenchmarks is the work alone")
    case = largest_case(benches, roles)
    times = [_loop_ns(name, benches, roles.work, case) for name in (f"{cause.contender}/served", cause.scalar, cause.simd)]
    missing = [name for name, time in zip((cause.contender, cause.scalar, cause.simd), times, strict=True) if time is None]
    served, scalar, simd = times
    if served is None or scalar is None or simd is None:
        return _not_measured(f"the run has no microbenchmark of {', '.join(missing)}")
    in_words = (
        f"{case}: {cause.contender} as served {_ms(served)} ms, scalar ({cause.scalar}) {_ms(scalar)} ms, SIMD "
        f"({cause.simd}) {_ms(simd)} ms"
    )
    if simd >= scalar:
        return _untellable(f"{in_words}: SIMD is no faster than the scalar loop here, so nothing can be told by the time")
    middle = math.sqrt(scalar * simd)  # as many times faster than one as slower than the other
    return Finding(_verdict(served <= middle), in_words)


def _ms(nanoseconds: float) -> str:
    return m.LATENCY_MEAN.write(nanoseconds / 1e6)


def _loop_ns(name: str, benches: Sequence[BenchResult], scenario: str, case: str) -> float | None:
    service, _, contender = name.partition("/")
    of: list[BenchmarkResult] = [benchmark for bench in benches if bench.label == service for benchmark in bench.benchmarks]
    wanted = (scenario, contender, case)
    return next(
        (benchmark.time_ns.value for benchmark in of if (benchmark.scenario, benchmark.contender, benchmark.case) == wanted),
        None,
    )


def _by_bytes(cause: BytesCause, workloads: Sequence[WorkloadResult]) -> Finding:
    workload = next((workload for workload in workloads if workload.name == cause.workload), None)
    sides = [_contender(label, cause.workload, workloads) for label in (cause.larger, cause.smaller)]
    figures = [side.figures[m.RSS_LOADED.name] for side in sides if side and side.figures[m.RSS_LOADED.name].value is not None]
    if workload is None or len(figures) < 2:
        return _not_measured(f"no memory of {cause.larger} and {cause.smaller} ({cause.workload})")
    body = len(workload.request.body.encode())
    in_flight = workload.connections * body
    larger, smaller = figures
    difference, least = _difference(larger, smaller)
    in_words = (
        f"{counted(workload.connections, 'connection')} x {body} bytes of JSON = {in_flight:,} bytes in flight; "
        f"{cause.larger} has "
        f"{difference / 1e6:.2f} MB more than {cause.smaller}"
    )
    if least <= 0:
        return Finding("not reproduced here", f"{in_words}, no difference that would need a cause")
    return Finding(_verdict(in_flight >= least * (1 - ABOUT)), in_words)


def _difference(larger: Figure, smaller: Figure) -> tuple[float, float]:
    """Of the medians, and the least that the intervals allow."""
    assert larger.value is not None
    assert smaller.value is not None
    low = larger.interval.low if larger.interval else larger.value
    high = smaller.interval.high if smaller.interval else smaller.value
    return larger.value - smaller.value, low - high
