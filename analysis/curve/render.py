"""The files of a run of capacity curves (curve.json, curve.md, the plot) and what the terminal shows."""

from pathlib import Path

from rich.console import Console

from analysis.curve.model import CURVE_FILE, CurveResult
from analysis.curve.result import curve_result
from analysis.curve.table import curve_table
from analysis.tables.formats import FORMATS
from analysis.tables.markdown import print_table
from loadgen.errors import Error


def render_curve(folder: Path) -> CurveResult:
    """Analyse the run in `folder` and write what shows it there; raise Error if it has no curves, or cannot be written to."""
    result = curve_result(folder)
    try:
        (folder / CURVE_FILE).write_text(result.model_dump_json(indent=2) + "\n", encoding="utf-8")
        (folder / "curve.md").write_text(FORMATS["markdown"]([curve_table(result)]), encoding="utf-8")
        from analysis.curve.plot import draw_curves  # takes a second, for matplotlib

        draw_curves(result, folder / "plots")
    except OSError as error:
        raise Error(f"{error.filename or folder}: {error.strerror}; the run's records are kept, render it again") from error
    return result


def show_curve(console: Console, result: CurveResult) -> None:
    """Print the table."""
    print_table(console, curve_table(result))
