"""The process that measures on a machine of a campaign, by the same code as a run that measures where it is started.

It reads what is wanted, a line of JSON, and prints lines of JSON: what it has to say, when it wants silence, and a last one.
"""

import contextlib
import json
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from loadgen.campaign.alike import check_alike
from loadgen.campaign.place import Place, write_once
from loadgen.config.contenders import absolute_names, all_serving, contenders_named
from loadgen.config.project import read_scenarios
from loadgen.errors import Error, Stopped
from loadgen.machine.machine import read_machine
from loadgen.record.folder import written
from loadgen.record.run import PlanRecord, RunRecord
from loadgen.record.trial import TRIAL, Trial
from loadgen.remote.calls import Calls
from loadgen.remote.load import GeneratorHosts
from loadgen.run.new_run import run_record
from loadgen.run.plan import Plan
from loadgen.run.prepare import Prepared, not_measured_line
from loadgen.run.resume import plan_of
from loadgen.run.run import CASES, Loop
from loadgen.run.session import RunRequest, allow_for, plan_for, prepare_all, with_control, with_pilots
from loadgen.run.state import RunState
from loadgen.run.subject import programs_for, subjects_of
from loadgen.system import limits, signals
from loadgen.system.suspension import measured_awake


def main() -> None:
    """Do what standard input asks for."""
    signals.take_over()
    limits.keep_own_rights()
    wanted = json.loads(sys.stdin.readline())
    place = Place(*wanted.pop("place"))
    do = _VERBS[wanted.pop("do")]
    elsewhere = _elsewhere(**wanted.pop("generators"))
    try:
        with place.alone():
            os.chdir(place.project)
            answer = do(place, elsewhere, **wanted)
    except Error as error:
        answer = {"error": str(error)}
    except OSError as error:
        answer = {"error": f"{error.filename or place.folder}: {error.strerror}"}
    except (KeyboardInterrupt, Stopped):
        sys.exit(130)
    _print(answer)


def _print(message: dict[str, Any]) -> None:
    print(json.dumps(message), flush=True)


def _elsewhere(host: str, workers: dict[str, str]) -> GeneratorHosts | None:
    """The hosts of generators, if those are not on this one."""
    return GeneratorHosts(host, list(workers), Calls(workers)) if workers else None


@dataclass(frozen=True)
class _Said:
    """A Reporter whose lines the controller prints, if it is to."""

    aloud: bool = True

    def say(self, line: str) -> None:
        """Let the controller print it."""
        if self.aloud:
            _print({"say": line})

    def begin(self, what: str, trials: int, expected_s: float) -> None:
        """Say nothing: the controller says how far all machines are."""

    def trial_starts(self, what: str, remaining_s: float) -> None:
        """Say nothing."""

    def trial_ended(self, trial: Trial) -> None:
        """Say nothing."""

    def end(self) -> None:
        """Say nothing."""


SAID = _Said()


def plan_campaign(_place: Place, elsewhere: GeneratorHosts | None, request: dict[str, Any]) -> dict[str, Any]:
    """Build, verify and run pilots on the first machine; return the record of the run that follows from it."""
    project = Path.cwd()
    asked = RunRequest(**{**request, "scenarios": project / request["scenarios"]})
    plan = for_machines(plan_for(asked, read_scenarios(asked.scenarios)))
    plan = replace(plan, services=absolute_names(plan.services, project))
    contenders = all_serving(contenders_named(plan.services, project), plan.task)
    programs_for(plan, SAID.say)
    allow_for(plan)
    prepared = with_control(plan, prepare_all(plan, contenders, SAID))
    ready = [candidate.contender for candidate in prepared if candidate.not_measured is None]
    if not plan.slots(ready):
        reasons = [
            not_measured_line(candidate.contender.label, candidate.not_measured)
            for candidate in prepared
            if candidate.not_measured
        ]
        raise Error(f"nothing can be measured: {'; '.join(reasons) or 'no workload is put to any service'}")
    plan = with_pilots(plan, prepared, SAID, elsewhere)
    record = run_record(plan, prepared, project)
    assert record.plan is not None
    return {"record": record.replace(plan=_from(record.plan, project)).model_dump(mode="json")}


