"""One trial: fresh server, readiness, warm-up and measured load on the same connections, readings, stop."""

import contextlib
import os
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from loadgen.config.scenarios import Timing
from loadgen.config.service import Contender
from loadgen.errors import Trouble
from loadgen.generator import generator as generators
from loadgen.generator.generator import Generator
from loadgen.generator.rows import answered_between, count_statuses, write_rows
from loadgen.machine.cores import Cores
from loadgen.machine.topology import usable_cores
from loadgen.record.folder import RunFolder
from loadgen.record.trial import Load, LoadTrial
from loadgen.system.proc import closed_first, memory, usage
from loadgen.system.process import ending, spawn, stop, stopped_at_end, tree
from loadgen.system.scratch import scratch_folder
from loadgen.task.task import Asked
from loadgen.trial.new_trial import new_trial
from loadgen.trial.probe import ProbeClient
from loadgen.trial.sampler import Overdue, Watched, watch
from loadgen.trial.server import Server, last_words, running
from loadgen.trial.server_log import keep_log
from loadgen.trial.slot import Slot

REPORT = "report.json"
PATIENCE_S = 15.0
"""For answers to the harness's own client once the generator has had all of its own."""


@dataclass(frozen=True)
class Subject:
    """What a trial measures: a contender with its artefact, what it is `asked` on so many connections, on given cores."""

    contender: Contender
    artefact: Path
    asked: Asked
    connections: int
    timing: Timing
    cores: Cores
    generator: Generator
    program: Path
    rate_per_s: int | None = None

    @property
    def window(self) -> tuple[float, float]:
        """The measured window, in seconds from the generator's start."""
        return self.timing.warm_up_s, self.timing.warm_up_s + self.timing.load_s


class TrialFailed(Trouble):
    """The trial gave no measurement; the message says why in one line."""


def run_trial(subject: Subject, slot: Slot, folder: RunFolder) -> LoadTrial:
    """Run one trial. A trial that fails is a record with its `failure`; OSError from writing rows goes to the caller."""
    trial = new_trial(LoadTrial, slot).replace(rate_per_s=subject.rate_per_s)
    begin, spent = time.monotonic(), Spent()
    try:
        with kept_to(subject.cores.generator), running(subject.contender, subject.artefact, subject.cores) as server:
            try:
                trial = _measured(trial, subject, server, folder, spent)
                trial = trial.replace(exit_code=stopped(server))
            finally:
                trial = trial.replace(log_file=keep_log(server.stderr, folder, trial.index))
    except Trouble as failure:
        trial = trial.replace(failure=str(failure))
    took_s = time.monotonic() - begin
    planned_s = subject.timing.warm_up_s + subject.timing.load_s
    return trial.replace(overhead_s=took_s - planned_s, outside_s=None if trial.failure else took_s - spent.seconds)


@dataclass
class Spent:
    """Seconds of a trial that went into load and readings; the rest is what the harness takes beside them."""

    seconds: float = 0.0

    @contextlib.contextmanager
    def counted(self) -> Iterator[None]:
        """Add the time of a block."""
        begin = time.monotonic()
        yield
        self.seconds += time.monotonic() - begin


@contextlib.contextmanager
def kept_to(cores: Sequence[int]) -> Iterator[None]:
    """Keep this program to the generator's cores for a while, so that sampling takes nothing from the server's."""
    before = os.sched_getaffinity(0)
    if cores:
        os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def stopped(server: Server) -> int:
    """End the server; raise TrialFailed unless it ends well within its grace."""
    code = stop(server.process)
    if code is None:
        raise TrialFailed(f"{server.label}: the server did not end within 5 s of SIGTERM; expected exit code 0")
    if code != 0:
        raise TrialFailed(f"{server.label}: the server ended with {ending(code)} after SIGTERM; expected exit code 0")
    return code


