"""Pilots of a run: of each service under each request once, and what the lengths of its trials follow from."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from loadgen.config.scenarios import Timing
from loadgen.config.service import Contender
from loadgen.errors import Error
from loadgen.record.pilot import Pilot
from loadgen.run.plan import Plan
from loadgen.run.reporter import minutes

MARGIN = 1.2
"""A trial has so many times the requests that its rarest quantile needs: the machine may be slower later."""
MOST = 4.0
"""No trial's load lasts so many times as long as the profile says."""
LEAST_S = 0.5
"""No load is made shorter: what starts and ends with it would be too much of what is read."""


def piloted(
    plan: Plan, contenders: Sequence[Contender], pilot: Callable[[str, Contender], Pilot], say: Callable[[str], None]
) -> Plan:
    """The plan with a pilot of each contender under the first closed loop of each request, and lengths of loads to suit.

    `pilot` runs one, under a workload; where it raises Error the service has none: its trials will say why.
    """
    pilots: dict[str, dict[str, Pilot]] = {}
    for asked, name in plan.first_of.items():
        for contender in contenders:
            if contender.twin_of is not None or not plan.puts(name, contender):
                continue
            try:
                made = pilot(name, contender)
            except Error as error:
                say(f"{name}: no pilot of {contender.label}: {error}")
                continue
            pilots.setdefault(asked, {})[contender.label] = made
            if not made.has_settled:
                say(f"{name}: {contender.label} had not settled after {made.warm_up_s:.0f} s of load")
    plan = replace(plan, pilots=pilots)
    timings, short = dict(plan.profile.workloads), []
    for name in plan.workloads:
        timings[name], missing = timed(timings[name], _slowest_per_s(plan, name))
        short += [f"{name}: {missing}"] if missing else []
    for line in short:
        say(line)
    return replace(plan, profile=plan.profile.replace(workloads=timings), given_up=[*plan.given_up, *short])


def timed(timing: Timing, slowest_per_s: float | None) -> tuple[Timing, str | None]:
    """The timing with a load as long as `requests` take in the slowest service, and what is missing if that is too long."""
    if timing.requests is None or not slowest_per_s:
        return timing, None
    needed_s, most_s = MARGIN * timing.requests / slowest_per_s, MOST * timing.load_s
    load_s = round(min(needed_s, most_s), 1)
    if needed_s <= most_s:
        return timing.replace(load_s=max(load_s, LEAST_S)), None
    return timing.replace(load_s=load_s), (
        f"{timing.requests:,} responses take {minutes(needed_s)} min a trial in the slowest service and get {minutes(most_s)}: "
        f"quantiles that need them will be missing; load_s = {needed_s / MOST:.0f} in scenarios.toml has them"
    )


def _slowest_per_s(plan: Plan, name: str) -> float | None:
    rates = [pilot.rate_per_s for pilot in plan.pilots.get(plan.labels[name], {}).values() if pilot.rate_per_s > 0]
    rate = plan.workloads[name].rate
    return min([*rates, *([rate.per_s] if rate is not None and rate.per_s is not None else [])], default=None)
