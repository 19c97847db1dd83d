"""The second layout of a build."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from loadgen.build.relink import OTHER, in_both_layouts, relinked
from loadgen.config.build import Build
from loadgen.config.microbench import MicrobenchBuild


def test_without_commands_of_its_own_the_program_is_copied_under_another_name() -> None:
    plan = in_both_layouts(Build(commands=[["make"]], artefact="server"), ["server"])
    assert plan.commands[-1] == ["install", "-D", "{out}/server", f"{{out}}/{OTHER}/server"]
    assert plan.more == [f"{OTHER}/server"]


def test_commands_for_linking_again_run_after_the_others_and_fill_the_other_folder() -> None:
    build = Build(commands=[["make"]], artefact="server", relinked=[["ld", "-o", "{relinked}/server"]], edit="main.c")
    plan = in_both_layouts(build, ["server"])
    assert plan.commands == [["make"], ["mkdir", "-p", f"{{out}}/{OTHER}"], ["ld", "-o", f"{{out}}/{OTHER}/server"]]
    assert plan.edit is None


def test_a_build_of_microbenchmarks_stays_one() -> None:
    plan = in_both_layouts(MicrobenchBuild(commands=[["make", "{arguments}"]], artefact="a"), ["a", "b"])
    assert isinstance(plan, MicrobenchBuild)
    assert plan.more == [f"{OTHER}/a", f"{OTHER}/b"]


def test_the_other_layout_lies_below_the_first() -> None:
    assert relinked(Path("/cache/build/server")) == Path("/cache/build", OTHER, "server")


def test_relinked_may_name_its_own_folder_and_no_other_placeholder() -> None:
    with pytest.raises(ValidationError, match=r"relinked: expected placeholders from .* not \['port'\]"):
        Build(commands=[["make"]], artefact="a", relinked=[["ld", "{port}"]])
    with pytest.raises(ValidationError, match="expected placeholders"):
        Build(commands=[["ld", "{relinked}"]], artefact="a")
