"""A campaign's machines: that its records name them, and which ratios they do not agree on."""

from collections.abc import Sequence
from pathlib import Path

from analysis.checks.machines import CHECK, disagreeing, machines_disagree
from analysis.model.comparison import Comparison, Figure
from analysis.model.summary import WorkloadResult
from loadgen.errors import Error
from loadgen.record.run import RunRecord
from loadgen.record.trial import LoadTrial, Trial


def check_machines(run_folder: Path, run: RunRecord, trials: Sequence[Trial]) -> None:
    """Raise Error if a trial names no machine of the run, or a round is of two."""
    names = ", ".join(run.machines) or "none"
    of_round: dict[int, str | None] = {}
    for trial in trials:
        if trial.machine not in (run.machines or {None}):
            raise Error(f"{run_folder}: trial {trial.index}: machine {trial.machine}; expected of {names}, as in run.json")
        if trial.failure is None and of_round.setdefault(trial.round, trial.machine) != trial.machine:
            both = f"{of_round[trial.round]} and {trial.machine}"
            raise Error(f"{run_folder}: round {trial.round} on {both}; expected a round on one machine")


def worker_shares(trials: Sequence[Trial]) -> dict[str, Figure]:
    """Return by machine which share of one core the cluster's worker used during the windows: the mean, for most are 0."""
    shares: dict[str, list[float]] = {}
    for trial in trials:
        if (
            isinstance(trial, LoadTrial)
            and trial.machine
            and trial.failure is None
            and trial.cpu
            and trial.cpu.worker_cpu_s is not None
        ):
            shares.setdefault(trial.machine, []).append(trial.cpu.worker_cpu_s / (trial.cpu.to_s - trial.cpu.from_s))
    return {
        name: Figure(value=sum(group) / len(group), interval=None, each=group, refused=None)
        for name, group in sorted(shares.items())
    }


def with_disagreeing(workloads: Sequence[WorkloadResult]) -> list[WorkloadResult]:
    """The workloads of a run, each ratio that machines do not agree on marked, and both of its contenders flagged."""
    p_values = {
        id(comparison): p_value
        for comparison, p_value in disagreeing([ratio for workload in workloads for ratio in _ratios(workload)])
    }

    def marked(comparisons: Sequence[Comparison]) -> list[Comparison]:
        return [
            comparison.replace(doubts=[*comparison.doubts, CHECK]) if id(comparison) in p_values else comparison
            for comparison in comparisons
        ]

    result = []
    for workload in workloads:
        own = [(ratio, p_values[id(ratio)]) for ratio in _ratios(workload) if id(ratio) in p_values]
        flags = {
            contender.label: machines_disagree(contender.label, own, contender.trial_indices)
            for contender in workload.contenders
        }
        result.append(
            workload.replace(
                contenders=[
                    contender.replace(flags=[*contender.flags, flag]) if (flag := flags[contender.label]) else contender
                    for contender in workload.contenders
                ],
                comparisons=marked(workload.comparisons),
                paired=marked(workload.paired),
                over_controls=marked(workload.over_controls),
            )
        )
    return result


def _ratios(workload: WorkloadResult) -> list[Comparison]:
    return [*workload.comparisons, *workload.paired, *workload.over_controls]
