"""From a run's records to its summary. Reads raw rows; decides nothing that is not in `check`, `interval` or `claims`."""

import math
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from analysis.audit.audit import audit_figures, audit_rest, logs_asked_for
from analysis.audit.cause import Evidence
from analysis.audit.model import PublishedSet
from analysis.checks.affected import with_doubts
from analysis.checks.trial import CHECKS, CHECKS_OF_A_HALF, check_trial
from analysis.microbench.reconcile import Asked, CpuPerRequest
from analysis.microbench.summary import summarise_microbench
from analysis.model import metric as m
from analysis.model.figure_of import figure_of, refused
from analysis.model.summary import (
    SUMMARY_SCHEMA_VERSION,
    BuildResult,
    HarnessResult,
    NotMeasured,
    Summary,
)
from analysis.pipeline.campaign import check_machines, with_disagreeing, worker_shares
from analysis.pipeline.compared import Analysed
from analysis.pipeline.cross_check import cross_check, flagged_by
from analysis.pipeline.logs import traced
from analysis.pipeline.paired import paired_comparisons
from analysis.pipeline.workload import _with_aa_flags, build_workload
from analysis.trial.generators import generator_figures
from analysis.trial.lengths import length_figures
from analysis.trial.metrics import figures_of, of_rows
from analysis.trial.rows import read_rows
from analysis.trial.timeline import timeline_of
from analysis.verdicts.verdicts import decided
from loadgen.conformance.findings import findings
from loadgen.errors import Error
from loadgen.record.contender import ContenderRecord
from loadgen.record.folder import load_run
from loadgen.record.run import RunRecord
from loadgen.record.trial import LoadTrial
from loadgen.record.workload import WorkloadRecord, is_cross_check
from loadgen.task.work import Scale

ScaleOf = Callable[[RunRecord], Scale | None]
"""How the work of a run's task grows with a parameter; None where nobody knows."""


def summarise(run_folder: Path, published: Sequence[PublishedSet], scale_of: ScaleOf) -> Summary:
    """Analyse the run in `run_folder`; raise Error if its records or rows are missing or damaged.

    `scale_of` tells how the work of a run's task grows with a parameter, None where nobody knows.
    """
    run, trials = load_run(run_folder)
    if run.curve is not None:
        raise Error(f"{run_folder}: a run of capacity curves, which primebench report shows; expected one of primebench run")
    check_machines(run_folder, run, trials)
    scale = scale_of(run)
    published = [source for source in published if source.task == run.task]
    analysed: dict[tuple[str, str], list[Analysed]] = defaultdict(list)
    paired: dict[str, list[Analysed]] = defaultdict(list)
    failed: dict[tuple[str, str], int] = defaultdict(int)
    for trial in trials:
        key = (trial.workload, trial.contender)
        if not isinstance(trial, LoadTrial):
            continue
        if trial.failure:
            failed[key] += not trial.beside
        elif trial.beside:
            paired[trial.workload].append(_analyse(run_folder, run, trial))
        else:
            analysed[key].append(_analyse(run_folder, run, trial))
    measured = [contender for contender in run.contenders if contender.not_measured is None]
    checked = cross_check(run, measured, analysed, failed)
    workloads = [
        with_doubts(flagged_by(checked, _with_aa_flags(workload, analysed)))
        for workload in decided(
            [
                build_workload(run, name, measured, analysed, failed).replace(paired=paired_comparisons(measured, paired[name]))
                for name in run.workloads
                if not is_cross_check(name)
            ]
        )
    ]
    builds = [_build(contender) for contender in measured if contender.build]
    workloads = with_disagreeing(workloads)
    microbench = None if run.is_campaign else summarise_microbench(run, trials, _cpu_by_round(run, analysed, scale), scale)
    evidence = Evidence(
        disassemblies={contender.label: contender.disassembly for contender in measured if contender.disassembly is not None},
        traces={key: traced(run_folder, analysed[key]) for key in logs_asked_for(published) if key in analysed},
        benches=microbench.benches if microbench else (),
        roles=run.benchmark_roles,
    )
    return Summary.from_fields_of(
        run,
        schema_version=SUMMARY_SCHEMA_VERSION,
        start_commands={contender.label: contender.start_command for contender in measured},
        tools={contender.label: contender.build.tools for contender in measured if contender.build},
        built_with=_built_with(run),
        started_with={
            contender.label: [f"{name}={value}" for name, value in contender.environment.items()]
            for contender in measured
            if contender.environment
        },
        harness=None if run.is_campaign else _harness([trial for trial in trials if isinstance(trial, LoadTrial)]),
        workers=worker_shares(trials),
        cross_check=checked,
        workloads=workloads,
        builds=builds,
        not_measured=_not_measured(run),
        deviations={contender.label: contender.deviations for contender in measured},
        conformance={contender.label: contender.conformance for contender in measured if contender.conformance},
        findings={contender.label: findings(contender.evidence) for contender in measured if contender.evidence},
        claims=audit_figures(published, workloads, builds, microbench.fits if microbench else (), scale) if workloads else [],
        microbench=microbench,
        audit=audit_rest(published, run, workloads, builds, evidence, scale) if workloads and published else None,
    )


