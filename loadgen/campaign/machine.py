"""What a controller lets a machine do: called in a thread of its worker, done by a process of its own (process.py).

The worker only waits meanwhile. While a trial is measured not even its timers run.
"""

import contextlib
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from subprocess import PIPE
from typing import IO, Any

from distributed import get_worker

from loadgen.campaign.parcel import unpack
from loadgen.campaign.place import Place
from loadgen.cluster.quiet import silenced
from loadgen.errors import Error
from loadgen.remote.calls import Caller
from loadgen.system.environment import own_environment
from loadgen.system.process import spawned
from loadgen.system.worker import VARIABLE

TrialFiles = tuple[str, dict[str, bytes]]
"""A trial's record as JSON, and the files that it names by their names in the run's folder."""


def take_project(place: Place, parcel: bytes, digest: str) -> None:
    """Unpack the project, unless it is there already; raise Error where that is not possible."""
    mark = place.folder / "parcel"
    if mark.is_file() and mark.read_text(encoding="ascii") == digest:
        return
    try:
        shutil.rmtree(place.project, ignore_errors=True)
        unpack(parcel, place.project)
        mark.write_text(digest, encoding="ascii")
    except OSError as error:
        raise Error(f"{error.filename or place.folder}: {error.strerror}") from error


def ask(place: Place, wanted: dict[str, Any]) -> dict[str, Any]:
    """Let a process do what is wanted (`do` names it), and return what it came to; raise Error for what it says is wrong.

    Before a trial it asks for silence, and waits for it.
    """
    try:
        return _asked(place, wanted)
    except OSError as error:  # of this machine: the controller would take it for one of its own
        raise Error(f"{error.filename or sys.executable}: {error.strerror}") from error


def _asked(place: Place, wanted: dict[str, Any]) -> dict[str, Any]:
    with tempfile.TemporaryFile() as errors, contextlib.ExitStack() as silence:
        wanted = {"place": [place.run_id, place.machine], **wanted}
        command = [sys.executable, "-m", "loadgen.campaign.process"]
        environment = own_environment(**{VARIABLE: str(os.getpid())})
        with spawned(command, environment=environment, stdin=PIPE, stdout=PIPE, stderr=errors, guarded=True) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            said: list[str] = []
            answer = _answer((process.stdin, process.stdout), wanted, said.append, silence, Caller())
            code = process.wait()
        if answer is None:
            errors.seek(0)
            lines = errors.read().decode(errors="replace").strip().splitlines()
            raise Error(f"its process ended with {code}: {lines[-1] if lines else 'no message'}")
    if "error" in answer:
        raise Error(answer["error"])
    return {**answer, "said": said}


def _answer(
    pipes: tuple[IO[bytes], IO[bytes]],
    wanted: dict[str, Any],
    say: Callable[[str], None],
    silence: contextlib.ExitStack,
    caller: Caller,
) -> dict[str, Any] | None:
    """Return the last thing that the process says; None if it ends without."""
    stdin, stdout = pipes
    _send(stdin, wanted)
    for line in stdout:
        message: dict[str, Any] = json.loads(line)
        if "say" in message:
            say(message["say"])
        elif "silence" in message:
            silence.close()
            if message["silence"]:
                silence.enter_context(silenced(get_worker()))
                _send(stdin, {})
        elif caller.answers(message):
            _send(stdin, {})
        else:
            return message
    return None


def _send(stdin: IO[bytes], message: dict[str, Any]) -> None:
    with contextlib.suppress(BrokenPipeError):  # it has ended, and its last words say why
        stdin.write(json.dumps(message).encode() + b"\n")
        stdin.flush()


def finished_rounds(place: Place) -> dict[int, list[int]]:
    """Return the indices of the trials of each round that is whole here."""
    return place.finished()


def read_trial(place: Place, round_number: int, index: int) -> TrialFiles:
    """Return a finished trial with its rows and log; raise Error if they cannot be read."""
    try:
        record = place.trial_file(round_number, index).read_text(encoding="utf-8")
        trial = json.loads(record)
        names = filter(None, (trial.get("log_file"), (trial.get("load") or {}).get("rows_file")))
        return record, {name: (place.records.path / name).read_bytes() for name in names}
    except OSError as error:
        raise Error(f"{error.filename}: {error.strerror}") from error


def forget(place: Place) -> None:
    """Remove what is kept of a run that is whole elsewhere."""
    shutil.rmtree(place.folder, ignore_errors=True)
    with contextlib.suppress(OSError):
        place.folder.parent.rmdir()


def closed_trials(records: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return of trials those that an open loop's rate may be a share of."""
    return [record for record in records if not record.get("beside") and record.get("rate_per_s") is None]
