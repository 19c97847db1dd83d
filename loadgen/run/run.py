"""A whole run: every contender prepared, every trial in its order, every record on disk as soon as it exists."""

import contextlib
import errno
import fcntl
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path

from loadgen.build.disassembly import disassemble
from loadgen.build.git import git_state
from loadgen.config.scenarios import Workload
from loadgen.conformance import Verdict
from loadgen.errors import Stopped, Trouble
from loadgen.generator.default import GENERATOR
from loadgen.generator.generator import Load
from loadgen.generator.rate import rate_per_s
from loadgen.machine.machine import read_machine
from loadgen.machine.topology import usable_cores
from loadgen.microbench.callgrind import run_count_trial
from loadgen.microbench.run import run_bench_trial
from loadgen.record.contender import ContenderRecord
from loadgen.record.folder import RunFolder
from loadgen.record.run import Resumption, RunRecord
from loadgen.record.trial import INSTRUCTIONS, MICROBENCH, SCHEMA_VERSION, LoadTrial, Trial
from loadgen.record.workload import RequestRecord, WorkloadRecord
from loadgen.run.plan import Plan
from loadgen.run.prepare import Prepared
from loadgen.run.reporter import Reporter
from loadgen.run.state import Settled, Standing
from loadgen.system.suspension import measured_awake
from loadgen.trial.new_trial import new_trial
from loadgen.trial.server import inherited_environment, start_command
from loadgen.trial.slot import Slot
from loadgen.trial.trial import Subject, run_trial

CASES = Path("microbench", "cases.json")
ELSEWHERE = "the run's records go there; --results names another folder"


@dataclass(frozen=True)
class Finished:
    """A run that came to its end: its folder, and each thing that kept it from being whole (one line each)."""

    folder: RunFolder
    faults: list[str]


def measure(
    plan: Plan,
    prepared: Sequence[Prepared],
    results: Path,
    checkout: Path,
    report: Reporter,
    settled: Callable[[RunFolder, RunRecord], Settled] | None = None,
    until_s: float | None = None,
) -> Finished:
    """Run every trial of the plan. Raises Trouble for what ends the run early; finished trials are kept in any case.

    `settled` makes, of the run, the rule by which a workload stops early; it is not asked if the plan stops nothing early. No
    round begins that would not be done by `until_s`, a reading of time.monotonic().
    """
    ready = {one.contender.label: one for one in prepared if one.not_measured is None}
    benches = [one.label for one in plan.benches if one.not_measured is None]
    if not (ready and plan.workloads) and not benches:
        raise Trouble(f"nothing can be measured: {'; '.join(_not_measured(plan, prepared))}")
    if not plan.slots([one.contender for one in ready.values()]):
        names = ", ".join(ready)
        raise Trouble(
            f"nothing can be measured: profile '{plan.profile_name}' puts {names} to none of {', '.join(plan.workloads)}"
        )
    run = run_record(plan, prepared, checkout)
    folder = created(run, results, report)
    return _go_through(plan, prepared, folder, run, checkout, report, settled, until_s)


def check_results(results: Path) -> None:
    """Raise Trouble if no run's folder could be made in `results`: better known before minutes of building."""
    runs = results / "runs"
    there = next(place for place in (runs, *runs.parents) if os.path.lexists(place))
    try:
        os.listdir(there)  # noqa: PTH208 - which says what is wrong with a file, or with a loop of links
    except OSError as error:
        raise Trouble(f"{error.filename}: {error.strerror}; {ELSEWHERE}") from error
    if not os.access(there, os.W_OK | os.X_OK):
        reason = errno.EROFS if os.statvfs(there).f_flag & os.ST_RDONLY else errno.EACCES
        raise Trouble(f"{there}: {os.strerror(reason)}; {ELSEWHERE}")


