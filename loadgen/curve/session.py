"""Capacity curves from what was asked for to their records."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from loadgen.config.contenders import all_serving, contenders_named
from loadgen.config.project import read_scenarios
from loadgen.config.scenarios import Profile, Scenarios, Timing
from loadgen.curve.run import NextRate, measure_curves
from loadgen.errors import Error
from loadgen.record.curve import CurveRecord, Objective
from loadgen.record.folder import RunFolder
from loadgen.record.run import RunRecord
from loadgen.run.files import check_results
from loadgen.run.plan import Plan
from loadgen.run.reporter import Reporter
from loadgen.run.run import Finished
from loadgen.run.session import RunRequest, allow_for, plan_for, prepare_all, with_pilots
from loadgen.run.subject import programs_for

CLOSED_S = 2.0
"""How long the closed loop is measured that finds the rate of saturation."""


@dataclass(frozen=True)
class CurveRequest:
    """What a user asked for. Cores, warm-up and workloads are the profile's; of several workloads its first closed loop."""

    objective: Objective
    profile: str
    scenarios: Path
    budget_s: float
    services: list[str] = field(default_factory=list)
    workload: str | None = None
    seed: int | None = None


def curve_plan(request: CurveRequest, scenarios: Scenarios) -> Plan:
    """Return a plan of one closed loop, which trials at rates are made of; raise Error if the request names none."""
    asked = scenarios.workloads.get(request.workload or "")
    if asked is not None and asked.rate is not None:
        raise Error(f"--workload {request.workload}: it has a rate, and a curve is to find one; expected a closed loop")
    workloads = [request.workload] if request.workload else []
    run = RunRequest(request.profile, request.scenarios, request.services, workloads, None, request.seed)
    plan = plan_for(run, scenarios)
    name = next((name for name, workload in plan.workloads.items() if workload.rate is None), None)
    if name is None:
        raise Error(f"profile '{request.profile}' has no closed loop: expected one that does, or --workload")
    profile = Profile(
        title="capacity curves",
        services=plan.services,
        rounds=1,
        pinned=plan.profile.pinned,
        server_cores=plan.profile.server_cores,
        workloads={name: Timing(warm_up_s=plan.profile.workloads[name].warm_up_s, load_s=CLOSED_S)},
    )
    return replace(plan, profile_name="curve", profile=profile, workloads={name: plan.workloads[name]}, rounds=1)


@dataclass(frozen=True)
class CurveSession:
    """Curves of one checkout's services into one results folder. `next_rate` makes, of a run, the rule that chooses rates."""

    checkout: Path
    results: Path
    report: Reporter
    next_rate: Callable[[RunFolder, RunRecord], NextRate]

    def measure(self, request: CurveRequest) -> Finished:
        """Prepare and measure. Raise Error for what ends it early; finished trials are kept in any case."""
        plan = curve_plan(request, read_scenarios(request.scenarios))
        check_results(self.results)
        contenders = all_serving(contenders_named(plan.services, self.checkout), plan.task)
        programs_for(plan, self.report.say)
        allow_for(plan)
        plan = replace(plan, services=[])  # a curve cannot be resumed
        prepared = prepare_all(plan, contenders, self.report)
        plan = with_pilots(plan, prepared, self.report)
        (workload,) = plan.workloads
        curve = CurveRecord(objective=request.objective, workload=workload, budget_s=request.budget_s)
        return measure_curves(plan, prepared, curve, (self.checkout, self.results), self.report, self.next_rate)
