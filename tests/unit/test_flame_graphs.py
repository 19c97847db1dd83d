"""Folded stacks of a call graph, and the pages that are drawn of them."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from loadgen.config.service_file import Explain
from loadgen.errors import Error
from loadgen.explain.flame_graphs import draw_flame_graphs
from loadgen.explain.folded import folded
from loadgen.record.explain import Call, FunctionCost, Profile
from loadgen.setup.inferno import DIFFERENCE, INFERNO_VERSION, PROGRAMS, install_inferno


def cost(exclusive: float, inclusive: float, calls: float = 1.0) -> FunctionCost:
    return FunctionCost(exclusive=exclusive, inclusive=inclusive, calls=calls)


def call(caller: str, callee: str, inclusive: float) -> Call:
    return Call(caller=caller, callee=callee, calls=1.0, inclusive=inclusive)


def test_what_a_function_costs_is_shared_among_its_callers() -> None:
    profile = Profile(
        functions={"main": cost(10, 1000, 0), "read": cost(100, 250), "write": cost(200, 740), "copy": cost(690, 690, 4)},
        calls=[call("main", "read", 250), call("main", "write", 740), call("read", "copy", 150), call("write", "copy", 540)],
    )
    assert folded(profile) == ["main 10", "main;read 100", "main;read;copy 150", "main;write 200", "main;write;copy 540"]


def test_a_function_that_calls_itself_is_in_a_stack_once_and_nothing_is_lost() -> None:
    profile = Profile(
        functions={"main": cost(10, 110, 0), "walk": cost(60, 100, 2), "visit": cost(40, 90, 2)},
        calls=[call("main", "walk", 100), call("walk", "visit", 40), call("visit", "walk", 20)],
    )
    lines = folded(profile)
    assert all(line.partition(" ")[0].split(";").count("walk") <= 1 for line in lines)
    assert lines[0] == "main 10"


def test_a_name_with_a_semicolon_is_one_frame() -> None:
    assert folded(Profile(functions={"a;b": cost(5, 5, 0)}, calls=[])) == ["a:b 5"]


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PRIMEBENCH_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / f"inferno-{INFERNO_VERSION}" / "bin"


def test_pages_of_both_and_of_their_difference_are_drawn(cache: Path, tmp_path: Path) -> None:
    cache.mkdir(parents=True)
    for name in PROGRAMS:
        (cache / name).write_text('#!/bin/sh\necho "$0" "$@"\n')
        (cache / name).chmod(0o755)
    pages = draw_flame_graphs(["main 1"], ["main 2"], "instructions", "cpp", tmp_path)
    assert pages == [f"flame-graphs/cpp-{name}.svg" for name in ("base", "head", "difference")]
    assert "--title cpp, base --countname instructions" in (tmp_path / pages[0]).read_text()
    assert (tmp_path / "flame-graphs" / "cpp-head.folded").read_text() == "main 2\n"
    assert DIFFERENCE in (tmp_path / "flame-graphs" / "cpp-difference.folded").read_text()


def test_without_inferno_a_line_says_what_to_do(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not cache.exists()
    with pytest.raises(Error, match="not found; run: primebench setup --flame-graphs"):
        draw_flame_graphs(["main 1"], ["main 2"], "instructions", "cpp", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Error, match="is built with cargo: cargo not found"):
        install_inferno()


@pytest.mark.usefixtures("cache")
def test_without_stacks_nothing_is_drawn(tmp_path: Path) -> None:
    with pytest.raises(Error, match="base has no stacks"):
        draw_flame_graphs([], ["main 2"], "instructions", "cpp", tmp_path)


@pytest.mark.parametrize(
    ("command", "message"),
    [(["perf", "{folder}", "{folded}"], "expected placeholders from"), (["perf", "{pid}"], "an argument with {folded}")],
)
def test_a_profiler_that_could_not_be_called_is_refused(command: list[str], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Explain(command=command)
