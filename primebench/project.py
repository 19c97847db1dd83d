"""Where a command finds services and what is measured, and where it keeps results: a project."""

from pathlib import Path
from typing import NamedTuple

from loadgen.errors import Error
from primebench.paths import CHECKOUT, absolute

PROJECT_FILE = "primebench.toml"
"""As in loadgen/task/http/file.py, which takes long to import."""
PRIME = CHECKOUT if (CHECKOUT / "scenarios.toml").is_file() else Path(__file__).resolve().parent / "examples" / "prime"
"""The benchmark that comes with the program: in a checkout that, of an installed program a part of it."""
EXAMPLES = {"prime": PRIME}
KEPT = ".primebench"
"""Where a repository keeps results: the folder hides itself from git."""


class Project(NamedTuple):
    """The folder of the services, the file that says what is measured, and the folder of the results."""

    folder: Path
    scenarios: Path
    results: Path

    def asked(self, file: Path | None) -> Path:
        """Return the file that says what is measured, or the one that was given instead; raise Error if there is none."""
        if file is None and not self.scenarios.is_file():
            raise Error(
                f"{self.scenarios}: not found, nor in a folder above it: primebench init writes one, and --example prime "
                "measures what comes with primebench"
            )
        return file or self.scenarios


def find_project(example: str | None = None, start: Path | None = None) -> Project:
    """Return the example of that name, else the project of the nearest primebench.toml that says what is measured, from `start`
    or the current folder upwards; without one the checkout that the program runs from. Raise Error for an unknown example.
    """
    try:
        here = absolute(start or Path())
    except Error:
        if PRIME != CHECKOUT:
            raise
        here = PRIME  # the folder that this was started in is gone, and a checkout needs none
    if example is not None:
        if example not in EXAMPLES:
            raise Error(f"no example '{example}': expected of {', '.join(EXAMPLES)}")
        return _of_prime(here)
    for folder in (here, *here.parents):
        if _says_what_is_measured(folder / PROJECT_FILE):
            return Project(folder, folder / PROJECT_FILE, folder / KEPT)
    return _of_prime(here) if PRIME == CHECKOUT else Project(here, here / PROJECT_FILE, here / KEPT)


def _of_prime(here: Path) -> Project:
    return Project(PRIME, PRIME / "scenarios.toml", PRIME / "results" if PRIME == CHECKOUT else here / KEPT)


def _says_what_is_measured(path: Path) -> bool:
    """Whether it is a project's file, and not the settings of a gate alone; what is wrong with it its reader says."""
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return False
    return any(line.lstrip().startswith(("[workloads", "[service", "services")) for line in lines)
