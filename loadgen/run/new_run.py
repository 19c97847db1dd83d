"""The record of a run that is about to begin."""

from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from loadgen.build.disassembly import disassemble
from loadgen.build.git import git_state
from loadgen.config.scenarios import Workload
from loadgen.generator.choice import GENERATORS
from loadgen.generator.generator import Load, Part
from loadgen.machine.cores import cores_beside
from loadgen.machine.machine import read_machine
from loadgen.record.contender import ContenderRecord
from loadgen.record.run import RunRecord
from loadgen.record.trial import SCHEMA_VERSION
from loadgen.record.workload import PairedRecord, RequestRecord, Share, WorkloadRecord, lent_by
from loadgen.run.plan import Plan
from loadgen.run.prepare import Prepared
from loadgen.task.task import Asked
from loadgen.trial.server import inherited_environment, start_command


def run_record(plan: Plan, prepared: Sequence[Prepared], checkout: Path) -> RunRecord:
    """What is known of a run before its first trial."""
    now, (commit, dirty), cores = _now(), git_state(checkout), plan.cores
    return RunRecord(
        schema_version=SCHEMA_VERSION,
        run_id=run_id_of(plan.profile_name, commit, now),
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
        generator=", ".join(dict.fromkeys(plan.generators[name].name for name in plan.workloads)) or GENERATORS["oha"].name,
        load_command=_load_command(plan),
        server_cores=cores.server,
        generator_cores=cores.generator,
        sidecar_cores=cores_beside(cores) if plan.task.sidecars else [],
        pinned=plan.profile.pinned,
        server_threads=cores.server_threads,
        machine=read_machine(),
        workloads={name: _workload_record(plan, name, workload) for name, workload in plan.loads.items()},
        contenders=_contender_records(plan, prepared),
        microbenches=[bench.record() for bench in plan.benches],
        plan=plan.record() if plan.services else None,
        half_width=plan.profile.half_width if plan.stops_early else None,
        noise_limit=plan.profile.noise_limit,
        given_up=plan.given_up,
        pilots={name: dict(of) for name, of in plan.pilots.items()},
    )


def run_id_of(profile_name: str, commit: str | None, now: datetime) -> str:
    """Return the name of a run that begins now."""
    return f"{now:%Y%m%dT%H%M%SZ}-{profile_name}-{(commit or 'nocommit')[:7]}"


def _workload_record(plan: Plan, name: str, workload: Workload) -> WorkloadRecord:
    asked, timing = plan.asked[name], plan.load_timing(name)
    return WorkloadRecord(
        title=workload.title,
        label=plan.labels[name],
        request=_request_record(asked, asked.kinds[0]),
        mix=[Share(request=_request_record(asked, kind), share=share) for kind, share in asked.shares.items()]
        if len(asked.kinds) > 1
        else [],
        sending=workload.sending.replace(generator=plan.generators[name].name),
        parameters=dict(asked.parameters),
        work=asked.work,
        least_cpu_us=plan.task.least_cpu_us,
        connections=workload.connections,
        warm_up_s=timing.warm_up_s,
        load_s=timing.load_s,
        rate=workload.rate,
        paired_trials=_paired_record(plan, name),
        left_out=plan.profile.left_out(lent_by(name)),
        generators=plan.generators_of(name),
    )


def _request_record(asked: Asked, kind: str) -> RequestRecord:
    request = asked.shown(kind)
    return RequestRecord(
        kind=kind,
        method=request.method,
        target=request.target,
        headers=dict(request.headers),
        body=request.body.decode(errors="replace"),
    )


def _paired_record(plan: Plan, name: str) -> PairedRecord | None:
    if plan.profile.paired is None or name not in plan.profile.paired.workloads:
        return None
    timing = plan.profile.paired.workloads[name]
    return PairedRecord(rounds=plan.paired_rounds, warm_up_s=timing.warm_up_s, load_s=timing.load_s)


def _load_command(plan: Plan) -> list[str]:
    """The generator's command line for the first closed loop; empty without one."""
    name, workload = next(((name, workload) for name, workload in plan.workloads.items() if workload.rate is None), ("", None))
    if workload is None:
        return []
    timing = plan.profile.workloads[name]
    asked, generator = plan.asked[name], plan.generators[name]
    load = Load(
        asked.shown(asked.kinds[0]),
        workload.connections,
        timing.warm_up_s + timing.load_s,
        f"http{'s' if workload.tls else ''}://HOST:PORT",
        sending=workload.sending,
        socket="SOCKET" if workload.unix else "",
        part=Part(of=plan.generators_of(name)),
    )
    return generator.command(generator.name.partition(" ")[0], load)


def _contender_records(plan: Plan, prepared: Sequence[Prepared]) -> list[ContenderRecord]:
    """With what each artefact's machine code says of the work if the profile asks for it; variants of a service share one."""
    records = [contender_record(candidate, plan.cores.server_threads) for candidate in prepared]
    if not (plan.profile.disassembly and plan.task.work_instructions):
        return records
    artefacts = {candidate.built.artefact for candidate in prepared if candidate.built}
    disassemblies = {artefact: disassemble(artefact, plan.task.work_instructions) for artefact in artefacts}
    return [
        record.replace(disassembly=disassemblies[candidate.built.artefact]) if candidate.built else record
        for record, candidate in zip(records, prepared, strict=True)
    ]


def contender_record(prepared: Prepared, threads: int) -> ContenderRecord:
    """The contender as it is run with so many threads."""
    contender, file = prepared.contender, prepared.contender.service.file
    artefact = Path(prepared.built.artefact.name) if prepared.built else Path(file.build.artefact)
    return ContenderRecord(
        label=contender.label,
        title=contender.title,
        language=file.language,
        tier=contender.tier,
        control=contender.control,
        twin_of=contender.twin_of,
        build=prepared.built.record if prepared.built else None,
        start_command=start_command(contender, artefact, 0, threads),
        environment=inherited_environment(contender),
        deviations=prepared.conformance.deviations if prepared.conformance else {},
        evidence=prepared.conformance.evidence if prepared.conformance else {},
        conformance=prepared.conformance.scores if prepared.conformance else {},
        lengths=prepared.conformance.lengths if prepared.conformance else {},
        not_measured=prepared.not_measured,
    )


def _now() -> datetime:
    return datetime.now(UTC)
