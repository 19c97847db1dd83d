"""Lines of gctrace as Go's versions write them, and what a request can lose to the pauses in them."""

import pytest

from analysis.claims_gctrace import Collection, TracedTrial, collections_in, most_lost_ms

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
    assert [one.at_s for one in trial.collections] == [3.12]
    assert trial.tail_ms == 3.0


def test_a_request_can_lose_all_pauses_of_the_time_that_it_takes() -> None:
    pauses = [Collection(1.000, 0.5), Collection(1.004, 0.25), Collection(2.0, 0.6)]
    assert most_lost_ms(pauses, during_ms=1.0) == pytest.approx(0.6)
    assert most_lost_ms(pauses, during_ms=5.0) == pytest.approx(0.75)
    assert most_lost_ms(pauses, during_ms=2000.0) == pytest.approx(1.35)
    assert most_lost_ms([], during_ms=5.0) == 0.0