def created(run: RunRecord, results: Path, report: Reporter) -> RunFolder:
    """The run's folder, made anew; `latest` of the results links to it. Raises Trouble if it cannot be made.

    A run goes on where no link can be made (a file system without links, a folder in its place), and that is said.
    """
    folder = RunFolder(results / "runs" / run.run_id)
    try:
        folder.create()
        folder.write_run(run)
    except OSError as error:
        raise Trouble(f"{error.filename or folder.path}: {error.strerror}; {ELSEWHERE}") from error
    try:
        link_latest(folder.path, results / "latest")
    except OSError as error:
        report.say(f"{results / 'latest'} does not lead to this run: {error.strerror}; name the run by its folder")
    return folder


def resume(
    plan: Plan,
    prepared: Sequence[Prepared],
    folder: RunFolder,
    checkout: Path,
    report: Reporter,
    settled: Callable[[RunFolder, RunRecord], Settled] | None = None,
) -> Finished:
    """Go on with the run in `folder`, whose plan this is; what `measure` says holds."""
    run, (commit, dirty) = folder.read_run(), git_state(checkout)
    again = Resumption(
        at=_now().isoformat(timespec="seconds"), trials_before=len(folder.read_trials()), commit=commit, dirty=dirty
    )
    run = run.replace(ended=None, end_reason=None, resumed=[*run.resumed, again])
    return _go_through(plan, prepared, folder, run, checkout, report, settled, None)


def _go_through(
    plan: Plan,
    prepared: Sequence[Prepared],
    folder: RunFolder,
    run: RunRecord,
    checkout: Path,
    report: Reporter,
    settled: Callable[[RunFolder, RunRecord], Settled] | None,
    until_s: float | None,
) -> Finished:
    """All trials that the run still wants."""
    ready = {one.contender.label: one for one in prepared if one.not_measured is None}
    rule = settled(folder, run) if settled and plan.stops_early else _never
    slots = plan.slots([one.contender for one in ready.values()])
    standing = Standing(slots, plan.rounds, plan.profile.fewest_rounds, rule)
    standing.take_up(folder.read_trials())
    measuring = Measuring(plan, ready, GENERATOR.find() if plan.workloads else Path(), folder, checkout / CASES)
    wanted = standing.wanted()
    given_up = list(run.given_up)
    report.begin(plan.outline([one.contender for one in ready.values()]), len(wanted), plan.expected_s(wanted))
    faults: list[str] = []
    reason = "stopped by an error"
    try:
        with alone_in(folder.path):
            folder.raw.mkdir(exist_ok=True)  # of a run that was copied without it
            folder.drop_cut_line()
            folder.write_run(run)
            faults, late = _run_trials(measuring, standing, report, until_s)
        given_up += late
        reason = "finished"
    except (KeyboardInterrupt, Stopped):
        reason = "interrupted"
        raise
    except AlreadyRunningError:
        reason = "already running"
        raise
    except OSError as error:
        kept = len(folder.read_trials())
        place = error.filename or folder.path
        raise Trouble(f"{place}: {error.strerror}; {kept} finished trials are kept in {folder.path}") from error
    finally:
        report.end()
        if reason != "already running":
            close(folder, run.replace(stopped_early=standing.stopped_early, given_up=given_up), reason, report)
    return Finished(folder, [*_not_measured(plan, prepared), *faults])


class AlreadyRunningError(Trouble):
    """Another process measures into the same folder."""


@contextlib.contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Keep others from measuring into the run's folder meanwhile; raise AlreadyRunningError if somebody does already."""
    with RunFolder(folder).trials_file.open("ab") as lock:  # NFS locks no folder, and no file that is open for reading only
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AlreadyRunningError(f"{folder.name} is still running: it is measured by another process") from error
        except OSError as error:
            raise Trouble(f"{lock.name} cannot be locked: {error.strerror}; use --results on another file system") from error
        yield


def _never(_workload: str, _trials: Sequence[Trial]) -> bool:
    return False


def _not_measured(plan: Plan, prepared: Sequence[Prepared]) -> list[str]:
    lines = [f"{one.contender.label} not measured: {one.not_measured}" for one in prepared if one.not_measured]
    return lines + [f"{one.label}: microbenchmarks not measured: {one.fault}" for one in plan.benches if one.fault]