def _built_with(run: RunRecord) -> dict[str, list[str]]:
    services = {contender.label: contender.build for contender in run.contenders}
    benches = {f"microbenchmarks of {program.label}": program.build for program in run.microbenches}
    return {label: build.built_with for label, build in {**services, **benches}.items() if build and build.built_with}


def _harness(trials: Sequence[LoadTrial]) -> HarnessResult | None:
    """What measuring took, in the trials that tell it."""
    shares = [
        trial.cpu.harness_cpu_s / (trial.cpu.to_s - trial.cpu.from_s)
        for trial in trials
        if trial.failure is None and trial.cpu is not None and trial.cpu.harness_cpu_s is not None and not trial.beside
    ]
    outside = [trial.outside_s for trial in trials if trial.outside_s is not None]
    return HarnessResult(busy_share=figure_of(shares), outside_s=figure_of(outside)) if shares and outside else None


def _not_measured(run: RunRecord) -> list[NotMeasured]:
    return [
        NotMeasured(label=contender.label, title=contender.title, reason=contender.not_measured)
        for contender in run.contenders
        if contender.not_measured is not None
    ]


def _cpu_by_round(
    run: RunRecord, analysed: Mapping[tuple[str, str], list[Analysed]], scale: Scale | None
) -> dict[str, list[CpuPerRequest]]:
    """Of each contender: CPU time per request against its work, in every trial that can tell it.

    One workload a request, the first closed loop: that others ask the same on other connections is another question; and all by
    one generator.
    """
    costs: dict[str, list[CpuPerRequest]] = defaultdict(list)
    closed = [
        (name, workload)
        for name, workload in reversed(run.workloads.items())
        if workload.rate is None and workload.work is not None
    ]
    closed = [(name, workload) for name, workload in closed if not is_cross_check(name)]
    closed = [(name, workload) for name, workload in closed if workload.sending.generator == closed[-1][1].sending.generator]
    firsts = {workload.label: name for name, workload in closed}
    twins = {contender.label for contender in run.contenders if contender.twin_of is not None}
    for (workload, label), trials in analysed.items():
        for taken in trials if workload in firsts.values() and label not in twins else ():
            figures = taken.figures
            if (
                any(flag.fatal for flag in taken.flags)
                or not {m.CPU_PER_REQUEST.name, m.KERNEL_PER_REQUEST.name} <= figures.keys()
            ):
                continue
            total_us, kernel_us = figures[m.CPU_PER_REQUEST.name], figures[m.KERNEL_PER_REQUEST.name]
            costs[label].append(CpuPerRequest(taken.trial.round, _asked(run.workloads[workload], scale), total_us, kernel_us))
    return costs


def _asked(workload: WorkloadRecord, scale: Scale | None) -> Asked:
    assert workload.work is not None
    value = workload.parameters.get(scale.parameter) if scale else None
    case = ",".join(f"{name}={parameter}" for name, parameter in workload.parameters.items())
    return Asked(workload.label, workload.work.amount, case, value if isinstance(value, int) else None)


def _analyse(run_folder: Path, run: RunRecord, trial: LoadTrial) -> Analysed:
    rows = read_rows(run_folder, trial)
    assert trial.window_from_s is not None
    assert trial.window_to_s is not None
    every = {**figures_of(run, trial, rows), **timeline_of(trial, rows), **length_figures(run, trial, rows)}
    every |= generator_figures(trial, rows)
    figures = {name: value for name, value in every.items() if math.isfinite(value)}
    window = (trial.window_from_s, trial.window_to_s)
    flags = check_trial(run, trial, figures, CHECKS_OF_A_HALF if trial.beside else CHECKS)
    kinds = {
        name: Analysed(trial, of_rows(part, window), part.latencies_ms(*window), flags)
        for name, part in ((name, rows.of_kind(name)) for name in (rows.right_by_kind if len(rows.right_by_kind) > 1 else ()))
    }
    return Analysed(trial, figures, rows.latencies_ms(*window), flags, kinds)


def _build(contender: ContenderRecord) -> BuildResult:
    assert contender.build is not None
    build = contender.build
    incremental = build.incremental_build_s
    return BuildResult(
        label=contender.label,
        title=contender.title,
        figures={
            m.BINARY_SIZE.name: figure_of([build.binary_bytes]),
            m.CLEAN_BUILD.name: refused(build.untimed) if build.untimed else figure_of([build.clean_build_s]),
            m.INCREMENTAL_BUILD.name: figure_of(incremental) if incremental else refused("not timed"),
        },
    )
