"""The history of regression checks: what is kept of a run, and what a damaged file says."""

import errno
import math
from pathlib import Path

import pytest

from analysis.regress.model import RegressResult
from analysis.regress.verdict import MetricVerdict
from analysis.trend.history import HistoryEntry, append_to, entry_of, read_history
from loadgen.errors import Error
from loadgen.record.regress import Side
from tests.unit.records import MACHINE
from tests.unit.results import metric


def verdict(name: str, head: float | None) -> MetricVerdict:
    return metric(name, outcome="pass", reason="", doubts=["noisy"]).replace(head=head)


NO_NUMBER = [verdict("goodput_per_s", number) for number in (math.nan, math.inf)]
METRICS = [
    verdict("goodput_per_s", 198.0),
    verdict("cpu_per_request_us", 4920.0),
    verdict("time_ns", 12.0),
    verdict("latency_p99_ms", None),
    verdict("rss_loaded_bytes", 2_117_632.0),
]

RESULT = RegressResult(
    run_id="20261125T140000Z-regress-abc1234",
    started="2026-11-25T14:00:00+00:00",
    machine=MACHINE,
    primebench_version="0.1.0",
    base=Side(asked="main", commit="a" * 40),
    head=Side(asked="HEAD", commit="b" * 40, changed=["server/src/main.cpp"]),
    merge_base=True,
    same_sources=False,
    outcome="pass",
    invalid=[],
    layers={"load": "pass"},
    metrics=METRICS,
    controls=[],
    flags=[],
    family=4,
    family_error=0.01,
    looks=[20],
    measured_s=None,
    ended_because=None,
    command=[],
    next_steps=[],
)
ENTRY = entry_of(RESULT)


def another(number: int) -> HistoryEntry:
    return ENTRY.replace(run_id=f"run-{number}")


def test_an_entry_is_head_on_its_machine() -> None:
    assert (ENTRY.run_id, ENTRY.commit, ENTRY.changed) == (RESULT.run_id, "b" * 40, True)
    assert (ENTRY.fingerprint, ENTRY.cpu_model, ENTRY.outcome) == ("0", "test", "pass")


def test_each_metric_has_its_median_unit_and_direction_and_one_without_a_figure_is_left_out() -> None:
    kept = [(metric.metric, metric.head, metric.unit, metric.better) for metric in ENTRY.metrics]
    assert kept == [
        ("goodput_per_s", 198.0, "requests/s", "higher"),
        ("cpu_per_request_us", 4920.0, "µs", "lower"),
        ("time_ns", 12.0, "ns", "lower"),
        ("rss_loaded_bytes", 2_117_632.0, "MB", "lower"),
    ]
    assert ENTRY.metrics[0].doubts == ["noisy"]


def test_what_is_appended_is_read_in_its_order(tmp_path: Path) -> None:
    path = tmp_path / "results" / "history.jsonl"
    for number in range(3):
        append_to(path, another(number))
    assert read_history(path) == [another(number) for number in range(3)]


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["no mark", "byte order mark"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"], ids=["LF", "CRLF"])
def test_what_an_editor_of_windows_saves_is_read(tmp_path: Path, mark: bytes, end: bytes) -> None:
    path = tmp_path / "history.jsonl"
    for number in range(2):
        append_to(path, another(number))
    path.write_bytes(mark + path.read_bytes().replace(b"\n", end))
    append_to(path, another(2))
    assert read_history(path) == [another(number) for number in range(3)]


def test_a_run_counts_once(tmp_path: Path) -> None:
    path = tmp_path / "history.jsonl"
    append_to(path, another(0))
    append_to(path, another(1))
    with pytest.raises(Error, match=r"history\.jsonl:2: has run-1 already"):
        append_to(path, another(1))
    assert len(read_history(path)) == 2


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (b'{"schema_version": 1}\n', r"history\.jsonl:2: run_id: Field required; and \d+ more; mend this line or delete it"),
        (b"<<<<<<< HEAD\n", r"history\.jsonl:2: top level: Invalid JSON"),
        (b"\xff\n", r"history\.jsonl:2: top level: Invalid JSON"),
        (b"\n", r"history\.jsonl:2: top level: Invalid JSON"),
        (b'{"schema_ver', r"history\.jsonl:2: cut short, no end of line; delete this line"),
    ],
)
def test_a_damaged_line_is_named_and_nothing_is_appended_behind_it(tmp_path: Path, damage: bytes, says: str) -> None:
    path = tmp_path / "history.jsonl"
    append_to(path, another(0))
    before = path.read_bytes() + damage
    path.write_bytes(before)
    with pytest.raises(Error, match=says):
        read_history(path)
    with pytest.raises(Error, match=says):
        append_to(path, another(1))
    assert path.read_bytes() == before


def test_a_history_that_is_not_there_says_what_makes_one(tmp_path: Path) -> None:
    with pytest.raises(Error, match=r"none\.jsonl: No such file.*primebench regress --history none\.jsonl"):
        read_history(tmp_path / "none.jsonl")


def test_a_history_that_cannot_be_written_leaves_the_verdict(tmp_path: Path) -> None:
    with pytest.raises(Error, match="was not appended, its verdict stands"):
        append_to(tmp_path, ENTRY)


def test_a_line_that_does_not_fit_is_taken_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "history.jsonl"
    append_to(path, another(0))
    before = path.read_bytes()

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("loadgen.record.folder.os.fsync", full)
    with pytest.raises(Error, match="No space left on device"):
        append_to(path, another(1))
    assert path.read_bytes() == before


def test_a_metric_whose_value_is_no_number_is_left_out_so_that_the_line_can_be_read_back(tmp_path: Path) -> None:
    path = tmp_path / "history.jsonl"
    entry = entry_of(RESULT.replace(metrics=[*NO_NUMBER, *METRICS]))
    append_to(path, entry)
    assert read_history(path) == [entry]
    assert entry == entry_of(RESULT)
