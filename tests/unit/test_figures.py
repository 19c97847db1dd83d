import numpy as np
import pytest

from analysis.model import metric as m
from analysis.trial.metrics import figures_of
from analysis.trial.rows import Rows
from tests.unit.records import RUN, TRIAL


def rows(starts: list[float], latency_s: float, status: int = 200) -> Rows:
    start = np.array(starts)
    return Rows(start, start + latency_s, np.full(start.size, status, np.int16), np.full(start.size, 40, np.int32))


STEADY = rows([number / 100 for number in range(1200)], 0.1)
"""100 requests/s from 0 to 12 s, 100 ms each; the window is 1 to 11 s."""


def test_goodput_counts_correct_answers_inside_the_window_only() -> None:
    assert figures_of(RUN, TRIAL, STEADY)[m.GOODPUT.name] == pytest.approx(100, rel=0.002)


def test_answers_other_than_200_are_neither_goodput_nor_latency() -> None:
    figures = figures_of(RUN, TRIAL, rows([2.0, 3.0], 0.1, status=503))
    assert m.GOODPUT.name not in figures
    assert m.LATENCY_MEAN.name not in figures


def test_latency_counts_what_was_sent_in_the_window_even_if_answered_after_it() -> None:
    late = rows([10.9], 5.0)
    assert figures_of(RUN, TRIAL, late)[m.LATENCY_MEAN.name] == pytest.approx(5000)


def test_a_quantile_needs_ten_samples_beyond_it() -> None:
    few, enough = rows(list(np.linspace(1, 10.9, 999)), 0.1), rows(list(np.linspace(1, 10.9, 1000)), 0.1)
    assert m.LATENCY_P99.name not in figures_of(RUN, TRIAL, few)
    assert m.LATENCY_P99.name in figures_of(RUN, TRIAL, enough)


def test_cpu_per_request_counts_the_answers_to_the_harness_itself() -> None:
    assert TRIAL.cpu is not None
    expected = 9.9 / (1000 + TRIAL.cpu.witnessed) * 1e6
    assert figures_of(RUN, TRIAL, STEADY)[m.CPU_PER_REQUEST.name] == pytest.approx(expected, rel=0.002)


def test_a_trial_without_cpu_readings_has_no_cpu_figures() -> None:
    figures = figures_of(RUN, TRIAL.replace(cpu=None), STEADY)
    assert m.CPU_PER_REQUEST.name not in figures
    assert m.GOODPUT.name in figures


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, "0"),
        (0.9, "0.900"),
        (0.62, "0.620"),
        (4.926, "4.93"),
        (151.4, "151"),
        (65_000, "65,000"),
        (1074.4, "1,070"),
        (999.9, "1,000"),
    ],
)
def test_values_are_written_with_three_significant_digits(value: float, expected: str) -> None:
    assert m.significant(3)(value) == expected


def test_every_metric_ends_in_its_unit() -> None:
    for name in m.BY_NAME:
        assert name.rsplit("_", 1)[-1] in {"s", "ms", "us", "ns", "bytes", "share", "instructions"}
