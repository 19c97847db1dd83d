"""One trial: fresh server, readiness, warm-up and measured load on the same connections, readings, stop."""

import contextlib
import time
from collections.abc import Sequence

from loadgen.errors import Error
from loadgen.record.folder import RunFolder
from loadgen.record.trial import LoadTrial
from loadgen.trial.generators import settle, under_way
from loadgen.trial.load import Subject, given_up_when_overdue, kept_to, stopped
from loadgen.trial.new_trial import new_trial
from loadgen.trial.probe import ProbeClient
from loadgen.trial.readings import Observed, Spent, read_before
from loadgen.trial.sampler import watch
from loadgen.trial.server import Server, running
from loadgen.trial.server_log import keep_log
from loadgen.trial.slot import Slot

IDLE_S = 0.1
"""How long a fresh server is watched while nobody asks."""


def run_trial(subject: Subject, slot: Slot, folder: RunFolder) -> LoadTrial:
    """Run one trial. A trial that fails is a record with its `failure`; OSError from writing rows goes to the caller."""
    trial = new_trial(LoadTrial, slot).replace(rate_per_s=subject.rate_per_s)
    begin, spent = time.monotonic(), Spent()
    try:
        with spent.counted():
            subject.requests()
        with (
            kept_to(subject.cores.generator),
            running(subject.contender, subject.artefact, subject.cores, subject.sending, host=subject.host) as server,
        ):
            try:
                trial = _measured(trial, subject, server, folder, spent)
                trial = trial.replace(exit_code=stopped(server))
            finally:
                trial = trial.replace(log_file=keep_log(server.stderr, folder, trial.index))
    except Error as failure:
        trial = trial.replace(failure=str(failure))
    took_s = time.monotonic() - begin
    planned_s = subject.settle_s + subject.timing.warm_up_s + subject.timing.load_s
    return trial.replace(overhead_s=took_s - planned_s, outside_s=None if trial.failure else took_s - spent.seconds)


def _measured(trial: LoadTrial, subject: Subject, server: Server, folder: RunFolder, spent: Spent) -> LoadTrial:
    """Run the generators to their end and watch; raise TrialFailedError if one fails or does not end."""
    with spent.counted():
        before = read_before(server, IDLE_S)
    with contextlib.ExitStack() as stack:
        asking = ProbeClient(server.reached_at, subject.asked, subject.seed, keep_alive=subject.sending.keep_alive)
        probe = stack.enter_context(asking) if isinstance(subject.generators, Sequence) else None
        with spent.counted():
            settle(subject, server)
            load = stack.enter_context(under_way(subject, server))
            with given_up_when_overdue(subject, server):
                seen = watch(server, load, subject.cores, subject.window, probe.last_answer_s if probe else float)
                load.check_ended_well()
        seen_by = load.probe or probe
        assert seen_by is not None
        return Observed(subject, server, before, seen_by, seen, load).into(trial, folder, spent)
