"""A campaign from what was asked for to its records, on machines that are connected."""

import contextlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from loadgen.build.git import git_state
from loadgen.campaign.campaign import Campaign
from loadgen.campaign.machine import ask, forget, take_project
from loadgen.campaign.parcel import Parcel, packed
from loadgen.campaign.place import Place
from loadgen.cluster.connect import HostError
from loadgen.cluster.engine import Cluster
from loadgen.config.contenders import absolute_names, all_serving, contenders_named
from loadgen.config.project import read_scenarios
from loadgen.config.service import Contender
from loadgen.counted import counted
from loadgen.errors import Error
from loadgen.machine.same_machine import differences
from loadgen.record.folder import RunFolder
from loadgen.record.machine import Machine
from loadgen.record.run import Resumption, RunRecord
from loadgen.remote.generator_host import machine_here
from loadgen.run.files import check_results, created, record_while
from loadgen.run.new_run import _now, run_id_of
from loadgen.run.plan import Plan
from loadgen.run.prepare import not_measured_line
from loadgen.run.reporter import Reporter
from loadgen.run.resume import plan_of
from loadgen.run.run import Finished
from loadgen.run.session import RunRequest, plan_for
from loadgen.run.state import RunState

if TYPE_CHECKING:
    from concurrent.futures import Future


