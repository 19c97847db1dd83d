"""A campaign while it goes on: rounds dealt to machines, and each finished trial brought here exactly once."""

import concurrent.futures
import json
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from loadgen.campaign.machine import ask, closed_trials, finished_rounds, read_trial
from loadgen.campaign.place import Place
from loadgen.cluster.connect import HostError
from loadgen.cluster.engine import Cluster
from loadgen.counted import counted
from loadgen.errors import Error
from loadgen.record.folder import RunFolder
from loadgen.record.run import RunRecord
from loadgen.record.trial import TRIAL, Trial
from loadgen.run.plan import Plan
from loadgen.run.reporter import Reporter
from loadgen.run.state import RunState

Measured = dict[str, Any]


@dataclass
class Campaign:
    """The machines of a run and how far they are. A machine has at most one round; one that is lost, or fails, gets none any
    more, and its round goes to another.
    """

    cluster: Cluster
    run: RunRecord
    plan: Plan
    folder: RunFolder
    state: RunState
    report: Reporter
    faults: list[str] = field(default_factory=list)
    _measuring: dict[Future[Measured], tuple[str, int]] = field(default_factory=dict)
    _ended: dict[str, str] = field(default_factory=dict)

    def measure(self) -> None:
        """Measure all rounds that are wanted; raise Error if no machine is left for them."""
        for machine in self._machines():
            self._take_finished(machine)
        while self._rounds() or self._measuring:
            self._check_generators()
            for machine in self._idle():
                self._deal(machine)
            if not self._measuring:
                left = counted(len(self._rounds()), "round")
                why = "; ".join(self._ended.values()) or "none of the run's is there"
                again = f"primebench run --resume {self.run.run_id}"
                raise Error(f"no machine is left for {left} ({why}); once there is one: {again}")
            done, _ = concurrent.futures.wait(self._measuring, return_when=concurrent.futures.FIRST_COMPLETED)
            for future in done:
                self._finish(*self._measuring.pop(future), future)

    def _check_generators(self) -> None:
        """Raise Error if a host that puts the load is lost."""
        for name in self.cluster.generators:
            if reason := self.cluster.lost.get(name):
                raise Error(f"{name}: {reason}; once it is back: primebench run --resume {self.run.run_id}")

    def place(self, machine: str) -> Place:
        """Return where a machine keeps its part."""
        return Place(self.run.run_id, machine)

    def _machines(self) -> list[str]:
        return [name for name in self.cluster.hosts if name in self.run.machines and name not in self._ended]

    def _idle(self) -> list[str]:
        busy = {machine for machine, _ in self._measuring.values()}
        return [name for name in self._machines() if name not in busy]

    def _rounds(self) -> list[int]:
        """Return the rounds that nobody measures yet, in order."""
        taken = {number for _, number in self._measuring.values()}
        return sorted({slot.round for slot in self.state.wanted()} - taken)

    def _deal(self, machine: str) -> None:
        """Let the machine measure the next round, if there is one."""
        if not (rounds := self._rounds()):
            return
        slots = [slot for slot in self.state.wanted() if slot.round == rounds[0]]
        own = [trial.model_dump(mode="json") for trial in self.state.trials if trial.machine == machine]
        wanted = {
            "do": "measure",
            "number": rounds[0],
            "attempt": len(self.run.resumed),
            "slots": [slot.number for slot in slots],
            "before": closed_trials(own),
            "generators": self.cluster.elsewhere,
        }
        self.report.trial_starts(f"round {rounds[0] + 1} on {machine}", self.plan.expected_s(self.state.wanted()))
        self._measuring[self.cluster.call(machine, ask, self.place(machine), wanted)] = machine, rounds[0]

    def _finish(self, machine: str, number: int, future: Future[Measured]) -> None:
        """Bring a round here that has ended; one that is not whole is void."""
        try:
            measured = future.result()
            for line in measured["said"]:
                self.report.say(f"{machine}: {line}")
            self._take(machine, number, measured["indices"])
        except (Error, concurrent.futures.CancelledError) as error:
            reason = str(error).removeprefix(f"{machine}: ")
            self._ended[machine] = f"{machine}: {reason}"
            fault = f"{machine}: {reason}; round {number + 1} on it is void, and it gets no other"
            self.faults.append(fault)
            self.report.say(fault)

    def _take_finished(self, machine: str) -> None:
        """Bring here what a machine has measured before and nobody has taken: the controller had ended."""
        wanted = {slot.number for slot in self.state.wanted()}
        try:
            for number, indices in self.cluster.call(machine, finished_rounds, self.place(machine)).result().items():
                if wanted.issuperset(indices):
                    self._take(machine, number, indices)
        except HostError as error:
            self._ended[machine] = str(error)
            self.faults.append(str(error))

    def _take(self, machine: str, number: int, indices: list[int]) -> None:
        """Write the trials of a whole round down, all at once: a round is here as a whole or not at all."""
        place = self.place(machine)
        trials: list[Trial] = []
        for index in indices:
            record, files = self.cluster.call(machine, read_trial, place, number, index).result()
            self._keep(files)
            trials.append(TRIAL.validate_python(json.loads(record)))
        self.folder.append_trials(trials)
        for trial in trials:
            self.state.add(trial)
            self.report.trial_ended(trial)
            if trial.failure:
                self.faults.append(f"{trial.workload}, round {trial.round + 1} on {machine}: {trial.failure}")

    def _keep(self, files: Mapping[str, bytes]) -> None:
        for name, content in files.items():
            (self.folder.path / name).write_bytes(content)
