"""The files of one run: run.json, trials.jsonl, raw/."""

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO

from pydantic import ValidationError

from loadgen.errors import Error
from loadgen.record.migrate import migrate_run, migrate_trial
from loadgen.record.run import RunRecord
from loadgen.record.trial import TRIAL, Trial
from loadgen.secrets import without_secrets
from loadgen.strict import Strict, explain


def read_json(path: Path) -> Any:
    """Read a JSON file; raise OSError if it cannot be read, Error if it is no JSON."""
    try:
        return json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise Error(f"{path}: not JSON: {error}") from error


def append_line(file: BinaryIO, text: str) -> None:
    """Write one line at the end of a file, and force it to the disk; a line that did not fit is taken back.

    Around the file's own buffer, which would write what is left of such a line when the file is closed.
    """
    descriptor, left = file.fileno(), f"{text}\n".encode()
    before = file.seek(0, os.SEEK_END)
    try:
        while left:
            left = left[os.write(descriptor, left) :]
        os.fsync(descriptor)
    except OSError:
        os.ftruncate(descriptor, before)
        raise


def written(record: Strict, indent: int | None = None) -> str:
    """Return the record as JSON that can be read back, whatever numbers and strings are in it.

    No secret that a task has asked for is in it. A number that is not finite is written NaN, Infinity or -Infinity. What is no
    Unicode text (a byte of a file name that is not UTF-8) is replaced by "?".
    """
    text = without_secrets(json.dumps(record.model_dump(), indent=indent, ensure_ascii=False))
    return text.encode(errors="replace").decode()


class RunFolder:
    """The files of one run. Writing raises OSError; the caller says what that means for the run."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.run_file = path / "run.json"
        self.trials_file = path / "trials.jsonl"
        self.raw = path / "raw"

    def create(self) -> None:
        """Make the folder; it must not be there yet."""
        self.raw.mkdir(parents=True)

    def write_run(self, run: RunRecord) -> None:
        """Replace run.json in one step: a reader sees the old one or the new one."""
        draft = self.run_file.with_suffix(".json.new")
        draft.write_bytes(written(run, indent=2).encode() + b"\n")
        draft.replace(self.run_file)

    def drop_cut_line(self) -> None:
        """Take back a last line that a kill cut short: what is appended would continue it."""
        if self.trials_file.exists():
            os.truncate(self.trials_file, self.trials_file.read_bytes().rfind(b"\n") + 1)

    def append_trial(self, trial: Trial) -> None:
        """Append one line and force it to the disk; a line that did not fit is taken back."""
        with self.trials_file.open("ab") as file:
            append_line(file, written(trial))

    def append_trials(self, trials: Sequence[Trial]) -> None:
        """Append a line for each, all of them in one piece, as `append_trial` does one."""
        if trials:
            with self.trials_file.open("ab") as file:
                append_line(file, "\n".join(map(written, trials)))

    def read_run(self) -> RunRecord:
        """Read run.json, of this schema or an earlier one; raise Error if it is missing or of none."""
        try:
            return RunRecord.model_validate(migrate_run(read_json(self.run_file)))
        except OSError as error:
            raise Error(f"{self.run_file}: {error.strerror}; expected the folder of a run, as in .primebench/runs/") from error
        except ValidationError as error:
            raise Error(f"{self.run_file}: {explain(error)}") from error

    def read_trials(self) -> list[Trial]:
        """Read every whole line of trials.jsonl; a last line cut short by a kill is passed over.

        A trial that was measured again when an interrupted run went on has two lines: the later one counts.
        """
        if not self.trials_file.exists():
            return []
        try:
            *whole, _ = self.trials_file.read_bytes().split(b"\n")
            read = [TRIAL.validate_python(migrate_trial(json.loads(line))) for line in whole]
        except OSError as error:
            raise Error(f"{self.trials_file}: cannot be read: {error.strerror}") from error
        except ValidationError as error:
            raise Error(f"{self.trials_file}: {explain(error)}") from error
        except (json.JSONDecodeError, UnicodeDecodeError) as error:
            raise Error(f"{self.trials_file}: not JSON lines: {error}") from error
        return sorted({trial.index: trial for trial in read}.values(), key=lambda trial: trial.index)


def load_run(path: Path) -> tuple[RunRecord, list[Trial]]:
    """The run record and the finished trials in the folder `path`."""
    folder = RunFolder(path)
    return folder.read_run(), folder.read_trials()
