"""The second layout of a build."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from loadgen.build.build import OTHER
from loadgen.build.relink import in_both_layouts, relinked
from loadgen.config.build import Build, OtherBuild


def test_without_commands_of_its_own_the_program_is_copied_under_another_name() -> None:
    plan = in_both_layouts(Build(commands=[["make"]], artefact="server"), ["server"])
    assert plan.commands[-1] == ["install", "-D", "{out}/server", f"{{out}}/{OTHER}/server"]
    assert plan.more == [f"{OTHER}/server"]


def test_commands_for_linking_again_run_after_the_others_and_fill_the_other_folder() -> None:
    build = Build(commands=[["make"]], artefact="server", relinked=[["ld", "-o", "{relinked}/server"]], edit="main.c")
    plan = in_both_layouts(build, ["server"])
    assert plan.commands == [["make"], ["mkdir", "-p", f"{{out}}/{OTHER}"], ["ld", "-o", f"{{out}}/{OTHER}/server"]]
    assert plan.edit is None


def test_arguments_of_another_build_reach_both_layouts() -> None:
    build = Build(commands=[["make", "{arguments}"]], artefact="a", relinked=[["ld", "{arguments}", "-o", "{relinked}/a"]])
    plan = in_both_layouts(build, ["a", "b"])
    assert plan.more == [f"{OTHER}/a", f"{OTHER}/b"]
    both = [plan.other(None), plan.other(OtherBuild(arguments=["-g", "-O2"]))]
    assert [[build.commands[0][1:], build.commands[-1][1:-2]] for build in both] == [[[], []], [["-g", "-O2"]] * 2]


def test_the_other_layout_lies_below_the_first() -> None:
    assert relinked(Path("/cache/build/server"), "server") == Path("/cache/build", OTHER, "server")
    assert relinked(Path("/cache/build/app/dist/index.js"), "app/dist/index.js") == Path(
        "/cache/build", OTHER, "app/dist/index.js"
    )


def test_what_is_kept_beside_a_program_lies_beside_its_copy_too() -> None:
    plan = in_both_layouts(
        Build(commands=[["make"]], artefact="app/dist/index.js", more=["app", "a/venv"]), ["app/dist/index.js"]
    )
    assert plan.commands == [
        ["make"],
        ["install", "-d", f"{{out}}/{OTHER}"],
        ["cp", "-R", "{out}/app", f"{{out}}/{OTHER}/app"],
        ["install", "-d", f"{{out}}/{OTHER}/a"],
        ["cp", "-R", "{out}/a/venv", f"{{out}}/{OTHER}/a/venv"],
    ]
    assert plan.more == ["app", "a/venv", f"{OTHER}/app", f"{OTHER}/a/venv"]


def test_relinked_may_name_its_own_folder_and_no_other_placeholder() -> None:
    with pytest.raises(ValidationError, match=r"relinked: expected placeholders from .* not \['port'\]"):
        Build(commands=[["make"]], artefact="a", relinked=[["ld", "{port}"]])
    with pytest.raises(ValidationError, match="expected placeholders"):
        Build(commands=[["ld", "{relinked}"]], artefact="a")
