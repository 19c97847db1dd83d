"""A regression check's files (verdict.json, verdict.md, the plot of its pairs, exports) and what the terminal shows."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.text import Text

from analysis.explain.text import screen_lines
from analysis.regress.export import FORMATS, Write
from analysis.regress.export.job_summary import job_summary
from analysis.regress.model import VERDICT_FILE, RegressResult
from analysis.regress.result import regression_result
from analysis.regress.screen import screen
from analysis.text.printable import printable
from loadgen.errors import Error

STYLES = {
    "section": "bold",
    "regression": "bold red",
    "invalid": "bold red",
    "pass": "green",
    "inconclusive": "yellow",
}


def render_regress(folder: Path, exports: Mapping[Path, str]) -> RegressResult:
    """Judge the run in `folder` and write all files, and `exports` with the format of each; raise Error if one cannot be."""
    result = regression_result(folder)
    files: dict[Path, Write] = {
        folder / VERDICT_FILE: FORMATS["json"],
        folder / "verdict.md": partial(job_summary, linked=True),
    }
    for path, write in (files | {path: FORMATS[name] for path, name in exports.items()}).items():
        try:
            path.write_text(write(result), encoding="utf-8")
        except OSError as error:
            raise Error(f"{path}: cannot be written: {error.strerror}") from error
    from analysis.regress.plot_pairs import draw_pairs  # takes a second, for matplotlib

    draw_pairs(result, folder / "plots")
    return result


def show_explanations(console: Console, result: RegressResult) -> None:
    """What changed in the code, a few lines a service."""
    for line in (line for one in result.explanations for line in screen_lines(one)):
        console.print(Text(printable(line)), soft_wrap=True)


def show_regress(console: Console, result: RegressResult) -> None:
    """One screen: what was judged, what vouches for it, the verdict, what to do next."""
    unicode = console.encoding.lower().startswith("utf")
    for line in screen(result, width=console.width, unicode=unicode):
        console.print(Text(line.text, style=STYLES.get(line.kind, "")))