def for_machines(plan: Plan) -> Plan:
    """Return the plan without what is of one machine alone, and say what that is."""
    paired = plan.profile.paired
    if paired and plan.generator_hosts:
        SAID.say("paired trials are left out: they are measured with generators on the server's machine")
    if plan.profile.microbench:
        SAID.say("microbenchmarks are left out: they are measured on one machine")
    if plan.stops_early:
        SAID.say("all rounds are measured: none is left out for narrow intervals")
    profile = plan.profile.replace(microbench=None, fewest_rounds=None, paired=None if plan.generator_hosts else paired)
    return replace(plan, profile=profile)


def _from(plan: PlanRecord, project: Path) -> PlanRecord:
    """Return it with names as seen from the project, which lies elsewhere on each machine."""

    def seen(name: str) -> str:
        root = os.path.realpath(project)
        return "." if name == root else name.removeprefix(f"{root}/").replace(f"{root}:", ".:", 1)

    profile = {**plan.profile, "services": [seen(str(name)) for name in plan.services]}
    return plan.replace(services=[seen(name) for name in plan.services], task=seen(plan.task), profile=profile)


def join(place: Place, _elsewhere: GeneratorHosts | None, record: dict[str, Any]) -> dict[str, Any]:
    """Keep the run's record, build and verify; raise Error if that gives anything else than on the first machine.

    Return the machine.
    """
    run = RunRecord.model_validate(record)
    plan, prepared = _prepared(run, verified=False)
    check_alike(run, plan, prepared)
    place.records.raw.mkdir(parents=True, exist_ok=True)
    place.records.write_run(run)
    return {"machine": read_machine().model_dump(mode="json")}


def _prepared(run: RunRecord, *, verified: bool) -> tuple[Plan, list[Prepared]]:
    plan = plan_of(run)
    left_out = {contender.label for contender in run.contenders if contender.not_measured}
    named = all_serving(contenders_named(absolute_names(plan.services, Path.cwd()), Path.cwd()), plan.task)
    contenders = [contender for contender in named if contender.label not in left_out]
    allow_for(plan)
    return plan, with_control(plan, prepare_all(plan, contenders, _Said(aloud=not verified), verified=verified))


def measure_round(
    place: Place, elsewhere: GeneratorHosts | None, number: int, attempt: int, slots: list[int], before: list[dict[str, Any]]
) -> dict[str, Any]:
    """Measure one round: of its trials those `slots`; `before` are trials of this machine that an open loop's rate is of.

    Each trial is on the disk before the next begins. Return their indices.
    """
    run = place.records.read_run()
    plan, prepared = _prepared(run, verified=True)
    check_alike(run, plan, prepared)
    contenders = [candidate.contender for candidate in prepared]
    wanted = [slot for slot in plan.slots(contenders) if slot.number in set(slots)]
    place.begin(number, attempt)
    state = RunState(wanted, plan.rounds, None, lambda _workload, _trials: False)
    earlier = [TRIAL.validate_python(entry) for entry in before]
    with subjects_of(programs_for(plan, SAID.say), elsewhere) as subjects:
        loop = Loop(plan, prepared, place.records, Path.cwd() / CASES, subjects)
        while left := state.wanted():
            with silence():
                trials = measured_awake(partial(loop.trials, state.together(left[0]), [*earlier, *state.trials]), SAID.say)
            for trial in trials:
                kept = trial.replace(machine=place.machine)
                write_once(place.trial_file(number, trial.index), written(kept).encode())
                state.add(kept)
    indices = [trial.index for trial in state.trials]
    place.finish(number, indices)
    return {"indices": indices}


@contextlib.contextmanager
def silence() -> Iterator[None]:
    """Measure while the worker's timers stand still."""
    _print({"silence": True})
    sys.stdin.readline()
    yield
    _print({"silence": False})


_VERBS: dict[str, Callable[..., dict[str, Any]]] = {"plan": plan_campaign, "join": join, "measure": measure_round}

if __name__ == "__main__":
    main()
