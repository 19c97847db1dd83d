"""The cross-check of the generators: one request of a run, put to its first service by each of them in turns. Pure."""

from collections.abc import Mapping

from loadgen.config.scenarios import LoadTiming, Profile, Workload
from loadgen.errors import Error
from loadgen.generator.choice import GENERATORS, generator_for, not_for_oha
from loadgen.record.workload import cross_check_name
from loadgen.task.task import Asked, Task

ROUNDS = 12
"""No run has more of them: with loads of a second they take about 50 s."""
UNASKED_FROM = 10
"""Rounds of a run that checks the native generator by itself: from fewer, the intervals would say little."""
MOST_LOAD_S = 1.0


def cross_checked(profile: Profile, workloads: Mapping[str, Workload], task: Task, rounds: int) -> dict[str, Workload]:
    """Return the same closed loop under each generator, the native one first; nothing where none is to be checked.

    It is that of the workload which the profile marks; else, in a run of enough rounds, of the first that the native generator
    puts. Of a mix it is the heaviest kind that oha can ask. Raise Error if there is none in the marked one.
    """
    if marked := marked_in(profile, workloads):
        kind = _heaviest(workloads[marked].asked(task))
        if kind is None:
            raise Error(f"workloads.{marked}: generators = true: oha asks one request again and again, and finds none there")
        return _under_each(marked, workloads[marked], kind)
    for name, workload in workloads.items() if rounds >= UNASKED_FROM else ():
        unasked = workload.rate is None and profile.workloads[name].generators is None
        if unasked and generator_for(workload, task) is GENERATORS["native"] and (kind := _heaviest(workload.asked(task))):
            return _under_each(name, workload, kind)
    return {}


def marked_in(profile: Profile, workloads: Mapping[str, Workload]) -> str | None:
    """Return the workload, of those that are measured, which the profile marks for the cross-check; None without one."""
    return next((name for name in workloads if profile.workloads[name].generators), None)


def cross_check_timing(timing: LoadTiming) -> LoadTiming:
    """Return how long its trials last, of a workload with this timing."""
    return LoadTiming(warm_up_s=timing.warm_up_s, load_s=min(timing.load_s, MOST_LOAD_S))


def _under_each(name: str, workload: Workload, kind: str) -> dict[str, Workload]:
    return {
        cross_check_name(name, generator): workload.replace(request=kind, generator=generator)
        for generator in reversed(GENERATORS)
    }


def _heaviest(asked: Asked) -> str | None:
    """The kind with the largest share of those that oha can ask; None without one."""
    can = [kind for kind in asked.kinds if not not_for_oha(Asked(asked.task, {kind: 1.0}, asked.parameters))]
    return max(can, key=asked.shares.__getitem__, default=None)
