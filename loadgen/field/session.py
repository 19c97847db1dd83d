"""A field from what was asked for to its runs: builds first, then the tasks one after another, within one time."""

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from loadgen.config.contenders import absolute_names, all_serving, contenders_named
from loadgen.config.project import read_scenarios
from loadgen.config.scenarios import Scenarios, profile_named
from loadgen.config.service import Contender
from loadgen.errors import Error
from loadgen.field.folder import Asked, FieldFolder, find_field, new_field
from loadgen.record.folder import RunFolder
from loadgen.record.run import RunRecord
from loadgen.run.budget import least_s
from loadgen.run.files import check_results
from loadgen.run.plan import Plan
from loadgen.run.prepare import prepare
from loadgen.run.reporter import Reporter, minutes
from loadgen.run.run import Finished
from loadgen.run.session import RunRequest, RunSession, plan_for
from loadgen.run.state import Rules
from loadgen.task.find import find_task

SCENARIOS = ("scenarios.toml", "tasks/plaintext/scenarios.toml", "tasks/json/scenarios.toml")
"""What is measured of each task, in this order, as seen from the folder that primebench comes with."""

PILOT_S = 10.0
"""What the pilot of a service takes, about: those of nine services, of which four compile or collect as they run, took 91 s."""


@dataclass(frozen=True)
class Leg:
    """A task of the field: its name, and what its scenarios say. `weight` is its share of the time, relative to the others."""

    task: str
    path: Path
    scenarios: Scenarios
    weight: int


