"""Microbenchmarks through the whole pipeline, with a program that speaks like Google Benchmark."""

import json
from pathlib import Path

import pytest

from analysis.model.summary import read_summary
from loadgen.record.folder import load_run
from loadgen.record.trial import MICROBENCH
from tests.end_to_end.conftest import STUB, Run, place_in, run_in
from tests.trials import benchmark_trials


@pytest.fixture
def present(tmp_path: Path) -> Path:
    """The stub without the variant whose compiler is missing."""
    folder = tmp_path / "present"
    folder.mkdir()
    for name in ("stub.py", "bench.py"):
        (folder / name).write_bytes((STUB / name).read_bytes())
    (folder / "bench.py").chmod(0o755)
    text = (STUB / "service.toml").read_text()
    (folder / "service.toml").write_text(text[: text.index("[microbench.variants.absent]")])
    return folder


@pytest.fixture
def micro(tmp_path: Path) -> Run:
    ended = run_in(place_in(tmp_path))
    return lambda *arguments, **more: ended("--profile", "micro", *arguments, **more)


def test_timings_are_trials_and_come_out_as_tables_plots_and_json(micro: Run, present: Path) -> None:
    ended = micro("--service", str(present), environment={"PLOTS": "drawn"})
    assert (ended.code, ended.stderr) == (0, "")
    assert "prime loop: the ladder" in ended.stdout
    record, trials = load_run(ended.run)[0], benchmark_trials(ended.run)
    assert [program.label for program in record.microbenches] == ["stub", "stub+slow"]
    assert {(trial.workload, trial.contender) for trial in trials} == {(MICROBENCH, "stub"), (MICROBENCH, "stub+slow")}
    assert all(len(trial.timings) == (4 if trial.contender == "stub" else 2) for trial in trials)
    result = read_summary(ended.run / "summary.json").microbench
    assert result is not None
    assert json.loads((ended.run / "microbench.json").read_text()) == json.loads(result.model_dump_json())
    (served,) = [
        benchmark
        for benchmark in result.benches[0].benchmarks
        if (benchmark.contender, benchmark.case) == ("served", "n=10000")
    ]
    assert served.time_ns.value == 10e6
    assert served.ratio is not None
    assert served.ratio.value == pytest.approx(0.5)
    assert (ended.run / "plots" / "ladder.svg").is_file()
    assert "prime loop: the ladder" in (ended.run / "report.html").read_text()


def test_a_wrong_contender_ends_the_run_by_name_before_anything_is_measured(micro: Run, present: Path) -> None:
    ended = micro("--service", str(present), environment={"STUB_FAULT": "wrong"})
    assert ended.code == 2
    assert "prime_loop/served/n=10000: finds 104723" in ended.stderr
    assert not (ended.results / "runs").exists()


def test_a_compiler_that_is_not_there_is_left_out_and_said_so(micro: Run) -> None:
    ended = micro("--service", str(STUB))
    assert (ended.code, ended.stderr) == (0, "")
    assert "not measured: a-compiler-that-is-not-there not found" in " ".join(ended.stdout.split())
    result = read_summary(ended.run / "summary.json").microbench
    assert result is not None
    assert [bench.label for bench in result.benches] == ["stub", "stub+slow"]
