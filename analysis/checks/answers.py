"""Checks of what was answered: statuses, content, durations, and whether any processor is so fast. Pure."""

import numpy as np

from analysis.checks.registry import NONE, Raised, check
from analysis.model import metric as m
from analysis.model.metric import Figures
from analysis.stats.distributions import binomial_tail
from analysis.trial.lengths import LENGTH, RIGHT, UNSEEN, verified_lengths
from loadgen.counted import counted
from loadgen.record.run import RunRecord
from loadgen.record.trial import LoadTrial

TELLING_US = 100.0
"""A calculation that cannot take less is most of its request: its own duration can be compared with the CPU time."""
DURATION_SHARE = 0.5
MIX_TOLERANCE = 0.02
MIX_BLOCK = 100
"""Kinds are kept in their shares within so many requests (loadgen.task.shares)."""
NEVER_SEEN = 1e-4
"""How seldom a share of responses that is raised shows in none of those that were verified."""
BY_CHANCE = 1e-6
"""How seldom a load has more of them than its rows say, if their share is the largest that verification may have missed."""
SURE = 1e-3
"""How seldom the harness's own client sees none of them where the load has so many: they are answered otherwise."""


@check(
    remedy="look at the server's log; errors are cheaper than answers, so no figure of this trial means anything",
    fatal=True,
    of_a_half=True,
)
def errors(run: RunRecord, trial: LoadTrial, _figures: Figures) -> Raised | None:
    """Any status but a right response's, any request without an answer, any connection closed that is to be kept."""
    assert trial.load is not None
    right = {str(status) for status in trial.load.right_statuses}
    wrong = {f"status {status}": count for status, count in trial.load.statuses.items() if status not in right}
    if trial.load.kinds:
        wrong = {
            f"status {status} to {kind}": count
            for kind, kind_load in trial.load.kinds.items()
            for status, count in kind_load.statuses.items()
            if int(status) not in kind_load.right_statuses
        }
    wrong |= trial.load.errors
    remedy = ""
    if trial.load.closed_by_server and run.workloads[trial.workload].sending.keep_alive:
        remedy = "" if wrong else "if the service closes each connection, give the workload keep_alive = false: one a request"
        wrong["connection closed by the server that it should have kept"] = trial.load.closed_by_server
    if not wrong:
        return None
    counts = ", ".join(f"{count} x {kind}" for kind, count in wrong.items())
    return Raised(evidence=f"{counts} among {counted(trial.load.rows, 'answer')}", threshold="none", remedy=remedy)


@check(remedy="run `primebench verify`; a wrong answer is not worth timing", fatal=True, of_a_half=True)
def wrong_answers(_run: RunRecord, trial: LoadTrial, _figures: Figures) -> Raised | None:
    """Any wrong answer seen by the harness's own client while the load ran."""
    if trial.answers is None or not trial.answers.wrong:
        return None
    return Raised(
        evidence=f"{len(trial.answers.wrong)} of {trial.answers.checked} checked: {trial.answers.wrong[0]}",
        threshold="none",
    )


@check(
    remedy="look what the service answers under load, or when it has been asked so often: `primebench verify` saw no such body",
    of_a_half=True,
)
def wrong_length(run: RunRecord, trial: LoadTrial, figures: Figures) -> Raised | None:
    """More right responses than verification can have missed have bodies of another length than any that it saw: exactly where
    it saw one length only, else by more than those that it saw differ.

    It is fatal where the harness's own client, which checks whole bodies, would have seen some if it had been answered as the
    load was.
    """
    evidence: list[str] = []
    limits: list[str] = []
    is_sure = False
    for kind, seen in verified_lengths(run, trial).items():
        right, unseen = figures.get(f"{RIGHT} {kind}", 0.0), figures.get(f"{UNSEEN} {kind}", 0.0)
        missed = 1 - NEVER_SEEN ** (1 / seen.responses)
        if not unseen or binomial_tail(int(unseen), int(right), missed) > BY_CHANCE:
            continue
        probed = trial.answers.lengths.get(kind) if trial.answers else None
        is_sure |= probed is not None and (1 - unseen / right) ** probed.responses < SURE
        evidence.append(
            f"{kind}: {unseen:,.0f} of {right:,.0f} right responses have another length than was verified, "
            f"most of them {figures[f'{LENGTH} {kind}']:,.0f} bytes"
        )
        limits.append(f"{kind}: {_bytes(*seen.allowed)} in all but {missed:.2%}")
    return Raised("; ".join(evidence), "; ".join(limits), fatal=is_sure) if evidence else None


def _bytes(low: int, high: int) -> str:
    return f"{low:,} bytes" if low == high else f"{max(low, 0):,} to {high:,} bytes"


