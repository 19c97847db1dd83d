"""The logs of servers beside the latencies of the same trials."""

from pathlib import Path

import numpy as np
import pytest

from analysis.model import metric as m
from analysis.pipeline.compared import Analysed
from analysis.pipeline.logs import traced
from loadgen.errors import Error
from tests.unit.records import TRIAL

FIGURES = {m.LATENCY_P50.name: 1.0, m.LATENCY_P99.name: 4.0}


def analysed(log_file: str | None, load_began_s: float | None = 0.25, figures: dict[str, float] | None = None) -> Analysed:
    trial = TRIAL.replace(log_file=log_file, load_began_s=load_began_s)
    return Analysed(trial, FIGURES if figures is None else figures, np.array([1.0]), [])


def test_the_window_is_given_in_the_servers_own_time(tmp_path: Path) -> None:
    """The generator's window is 1 to 11 s, and it began 0.25 s after the server."""
    (tmp_path / "a.log").write_text("gc 1 @1.300s 0%: 0.5+1+0.25 ms clock,\ngc 2 @11.300s 0%: 9+1+9 ms clock,\n")
    (found,) = traced(tmp_path, [analysed("a.log")])
    assert (found.from_s, found.to_s, found.p50_ms, found.p99_ms) == (1.25, 11.25, 1.0, 4.0)
    assert [collection.stopped_ms for collection in found.collections] == [0.75]


def test_a_server_that_wrote_nothing_has_an_empty_log(tmp_path: Path) -> None:
    (found,) = traced(tmp_path, [analysed(None)])
    assert (found.log, found.collections) == ("", [])


def test_trials_of_before_logs_were_kept_and_those_without_a_p99_are_left_out(tmp_path: Path) -> None:
    assert traced(tmp_path, [analysed(None, load_began_s=None), analysed(None, figures={m.LATENCY_P50.name: 1.0})]) == []


def test_a_log_that_is_gone_is_named(tmp_path: Path) -> None:
    with pytest.raises(Error, match=r"a\.log: No such file or directory; trial 3 says"):
        traced(tmp_path, [analysed("a.log")])
