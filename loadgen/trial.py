"""One trial: fresh server, readiness, warm-up and measured load on the same connections, readings, stop."""

import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from loadgen import oha
from loadgen.begun import begun
from loadgen.kernel import memory, usage
from loadgen.machine import Cores, usable_cores
from loadgen.process import spawn, stop, stopped_at_end, tree
from loadgen.record import Load, RunFolder, Trial
from loadgen.scenario import Timing, Workload
from loadgen.schedule import Slot
from loadgen.service import Contender
from loadgen.start import Server, ending, last_words, running
from loadgen.trouble import Trouble
from loadgen.watch import Overdue, Watched, watch
from loadgen.witness import Witness

DEADLINE_GRACE_S = 15.0
"""After the load's end: a closed loop drains within one latency, however slow the server honestly is."""


@dataclass(frozen=True)
class Subject:
    """What a trial measures: a contender with its artefact, under a workload, on given cores, loaded by `oha`."""

    contender: Contender
    artefact: Path
    workload: Workload
    timing: Timing
    cores: Cores
    oha: Path


class TrialFailed(Trouble):
    """The trial gave no measurement; the message says why in one line."""


def run_trial(subject: Subject, slot: Slot, folder: RunFolder) -> Trial:
    """Run one trial. A trial that fails is a record with its `failure`; OSError from writing rows goes to the caller."""
    trial = begun(slot)
    begin = time.monotonic()
    try:
        with running(subject.contender, subject.artefact, subject.cores) as server:
            trial = _measured(trial, subject, server, folder)
            trial = trial.model_copy(update={"exit_code": _stopped(server)})
    except Trouble as failure:
        trial = trial.model_copy(update={"failure": str(failure)})
    planned_s = subject.timing.warm_up_s + subject.timing.load_s
    return trial.model_copy(update={"overhead_s": time.monotonic() - begin - planned_s})


def _stopped(server: Server) -> int:
    code = stop(server.process)
    if code is None:
        raise TrialFailed(f"{server.label}: the server did not end within 5 s of SIGTERM; expected exit code 0")
    if code != 0:
        raise TrialFailed(f"{server.label}: the server ended with {ending(code)} after SIGTERM; expected exit code 0")
    return code


def _measured(trial: Trial, subject: Subject, server: Server, folder: RunFolder) -> Trial:
    idle = memory(tree(server.process.pid))
    witness = Witness(server.address, subject.workload.n)
    witness.start()
    with tempfile.TemporaryDirectory(prefix="primebench-") as scratch:
        seen = _load(subject, server, Path(scratch))
        wall_s = time.monotonic() - seen.begin_s
        errors = oha.read_errors(Path(scratch) / "report.json")
        reported = oha.read_reported(Path(scratch) / "report.json")
        rows = oha.read_rows(Path(scratch) / "rows.db")
    answers = witness.finish(DEADLINE_GRACE_S)
    server.check_alive()
    rows_file = f"raw/{trial.index:05d}.parquet"
    oha.write_rows(rows, folder.path / rows_file)
    pids = tree(server.process.pid)
    counters = usage(pids)
    return trial.model_copy(
        update={
            "ready_s": server.ready_s,
            "window_from_s": subject.timing.warm_up_s,
            "window_to_s": subject.timing.warm_up_s + subject.timing.load_s,
            "load": Load(
                wall_s=wall_s,
                statuses=oha.count_statuses(rows),
                errors=errors,
                rows_file=rows_file,
                rows=rows.num_rows,
                reported=reported,
            ),
            "cpu": seen.window(witness),
            "answers": answers,
            "idle": idle,
            "loaded": seen.loaded,
            "after": memory(pids),
            "server_threads": counters.threads,
            "open_files": counters.open_files,
            "samples": seen.samples,
        }
    )


def _load(subject: Subject, server: Server, scratch: Path) -> Watched:
    """Run the generator to its end and watch; raise TrialFailed if it fails or does not end."""
    timing, cores = subject.timing, subject.cores
    duration_s = timing.warm_up_s + timing.load_s
    url = f"http://{server.address[0]}:{server.port}/calculate"
    command = oha.oha_command(str(subject.oha), subject.workload, duration_s, url, str(scratch / "rows.db"))
    with (scratch / "report.json").open("wb") as report, (scratch / "stderr").open("wb") as errors:
        generator = spawn(
            command,
            cores=cores.generator,
            environment=oha.oha_environment(len(cores.generator) or len(usable_cores())),
            stdout=report,
            stderr=errors,
        )
    with stopped_at_end(generator):
        deadline_s = duration_s + DEADLINE_GRACE_S
        try:
            seen = watch(server.process.pid, generator, cores, (timing.warm_up_s, duration_s), deadline_s, server.check_alive)
        except Overdue as overdue:
            raise TrialFailed(
                f"{server.label}: requests were still unanswered {DEADLINE_GRACE_S:g} s after the load: the server hangs"
            ) from overdue
        _check_ended_well(generator, scratch / "stderr")
        return seen


def _check_ended_well(generator: subprocess.Popen[bytes], stderr: Path) -> None:
    code = generator.wait()
    if code != 0:
        raise TrialFailed(f"oha failed ({ending(code)}){last_words(stderr)}")
