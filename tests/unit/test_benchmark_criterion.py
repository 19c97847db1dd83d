"""Criterion's files, read back; as versions 0.5 to 0.8 write them."""

import json
from pathlib import Path

import pytest

from loadgen.errors import Error
from loadgen.microbench.adapters.criterion import read_criterion
from loadgen.record.benchmark import Timing

ESTIMATE = {"confidence_interval": {"confidence_level": 0.95, "lower_bound": 1.0, "upper_bound": 99.0}, "standard_error": 1.0}


def write(
    home: Path, directory: str, full_id: str, median_ns: float | None = 61.25, *, kind: str = "new", again: bool = False
) -> None:
    """The files of one benchmark: slope is null where sampling was flat; `again` as Criterion leaves a folder used twice."""
    folder = home / directory / kind
    folder.mkdir(parents=True)
    benchmark = {
        "group_id": full_id.split("/")[0],
        "full_id": full_id,
        "directory_name": directory,
        "throughput": {"Bytes": 10},
    }
    estimates = {
        "mean": ESTIMATE | {"point_estimate": 99.0},
        "median": ESTIMATE | {"point_estimate": median_ns},
        "slope": None,
    }
    (folder / "benchmark.json").write_text(json.dumps(benchmark))
    (folder / "estimates.json").write_text(json.dumps(estimates))
    (folder / "sample.json").write_text(
        json.dumps({"sampling_mode": "Flat", "iters": [1.0, 2.0, 3.0], "times": [60.0, 122.0, 184.0]})
    )
    if again:
        (home / directory / "change").mkdir()
        (home / directory / "change" / "estimates.json").write_text("{}")


def test_the_median_of_the_samples_counts(tmp_path: Path) -> None:
    write(tmp_path, "prime_loop/served/n=10", "prime_loop/served/n=10")
    assert read_criterion(tmp_path).timings == [
        Timing(scenario="prime_loop", contender="served", case="n=10", iterations=6, repetitions=3, time_ns=61.25, counters={})
    ]


def test_names_are_the_ids_whole_whatever_the_folders_are_called(tmp_path: Path) -> None:
    long = "a very long name that goes on and on until it is longer than the sixty-four characters"
    write(tmp_path, "plain", "plain")
    write(tmp_path, "a_b_c", "a/b/c")
    write(tmp_path, "group/x_y", "group/x:y")
    write(tmp_path, "group/x_y_2", "group/x|y")
    write(tmp_path, f"group/{long[:64]}", f"group/{long} one")
    write(tmp_path, f"group/{long[:64]}_2", f"group/{long} two")
    write(tmp_path, "change", "change")
    assert {timing.name for timing in read_criterion(tmp_path).timings} == {
        *("plain", "a/b/c", "group/x:y", "group/x|y", f"group/{long} one", f"group/{long} two", "change")
    }


def test_baselines_are_no_results(tmp_path: Path) -> None:
    write(tmp_path, "a", "a")
    write(tmp_path, "a", "a", 1.0, kind="base")
    write(tmp_path, "a", "a", 1.0, kind="main")
    assert [timing.time_ns for timing in read_criterion(tmp_path).timings] == [61.25]


def test_two_benchmarks_in_one_folder_are_refused(tmp_path: Path) -> None:
    write(tmp_path, "group/a", "group/a", again=True)
    with pytest.raises(Error, match="two benchmarks were written to group/a below CRITERION_HOME, the later over the earlier"):
        read_criterion(tmp_path)


def test_two_benchmarks_of_one_id_are_refused(tmp_path: Path) -> None:
    write(tmp_path, "a", "a")
    write(tmp_path, "a_2", "a")
    with pytest.raises(Error, match="benchmark 'a': 2 results for 1 repetition: "):
        read_criterion(tmp_path)


@pytest.mark.parametrize("median_ns", [None, 0.0])
def test_a_time_that_is_none_is_named(tmp_path: Path, median_ns: float | None) -> None:
    write(tmp_path, "a", "a", median_ns)
    results = read_criterion(tmp_path)
    assert (results.timings, list(results.skipped)) == ([], ["a"])


@pytest.mark.parametrize("text", ["", "{", "{}", '{"median": null}', "[]"])
def test_what_is_not_this_format_is_said_in_a_line(tmp_path: Path, text: str) -> None:
    write(tmp_path, "a", "a")
    (tmp_path / "a" / "new" / "estimates.json").write_text(text)
    with pytest.raises(Error, match="a/new: not the results of a Criterion benchmark: "):
        read_criterion(tmp_path)
