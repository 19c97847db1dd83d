"""The field that the documentation shows: what results/field/ keeps of it, and the pages that are made of it."""

import shutil
import tempfile
from pathlib import Path

from analysis.field.model import STANDINGS_FILE, FieldResult
from analysis.field.page import findings_part, page, with_part
from analysis.field.plot import draw_field
from analysis.field.render import write_standings
from loadgen.errors import Error

FIELD, FINDINGS = "field", "findings"
"""The parts of pages that are made of the field."""
SHOWN_IN = "docs/field.md"
FINDINGS_IN = "docs/reference/conformance.md"
NONE_KEPT = "No field is kept yet.\n"


def keep_field(result: FieldResult, checkout: Path) -> None:
    """Keep a field in results/field/, its standings and its charts as SVG, and renew the pages that show it.

    Raises Error if something cannot be written, or a page has no place for its part.
    """
    target = checkout / "results" / "field"
    pages = {path: made(result, path, (checkout / path).read_text(encoding="utf-8")) for path in (SHOWN_IN, FINDINGS_IN)}
    try:
        with tempfile.TemporaryDirectory() as scratch:
            charts = [plot.svg for plot in draw_field(result, Path(scratch))]
            shutil.rmtree(target, ignore_errors=True)
            (target / "plots").mkdir(parents=True)
            for svg in charts:
                shutil.copy(svg, target / "plots" / svg.name)
        write_standings(result, target)
        for path, text in pages.items():
            (checkout / path).write_text(text, encoding="utf-8")
    except OSError as error:
        raise Error(f"{error.filename or target}: {error.strerror}; make it writable and keep the field again") from error


def made(result: FieldResult | None, path: str, text: str) -> str:
    """Return a page with its part made again of the field that is kept; None where none is."""
    if path == SHOWN_IN:
        return with_part(text, FIELD, NONE_KEPT if result is None else page(result, "../results/field/plots"), path)
    return with_part(text, FINDINGS, findings_part(result), path)


def kept_in(checkout: Path) -> Path | None:
    """Return the folder of the field that is kept, or None."""
    folder = checkout / "results" / "field"
    return folder if (folder / STANDINGS_FILE).is_file() else None
