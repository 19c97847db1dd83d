"""A whole run where every folder has a name of which programs make something else: a URI, a format, markup, an option."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from loadgen.generator.oha import oha_path
from loadgen.one_line import one_line
from tests import forked
from tests.end_to_end.conftest import LAUNCH, STUB
from tests.trials import load_trials

if TYPE_CHECKING:
    import subprocess

ODD = os.fsdecode(b"-o,d:d [red]%2F%p%q{HOME}{port} #&;?*$x'\"\\\n\x1b[31m\xff")


@dataclass(frozen=True)
class Odd:
    """A folder with an odd name, in which the commands run: service, cache, results and temporary folder are below it."""

    folder: Path

    def primebench(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run primebench with relative paths."""
        environment = {"PRIMEBENCH_CACHE": "cache", "PRIMEBENCH_OHA": str(oha_path()), "TMPDIR": "temporary"}
        return forked.run([*LAUNCH, *arguments], os.environ | environment, self.folder)


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Odd:
    folder = tmp_path_factory.mktemp("paths") / ODD
    shutil.copytree(STUB, folder / "stub")
    (folder / "stub" / os.fsdecode(b"\xfe\n")).write_text("")
    (folder / "stub" / "here").symlink_to(".")
    os.mkfifo(folder / "stub" / "pipe")
    (folder / "temporary").mkdir()
    return Odd(folder)


@pytest.fixture(scope="module")
def run(odd: Odd) -> Path:
    """The folder of a run, with a folder in the place of the link to the latest one."""
    (odd.folder / "results" / "latest").mkdir(parents=True)
    scenarios = str(STUB / "scenarios.toml")
    service = str(odd.folder / "stub")  # has a comma and a colon
    ended = odd.primebench(
        *("run", "--profile", "tiny", "--rounds", "1", "--scenarios", scenarios, "--results", "results", "--service", service)
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    (folder,) = (odd.folder / "results" / "runs").iterdir()
    assert f"\nrun: results/runs/{folder.name}\n" in ended.stdout
    latest = one_line(str(odd.folder / "results" / "latest"))
    assert f"\n{latest} does not lead to this run: Is a directory; name the run by its folder\n" in ended.stdout
    return folder


def test_it_measures_and_leaves_nothing_in_the_temporary_folder(odd: Odd, run: Path) -> None:
    _, (trial,) = load_trials(run)
    assert trial.failure is None
    assert trial.load is not None
    assert trial.load.statuses == {"200": trial.load.rows}
    assert (run / "report.html").is_file()
    assert list((odd.folder / "temporary").iterdir()) == []


def test_its_record_is_utf8_and_names_the_service_as_it_is_shown(odd: Odd, run: Path) -> None:
    record, _ = load_trials(run)
    assert record.plan is not None
    assert record.plan.services == [os.fsencode(odd.folder / "stub").decode(errors="backslashreplace")]


def test_it_is_reported_again_without_its_rows_in_one_line(odd: Odd, run: Path) -> None:
    copy = odd.folder / "copy"
    shutil.copytree(run, copy, ignore=shutil.ignore_patterns("raw"))
    ended = odd.primebench("report", "copy/")
    assert ended.returncode == 2
    assert ended.stderr.startswith("primebench: ")
    assert r"\xff/copy/raw/00000.parquet: cannot be read: No such file or directory" in ended.stderr
    assert len(ended.stderr.splitlines()) == 1
