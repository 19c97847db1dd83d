"""From finished runs of the study to its report: who was caught by what, and what was raised of the honest. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from analysis.model.summary import Summary
from loadgen.record.trial import LoadTrial
from tests.faults.planted import FAILED, NOT_MEASURED, Group

ELSEWHERE = frozenset({"generator_bound", "memory_short", "noisy"})
"""Checks that speak of the generator or of the machine, not of the service."""
TOLD_FIRST = "article"


@dataclass(frozen=True)
class Seen:
    """What one run showed of one contender: each thing raised, with its evidence, and what oha's own summary says."""

    label: str
    raised: dict[str, str]
    oha_alone: str


@dataclass(frozen=True)
class Outcome:
    """One run of a group."""

    group: Group
    summary: Summary
    seen: list[Seen]


@dataclass(frozen=True)
class FaultRow:
    """One fault over all its runs; on a faulty machine each contender of a run counts."""

    fault: str
    named_by: str
    caught: int
    runs: int
    also: dict[str, int]
    oha_alone: str

    @property
    def missed(self) -> bool:
        """Whether it escaped in one of the runs, or was in none."""
        return self.caught < self.runs or self.runs == 0


@dataclass(frozen=True)
class HonestRow:
    """One honest contender over all runs that it was in: every flag with its evidence, those that speak of others apart."""

    label: str
    runs: int
    flags: list[str]
    elsewhere: list[str]


def outcome_of(group: Group, summary: Summary, trials: Sequence[LoadTrial]) -> Outcome:
    """What a run of the group showed."""
    measured = [contender.label for workload in summary.workloads for contender in workload.contenders]
    labels = dict.fromkeys([*measured, *(refusal.label for refusal in summary.not_measured)])
    seen = [Seen(label, raised(summary, trials, label), oha_alone(trials, label)) for label in labels]
    return Outcome(group.reduced_to(labels), summary, seen)


def raised(summary: Summary, trials: Iterable[LoadTrial], label: str) -> dict[str, str]:
    """Name -> first evidence of all that was raised of the contender: flags, failed trials, not being measured at all."""
    found: dict[str, str] = {}
    for refusal in summary.not_measured:
        if refusal.label == label:
            found[NOT_MEASURED] = refusal.reason
            check, _, evidence = refusal.reason.partition(": ")
            if check in ("errors", "wrong_answers"):
                found[check] = evidence
    for workload in summary.workloads:
        for flag in (flag for contender in workload.contenders if contender.label == label for flag in contender.flags):
            found.setdefault(flag.check, f"{workload.name}: {flag.evidence}")
    for trial in trials:
        if trial.contender == label and trial.failure:
            found.setdefault(FAILED, f"{trial.workload}: {trial.failure}")
    return found


def oha_alone(trials: Iterable[LoadTrial], label: str) -> str:
    """What the generator's own summary says of the contender's first trial: under `article`, if there is one."""
    loaded = [trial for trial in trials if trial.contender == label and trial.load and trial.load.reported]
    trial = min(loaded, key=lambda trial: (trial.workload != TOLD_FIRST, trial.index), default=None)
    if trial is None or trial.load is None:
        return "–"
    said = trial.load.reported
    p99 = f"{said['latency_p99_ms']:,.3g} ms" if "latency_p99_ms" in said else "–"
    where = "" if trial.workload == TOLD_FIRST else f"{trial.workload}: "
    return f"{where}{said['requests_per_s']:,.0f} requests/s, success {said['success_share']:.0%}, P99 {p99}"


def fault_rows(outcomes: Sequence[Outcome]) -> list[FaultRow]:
    """One row for each fault that is in one of the groups, in their order."""
    planted = dict.fromkeys((fault, by) for outcome in outcomes for fault, by in outcome.group.faults.items())
    return [_fault_row(fault, by, outcomes) for fault, by in planted]


