"""What a run says of the trial that has just ended."""

from loadgen.run.reporter import last_figure
from tests.unit.records import BENCHMARK_TRIAL, TRIAL


def test_the_last_figure_is_the_goodput_of_the_last_trial() -> None:
    assert TRIAL.load is not None
    one = TRIAL.replace(window_from_s=1.0, window_to_s=3.0, load=TRIAL.load.replace(answered_in_window=2469))
    assert last_figure(one) == "last 1,234 requests/s"


def test_what_found_nothing_says_nothing() -> None:
    assert last_figure(TRIAL.replace(load=None, failure="died")) == ""
    assert last_figure(BENCHMARK_TRIAL) == ""
    assert last_figure(TRIAL.replace(beside=["b"])) == ""
