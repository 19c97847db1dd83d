"""The direction of imports: loadgen measures, analysis decides, and data flows one way."""

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
READ_BY_ANALYSIS = {
    "loadgen.config.regress",
    "loadgen.regress.pairing",
    "loadgen.record.run",
    "loadgen.strict",
    "loadgen.errors",
} | {
    "loadgen.machine.core_use",
    "loadgen.machine.same_machine",
}
"""Records, and the words that both sides name things by; nothing that has an effect."""


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


@pytest.mark.parametrize("path", sorted((ROOT / "loadgen").rglob("*.py")), ids=str)
def test_loadgen_never_imports_analysis(path: Path) -> None:
    assert not {name for name in imports(path) if name.split(".")[0] in ("analysis", "primebench")}


@pytest.mark.parametrize("path", sorted((ROOT / "analysis").rglob("*.py")), ids=str)
def test_analysis_imports_only_records_of_loadgen(path: Path) -> None:
    assert {name for name in imports(path) if name.split(".")[0] == "loadgen"} <= READ_BY_ANALYSIS


def modules_reached(name: str) -> set[str]:
    """The module and all of the project's modules that importing it imports."""
    reached: set[str] = set()
    wanted = {name}
    while wanted:
        module = wanted.pop()
        path = ROOT / (module.replace(".", "/") + ".py")
        if module in reached or not path.is_file():
            continue
        reached.add(module)
        wanted |= imports(path)
    return reached


SET_UP = sorted(modules_reached("loadgen.setup.install"))


def test_set_up_reaches_more_than_itself() -> None:
    assert {"loadgen.setup.cache", "loadgen.system.tool", "loadgen.errors"} < set(SET_UP)


@pytest.mark.parametrize("name", SET_UP)
def test_what_set_up_runs_needs_only_the_standard_library(name: str) -> None:
    path = ROOT / (name.replace(".", "/") + ".py")
    foreign = {module.split(".")[0] for module in imports(path)} - {
        "loadgen",
        "__future__",
        "_typeshed",
    }  # the last for mypy only
    assert foreign <= set(sys.stdlib_module_names)
