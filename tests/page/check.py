"""The report of a run, and that of a made run with hostile names, read by check.mjs as a reader would.

`python -m tests.page.check [RUN]`; without RUN it is the newest run of results/, or a made one. The run's folder is left alone:
the report is made in build/page/, beside a picture of every view. Exit code 0 if nothing was found, 1 if something was.
"""

import shutil
import subprocess
import sys
from pathlib import Path

import click

from analysis.regress.result import is_regression_check
from analysis.trial.trimmed import LATENCIES, TRIALS, is_trimmed
from loadgen.errors import Error
from tests.page.hostile import REASON, TITLES
from tests.page.made_run import make_run

CHECKOUT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent
TARGET = CHECKOUT / "build" / "page"


def newest_run(results: Path) -> Path | None:
    """The folder of results/latest, else of the newest run by its name, that has a report; None if there is none."""
    runs = [results / "latest", *sorted((results / "runs").glob("*"), reverse=True)]
    return next((run for run in runs if has_report(run)), None)


def copy_of(run: Path, folder: Path) -> Path:
    """A copy of the run's records in `folder`, its raw rows by a link; raise Error if it is no run with a report."""
    if not has_report(run):
        raise Error(f"{run}: expected the folder of a run with a report, as in results/runs/")
    folder.mkdir(parents=True)
    trimmed = is_trimmed(run)
    for name in ("run.json", "summary.json", TRIALS, LATENCIES) if trimmed else ("run.json", "trials.jsonl"):
        shutil.copy2(run / name, folder / name)
    if not trimmed:
        (folder / "raw").symlink_to((run / "raw").resolve())
    return folder


def has_report(run: Path) -> bool:
    """Whether the folder is that of a run with trials, whole or trimmed, and of no regression check."""
    recorded = (run / "run.json").is_file() and ((run / "trials.jsonl").is_file() or is_trimmed(run))
    return recorded and not is_regression_check(run)


def report_of(folder: Path) -> Path:
    """The report, made as a user makes it."""
    done = subprocess.run(
        [sys.executable, "-m", "primebench", "report", str(folder)], cwd=CHECKOUT, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise Error(f"primebench report {folder} failed (exit code {done.returncode}):\n{done.stdout}{done.stderr}")
    return folder / "report.html"


def read(folder: Path, *options: str) -> bool:
    """Print what check.mjs finds in the report of the run in `folder`; whether that is nothing."""
    page = report_of(folder)
    print(f"{page.relative_to(CHECKOUT)}:", flush=True)
    pictures = ["--screenshots", str(folder / "pictures")]
    code = subprocess.run(["node", "check.mjs", str(page), *pictures, *options], cwd=HERE, check=False).returncode
    if code not in (0, 1):
        raise Error(f"check.mjs failed (exit code {code}); its message is above")
    return code == 0


@click.command()
@click.argument("run", required=False, type=click.Path(path_type=Path))
def main(run: Path | None) -> None:
    """Check both pages."""
    shutil.rmtree(TARGET, ignore_errors=True)
    try:
        chosen = run or newest_run(CHECKOUT / "results")
        plain = copy_of(chosen.resolve(), TARGET / "run") if chosen else make_run(TARGET / "run")
        hostile = make_run(TARGET / "hostile", TITLES, REASON)
        wanted = TARGET / "wanted.txt"
        wanted.write_text("\n".join((*TITLES, REASON)) + "\n", encoding="utf-8")
        fine = [read(plain), read(hostile, "--shows", str(wanted))]
    except Error as error:
        print(f"tests.page.check: {error}", file=sys.stderr)
        sys.exit(2)
    sys.exit(0 if all(fine) else 1)


if __name__ == "__main__":
    main()
