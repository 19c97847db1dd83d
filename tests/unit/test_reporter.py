"""What a run says while it goes on, and of the trial that has just ended."""

import io

from rich.console import Console

from loadgen.run.reporter import PlainReporter, last_figure
from tests.unit.records import BENCHMARK_TRIAL, TRIAL


def test_each_run_of_several_counts_its_own_trials() -> None:
    written = io.StringIO()
    reporter = PlainReporter(Console(file=written, width=80))
    reporter.begin("first", 2, 1.0)
    reporter.trial_ended(TRIAL)
    reporter.trial_ended(TRIAL)
    reporter.begin("second", 5, 1.0)
    reporter.trial_starts("w", 1.0)
    assert written.getvalue().splitlines()[-1] == "trial 1 of 5, 0:01 min left: w"


def test_the_last_figure_is_the_goodput_of_the_last_trial() -> None:
    assert TRIAL.load is not None
    one = TRIAL.replace(window_from_s=1.0, window_to_s=3.0, load=TRIAL.load.replace(answered_in_window=2469))
    assert last_figure(one) == "last 1,234 requests/s"


def test_what_found_nothing_says_nothing() -> None:
    assert last_figure(TRIAL.replace(load=None, failure="died")) == ""
    assert last_figure(BENCHMARK_TRIAL) == ""
    assert last_figure(TRIAL.replace(beside=["b"])) == ""
