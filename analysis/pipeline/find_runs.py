"""Finding the runs to compare: a run's folder, its ID, or a folder that keeps a summary.json."""

from pathlib import Path
from typing import TYPE_CHECKING

from analysis.model.summary import Summary, read_summary
from loadgen.errors import Error
from loadgen.record.folder import RunFolder

if TYPE_CHECKING:
    from analysis.pipeline.summarise import ScaleOf

SUMMARY = "summary.json"
RECORDS = "run.json"


def read_compared(wanted: Path, checkout: Path, scale_of: "ScaleOf") -> Summary:
    """The summary of the run `wanted`; a run that has none yet is rendered first. Raise Error if it is no run."""
    folder = _found(wanted, checkout)
    has_records = (folder / RECORDS).is_file()
    if has_records and RunFolder(folder).read_run().regress is not None:
        raise Error(f"{wanted}: a regression check, which compares by itself; expected runs of `primebench run`")
    if has_records and not (folder / SUMMARY).is_file():
        from analysis.pipeline.render import render  # takes a second, for the plots, which few comparisons need

        return render(folder, checkout / "results" / "published", scale_of)
    try:
        return read_summary(folder / SUMMARY)
    except Error as error:
        if has_records:
            raise Error(f"{error} {folder}") from error
        fault = str(error).partition("; run:")[0]
        raise Error(f"{fault}; without its records it cannot be made again: use the primebench that wrote it") from error


def _found(wanted: Path, checkout: Path) -> Path:
    """The folder: as named from here, or from the checkout, or a run by its ID."""
    for place in (wanted, checkout / wanted, checkout / "results" / "runs" / wanted):
        folder = place.parent if place.name == SUMMARY else place
        if (folder / SUMMARY).is_file() or (folder / RECORDS).is_file():
            return folder.resolve()
    raise Error(
        f"{wanted}: not a run: expected a folder with {RECORDS} or {SUMMARY}, or the ID of a run in results/runs; "
        "measure one with: primebench run"
    )
