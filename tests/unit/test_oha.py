"""What oha prints, read back."""

import json
from pathlib import Path

import pytest

from loadgen.errors import Error
from loadgen.generator.oha import find_oha, oha_path, read_errors, read_reported
from loadgen.setup.oha import OHA_VERSION, install_oha, is_pinned

REPORT = {
    "summary": {"successRate": 1.0, "requestsPerSec": 5000.0},
    "latencyPercentiles": {"p50": 0.001, "p99": 0.004},
    "errorDistribution": {"aborted due to deadline": 2},
}


@pytest.fixture
def output(tmp_path: Path) -> Path:
    return tmp_path / "report.json"


def test_the_summary_is_read_in_our_units(output: Path) -> None:
    output.write_text(json.dumps(REPORT))
    assert read_errors(output) == {"aborted due to deadline": 2}
    assert read_reported(output) == {
        "requests_per_s": 5000.0,
        "success_share": 1.0,
        "latency_p50_ms": 1.0,
        "latency_p99_ms": 4.0,
    }


@pytest.mark.parametrize(
    "report",
    [
        REPORT | {"summary": {"successRate": None, "requestsPerSec": 0.0}, "latencyPercentiles": {"p50": None, "p99": None}},
        REPORT | {"summary": {"successRate": float("nan"), "requestsPerSec": 0.0}, "latencyPercentiles": None},
        {"summary": {"requestsPerSec": 0.0}, "errorDistribution": {}},
    ],
)
def test_without_a_single_answer_what_has_no_value_is_left_out(output: Path, report: dict[str, object]) -> None:
    output.write_text(json.dumps(report))
    assert read_reported(output) == {"requests_per_s": 0.0}


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"{}", b"\xff\xfe", b'{"errorDistribution": {"a": "b"}}'])
def test_no_report_is_said_in_a_line(output: Path, content: bytes) -> None:
    output.write_bytes(content)
    with pytest.raises(Error, match="oha wrote no report: "):
        read_errors(output)


@pytest.mark.parametrize("content", [b"[]", b'{"summary": 3}', b'{"summary": {"successRate": "all"}}'])
def test_a_report_of_another_shape_is_said_in_a_line(output: Path, content: bytes) -> None:
    output.write_bytes(content)
    with pytest.raises(Error, match="oha wrote no report: "):
        read_reported(output)


@pytest.mark.parametrize(
    ("printed", "pinned"),
    [
        (f"oha {OHA_VERSION}", True),
        (f"oha {OHA_VERSION}+a1b2c3d", True),
        (f"oha {OHA_VERSION} (a1b2c3d 2026-01-01)", True),
        (f"oha {OHA_VERSION}-rc1", False),
        (f"oha {OHA_VERSION}0", False),
        ("oha", False),
        ("", False),
        (f"other {OHA_VERSION}", False),
    ],
)
def test_build_metadata_is_no_other_version(printed: str, pinned: bool) -> None:
    assert is_pinned(printed) is pinned


def test_an_oha_that_cannot_be_run_is_said_in_a_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "oha").write_bytes(b"\x7fELF")
    (tmp_path / "oha").chmod(0o755)
    monkeypatch.setenv("PRIMEBENCH_OHA", str(tmp_path / "oha"))
    with pytest.raises(Error, match="cannot be run: Exec format error; run: primebench setup"):
        find_oha()


@pytest.mark.parametrize(("version", "used"), [(OHA_VERSION, True), ("1.0.0", False)])
def test_an_oha_of_the_right_version_on_the_path_is_used_and_none_built(
    version: str, used: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "bin" / "oha"
    own.parent.mkdir()
    own.write_text(f"#!/bin/sh\necho oha {version}\n")
    own.chmod(0o755)
    monkeypatch.setenv("PATH", f"{own.parent}:/usr/bin:/bin")
    monkeypatch.setenv("PRIMEBENCH_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("PRIMEBENCH_OHA", raising=False)
    assert (oha_path() == own) is used
    if used:
        install_oha()
        assert not (tmp_path / "cache").exists()
    else:
        with pytest.raises(Error, match="cargo not found"):
            install_oha()
