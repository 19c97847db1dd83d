"""Lines of gctrace as Go's versions write them, and what a request can lose to the pauses in them."""

from collections.abc import Sequence

import pytest

from analysis.audit.gctrace import TracedTrial, collections_in, lost_at_p99_ms

GO_1_5 = "gc 1 @0.005s 2%: 0.026+0.39+0.10+0.5+0.2 ms clock, 0.10+0.39+0+0.20/0.1/0.2+0.4 ms cpu, 4->4->1 MB, 5 MB goal, 4 P"
GO_1_10 = "gc 7 @3.120s 0%: 0.018+1.3+0.076 ms clock, 0.054+0.35/1.2/3.0+0.23 ms cpu, 4->4->3 MB, 5 MB goal, 4 P"
GO_1_19 = (
    "gc 12 @104.503s 11%: 0.12+29+0.010 ms clock, 0.24+1.1/28/0.20+0.020 ms cpu, "
    "4->4->0 MB, 4 MB goal, 0 MB stacks, 0 MB globals, 2 P"
)
FORCED = (
    "gc 2 @0.310s 3%: 0.031+0.45+1.5 ms clock, 0.06+0/0.4/0.5+3 ms cpu, "
    "2->2->1 MB, 4 MB goal, 0 MB stacks, 0 MB globals, 2 P (forced)"
)
GO_1_26 = (
    "gc 1 @0.001s 7%: 0.006+0.47+0.085 ms clock, 0.013+0.16/0/0+0.17 ms cpu, 0->0->0 MB, 0 MB goal, "
    "0 MB stacks, 0 MB globals, 2 P"
)
SMALL = "gc 3 @0.5s 0%: 1e-05+0.2+0 ms clock, 0+0/0/0+0 ms cpu, 1->1->1 MB, 4 MB goal, 2 P"


@pytest.mark.parametrize(
    ("line", "at_s", "stopped_ms"),
    [(GO_1_10, 3.12, 0.094), (GO_1_19, 104.503, 0.13), (GO_1_26, 0.001, 0.091), (FORCED, 0.31, 1.531), (SMALL, 0.5, 1e-05)],
    ids=["1.10", "1.19", "1.26", "forced", "exponent"],
)
def test_the_first_and_the_last_phase_stop_the_world(line: str, at_s: float, stopped_ms: float) -> None:
    (found,) = collections_in(line)
    assert found.at_s == at_s
    assert found.stopped_ms == pytest.approx(stopped_ms)


@pytest.mark.parametrize(
    "line",
    [
        GO_1_5,  # five phases, before Go 1.6: not the documented three
        "gc1(1): 0+0+0 us, 0 -> 0 MB, 3 (3-0) objects",
        "scvg: 8 KB released",
        "pacer: sweep done at heap size 3MB; allocated 0MB during sweep",
        GO_1_10[:40],
        "2026/01/01 00:00:00 listening on :3000",
        "",
    ],
)
def test_other_lines_are_passed_over(line: str) -> None:
    assert collections_in(line) == []


def test_only_the_measured_window_counts() -> None:
    trial = TracedTrial("\n".join([FORCED, "noise", GO_1_10, GO_1_19]), from_s=1.0, to_s=10.0, p50_ms=1.0, p99_ms=4.0)
    assert [collection.at_s for collection in trial.collections] == [3.12]
    assert trial.tail_ms == 3.0


def paused(at_s: Sequence[float], stopped_ms: float, p99_ms: float) -> TracedTrial:
    """A window of ten seconds with pauses of that length."""
    lines = [f"gc {number} @{value:.3f}s 0%: {stopped_ms}+0.1+0 ms clock, 0 P" for number, value in enumerate(at_s)]
    return TracedTrial("\n".join(lines), from_s=0.0, to_s=10.0, p50_ms=1.0, p99_ms=p99_ms)


def test_one_long_pause_meets_too_few_requests_to_make_a_p99() -> None:
    assert lost_at_p99_ms(paused([5.0], stopped_ms=50.0, p99_ms=60.0)) == 0.0


def test_pauses_that_one_request_in_a_hundred_meets_are_lost_to_it() -> None:
    often = [0.5 * step for step in range(1, 20)]
    assert lost_at_p99_ms(paused(often, stopped_ms=5.0, p99_ms=8.0)) == pytest.approx(5.0)


def test_a_request_loses_all_pauses_of_the_time_that_it_takes() -> None:
    often = [0.01 * step for step in range(1, 1_000)]
    assert lost_at_p99_ms(paused(often, stopped_ms=0.25, p99_ms=55.0)) == pytest.approx(6 * 0.25)
    assert lost_at_p99_ms(paused([], stopped_ms=1.0, p99_ms=5.0)) == 0.0
