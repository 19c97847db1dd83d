"""A regression check from what was asked for to its records: both sides found and built, pairs measured until they decide."""

import os
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from loadgen.build.git import changed_files
from loadgen.build.revision import Place, find_place, find_places, laid_out
from loadgen.config.contenders import serving
from loadgen.config.project import read_project, read_scenarios
from loadgen.config.regress import LAYERS, RegressConfig, changed
from loadgen.config.scenarios import Scenarios
from loadgen.config.service import Service
from loadgen.counted import counted
from loadgen.errors import Error, Stopped
from loadgen.explain.explain import Side, Sides, explain_services
from loadgen.record.explain import Wanted
from loadgen.record.folder import RunFolder
from loadgen.record.regress import RegressRecord
from loadgen.record.run import RunRecord
from loadgen.regress.pairing import side
from loadgen.regress.prepare import Ready, prepare_sides, services_at
from loadgen.regress.run import RegressPlan, Undecided, check_plan, check_profile, measure_pairs
from loadgen.regress.self_check import nothing_further, recording_plan
from loadgen.run.files import check_results
from loadgen.run.plan import Plan
from loadgen.run.reporter import Reporter
from loadgen.run.run import CASES
from loadgen.run.session import RunRequest, allow_for, plan_for
from loadgen.run.subject import programs_for
from loadgen.task.http.file import PROJECT_FILE


@dataclass(frozen=True)
class RegressRequest:
    """What a user asked for; empty lists and None stand for what the table [regress] has. `command` repeats the check."""

    base: str
    head: str
    repository: Path
    scenarios: Path
    command: list[str]
    folders: list[str] = field(default_factory=list)
    exact_base: bool = False
    workloads: list[str] = field(default_factory=list)
    layers: list[str] = field(default_factory=list)
    budget: float | None = None
    margin: float | None = None
    exclude: float | None = None
    config: Path | None = None
    seed: int | None = None
    self_check_s: float | None = None
    """Record head beside itself for so long, and judge nothing; `base` is then the same."""


def gate_for(request: RegressRequest, scenarios: Scenarios) -> RegressConfig:
    """Return the table [regress] of the configuration asked for, else the repository's own, else that of the scenarios.

    What the request says stands before what the table says. Raise Error for an unknown layer.
    """
    own = request.repository / PROJECT_FILE
    has_own = request.config is not None or os.path.lexists(own)  # a link that leads nowhere is a mistake to be named
    gate = read_project(request.config or own).regress if has_own else scenarios.regress
    if unknown := set(request.layers) - set(LAYERS):
        raise Error(f"no layer '{', '.join(sorted(unknown))}': expected of {', '.join(LAYERS)}")
    layers = request.layers if request.self_check_s is None else ["load"]
    return changed(gate, layers=layers, budget_s=request.budget, margin=request.margin, exclude=request.exclude)


def description_lines(repository: Path, first: Place, second: Place, moved: bool) -> list[str]:
    """Return what is compared, and what a user may not expect of it."""
    lines = [f"{name}: {place.in_words}" for name, place in (("base", first), ("head", second))]
    if moved:
        lines.append(f"base is where head's history left {first.asked}; --exact-base compares with {first.asked} itself")
    dirty = [] if second.folder else changed_files(repository)
    if dirty and find_place(repository, "HEAD").commit == second.commit:
        lines.append(
            f"the working tree differs from {second.asked} in {counted(len(dirty), 'file')}: that is not "
            "measured, and with --head . it is"
        )
    if first.commit is not None and first.commit == second.commit and not (first.changed or second.changed):
        lines.append("base and head are the same commit")
    return lines


@dataclass(frozen=True)
class RegressSession:
    """Regression checks into one results folder. `undecided` makes, of a run, the rule that says what is still wanted;
    `to_explain` gives the verdict on a run that was measured, and says what is to be explained.
    """

    checkout: Path
    results: Path
    report: Reporter
    undecided: Callable[[Path, RunRecord], Undecided]
    to_explain: Callable[[Path], Sequence[Wanted]]

    def measure(self, request: RegressRequest) -> RunFolder:
        """Prepare both sides and measure pairs. Raise Error for what cannot be judged, before it is measured."""
        if not request.repository.is_dir():
            raise Error(f"--repository {request.repository}: no such folder; expected a git repository")
        scenarios = read_scenarios(request.scenarios)
        gate = gate_for(request, scenarios)
        asked = RunRequest(gate.profile, request.scenarios, [], request.workloads or gate.workloads, None, request.seed)
        plan = plan_for(asked, scenarios)
        check_profile(gate, plan)
        check_results(self.results)
        programs_for(plan, self.report.say)
        allow_for(plan)
        say = self.report.say
        first, second, moved = find_places(request.repository, request.base, request.head, exact_base=request.exact_base)
        for line in description_lines(request.repository, first, second, moved):
            say(line)
        if plan.cores.server == plan.cores.generator:
            say("one core: servers and generators share it; CPU per request is theirs, goodput and latency are of both")
        with ExitStack() as trees:
            bases, heads = (
                services_at(trees.enter_context(laid_out(request.repository, place)), request.folders, which, request.scenarios)
                for place, which in ((first, "base"), (second, "head"))
            )
            bases, heads = serving(bases, plan.task), serving(heads, plan.task)
            ready = prepare_sides(bases, heads, gate, plan.cores, plan.seed, self.checkout / CASES, say)
            for note in ready.notes:
                say(note)
            sides = first.side(ready.built("base")), second.side(ready.built("head"))
            if sides[0].built == sides[1].built:
                say("base and head are built from the same sources: an A/A run")
            record = RegressRecord(
                base=sides[0],
                head=sides[1],
                merge_base=moved,
                gate=gate.model_dump(mode="json"),
                command=[*request.command, *(["--seed", str(plan.seed)] if request.seed is None else [])],
                notes=ready.notes,
            )
            regress_plan = RegressPlan(gate, plan, ready.prepared, ready.benches, ready.services, record)
            undecided = self.undecided
            if request.self_check_s is not None:
                regress_plan, undecided = recording_plan(regress_plan, request.self_check_s), nothing_further
            check_plan(regress_plan)
            folder = measure_pairs(regress_plan, self.results, self.checkout, self.report, undecided)
            if request.self_check_s is None:
                self._explain(folder, ready, plan, (bases, heads))
            return folder

    def _explain(self, folder: RunFolder, ready: Ready, plan: Plan, services: Sequence[Sequence[Service]]) -> None:
        """Count what is to be explained. The verdict is there: whatever goes wrong from now on is a line and nothing else."""
        built = {
            base.name: (_side(ready, "base", base), _side(ready, "head", head)) for base, head in zip(*services, strict=True)
        }
        benches = {
            name: (ready.benches[side(name, "base")], ready.benches[side(name, "head")])
            for name in ready.services
            if side(name, "head") in ready.benches
        }
        sides = Sides(built, benches, self.checkout / CASES)
        wanted = self.to_explain(folder.path)
        try:
            if wanted:
                explain_services(wanted, sides, plan, folder.path, self.report.say)
        except (KeyboardInterrupt, Stopped):
            self.report.say("not explained: interrupted; the verdict stands")
        except Exception as error:
            self.report.say(f"not explained: {error if isinstance(error, Error) else repr(error)}; the verdict stands")


def _side(ready: Ready, name: str, service: Service) -> Side:
    built = ready.prepared[side(service.name, name)].built
    assert built is not None  # or there would be no verdict
    return Side(name, service, built.artefact)
