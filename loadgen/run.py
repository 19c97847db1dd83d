"""A whole run: every contender prepared, every trial in its order, every record on disk as soon as it exists."""

import subprocess
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from loadgen import oha
from loadgen.contract import Verdict
from loadgen.instructions import run_count_trial
from loadgen.machine import Cores, choose_cores, read_machine, usable_cores
from loadgen.microbench import Bench, run_bench_trial
from loadgen.prepare import Prepared
from loadgen.progress import Reporter
from loadgen.record import (
    INSTRUCTIONS,
    MICROBENCH,
    SCHEMA_VERSION,
    ContenderRecord,
    RunFolder,
    RunRecord,
    Trial,
    WorkloadRecord,
)
from loadgen.scenario import Profile, Workload
from loadgen.schedule import Slot, schedule
from loadgen.start import start_command
from loadgen.trial import Subject, run_trial
from loadgen.trouble import Stopped, Trouble
from loadgen.version import OHA_VERSION

CASES = Path("microbench", "cases.json")

OVERHEAD_S = 0.8
"""What a trial takes beside warm-up and load: start, readiness, readings, reading the rows, stop."""
COUNT_S = 0.5
"""What counting the instructions of one benchmark takes, about."""
GIVE_UP_AFTER = 2
"""Failed trials of one contender under one workload, after which its other trials there are left out."""


@dataclass(frozen=True)
class Plan:
    """What is to be measured; `rounds` and `seed` are the profile's unless the user said otherwise."""

    profile_name: str
    profile: Profile
    workloads: dict[str, Workload]
    rounds: int
    seed: int
    benches: list[Bench] = field(default_factory=list)

    @property
    def cores(self) -> Cores:
        """Which cores the server and the generator get on this machine."""
        return choose_cores(usable_cores(), self.profile.server_cores, pinned=self.profile.pinned)

    def expected_s(self, slots: Sequence[Slot]) -> float:
        """How long these trials take, in seconds."""
        return sum(self._trial_s(slot) for slot in slots)

    def bench(self, label: str) -> Bench:
        """The microbenchmarks of that label."""
        return next(one for one in self.benches if one.label == label)

    def _trial_s(self, slot: Slot) -> float:
        if slot.workload == MICROBENCH:
            assert self.profile.microbench is not None
            return self.bench(slot.contender).expected_s(self.profile.microbench.min_time_s)
        if slot.workload == INSTRUCTIONS:
            return COUNT_S * len(self.bench(slot.contender).benchmarks)
        timing = self.profile.workloads[slot.workload]
        # A closed loop that is cut off waits for what is in flight: about one more latency, at most a second here.
        return timing.warm_up_s + timing.load_s + OVERHEAD_S


@dataclass(frozen=True)
class Finished:
    """A run that came to its end: its folder, and each thing that kept it from being whole (one line each)."""

    folder: RunFolder
    faults: list[str]


def measure(plan: Plan, prepared: Sequence[Prepared], results: Path, checkout: Path, report: Reporter) -> Finished:
    """Run every trial of the plan. Raises Trouble for what ends the run early; finished trials are kept in any case."""
    generator = oha.find_oha() if plan.workloads else Path()
    ready = {one.contender.label: one for one in prepared if one.not_measured is None}
    not_measured = [f"{one.contender.label} not measured: {one.not_measured}" for one in prepared if one.not_measured]
    not_measured += [f"{one.label}: microbenchmarks not measured: {one.fault}" for one in plan.benches if one.fault]
    benches = [one.label for one in plan.benches if one.not_measured is None]
    if not (ready and plan.workloads) and not benches:
        raise Trouble(f"nothing can be measured: {'; '.join(not_measured)}")
    slots = schedule(_contenders_of(plan.workloads, ready) | {MICROBENCH: benches}, plan.rounds, plan.seed)
    slots += _count_slots(plan, len(slots))
    run = _run_record(plan, prepared, checkout)
    folder = RunFolder(results / "runs" / run.run_id)
    try:
        folder.create()
        folder.write_run(run)
        link_latest(folder.path, results / "latest")
    except OSError as error:
        raise Trouble(f"{error.filename or folder.path}: {error.strerror}; the run's records go there") from error
    report.begin(len(slots), plan.expected_s(slots))
    faults, reason = [], "stopped by an error"
    try:
        faults = _run_trials(plan, ready, generator, slots, folder, report, checkout / CASES)
        reason = "finished"
    except (KeyboardInterrupt, Stopped):
        reason = "interrupted"
        raise
    except OSError as error:
        kept = len(folder.read_trials())
        place = error.filename or folder.path
        raise Trouble(f"{place}: {error.strerror}; {kept} finished trials are kept in {folder.path}") from error
    finally:
        report.end()
        _close(folder, run, reason, report)
    return Finished(folder, [*not_measured, *faults])


def _count_slots(plan: Plan, first: int) -> list[Slot]:
    """Counting comes last, once: its counts do not vary."""
    if plan.profile.microbench is None or not plan.profile.microbench.count_n:
        return []
    counted = [one.label for one in plan.benches if one.not_measured is None and one.variant is None and one.plan.count]
    return [Slot(first + place, 0, place, INSTRUCTIONS, label) for place, label in enumerate(counted)]


def _contenders_of(workloads: Mapping[str, Workload], ready: Mapping[str, Prepared]) -> dict[str, list[str]]:
    """Which contenders each workload is put to."""
    return {
        name: [label for label, one in ready.items() if one.contender.answers(workload.n)]
        for name, workload in workloads.items()
    }