def _fault_row(fault: str, named_by: str, outcomes: Sequence[Outcome]) -> FaultRow:
    seen = [
        entry
        for outcome in outcomes
        if fault in outcome.group.faults
        for label in outcome.group.labels(fault, [seen.label for seen in outcome.seen])
        for entry in outcome.seen
        if entry.label == label
    ]
    names = Counter(name for entry in seen for name in entry.raised)
    caught = names.pop(named_by, 0)
    alone = next((entry.oha_alone for entry in seen if entry.oha_alone != "–"), "–")
    return FaultRow(fault, named_by, caught, len(seen), dict(names), alone)


def honest_rows(outcomes: Sequence[Outcome]) -> list[HonestRow]:
    """One row for each contender that was honest on an honest machine."""
    seen: dict[str, list[Seen]] = defaultdict(list)
    for outcome in outcomes:
        honest = outcome.group.honest(seen.label for seen in outcome.seen)
        for entry in outcome.seen:
            if entry.label in honest:
                seen[entry.label].append(entry)
    return [_honest_row(label, group) for label, group in seen.items()]


def _honest_row(label: str, seen: Sequence[Seen]) -> HonestRow:
    pairs = [(name, f"{name} ({evidence})") for entry in seen for name, evidence in entry.raised.items()]
    flags = [text for name, text in pairs if name not in ELSEWHERE]
    return HonestRow(label, len(seen), flags, [text for name, text in pairs if name in ELSEWHERE])


def failed(outcomes: Sequence[Outcome], lost: Sequence[str]) -> bool:
    """Whether a fault was missed, an honest service flagged, or a run lost."""
    missed = any(row.missed for row in fault_rows(outcomes))
    return missed or bool(lost) or any(row.flags for row in honest_rows(outcomes))


def report(outcomes: Sequence[Outcome], lost: Sequence[str]) -> str:
    """The whole report in Markdown; `lost` has a line for each run that is not whole."""
    parts = ["# Planted faults", *_measured_on(outcomes), *tables(outcomes)]
    if lost:
        parts.append("Runs that gave nothing, or not all:\n\n" + "\n".join(f"* {line}" for line in lost))
    return "\n\n".join(parts) + "\n"


def tables(outcomes: Sequence[Outcome]) -> list[str]:
    """The table of faults and that of honest services, as far as there is something in them."""
    faults, honest = fault_rows(outcomes), honest_rows(outcomes)
    found = []
    if faults:
        head = "| fault | has to be named by | caught | also raised | oha alone |\n|---|---|---|---|---|\n"
        found.append(head + "\n".join(_fault_line(row) for row in faults))
    if honest:
        flagged = sum(len(row.flags) for row in honest)
        runs = sum(row.runs for row in honest)
        head = "| honest service | runs | flags raised | of the machine or the generator |\n|---|---|---|---|\n"
        found.append(head + "\n".join(_honest_line(row) for row in honest))
        found.append(f"{runs} honest runs, a contender in a run each; {flagged} flags.")
    return found


def _fault_line(row: FaultRow) -> str:
    also = ", ".join(f"{name} ({count})" for name, count in row.also.items()) or "–"
    caught = f"{row.caught} of {row.runs}" + (" **missed**" if row.missed else "")
    return _line(row.fault, row.named_by, caught, also, row.oha_alone)


def _honest_line(row: HonestRow) -> str:
    return _line(row.label, str(row.runs), "; ".join(row.flags) or "none", "; ".join(row.elsewhere) or "none")


def _line(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _measured_on(outcomes: Sequence[Outcome]) -> list[str]:
    """Machine, commit and time of the runs, in a line each; a machine or a commit that changed between runs shows twice."""
    lines: dict[str, None] = {}
    for summary in sorted((outcome.summary for outcome in outcomes), key=lambda summary: summary.started):
        machine = summary.machine
        where = f" ({machine.hypervisor})" if machine.hypervisor else ""
        changed = ", with changes" if summary.dirty else ""
        lines[f"{machine.cpu_model}{where}, {machine.cores} cores, {machine.system}, Linux {machine.kernel}"] = None
        lines[f"commit {summary.commit or 'unknown'}{changed}, profile {summary.profile}, {summary.rounds} rounds"] = None
    began = sorted(outcome.summary.started for outcome in outcomes)
    return ["\n".join(f"* {line}" for line in [*lines, f"{len(began)} runs, {began[0]} to {began[-1]}"])] if began else []
