"""The direction of imports: loadgen measures, analysis decides, primebench wires them, and data flows one way."""

import ast
import sys
from pathlib import Path

import pytest

from tests.unit.sources import ROOT, modules, parsed, shown

LAYERS = [
    "loadgen",
    "loadgen.system",
    "loadgen.conformance",
    "loadgen.task",
    "loadgen.record",
    "loadgen.config",
    "loadgen.machine",
    "loadgen.setup",
    "loadgen.build",
    "loadgen.init",
    "loadgen.new_service",
    "loadgen.generator",
    "loadgen.trial",
    "loadgen.microbench",
    "loadgen.run",
    "loadgen.explain",
    "loadgen.regress",
    "loadgen.curve",
    "loadgen.field",
    "loadgen.cluster",
    "loadgen.remote",
    "loadgen.campaign",
    "analysis",
    "analysis.stats",
    "analysis.model",
    "analysis.trial",
    "analysis.cost",
    "analysis.checks",
    "analysis.text",
    "analysis.plots",
    "analysis.verdicts",
    "analysis.tables",
    "analysis.microbench",
    "analysis.audit",
    "analysis.report",
    "analysis.pipeline",
    "analysis.compare",
    "analysis.explain",
    "analysis.archive",
    "analysis.regress",
    "analysis.curve",
    "analysis.field",
    "analysis.trend",
    "primebench",
]
"""Every package, each after all that it imports; the modules of `loadgen` itself are words that all others use."""
READ_BY_ANALYSIS = {"loadgen.record", "loadgen.task.work", "loadgen.errors", "loadgen.strict", "loadgen.counted"} | {
    "loadgen.config.regress",
    "loadgen.regress.pairing",
    "loadgen.conformance.findings",
    "loadgen.conformance.score",
    "loadgen.machine.core_use",
    "loadgen.machine.same_machine",
}
"""Records, and the words that both sides name things by; nothing that has an effect."""


def imports(path: Path) -> set[str]:
    """Return the modules, and what else is imported of a module as if it were one."""
    names = set()
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def layer(module: str) -> str | None:
    """Return the package that a module or a name in it belongs to; None if it is not the project's."""
    parts = module.split(".")
    if parts[0] not in ("loadgen", "analysis", "primebench"):
        return None
    return next((".".join(parts[:depth]) for depth in (2, 1) if ".".join(parts[:depth]) in LAYERS), module)


def test_every_package_has_its_place() -> None:
    folders = {path.parent for path in modules("loadgen", "analysis") if len(path.relative_to(ROOT).parts) > 2}
    assert {".".join(folder.relative_to(ROOT).parts[:2]) for folder in folders} <= set(LAYERS)


def test_a_package_imports_only_those_below_it() -> None:
    for path in modules("loadgen", "analysis"):
        parts = path.relative_to(ROOT).parts
        own = ".".join(parts[:2]) if len(parts) > 2 else parts[0]
        above = LAYERS[LAYERS.index(own) + 1 :]
        assert {name for name in imports(path) if layer(name) in above} == set(), shown(path)


def test_analysis_imports_only_records_of_loadgen() -> None:
    for path in modules("analysis"):
        names = {name for name in imports(path) if name.split(".")[0] == "loadgen"}
        assert {name for name in names if not name.startswith(tuple(READ_BY_ANALYSIS))} == set(), shown(path)


def modules_reached(name: str) -> set[str]:
    """Return the module and all of the project's modules that importing it imports."""
    reached: set[str] = set()
    wanted = {name}
    while wanted:
        module = wanted.pop()
        path = ROOT / (module.replace(".", "/") + ".py")
        if module not in reached and path.is_file():
            reached.add(module)
            wanted |= imports(path)
    return reached


SET_UP = sorted(modules_reached("primebench.setup"))


def test_set_up_reaches_more_than_itself() -> None:
    assert {"loadgen.setup.cache", "loadgen.system.tool", "loadgen.errors", "primebench.exit_codes"} < set(SET_UP)


@pytest.mark.parametrize("name", SET_UP)
def test_what_set_up_runs_needs_only_the_standard_library(name: str) -> None:
    path = ROOT / (name.replace(".", "/") + ".py")
    foreign = {module.split(".")[0] for module in imports(path)} - {"loadgen", "primebench", "__future__"}
    assert foreign <= {*sys.stdlib_module_names, "_typeshed"}  # the last for mypy
