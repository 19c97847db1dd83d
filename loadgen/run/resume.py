"""Going on with a run that was interrupted: which run, with what plan, and whether it is still the same measurement."""

import os
from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError

from loadgen.config.scenarios import Profile, Workload
from loadgen.errors import Error
from loadgen.generator.choice import GENERATORS
from loadgen.machine.machine import read_machine
from loadgen.machine.same_machine import differences
from loadgen.record.contender import MicrobenchRecord
from loadgen.record.folder import RunFolder
from loadgen.record.run import RunRecord
from loadgen.run.new_run import contender_record
from loadgen.run.plan import Plan
from loadgen.run.prepare import Prepared
from loadgen.strict import explain
from loadgen.task.find import find_task
from loadgen.task.task import Task


def find_interrupted(wanted: str, results: Path) -> RunFolder:
    """The run by its ID or folder; raise Error if it is not there, has finished, or cannot be gone on with here."""
    folder, run = find_unfinished(wanted, results)
    if run.plan is None:
        kind = "capacity curves" if run.curve else "a run with base and head, or of an earlier version"
        raise Error(f"{run.run_id} does not say what it was asked for: {kind}")
    if differing := differences(read_machine(), run.machine):
        raise Error(f"{run.run_id} was measured on another machine, here is {'; '.join(differing)}: one run, one machine")
    here = [generator.name for generator in GENERATORS.values()]
    checked = [workload.sending.generator for workload in run.workloads.values() if workload.sending.generator]
    if others := [name for name in (*run.generator.split(", "), *checked) if name not in here]:
        raise Error(f"{run.run_id} was measured with {others[0]}, here is {', '.join(here)}")
    return folder


def find_unfinished(wanted: str, results: Path) -> tuple[RunFolder, RunRecord]:
    """Return the run by its ID or folder; raise Error if it is not there, or has finished."""
    path = results / "runs" / wanted
    folder = RunFolder(path if path.is_dir() else Path(os.path.realpath(wanted)))
    run = folder.read_run()
    if run.end_reason == "finished":
        raise Error(f"{run.run_id} has finished: there is nothing to go on with; primebench report shows it")
    return folder, run


def plan_of(run: RunRecord) -> Plan:
    """The plan that the run was made by, without microbenchmarks; raise Error if another version's rules made it."""
    assert run.plan is not None  # find_interrupted has looked
    try:
        profile = Profile.model_validate(run.plan.profile)
        workloads = {name: Workload.model_validate(workload) for name, workload in run.plan.workloads.items()}
        cross_check = {name: Workload.model_validate(entry) for name, entry in run.plan.cross_check.items()}
    except ValidationError as error:
        raise Error(f"{run.run_id}: its plan is of another version of primebench: {explain(error)}") from error
    return Plan(
        profile_name=run.profile,
        profile=profile,
        workloads=workloads,
        task=_task_of(run),
        rounds=run.rounds,
        seed=run.seed,
        services=run.plan.services,
        given_up=run.given_up,
        pilots=run.pilots,
        cross_check=cross_check,
        generator_hosts=run.plan.generator_hosts,
        direct_pairs=run.direct_pairs,
    )


def _task_of(run: RunRecord) -> Task:
    """Return the task that the run measured; raise Error if it is another one by now."""
    assert run.plan is not None
    task = find_task(run.plan.task, Path())
    if task.digest != run.task_digest:
        raise Error(
            f"{run.run_id}: the task '{task.name}' was another one when the run began: start a new run, or take it back"
        )
    return task


def check_the_same(run: RunRecord, plan: Plan, prepared: Sequence[Prepared]) -> None:
    """Raise Error if what would be measured now is not what was measured before."""
    cores = plan.cores
    if (cores.server, cores.generator, cores.server_threads) != (run.server_cores, run.generator_cores, run.server_threads):
        raise Error(f"{run.run_id} was measured on other cores (server {run.server_cores}, generator {run.generator_cores})")
    before = {contender.label: contender for contender in run.contenders}
    for candidate in prepared:
        label = candidate.contender.label
        if candidate.not_measured is not None or candidate.built is None:
            raise Error(f"{label}: {candidate.not_measured}; the run was measured with it and cannot go on without")
        record, now = before.get(label), contender_record(candidate, cores.server_threads)
        if record is None or record.build is None or record.build.key != candidate.built.record.key:
            raise Error(f"{label} was built from other sources when the run began: start a new run, or take them back")
        if record.start_command != now.start_command:
            raise Error(f"{label} was started by another command when the run began: {' '.join(record.start_command)}")
    if _benches(run.microbenches) != _benches([bench.record() for bench in plan.benches]):
        raise Error(f"{run.run_id} had other microbenchmarks, or others built: start a new run")


def _benches(records: Sequence[MicrobenchRecord]) -> dict[str, str | None]:
    """Label -> build key, None for what was not measured."""
    return {record.label: record.build.key if record.build and record.not_measured is None else None for record in records}
