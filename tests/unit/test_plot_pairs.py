"""The plot of a regression check's pairs."""

from pathlib import Path

from analysis.regress.plot_pairs import draw_pairs
from tests.unit.results import exact_metric, metric, result, with_logs


def test_every_metric_with_pairs_has_a_row_with_its_verdict(tmp_path: Path) -> None:
    logs = [0.03, 0.04, 0.05, 0.9]
    rows = [with_logs(metric(), logs), metric("time_ns", workload="a/served/b", outcome="pass")]
    rows[1] = with_logs(rows[1], logs)
    svg = draw_pairs(result("regression", [*rows, exact_metric("binary_bytes", "size", "", 1.0, 1.0)]), tmp_path / "plots")
    assert svg is not None
    text = svg.read_text(encoding="utf-8")
    assert "REGRESSION: 89abcdef0123 against 0123456789ab" in text
    assert "article · CPU per request" in text
    assert "a/served/b · time" in text
    assert "binary size" not in text
    assert svg.with_suffix(".png").stat().st_size > 0


def test_the_same_verdict_gives_the_same_file(tmp_path: Path) -> None:
    found = result("regression", [with_logs(metric(), [0.03, 0.04, 0.05])])
    first, second = (draw_pairs(found, tmp_path / name) for name in ("a", "b"))
    assert first is not None
    assert second is not None
    assert first.read_bytes() == second.read_bytes()


def test_without_pairs_there_is_nothing_to_draw(tmp_path: Path) -> None:
    assert draw_pairs(result("pass", [exact_metric("binary_bytes", "size", "", 1.0, 1.0)]), tmp_path) is None
