"""Workloads that a profile puts to some of its services only."""

from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from loadgen.config.scenarios import MicrobenchTiming, Profile, Timing
from loadgen.config.service import Contender
from loadgen.errors import Error
from loadgen.run.prepare import Prepared
from loadgen.run.reporter import reporter_for
from loadgen.run.run import measure
from tests.unit.plans import CONTENDERS, STUB, plan

SHORT = Timing(warm_up_s=0.2, load_s=1.0)


def test_a_workload_is_put_to_the_services_that_it_names() -> None:
    whole = plan()
    narrowed = Timing(warm_up_s=0.2, load_s=1.0, services=["a"])
    profile = whole.profile.replace(workloads={"main": SHORT, "side": narrowed})
    slots = replace(whole, profile=profile).slots([*CONTENDERS, Contender(service=STUB, label="mine"), CONTENDERS[1].twin])
    put = {name: {slot.contender for slot in slots if slot.workload == name} for name in ("main", "side")}
    assert put["main"] == {"a", "b", "c", "mine", "b:aa"}
    assert put["side"] == {"a", "mine"}, "what was asked for beside the profile's services runs everywhere"


def test_a_service_that_the_profile_does_not_have_is_refused() -> None:
    with pytest.raises(ValueError, match=r"workloads\.w\.services: expected some of the profile's services, not \['x'\]"):
        Profile(
            title="t",
            services=["a"],
            rounds=1,
            pinned=True,
            server_cores=1,
            workloads={"w": Timing(warm_up_s=0, load_s=1, services=["a", "x"])},
        )


def test_a_run_in_which_nobody_has_anything_to_do_is_refused_before_it_begins(tmp_path: Path) -> None:
    whole = plan()
    narrowed = {name: Timing(warm_up_s=0.2, load_s=1.0, services=["a"]) for name in whole.workloads}
    profile = whole.profile.replace(workloads=narrowed)
    ready = [Prepared(CONTENDERS[1], None, None, None)]
    with pytest.raises(Error, match="nothing can be measured: profile 'test' puts b to none of main, side"):
        measure(replace(whole, profile=profile), ready, tmp_path, tmp_path, reporter_for(Console()))
    assert list(tmp_path.iterdir()) == []


def test_a_run_without_a_service_ends_with_the_first_line_of_an_error_that_was_told_whole(tmp_path: Path) -> None:
    broken = [Prepared(CONTENDERS[1], None, None, "build failed: make (exit code 2)\n  main.c:1: no such header")]
    with pytest.raises(Error) as refused:
        measure(plan(), broken, tmp_path, tmp_path, reporter_for(Console()))
    assert str(refused.value) == "nothing can be measured: b not measured: build failed: make (exit code 2)"


def test_a_run_of_microbenchmarks_of_services_without_any_says_so(tmp_path: Path) -> None:
    whole = plan()
    timing = MicrobenchTiming(min_time_s=0.01, variants=False, count=False)
    profile = whole.profile.replace(workloads={}, paired=None, microbench=timing)
    alone = replace(whole, profile=profile, workloads={}, services=["a", "b"])
    with pytest.raises(Error, match=r"nothing can be measured: a, b: no table \[microbench\]"):
        measure(alone, [], tmp_path, tmp_path, reporter_for(Console()))
