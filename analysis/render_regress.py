"""A regression check's files (verdict.json, verdict.md, the plot of its pairs, exports) and what the terminal shows."""

from collections.abc import Mapping
from pathlib import Path

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from analysis.export import FORMATS
from analysis.plot_pairs import draw_pairs
from analysis.regress_result import VERDICT_FILE, RegressResult
from analysis.regression import regression_result
from analysis.render_table import print_table
from analysis.table_regress import headline, verdict_tables
from loadgen.trouble import Trouble

STYLES = {"regression": "bold red", "pass": "bold green", "inconclusive": "bold yellow", "invalid": "bold red"}


def render_regress(folder: Path, exports: Mapping[str, Path]) -> RegressResult:
    """Judge the run in `folder` and write all files; raise Trouble if one cannot be written."""
    result = regression_result(folder)
    texts = {folder / VERDICT_FILE: FORMATS["json"](result), folder / "verdict.md": FORMATS["markdown"](result)}
    texts |= {path: FORMATS[name](result) for name, path in exports.items()}
    for path, text in texts.items():
        try:
            path.write_text(text, encoding="utf-8")
        except OSError as error:
            raise Trouble(f"{path}: cannot be written: {error.strerror}") from error
    draw_pairs(result, folder / "plots")
    return result


def show_regress(console: Console, result: RegressResult) -> None:
    """One screen: what was judged, what vouches for it, the verdict, what to do next."""
    unicode = console.encoding.lower().startswith("utf")
    for table in verdict_tables(result, unicode=unicode):
        print_table(console, table)
    console.print(Text(headline(result), style=STYLES[result.outcome]))
    if result.ended_because:
        console.print(Padding(Text(result.ended_because), (0, 0, 0, 2)))
    for step in result.next_steps:
        console.print(Padding(Text(f"- {step}"), (0, 0, 0, 2)))