def _measured(trial: LoadTrial, subject: Subject, server: Server, folder: RunFolder, spent: Spent) -> LoadTrial:
    with spent.counted():
        idle = memory(tree(server.process.pid))
    closed_before = closed_first(server.port)
    with ProbeClient(server.address, subject.asked) as probe, scratch_folder() as scratch:
        with spent.counted():
            seen = _load(subject, server, probe, scratch)
            wall_s = time.monotonic() - seen.begin_s
        with spent.counted():
            closed = closed_first(server.port) - closed_before
            answers = probe.finish(PATIENCE_S)
        load = load_record(subject, scratch, folder, trial.index)
    server.check_alive()
    with spent.counted():
        pids = tree(server.process.pid)
        counters, after = usage(pids), memory(pids)
    return trial.replace(
        ready_s=server.ready_s,
        load_began_s=seen.begin_s - server.began_s,
        window_from_s=subject.window[0],
        window_to_s=subject.window[1],
        load=load.replace(wall_s=wall_s, closed_by_server=max(closed, 0)),
        cpu=seen.window(probe),
        answers=answers,
        idle=idle,
        loaded=seen.loaded,
        after=after,
        server_threads=counters.threads,
        open_files=counters.open_files,
        samples=seen.samples,
    )


def load_record(subject: Subject, scratch: Path, folder: RunFolder, index: int) -> Load:
    """What the generator left behind; its rows go to the run's folder."""
    measured = subject.generator.read(scratch, scratch / REPORT)
    rows, rows_file = measured.rows, f"raw/{index:05d}.parquet"
    write_rows(rows, folder.path / rows_file)
    return Load(
        wall_s=0.0,
        statuses=count_statuses(rows),
        errors=measured.errors,
        rows_file=rows_file,
        rows=rows.num_rows,
        answered_in_window=answered_between(rows, *subject.window, subject.asked.statuses),
        right_statuses=subject.asked.statuses,
        reported=measured.reported,
    )


def _load(subject: Subject, server: Server, probe: ProbeClient, scratch: Path) -> Watched:
    """Run the generator to its end and watch; raise TrialFailed if it fails or does not end."""
    generator = start_generator(subject, server, scratch)
    with stopped_at_end(generator), given_up_when_overdue(subject, server):
        seen = watch(server.process.pid, generator, subject.cores, subject.window, probe.last_answer_s, server.check_alive)
        check_ended_well(subject.generator, generator, scratch / "stderr")
        return seen


def start_generator(subject: Subject, server: Server, scratch: Path) -> subprocess.Popen[bytes]:
    """The generator under way in `scratch`, where its report, rows and last words are going to be."""
    cores, (_, duration_s) = subject.cores, subject.window
    origin = f"http://{server.address[0]}:{server.port}"
    load = generators.Load(subject.asked.request, subject.connections, duration_s, origin, subject.rate_per_s)
    with (scratch / REPORT).open("wb") as report, (scratch / "stderr").open("wb") as errors:
        return spawn(
            subject.generator.command(str(subject.program), load),
            cores=cores.generator,
            environment=subject.generator.environment(len(cores.generator) or len(usable_cores())),
            stdout=report,
            stderr=errors,
            cwd=scratch,
        )


@contextlib.contextmanager
def given_up_when_overdue(subject: Subject, server: Server) -> Iterator[None]:
    """Make TrialFailed, which says what that means, of Overdue."""
    try:
        yield
    except Overdue as overdue:
        slow = "" if subject.rate_per_s is None else f", or cannot serve {subject.rate_per_s:,} requests/s"
        raise TrialFailed(
            f"{server.label}: requests were still unanswered {overdue.late_s:.0f} s after the load: "
            f"the server hangs, or the machine does{slow}"
        ) from overdue


def check_ended_well(generator: Generator, process: subprocess.Popen[bytes], stderr: Path) -> None:
    """Raise TrialFailed with its last words if the generator failed."""
    code = process.wait()
    if code != 0:
        words = last_words(stderr)
        elsewhere = f"; its rows go to {stderr.parent.parent}: TMPDIR names another folder"
        full = elsewhere if generator.is_out_of_space(words) else ""
        raise TrialFailed(f"{generator.name} failed ({ending(code)}){words}{full}")
