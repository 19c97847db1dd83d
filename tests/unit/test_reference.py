"""README.md shows the reference run as it is kept, to the letter."""

import gzip
import json
import statistics
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from analysis.model import metric as m
from analysis.model.microbench import BenchResult, MicrobenchResult
from analysis.model.summary import ContenderResult, Summary, read_summary, write_summary
from analysis.pipeline.publish import BEGIN, END, SHOWN_PLOTS, keep, keep_microbench, section, with_section
from analysis.pipeline.render import page
from analysis.trial.trimmed import BIN, LATENCIES, TRIALS, quantile_of_bins
from loadgen.errors import Error
from loadgen.record.migrate import migrate_trial
from loadgen.record.trial import LoadTrial

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "results" / "reference"


@pytest.fixture(scope="module")
def summary() -> Summary:
    return read_summary(REFERENCE / "summary.json")


def test_the_readme_shows_the_reference_run(summary: Summary) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    drawn = [path.stem for path in (REFERENCE / "plots").glob("*.svg")]
    assert with_section(readme, section(summary, drawn)) == readme


def test_the_tables_that_are_kept_are_those_of_the_summary(summary: Summary) -> None:
    assert (REFERENCE / "table.md").read_text(encoding="utf-8") == page(summary)


@pytest.fixture(scope="module")
def trials() -> dict[int, LoadTrial]:
    lines = gzip.decompress((REFERENCE / TRIALS).read_bytes()).decode().splitlines()
    return {trial.index: trial for trial in (LoadTrial.model_validate(migrate_trial(json.loads(line))) for line in lines)}


def measured(summary: Summary) -> Iterator[ContenderResult]:
    yield from (contender for workload in summary.workloads for contender in workload.contenders if contender.trial_indices)


def test_goodput_and_memory_are_those_of_the_trials_that_are_kept(summary: Summary, trials: dict[int, LoadTrial]) -> None:
    for contender in measured(summary):
        own = [trials[index] for index in contender.trial_indices]
        goodput = [_answered(trial) / ((trial.window_to_s or 0.0) - (trial.window_from_s or 0.0)) for trial in own]
        assert contender.figures[m.GOODPUT.name].each == pytest.approx(goodput)
        assert contender.figures[m.GOODPUT.name].value == pytest.approx(statistics.median(goodput))
        assert contender.figures[m.RSS_LOADED.name].each == [t.loaded.rss_bytes for t in own if t.loaded]


def _answered(trial: LoadTrial) -> int:
    assert trial.load is not None
    return trial.load.answered_in_window or 0


def test_latencies_are_those_of_the_bins_that_are_kept(summary: Summary) -> None:
    table = pq.read_table(REFERENCE / LATENCIES)
    trial, latency_ms, requests = (table[name].to_numpy() for name in ("trial", "latency_ms", "requests"))
    compared = 0
    for contender in measured(summary):
        chosen = np.isin(trial, contender.trial_indices)
        for metric, level in ((m.LATENCY_P50, 0.5), (m.LATENCY_P99, 0.99)):
            if (value := contender.figures[metric.name].value) is not None:
                assert quantile_of_bins(latency_ms[chosen], requests[chosen], level) == pytest.approx(value, rel=BIN)
                compared += 1
    assert compared > len(summary.workloads)


def test_what_is_kept_is_small() -> None:
    made_again = {".png", ".html", ".csv"}
    files = [path for path in REFERENCE.rglob("*") if path.is_file() and path.name != "table.json"]
    kept = [path for path in files if path.suffix not in made_again]
    assert sum(path.stat().st_size for path in kept) < 5_000_000


def test_every_plot_that_the_readme_shows_is_kept() -> None:
    for name in SHOWN_PLOTS:
        assert (REFERENCE / "plots" / f"{name}.svg").is_file()


def test_the_reference_run_is_whole_and_of_a_commit(summary: Summary) -> None:
    assert summary.end_reason == "finished"
    assert summary.not_measured == []
    assert (summary.commit is None, summary.dirty) == (False, False)


def test_a_readme_without_the_markers_is_refused() -> None:
    for readme in ("", BEGIN, END):
        with pytest.raises(Error, match=r"README\.md: expected a line"):
            with_section(readme, "")


def test_a_run_of_load_trials_alone_is_no_run_of_microbenchmarks(tmp_path: Path, summary: Summary) -> None:
    fits = MicrobenchResult(benches=[], fits=[], reconciliations=[], shares=[], notes=[])
    write_summary(summary.replace(microbench=fits), tmp_path / "summary.json")
    kept = tmp_path / "results" / "microbench" / "table.md"
    kept.parent.mkdir(parents=True)
    kept.write_text("of before")
    with pytest.raises(Error, match="no microbenchmarks"):
        keep_microbench(tmp_path, tmp_path)
    assert kept.read_text() == "of before"


@pytest.mark.parametrize(
    ("profile", "table", "data"), [("audit", "table.md", "audit.json"), ("article", "article.md", "article.json")]
)
def test_an_audit_is_kept_apart_from_the_reference_run(
    tmp_path: Path, summary: Summary, profile: str, table: str, data: str
) -> None:
    readme = tmp_path / "README.md"
    readme.write_text("of before")
    audited = summary.replace(profile=profile)
    write_summary(audited, tmp_path / "summary.json")
    keep(audited, tmp_path, tmp_path)
    text = (tmp_path / "results" / "audit" / table).read_text(encoding="utf-8")
    assert "### published figures" in text
    assert "impossible as stated" in text
    kept = json.loads((tmp_path / "results" / "audit" / data).read_text(encoding="utf-8"))
    assert len(kept["claims"]) == len(summary.claims)
    assert readme.read_text() == "of before"


def test_microbenchmarks_without_json_have_one_plot_less(tmp_path: Path, summary: Summary) -> None:
    bench = BenchResult(label="cpp", service="cpp", language="C++", variant=None, title="", benchmarks=[])
    found = MicrobenchResult(benches=[bench], fits=[], reconciliations=[], shares=[], notes=[])
    run = tmp_path / "run"
    (run / "plots").mkdir(parents=True)
    write_summary(summary.replace(microbench=found), run / "summary.json")
    (run / "plots" / "ladder.svg").write_text("<svg/>")
    (run / "microbench.json").write_text("{}")
    keep_microbench(run, tmp_path)
    kept = tmp_path / "results" / "microbench"
    assert sorted(path.name for path in kept.rglob("*.*")) == ["ladder.svg", "microbench.json", "table.md"]
    (run / "microbench.json").unlink()
    with pytest.raises(Error, match="primebench report"):
        keep_microbench(run, tmp_path)
    assert (kept / "microbench.json").exists(), "what was there stays"