@dataclass(frozen=True)
class Measuring:
    """What every trial of a run needs."""

    plan: Plan
    ready: Mapping[str, Prepared]
    generator: Path
    folder: RunFolder
    cases: Path

    def trial(self, slot: Slot, so_far: Sequence[Trial]) -> Trial:
        """Measure one trial; `so_far` are the trials that an open loop's rate is taken from."""
        timing, cores = self.plan.profile.microbench, self.plan.cores
        if slot.workload == MICROBENCH:
            assert timing is not None
            return run_bench_trial(self.plan.bench(slot.contender), slot, timing.min_time_s, self.cases, cores.server)
        if slot.workload == INSTRUCTIONS:
            assert timing is not None
            return run_count_trial(self.plan.bench(slot.contender), slot, self.cases, len(usable_cores()))
        try:
            rate = self._rate_per_s(slot, so_far)
        except Trouble as trouble:
            return new_trial(LoadTrial, slot).replace(failure=str(trouble))
        built = self.ready[slot.contender].built
        assert built is not None
        subject = Subject(
            contender=self.ready[slot.contender].contender,
            artefact=built.artefact,
            asked=self.plan.workloads[slot.workload].asked(self.plan.task),
            connections=self.plan.workloads[slot.workload].connections,
            timing=self.plan.profile.workloads[slot.workload],
            cores=cores,
            generator=GENERATOR,
            program=self.generator,
            rate_per_s=rate,
        )
        return run_trial(subject, slot, self.folder)

    def _rate_per_s(self, slot: Slot, so_far: Sequence[Trial]) -> int | None:
        """None for a closed loop. A twin gets the rate of its original: the two are one service."""
        rate = self.plan.workloads[slot.workload].rate
        if rate is None:
            return None
        services = [label for label, one in self.ready.items() if not one.contender.control]
        return rate_per_s(rate, self.ready[slot.contender].contender.twin_of or slot.contender, services, so_far)


def _run_trials(
    measuring: Measuring, standing: Standing, report: Reporter, until_s: float | None
) -> tuple[list[str], list[str]]:
    """Faults, and what there was no time for, a line each."""
    faults: list[str] = []
    while wanted := standing.wanted():
        slot = wanted[0]
        if until_s is not None and standing.begins_a_round(slot):
            block = [one for one in wanted if (one.workload, one.round) == (slot.workload, slot.round)]
            if time.monotonic() + measuring.plan.expected_s(block) > until_s:
                return faults, [f"the time was over in round {slot.round + 1}: {len(wanted)} trials were left out"]
        report.trial_starts(f"{slot.workload} · {slot.contender}", measuring.plan.expected_s(wanted))
        trial = measured_awake(partial(measuring.trial, slot, standing.trials), report.say)
        measuring.folder.append_trial(trial)
        settled = standing.add(trial)
        report.trial_ended(trial)
        if trial.failure:
            faults.append(f"{slot.workload}, round {slot.round + 1}: {trial.failure}")
        if settled:
            report.say(
                f"{slot.workload}: intervals within {measuring.plan.profile.half_width:.1%} after {slot.round + 1} of "
                f"{standing.rounds} rounds: stopped"
            )
    return faults, []


def close(folder: RunFolder, run: RunRecord, reason: str, report: Reporter) -> None:
    """Write down how the run ended; on a full disk the record stays as it was, without an end, and that is said."""
    try:
        end = {
            "ended": _now().isoformat(timespec="seconds"),
            "end_reason": reason,
            "load_average_1m_after": os.getloadavg()[0],
        }
        folder.write_run(run.replace(**end))
    except OSError as error:
        report.say(f"{folder.run_file}: the end of the run could not be recorded: {error.strerror}")


