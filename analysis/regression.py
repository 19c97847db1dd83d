"""From a run of base and head to the verdict: pairs by round, refused if any trial is not to be trusted."""

from collections import defaultdict
from pathlib import Path

from analysis.check import check_trial
from analysis.rows import read_rows
from analysis.trial_figures import figures_of
from analysis.verdict import JUDGED, Verdict, judge
from loadgen.record import load_run
from loadgen.trouble import Trouble

BASE, HEAD = "base", "head"


def regression_verdict(run_folder: Path, *, margin: float, exclude: float) -> Verdict:
    """Judge the run in `run_folder`, whose contenders are "base" and "head".

    Raises Trouble if the measurement is invalid: a trial failed, or raised a fatal flag.
    """
    run, trials = load_run(run_folder)
    values: dict[tuple[str, str], dict[str, dict[int, float]]] = {
        (workload, metric.name): defaultdict(dict) for workload in run.workloads for metric in JUDGED
    }
    for trial in trials:
        if trial.failure:
            raise Trouble(f"the measurement is invalid: {trial.workload}, round {trial.round + 1}: {trial.failure}")
        figures = figures_of(run, trial, read_rows(run_folder, trial))
        for flag in check_trial(run, trial, figures):
            if flag.fatal:
                raise Trouble(f"the measurement is invalid: {trial.contender}: {flag.check}: {flag.evidence}")
        for metric in JUDGED:
            if metric.name in figures:
                values[trial.workload, metric.name][trial.contender][trial.round] = figures[metric.name]
    pairs = {}
    for place, sides in values.items():
        rounds = sorted(set(sides[BASE]) & set(sides[HEAD]))
        base, head = ([sides[side][number] for number in rounds] for side in (BASE, HEAD))
        pairs[place] = (base, head)
    return judge(pairs, margin=margin, exclude=exclude)
