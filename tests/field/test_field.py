"""A whole field of two small services: interrupted in a task, it goes on with that run, and shows a table a task."""

import json
import signal
import subprocess
import time
from pathlib import Path

from loadgen.record.folder import RunFolder
from tests.end_to_end.conftest import LAUNCH, Place, place_in
from tests.patience import PATIENCE_S

DOCUMENTS = Path(__file__).parents[1] / "documents"
SERVICES = f"{DOCUMENTS},{DOCUMENTS}:again"


def command(place: Place, *arguments: str) -> list[str]:
    return [*LAUNCH, "field", "--results", str(place.results), *arguments]


def interrupted_in_a_run(place: Place) -> None:
    """Start a field, and interrupt it once its first run has a trial."""
    asked = command(place, "--profile", "smoke", "--service", SERVICES)
    with subprocess.Popen(asked, env=dict(place.environment), stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        until_s = time.monotonic() + PATIENCE_S
        while process.poll() is None and not list(place.results.glob("runs/*/raw/*")):
            assert time.monotonic() < until_s, "no trial was recorded"
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, b"interrupted" in errors) == (130, True), errors


def test_a_field_is_measured_interrupted_and_gone_on_with(tmp_path: Path) -> None:
    place = place_in(tmp_path)
    interrupted_in_a_run(place)
    (folder,) = (place.results / "fields").iterdir()
    (cut_short,) = (place.results / "runs").iterdir()
    assert RunFolder(cut_short).read_run().end_reason == "interrupted"
    assert not (folder / "field.json").exists()
    done = subprocess.run(
        command(place, "--resume", folder.name),
        env=dict(place.environment),
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    runs = json.loads((folder / "field.json").read_text())["runs"]
    assert list(runs) == ["plaintext", "json"]
    assert (folder / runs["plaintext"]).resolve() == cut_short
    found = {task: RunFolder(folder / run).read_run() for task, run in runs.items()}
    assert {(run.task, run.end_reason, run.seed) for run in found.values()} == {
        (task, "finished", found["json"].seed) for task in runs
    }
    assert len(found["plaintext"].resumed) == 1
    assert "documents: not measured: it serves json, plaintext, not prime" in done.stdout
    assert (folder / "field.md").is_file()
    headings = {line.split(",")[0].split(":")[0] for line in done.stdout.splitlines()}
    assert set(runs) <= headings
