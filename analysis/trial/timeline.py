"""How a trial went over its window: gaps between answers, second half against first, memory. Pure."""

from typing import TYPE_CHECKING

import numpy as np

from analysis.trial.rows import Rows
from loadgen.record.trial import LoadTrial

if TYPE_CHECKING:
    from analysis.stats.arrays import Floats

LONGEST_GAP = "longest_gap_s"
GAP_EXPECTED = "gap_expected_s"
STALLED_SHARE = "stalled_share"
LATE_GOODPUT = "goodput_second_half_over_first"
LATE_CPU = "cpu_per_request_second_half_over_first"
MEMORY_GROWTH = "memory_growth_bytes"
MEMORY_GROWTH_PER_REQUEST = "memory_growth_bytes_per_request"

SETTLES_WITHIN_S = 1.0
STALL_FACTOR = 10.0
STALL_LEAST_S = 0.1
"""A gap counts as a stall from ten times the mean time between answers on, but not below what a busy scheduler does."""


def timeline_of(trial: LoadTrial, rows: Rows) -> dict[str, float]:
    """Name -> value for a trial that did not fail; what it cannot support is left out. Shares and ratios have no unit."""
    assert trial.window_from_s is not None
    assert trial.window_to_s is not None
    window = (trial.window_from_s, trial.window_to_s)
    return _gaps(rows, *window) | _halves(trial, rows, *window) | _growth(trial, rows, *window)


def _gaps(rows: Rows, from_s: float, to_s: float) -> dict[str, float]:
    ends = np.sort(rows.end_s[(rows.end_s >= from_s) & (rows.end_s < to_s) & rows.right])
    if not ends.size:
        return {}
    gaps: Floats = np.diff(np.concatenate([[from_s], ends, [to_s]]))
    expected = (to_s - from_s) / ends.size
    stalls = gaps[gaps > stall_from_s(expected)]
    return {
        LONGEST_GAP: float(gaps.max()),
        GAP_EXPECTED: expected,
        STALLED_SHARE: float(stalls.sum() / (to_s - from_s)),
    }


def stall_from_s(gap_expected_s: float) -> float:
    """From which gap without an answer on it is a stall, in seconds, where answers come every `gap_expected_s` on average."""
    return max(STALL_FACTOR * gap_expected_s, STALL_LEAST_S)


def _halves(trial: LoadTrial, rows: Rows, from_s: float, to_s: float) -> dict[str, float]:
    middle = (from_s + to_s) / 2
    early, late = rows.answered(from_s, middle), rows.answered(middle, to_s)
    if not early or not late:
        return {}
    figures = {LATE_GOODPUT: late / early}
    samples = [sample for sample in trial.samples if from_s <= sample.at_s <= to_s]
    if len(samples) >= 4:
        a, b, c = samples[0], min(samples, key=lambda sample: abs(sample.at_s - middle)), samples[-1]
        answers = [rows.answered(a.at_s, b.at_s), rows.answered(b.at_s, c.at_s)]
        spent = [b.server_cpu_s - a.server_cpu_s, c.server_cpu_s - b.server_cpu_s]
        if all(answers) and all(value > 0 for value in spent):
            figures[LATE_CPU] = (spent[1] / answers[1]) / (spent[0] / answers[0])
    return figures


def _growth(trial: LoadTrial, rows: Rows, from_s: float, to_s: float) -> dict[str, float]:
    """Resident memory at the window's end less that at its middle, where a server has reached its size.

    A shorter window shows a heap that settles and nothing else.
    """
    middle = (from_s + to_s) / 2
    if to_s - middle < SETTLES_WITHIN_S:
        return {}
    late = [sample for sample in trial.samples if middle <= sample.at_s <= to_s]
    if len(late) < 2:
        return {}
    growth = late[-1].server_rss_bytes - late[0].server_rss_bytes
    answered = rows.answered(late[0].at_s, late[-1].at_s)
    if not answered:
        return {MEMORY_GROWTH: growth}
    return {MEMORY_GROWTH: growth, MEMORY_GROWTH_PER_REQUEST: growth / answered}