@check(remedy="some kinds of request were answered and others were not: look at what each kind needs, and at its connections")
def mix_drifted(run: RunRecord, trial: LoadTrial, _figures: Figures) -> Raised | None:
    """The kinds of request among the right responses are not in the shares in which they were asked."""
    assert trial.load is not None
    workload = run.workloads[trial.workload]
    answered = {kind: kind_load.answered_in_window for kind, kind_load in trial.load.kinds.items()}
    total = sum(answered.values())
    off: dict[str, float] = {}
    for share in workload.mix:
        count, expected = answered.get(share.request.kind, 0), share.share * total
        if abs(count - expected) > MIX_TOLERANCE * expected + workload.connections + MIX_BLOCK:
            off[share.request.kind] = count / total
    if not off:
        return None
    asked = {share.request.kind: share.share for share in workload.mix}
    return Raised(
        evidence=", ".join(
            f"{kind}: {share:.1%} of the right responses, {asked[kind]:.1%} were asked" for kind, share in off.items()
        ),
        threshold=f"within {MIX_TOLERANCE:.0%}",
    )


@check(remedy="calculate each answer anew, or name the tier better-algorithm", fatal=True, of_a_half=True)
def too_good(run: RunRecord, trial: LoadTrial, figures: Figures) -> Raised | None:
    """Less CPU time per request, or an answer in less time, than the work of its tier takes on any processor: answers are
    remembered or looked up, all of them or some.
    """
    least_us, work = _least_us(run, trial), run.workloads[trial.workload].work
    if least_us is None:
        return None
    cpu_us, quickest_us = figures.get(m.CPU_PER_REQUEST.name), _quickest_us(trial)
    if cpu_us is not None and max(cpu_us, _whole_load_us(trial)) < least_us:
        evidence = f"{_us(cpu_us)} of CPU a request"
    elif quickest_us is not None and quickest_us < least_us:
        evidence = f"an answer within {_us(quickest_us)}"
    else:
        return None
    takes_longer = f"{work.amount:,.0f} {work.unit} take longer" if work else "by its task a right response takes longer"
    return Raised(
        evidence=f"{evidence}; {takes_longer}",
        threshold=_us(least_us),
    )


@check(
    remedy="measure longer, or look why one client more gets no answer",
    affects=frozenset({m.GOODPUT.name}),
    of_a_half=True,
)
def unchecked_answers(_run: RunRecord, trial: LoadTrial, _figures: Figures) -> Raised | None:
    """The harness's own client got no answer while the load ran: goodput rests on statuses alone."""
    if trial.answers is None:
        return None
    checked = trial.answers.checked if trial.answers.under_load is None else trial.answers.under_load
    if checked > 0:
        return None
    return Raised(
        evidence="no answer was checked during the load",
        threshold="at least one a trial",
    )


@check(remedy="do not use the service's own durations; measure from outside", affects=NONE)
def duration_mismatch(run: RunRecord, trial: LoadTrial, figures: Figures) -> Raised | None:
    """The duration that a service reports is longer than its latency, or falls short of the CPU time of its requests."""
    if trial.answers is None or not trial.answers.durations_us:
        return None
    durations, latencies = np.array(trial.answers.durations_us), np.array(trial.answers.latencies_us)
    if (impossible := durations > latencies).any():
        worst = int(np.argmax(np.where(impossible, durations / latencies, 0)))
        evidence = f"says {_us(durations[worst])} of an answer that took {_us(latencies[worst])}"
    else:
        cpu_us, least_us = figures.get(m.CPU_PER_REQUEST.name), _least_us(run, trial)
        said_us = float(np.median(durations))
        if cpu_us is None or least_us is None or least_us < TELLING_US or said_us >= DURATION_SHARE * cpu_us:
            return None
        evidence = f"says {_us(said_us)} (median), but a request costs {_us(cpu_us)} of CPU"
    return Raised(
        evidence=evidence,
        threshold=f"at most the latency; at least {DURATION_SHARE:.0%} of the CPU time, where the calculation is most of it",
    )


def _whole_load_us(trial: LoadTrial) -> float:
    """CPU time of the server from the first look at it to the last for each right response, in µs; 0 if nobody looked.

    Rows count from when the generator is ready, readings from when it was started: on a busy machine that is a large part of a
    short load apart, and the time in between may hold responses whose CPU time it does not hold.
    """
    assert trial.load is not None
    right = sum(count for status, count in trial.load.statuses.items() if int(status) in trial.load.right_statuses)
    if len(trial.samples) < 2 or not right:
        return 0.0
    return (trial.samples[-1].server_cpu_s - trial.samples[0].server_cpu_s) / right * 1e6


def _quickest_us(trial: LoadTrial) -> float | None:
    """The shortest latency that the harness's own client saw, under load or after it."""
    if trial.answers is None:
        return None
    seen = [*trial.answers.latencies_us, *(value for idle in trial.answers.idle_latencies_us for value in idle)]
    return min(seen, default=None)


def _us(value: float) -> str:
    return f"{m.CPU_PER_REQUEST.write(float(value))} µs"


def _least_us(run: RunRecord, trial: LoadTrial) -> float | None:
    """What the work that the contender's tier promises takes at least, in µs; None if it promises none."""
    promising = [contender for contender in run.contenders if not contender.control or contender.twin_of is not None]
    tier = next((contender.tier for contender in promising if contender.label == trial.contender), "")
    work = run.workloads[trial.workload].work
    if work is None or tier not in work.floor_ns:
        return run.workloads[trial.workload].least_cpu_us
    return work.amount * work.floor_ns[tier] / 1e3
