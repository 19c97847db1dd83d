"""The table [regress]: defaults, what flags change, and what is refused."""

from pathlib import Path

import pytest

from loadgen.config.project import read_project, read_scenarios
from loadgen.config.regress import RegressConfig, changed
from loadgen.config.scenarios import profile_named, workloads_named
from loadgen.errors import Error
from loadgen.record.regress import RegressRecord, Side
from loadgen.regress.run import RegressPlan, check_plan, check_profile
from loadgen.run.plan import Plan
from loadgen.task.prime.task import TASK

ROOT = Path(__file__).parents[2]


def write(folder: Path, text: str) -> Path:
    path = folder / "primebench.toml"
    path.write_text(text)
    return path


def test_scenarios_say_what_the_defaults_are() -> None:
    assert read_scenarios(ROOT / "scenarios.toml").regress == RegressConfig()


def test_every_key_has_a_default(tmp_path: Path) -> None:
    assert read_project(write(tmp_path, "schema = 1\n")).regress == RegressConfig()


def test_one_limit_can_be_changed_and_the_others_stay(tmp_path: Path) -> None:
    gate = read_project(write(tmp_path, "schema = 1\n[regress.limits]\ntime_ns = { margin = 0.02, exclude = 0.05 }\n")).regress
    assert gate.limit("time_ns").margin == 0.02
    assert gate.limit("cpu_per_request_us") == RegressConfig().limit("cpu_per_request_us")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("schema = 1\n[regress]\nbudget = 3\n", "regress.budget: "),
        ("schema = 1\n[regress]\nlooks = [40, 20]\n", "looks: expected numbers of pairs that go up"),
        ("schema = 1\n[regress]\nlooks = [3]\n", "the first at least 14"),
        ('schema = 1\n[regress]\nlayers = ["speed"]\n', "regress.layers.0"),
        (
            "schema = 1\n[regress.limits]\ntime_ns = { margin = 0.05, exclude = 0.03 }\n",
            "exclude: expected more than margin (0.05)",
        ),
        ("schema = 1\n[regress.limits]\nspeed = { margin = 0.05, exclude = 0.06 }\n", "regress.limits.speed: "),
        ("schema = 1\n[regress]\nslowed = 0.01\n", "slowed: expected more than every margin of time (0.01)"),
        ("schema = 2\n", "schema"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, expected: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(Error) as error:
        read_project(path)
    assert str(path) in str(error.value)
    assert expected in str(error.value)


def test_flags_stand_above_the_table() -> None:
    gate = changed(RegressConfig(), layers=["size"], budget_s=90.0, margin=0.02, exclude=None)
    assert (gate.layers, gate.budget_s) == (["size"], 90.0)
    assert [gate.limit(name).margin for name in ("cpu_per_request_us", "goodput_per_s", "time_ns")] == [0.02] * 3
    assert gate.limit("latency_p99_ms") == RegressConfig().limit("latency_p99_ms")


def test_flags_that_do_not_fit_the_table_are_refused() -> None:
    with pytest.raises(Error, match=r"exclude: expected more than margin \(0\.05\)"):
        changed(RegressConfig(), layers=[], budget_s=None, margin=0.05, exclude=0.04)


def test_a_margin_alone_takes_along_what_a_pass_excludes() -> None:
    gate = changed(RegressConfig(), layers=[], budget_s=None, margin=0.012, exclude=None)
    assert [gate.limit(name).exclude for name in ("cpu_per_request_us", "goodput_per_s", "time_ns")] == [0.024, 0.024, 0.03]


def test_the_error_is_shared_out_over_the_looks() -> None:
    assert RegressConfig().error_at_a_look * len(RegressConfig().looks) == pytest.approx(RegressConfig().family_error)


def test_a_wide_margin_takes_its_control_along() -> None:
    wide = changed(RegressConfig(), layers=[], budget_s=None, margin=0.05, exclude=0.1)
    narrow = changed(RegressConfig(), layers=[], budget_s=None, margin=0.01, exclude=None)
    assert (wide.slowed, narrow.slowed) == (0.1, RegressConfig().slowed)


def planned(name: str, *workloads: str) -> Plan:
    scenarios = read_scenarios(ROOT / "scenarios.toml")
    profile = profile_named(scenarios, name)
    return Plan(name, profile, workloads_named(scenarios, profile, list(workloads)), TASK, 20, seed=1)


def test_a_profile_without_microbenchmarks_is_refused_before_anything_is_built() -> None:
    with pytest.raises(Error, match="profile quick has no key microbench, which microbench and instructions need"):
        check_profile(RegressConfig(profile="quick"), planned("quick"))
    check_profile(RegressConfig(profile="quick", layers=["load", "size"]), planned("quick"))


def test_open_loops_make_no_pairs() -> None:
    with pytest.raises(Error, match="open70: pairs are closed loops"):
        check_profile(RegressConfig(profile="standard", layers=["load"]), planned("standard", "n1000", "open70"))


def test_nothing_to_judge_is_said_before_anything_is_measured() -> None:
    nothing = Side(asked="", commit=None)
    record = RegressRecord(base=nothing, head=nothing, merge_base=False, gate={}, command=[])
    plan = RegressPlan(RegressConfig(layers=["microbench"]), planned("regress"), {}, {}, ["cpp"], record)
    with pytest.raises(Error, match="nothing to judge: cpp has none of microbench"):
        check_plan(plan)