@dataclass(frozen=True)
class CampaignSession:
    """Campaigns of one project into one results folder. `named` is what a run's record calls the cluster."""

    project: Path
    results: Path
    report: Reporter
    named: str

    def check(self, request: RunRequest) -> RunRequest:
        """Return the request with its seed drawn; raise Error for what would fail once machines are connected."""
        plan = plan_for(request, read_scenarios(request.scenarios))
        check_results(self.results)
        if not plan.workloads:
            raise Error(f"profile '{request.profile}' has no workloads: microbenchmarks are measured on one machine")
        names = absolute_names(plan.services, self.project)
        contenders_named(names, self.project)
        root = os.path.realpath(self.project)
        folders = [name for name in names if name.startswith("/")]
        if outside := [name for name in folders if name != root and not name.startswith((f"{root}/", f"{root}:"))]:
            raise Error(f"{outside[0]}: outside of the project {root}, which is what machines get: expected a folder in it")
        return replace(request, seed=plan.seed)

    def start(self, request: RunRequest, cluster: Cluster) -> Finished:
        """Measure on all machines of the cluster. Raise Error for what ends it early; finished rounds are kept in any case."""
        parcel = packed(self.project)
        (commit, dirty), now = git_state(self.project), _now()
        run_id = run_id_of(request.profile, commit, now)
        places = {name: Place(run_id, name) for name in cluster.hosts}
        self._send(cluster, places, parcel)
        first = next(iter(places))
        scenarios = os.path.relpath(os.path.realpath(request.scenarios), os.path.realpath(self.project))
        wanted = asdict(replace(request, scenarios=Path(scenarios), services=self._seen(request.services)))
        self.report.say(f"{first}: builds, verifies and plans")
        planned = self._each(cluster, {first: {"do": "plan", "request": {**wanted, "scenarios": scenarios}}}, places)[first]
        run = RunRecord.model_validate(planned["record"])
        assert run.plan is not None
        run = run.replace(
            run_id=run_id, commit=commit, dirty=dirty, plan=run.plan.replace(cluster=self.named, parcel=parcel.digest)
        )
        run = self._joined(run, cluster, places)
        return self._measured(run, created(run, self.results, self.report), cluster)

    def resume(self, folder: RunFolder, cluster: Cluster) -> Finished:
        """Go on with an interrupted campaign: bring here what machines have finished, and measure the rest."""
        run = folder.read_run()
        assert run.plan is not None
        parcel, commit = packed(self.project), git_state(self.project)
        if parcel.digest != run.plan.parcel:
            raise Error(f"{self.project}: has changed since {run.run_id} began: start a new run, or take the changes back")
        if list(cluster.generators) != run.plan.generator_hosts:
            names = ", ".join(run.plan.generator_hosts) or "none"
            raise Error(f"{run.run_id} has other generator hosts than {self.named}: expected {names}")
        before = folder.read_trials()
        again = Resumption(
            at=_now().isoformat(timespec="seconds"), trials_before=len(before), commit=commit[0], dirty=commit[1]
        )
        run = run.replace(ended=None, end_reason=None, resumed=[*run.resumed, again])
        places = {name: Place(run.run_id, name) for name in cluster.hosts}
        self._send(cluster, places, parcel)
        run = self._joined(run, cluster, places)
        self.report.say(f"going on with {run.run_id}: {counted(len(before), 'trial is', 'trials are')} there")
        return self._measured(run, folder, cluster)

    def _seen(self, services: Sequence[str]) -> list[str]:
        """Return names as seen from the project: machines have it elsewhere."""
        root = os.path.realpath(self.project)
        names = absolute_names(services, self.project)
        return ["." if name == root else name.removeprefix(f"{root}/").replace(f"{root}:", ".:", 1) for name in names]

    def _send(self, cluster: Cluster, places: Mapping[str, Place], parcel: Parcel) -> None:
        """Put the project on every machine."""
        sent = {name: cluster.call(name, take_project, place, parcel.content, parcel.digest) for name, place in places.items()}
        for name, future in sent.items():
            _result(name, future)

    def _joined(self, run: RunRecord, cluster: Cluster, places: Mapping[str, Place]) -> RunRecord:
        """Let every machine build and verify by the record; return it with the machines. Raise Error for one that differs."""
        record = run.model_dump(mode="json")
        answers = self._each(cluster, {name: {"do": "join", "record": record} for name in places}, places)
        machines = {name: Machine.model_validate(answer["machine"]) for name, answer in answers.items()}
        known = {**run.machines, **machines}
        first = next(iter(known))
        for name, machine in machines.items():
            if name in run.machines and (differing := differences(machine, run.machines[name])):
                raise Error(f"{name} is another machine than when {run.run_id} began: {'; '.join(differing)}")
            if differing := differences(machine, known[first]):
                self.report.say(f"{name} differs from {first}: {'; '.join(differing)}")
        asked = {name: cluster.call(name, machine_here) for name in cluster.generators}
        of_generators = {name: _result(name, future) for name, future in asked.items()}
        return run.replace(machine=known[first], machines=known, generator_machines=of_generators)

    def _each(
        self, cluster: Cluster, wanted: Mapping[str, dict[str, Any]], places: Mapping[str, Place]
    ) -> dict[str, dict[str, Any]]:
        """Ask each machine for something, all at once; return the answers. Raise Error for the first that fails."""
        elsewhere = cluster.elsewhere
        futures = {
            name: cluster.call(name, ask, places[name], {**entry, "generators": elsewhere}) for name, entry in wanted.items()
        }
        answers = {}
        for name, future in futures.items():
            answers[name] = _result(name, future)
            for line in answers[name]["said"]:
                self.report.say(f"{name}: {line}")
        return answers

    def _measured(self, run: RunRecord, folder: RunFolder, cluster: Cluster) -> Finished:
        plan, contenders = plan_here(run, self.project)
        state = RunState(plan.slots(contenders), plan.rounds, None, lambda _workload, _trials: False)
        state.take_up(folder.read_trials())
        campaign = Campaign(cluster, run, plan, folder, state, self.report)
        wanted = state.wanted()
        machines = len(cluster.hosts)
        outline = f"{plan.outline(contenders)}, {counted(machines, 'machine')}"
        self.report.begin(outline, len(wanted), plan.expected_s(wanted) / machines)

        def outcome(_reason: str) -> RunRecord:
            """Return the record with the machines that have measured, or with all before one has."""
            have = {trial.machine for trial in state.trials}
            machines = {name: machine for name, machine in run.machines.items() if name in have} or run.machines
            return run.replace(machines=machines, machine=next(iter(machines.values())))

        record_while(folder, run, self.report, campaign.measure, outcome)
        for name in cluster.hosts:
            cluster.call(name, forget, Place(run.run_id, name)).exception()
        faults = [
            not_measured_line(contender.label, contender.not_measured) for contender in run.contenders if contender.not_measured
        ]
        return Finished(folder, [*faults, *campaign.faults])


def plan_here(run: RunRecord, project: Path) -> tuple[Plan, list[Contender]]:
    """Return the plan that the run was made by and what it measures; names are as seen from the project."""
    ready = {contender.label for contender in run.contenders if contender.not_measured is None}
    with contextlib.chdir(project):
        plan = plan_of(run)
        named = all_serving(contenders_named(absolute_names(plan.services, project), project), plan.task)
    twins = [contender.twin for contender in named if contender.twin_of is None]
    by_label = {contender.label: contender for contender in (*named, *twins) if contender.label in ready}
    return plan, list(by_label.values())


def _result(name: str, future: "Future[Any]") -> Any:
    """Return what a machine returned; raise HostError with its name in front for what went wrong there."""
    try:
        return future.result()
    except HostError:
        raise
    except Error as error:
        raise HostError(f"{name}: {error}") from error