@dataclass(frozen=True)
class FieldSession:
    """Fields of one checkout's services into one results folder.

    `rules` as of a RunSession. `shown` is called with each finished run, before the next begins: it analyses the run
    and returns what was not as it should be.
    """

    checkout: Path
    results: Path
    report: Reporter
    rules: Callable[[RunFolder, RunRecord], Rules]
    shown: Callable[[Finished], list[str]]

    def start(self, profile: str, services: Sequence[str], until_s: float | None) -> tuple[FieldFolder, list[str]]:
        """Measure all tasks; return the folder, and each thing that was not as it should be.

        `until_s`, a reading of time.monotonic(), is when all must be over. Raise Error for what ends it early: finished trials
        and runs are kept.
        """
        legs = legs_of(self.checkout, profile)
        check_results(self.results)
        names = absolute_names(dict.fromkeys(services), self.checkout)
        contenders_named(names, self.checkout)  # an unknown one is better known before minutes of building
        folder = new_field(self.results, profile, names, random.SystemRandom().randrange(1 << 31))
        return folder, self._measure(folder, legs, until_s)

    def resume(self, wanted: str, until_s: float | None) -> tuple[FieldFolder, list[str]]:
        """Go on with a field, named by ID or folder, where it was interrupted; what `start` says holds."""
        folder = find_field(wanted, self.results)
        legs = legs_of(self.checkout, folder.asked().profile)
        return folder, self._measure(folder, legs, until_s)

    def _measure(self, folder: FieldFolder, legs: Sequence[Leg], until_s: float | None) -> list[str]:
        asked, runs, faults = folder.asked(), folder.runs(), []
        tasks = ", ".join(leg.task for leg in legs)
        self.report.say(
            f"field {folder.path.name}: {tasks}; should it be interrupted, --resume {folder.path.name} goes on with it"
        )
        left = [leg for leg in legs if leg.task not in runs]
        self._prepare_all(folder, asked, left)
        leasts = [self._least_s(folder, asked, leg) for leg in left] if until_s is not None else []
        if until_s is not None and sum(leasts) > (there_s := until_s - time.monotonic()):
            raise Error(
                f"{minutes(there_s)} min are left of the budget, and the least that the field can be cut to takes about "
                f"{minutes(sum(leasts))} min: give it more, or fewer services"
            )
        for number, leg in enumerate(left):
            self.report.say(f"task {leg.task}")
            ends_s = _share(until_s, [leg.weight for leg in left[number:]], leasts[number:])
            finished = self._run(folder, asked, leg, ends_s)
            if finished is not None:
                faults += [f"{leg.task}: {fault}" for fault in self.shown(finished)]
                folder.add(leg.task, finished.folder)
        if not folder.runs():
            raise Error(f"nothing can be measured: no service of {', '.join(asked.services)} serves a task of the field")
        return faults

    def _run(self, folder: FieldFolder, asked: Asked, leg: Leg, until_s: float | None) -> Finished | None:
        """Measure the task, or go on with its run; None if none of the services serves it."""
        session = RunSession(self.checkout, folder.results, self.report, self.rules)
        if (begun := folder.begun(leg.task)) is not None:
            if begun.read_run().end_reason == "finished":
                return Finished(begun, [])
            return session.resume(str(begun.path))
        names = self._serving(asked, leg)
        if not names:
            return None
        return session.start(RunRequest(asked.profile, leg.path, names, seed=asked.seed, until_s=until_s))

    def _least_s(self, folder: FieldFolder, asked: Asked, leg: Leg) -> float:
        """About how long the least takes that can be measured of the task, its pilots included; 0 for a run that has begun."""
        plan = self._plan(asked, leg)
        if not plan.services or folder.begun(leg.task) is not None:
            return 0.0
        pilots_s = PILOT_S * len(plan.services) if plan.profile.pilot else 0.0
        return least_s(plan, self._contenders(plan)) + pilots_s

    def _asked_of(self, asked: Asked, leg: Leg) -> dict[str, bool]:
        """Name of a service -> whether it serves the task."""
        names = _names(asked, leg)
        contenders = contenders_named(names, self.checkout) if names else []
        return {name: leg.task in contender.service.tasks for name, contender in zip(names, contenders, strict=True)}

    def _serving(self, asked: Asked, leg: Leg) -> list[str]:
        """The names of services that serve the task; of the others it is said that they are not measured."""
        asked_of = self._asked_of(asked, leg)
        if others := [name for name, serves in asked_of.items() if not serves]:
            for contender in contenders_named(others, self.checkout):
                served = ", ".join(contender.service.tasks)
                self.report.say(f"{contender.label}: not measured: it serves {served}, not {leg.task}")
        return [name for name, serves in asked_of.items() if serves]

    def _prepare_all(self, folder: FieldFolder, asked: Asked, legs: Sequence[Leg]) -> None:
        """Build and verify for all tasks before the first, most at the same time, so that its time is taken from none.

        Runs take what is kept of that, and say of the rest why it is not measured.
        """
        plans = [self._plan(asked, leg) for leg in legs if folder.begun(leg.task) is None]
        contenders = [contender for plan in plans if plan.services for contender in self._contenders(plan)]
        if contenders:
            prepare(contenders, plans[0].cores, asked.seed, self.report.say)

    def _plan(self, asked: Asked, leg: Leg) -> Plan:
        """The plan of the task's run, for the services that serve it."""
        names = [name for name, serves in self._asked_of(asked, leg).items() if serves]
        return replace(plan_for(RunRequest(asked.profile, leg.path, names, seed=asked.seed), leg.scenarios), services=names)

    def _contenders(self, plan: Plan) -> list[Contender]:
        return all_serving(contenders_named(plan.services, self.checkout), plan.task)


def legs_of(checkout: Path, profile: str) -> list[Leg]:
    """Return the tasks of the field; raise Error if they are not there, or their scenarios have no such profile."""
    legs = []
    for name in SCENARIOS:
        path = checkout / name
        if not path.is_file():
            raise Error(
                f"{path}: not found; the tasks of the field come with primebench: --example measures them in place of a project"
            )
        scenarios = read_scenarios(path)
        weight = len(profile_named(scenarios, profile).workloads)
        legs.append(Leg(find_task(scenarios.task, path.parent).name, path, scenarios, weight))
    return legs


def _names(asked: Asked, leg: Leg) -> list[str]:
    return list(dict.fromkeys(asked.services or profile_named(leg.scenarios, asked.profile).services))


def _share(until_s: float | None, weights: Sequence[int], leasts: Sequence[float]) -> float | None:
    """When the first of so many tasks must be over: each gets its share of the time that is left, and its least, in seconds."""
    if until_s is None:
        return None
    now_s = time.monotonic()
    left_s = max(until_s - now_s, 0.0)
    return now_s + min(max(left_s * weights[0] / sum(weights), leasts[0]), left_s - sum(leasts[1:]))
