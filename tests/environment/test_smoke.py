"""The whole of a run, from sources to report, in each hostile environment: the same files, the same words, the same plots."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from loadgen.generator.oha import oha_path
from loadgen.record.folder import load_run
from tests.end_to_end.conftest import LAUNCH, STUB, Ended
from tests.environment.hostile import HOSTILE, Surroundings, apply
from tests.patience import PATIENCE_S

ROOT = Path(__file__).parents[2]
WORD = re.compile(r"[A-Za-z]{4,}")
WORDS = {"goodput", "requests", "latency", "memory", "stub"}
SIZE = re.compile(r'<svg [^>]*?width="([\d.]+)pt"')


def smoke(folder: Path, name: str | None = None) -> Ended:
    """Run the stub once, in the environment of this name or in the one that the tests have."""
    for part in ("own", "working"):
        (folder / part).mkdir()
    own = {"PRIMEBENCH_CACHE": str(folder / "cache"), "PRIMEBENCH_OHA": str(oha_path())}
    around = Surroundings(folder / "own", {**os.environ, **own}, working_folder=folder / "working", results=folder / "results")
    if name is not None:
        apply(name, around)
    command = [*around.prefix, *LAUNCH, "run", "--profile", "tiny", "--rounds", "1", "--seed", "7", "--service", str(STUB)]
    done = subprocess.run(
        [*command, "--results", str(around.results), "--scenarios", str(STUB / "scenarios.toml")],
        env=around.environment,
        cwd=around.working_folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=PATIENCE_S,
        check=False,
    )
    stdout, stderr = (text.decode("utf-8", errors="replace") for text in (done.stdout, done.stderr))
    return Ended(done.returncode, stdout, stderr, around.working_folder / around.results)


@pytest.fixture(scope="session")
def ordinary(tmp_path_factory: pytest.TempPathFactory) -> Ended:
    ended = smoke(tmp_path_factory.mktemp("ordinary"))
    assert (ended.code, ended.stderr) == (0, "")
    return ended


def files_of(ended: Ended) -> set[str]:
    return {str(path.relative_to(ended.run)) for path in ended.run.rglob("*") if path.is_file()}


def plots_of(ended: Ended) -> dict[str, list[str]]:
    """Each plot's width in points: with other fonts, or another resolution, it would be another one."""
    return {path.name: SIZE.findall(path.read_text(encoding="utf-8")) for path in (ended.run / "plots").glob("*.svg")}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_run_is_whole(name: str, tmp_path: Path, ordinary: Ended) -> None:
    ended = smoke(tmp_path, name)
    assert (ended.code, ended.stderr) == (0, "")
    assert files_of(ended) == files_of(ordinary)
    assert plots_of(ended) == plots_of(ordinary)
    record, trials = load_run(ended.run)
    assert (record.end_reason, [trial.failure for trial in trials]) == ("finished", [None])
    assert record.commit == (None if name == "no git" else load_run(ordinary.run)[0].commit)
    assert ("\x1b" in ended.stdout) is (name == "colour forced")
    assert set(WORD.findall((ended.run / "table.md").read_text(encoding="utf-8"))) >= WORDS
    assert "goodput" in ended.stdout
    assert "run: " in ended.stdout
