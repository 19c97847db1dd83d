"""Finding the runs to compare: a run's folder, its ID, or a folder that keeps a summary.json."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.model.summary import Summary, read_summary
from loadgen.errors import Error
from loadgen.record.folder import RunFolder

if TYPE_CHECKING:
    from analysis.pipeline.summarise import ScaleOf

SUMMARY = "summary.json"
RECORDS = "run.json"


def read_compared(wanted: Path, places: Sequence[Path], published: Path, scale_of: "ScaleOf") -> Summary:
    """The summary of the run `wanted`, as named from one of the places, the first that has it; a run that has none yet is
    rendered first, with what was `published`. Raise Error if it is no run.
    """
    folder = find_run(wanted, places)
    has_records = (folder / RECORDS).is_file()
    if has_records and RunFolder(folder).read_run().regress is not None:
        raise Error(f"{wanted}: a regression check, which compares by itself; expected runs of `primebench run`")
    if has_records and not (folder / SUMMARY).is_file():
        from analysis.pipeline.render import render  # takes a second, for the plots, which few comparisons need

        return render(folder, published, scale_of)
    try:
        return read_summary(folder / SUMMARY)
    except Error as error:
        if has_records:
            raise Error(f"{error} {folder}") from error
        fault = str(error).partition("; run:")[0]
        raise Error(f"{fault}; without its records it cannot be made again: use the primebench that wrote it") from error


def find_run(wanted: Path, places: Sequence[Path]) -> Path:
    """Return the folder of the run `wanted`, as named from the first of the places that has it; raise Error if none has."""
    for path in (above / wanted for above in places):
        folder = path.parent if path.name == SUMMARY else path
        if (folder / SUMMARY).is_file() or (folder / RECORDS).is_file():
            return folder.resolve()
    raise Error(
        f"{wanted}: not a run: expected a folder with {RECORDS} or {SUMMARY}, or the ID of a run; "
        "measure one with: primebench run"
    )