def _run_trials(
    plan: Plan,
    ready: dict[str, Prepared],
    generator: Path,
    slots: Sequence[Slot],
    folder: RunFolder,
    report: Reporter,
    cases: Path,
) -> list[str]:
    faults: list[str] = []
    failures: Counter[tuple[str, str]] = Counter()
    for done, slot in enumerate(slots):
        if failures[slot.contender, slot.workload] >= GIVE_UP_AFTER:
            continue
        report.trial_starts(f"{slot.workload} · {slot.contender}", plan.expected_s(slots[done:]))
        trial = _trial(plan, ready, generator, slot, folder, cases)
        folder.append_trial(trial)
        report.trial_ended(trial)
        if trial.failure:
            failures[slot.contender, slot.workload] += 1
            faults.append(f"{slot.workload}, round {slot.round + 1}: {trial.failure}")
    return faults


def _trial(plan: Plan, ready: Mapping[str, Prepared], generator: Path, slot: Slot, folder: RunFolder, cases: Path) -> Trial:
    timing = plan.profile.microbench
    if slot.workload == MICROBENCH:
        assert timing is not None
        return run_bench_trial(plan.bench(slot.contender), slot, timing.min_time_s, cases, plan.cores.server)
    if slot.workload == INSTRUCTIONS:
        assert timing is not None
        return run_count_trial(plan.bench(slot.contender), slot, timing.count_n, cases, len(usable_cores()))
    built = ready[slot.contender].built
    assert built is not None
    subject = Subject(
        contender=ready[slot.contender].contender,
        artefact=built.artefact,
        workload=plan.workloads[slot.workload],
        timing=plan.profile.workloads[slot.workload],
        cores=plan.cores,
        oha=generator,
    )
    return run_trial(subject, slot, folder)


def _close(folder: RunFolder, run: RunRecord, reason: str, report: Reporter) -> None:
    """Write down how the run ended; on a full disk the record stays as it was, without an end, and that is said."""
    try:
        folder.write_run(run.model_copy(update={"ended": _now().isoformat(timespec="seconds"), "end_reason": reason}))
    except OSError as error:
        report.say(f"{folder.run_file}: the end of the run could not be recorded: {error.strerror}")


def _run_record(plan: Plan, prepared: Sequence[Prepared], checkout: Path) -> RunRecord:
    now, (commit, dirty), cores = _now(), git_state(checkout), plan.cores
    return RunRecord(
        schema_version=SCHEMA_VERSION,
        run_id=f"{now:%Y%m%dT%H%M%SZ}-{plan.profile_name}-{(commit or 'nocommit')[:7]}",
        profile=plan.profile_name,
        seed=plan.seed,
        rounds=plan.rounds,
        started=now.isoformat(timespec="seconds"),
        ended=None,
        end_reason=None,
        commit=commit,
        dirty=dirty,
        primebench_version=version("primebench"),
        oha_version=OHA_VERSION,
        load_command=_load_command(plan),
        server_cores=cores.server,
        generator_cores=cores.generator,
        pinned=plan.profile.pinned,
        server_threads=cores.server_threads,
        machine=read_machine(),
        workloads={
            name: WorkloadRecord(
                title=workload.title,
                n=workload.n,
                connections=workload.connections,
                warm_up_s=plan.profile.workloads[name].warm_up_s,
                load_s=plan.profile.workloads[name].load_s,
            )
            for name, workload in plan.workloads.items()
        },
        contenders=[_contender_record(one, cores.server_threads) for one in prepared],
        microbenches=[one.record() for one in plan.benches],
    )


def _load_command(plan: Plan) -> list[str]:
    """The generator's command line for the first workload; empty without one."""
    if not plan.workloads:
        return []
    name, workload = next(iter(plan.workloads.items()))
    timing = plan.profile.workloads[name]
    return oha.oha_command("oha", workload, timing.warm_up_s + timing.load_s, "URL", "ROWS")


def _contender_record(one: Prepared, threads: int) -> ContenderRecord:
    contender, file = one.contender, one.contender.service.file
    artefact = Path(one.built.artefact.name) if one.built else Path(file.build.artefact)
    return ContenderRecord(
        label=contender.label,
        title=contender.title,
        language=file.language,
        tier=contender.tier,
        control=contender.control,
        twin_of=contender.twin_of,
        build=one.built.record if one.built else None,
        start_command=start_command(contender, artefact, 0, threads),
        known_deviations={known.case: known.reason for known in file.known_deviations},
        contract_cases_passed=len(one.contract.with_verdict(Verdict.PASSED)) if one.contract else None,
        not_measured=one.not_measured,
    )


def git_state(checkout: Path) -> tuple[str | None, bool | None]:
    """The commit and whether tracked or new files differ from it; (None, None) outside a git checkout."""
    head = subprocess.run(["git", "-C", str(checkout), "rev-parse", "HEAD"], capture_output=True, text=True, check=False)
    if head.returncode != 0:
        return None, None
    changes = subprocess.run(["git", "-C", str(checkout), "status", "--porcelain"], capture_output=True, text=True, check=False)
    return head.stdout.strip(), bool(changes.stdout.strip())


def link_latest(run: Path, link: Path) -> None:
    """Make `link` point to the run, relative to the link's folder, in one step."""
    draft = link.with_name(link.name + ".new")
    draft.unlink(missing_ok=True)
    draft.symlink_to(run.relative_to(link.parent))
    draft.replace(link)


def _now() -> datetime:
    return datetime.now(UTC)