def run_record(plan: Plan, prepared: Sequence[Prepared], checkout: Path) -> RunRecord:
    """What is known of a run before its first trial."""
    now, (commit, dirty), cores = _now(), git_state(checkout), plan.cores
    return RunRecord(
        schema_version=SCHEMA_VERSION,
        run_id=f"{now:%Y%m%dT%H%M%SZ}-{plan.profile_name}-{(commit or 'nocommit')[:7]}",
        profile=plan.profile_name,
        task=plan.task.name,
        task_digest=plan.task.digest,
        benchmark_roles=plan.task.benchmark_roles,
        seed=plan.seed,
        rounds=plan.rounds,
        started=now.isoformat(timespec="seconds"),
        ended=None,
        end_reason=None,
        commit=commit,
        dirty=dirty,
        primebench_version=version("primebench"),
        generator=GENERATOR.name,
        load_command=_load_command(plan),
        server_cores=cores.server,
        generator_cores=cores.generator,
        pinned=plan.profile.pinned,
        server_threads=cores.server_threads,
        machine=read_machine(),
        workloads={name: _workload_record(plan, name, workload) for name, workload in plan.workloads.items()},
        contenders=_contender_records(plan, prepared),
        microbenches=[one.record() for one in plan.benches],
        plan=plan.record() if plan.services else None,
        half_width=plan.profile.half_width if plan.stops_early else None,
        noise_limit=plan.profile.noise_limit,
        given_up=plan.given_up,
    )


def _workload_record(plan: Plan, name: str, workload: Workload) -> WorkloadRecord:
    asked, timing = workload.asked(plan.task), plan.profile.workloads[name]
    request = asked.shown
    return WorkloadRecord(
        title=workload.title,
        label=asked.label,
        request=RequestRecord(
            kind=asked.kind,
            method=request.method,
            target=request.target,
            headers=dict(request.headers),
            body=request.body.decode(errors="replace"),
        ),
        parameters=dict(asked.parameters),
        work=asked.work,
        connections=workload.connections,
        warm_up_s=timing.warm_up_s,
        load_s=timing.load_s,
        rate=workload.rate,
        left_out=plan.profile.left_out(name),
    )


def _load_command(plan: Plan) -> list[str]:
    """The generator's command line for the first closed loop; empty without one."""
    name, workload = next(((name, one) for name, one in plan.workloads.items() if one.rate is None), ("", None))
    if workload is None:
        return []
    timing = plan.profile.workloads[name]
    load = Load(workload.asked(plan.task).shown, workload.connections, timing.warm_up_s + timing.load_s, "http://HOST:PORT")
    return GENERATOR.command(GENERATOR.name.partition(" ")[0], load)


def _contender_records(plan: Plan, prepared: Sequence[Prepared]) -> list[ContenderRecord]:
    """With what each artefact's machine code says of the work if the profile asks for it; variants of a service share one."""
    records = [contender_record(one, plan.cores.server_threads) for one in prepared]
    if not (plan.profile.disassembly and plan.task.work_instructions):
        return records
    artefacts = {one.built.artefact for one in prepared if one.built}
    found = {artefact: disassemble(artefact, plan.task.work_instructions) for artefact in artefacts}
    return [
        record.replace(disassembly=found[one.built.artefact]) if one.built else record
        for record, one in zip(records, prepared, strict=True)
    ]


def contender_record(one: Prepared, threads: int) -> ContenderRecord:
    """The contender as it is run with so many threads."""
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
        environment=inherited_environment(contender),
        known_deviations={known.case: known.reason for known in file.known_deviations},
        contract_cases_passed=len(one.contract.with_verdict(Verdict.PASSED)) if one.contract else None,
        not_measured=one.not_measured,
    )


def link_latest(run: Path, link: Path) -> None:
    """Make `link` point to the run, relative to the link's folder, in one step."""
    draft = link.with_name(f"{link.name}.{run.name}")  # of this run alone: two may begin at the same time
    draft.symlink_to(run.relative_to(link.parent))
    try:
        draft.replace(link)
    except OSError:
        draft.unlink()
        raise


def _now() -> datetime:
    return datetime.now(UTC)
