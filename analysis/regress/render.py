"""A regression check's files (verdict.json, verdict.md, the plot of its pairs, exports) and what the terminal shows."""

from collections.abc import Mapping, Sequence
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
from analysis.regress.self_check import self_check
from analysis.regress.self_check_text import self_check_markdown
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
        _write(path, write(result))
    from analysis.regress.plot_pairs import draw_pairs  # takes a second, for matplotlib

    draw_pairs(result, folder / "plots")
    return result


def show_explanations(console: Console, result: RegressResult) -> None:
    """What changed in the code, a few lines a service."""
    for line in (line for explanation in result.explanations for line in screen_lines(explanation)):
        console.print(Text(printable(line)), soft_wrap=True)


def render_self_check(folder: Path, exports: Sequence[tuple[str, Path]]) -> str:
    """Replay the self-check in `folder`, write both files and `exports`, and return it as Markdown."""
    replayed_check = self_check(folder)
    texts = {"json": replayed_check.model_dump_json(indent=2) + "\n", "markdown": self_check_markdown(replayed_check)}
    for name, path in (("json", folder / "self-check.json"), ("markdown", folder / "self-check.md"), *exports):
        _write(path, texts[name])
    return texts["markdown"]


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Error(f"{path}: cannot be written: {error.strerror}") from error


def show_regress(console: Console, result: RegressResult) -> None:
    """One screen: what was judged, what vouches for it, the verdict, what to do next."""
    unicode = console.encoding.lower().startswith("utf")
    for line in screen(result, width=console.width, unicode=unicode):
        console.print(Text(line.text, style=STYLES.get(line.kind, "")))
