"""What every file of the project keeps to."""

import ast
import re

from tests.unit.sources import ROOT, modules, parsed, shown

OF_ONE_TASK = re.compile(r"prime(?!bench)|division|/calculate|\bn1000\b|fiber|actix", re.IGNORECASE)
KNOW_THE_TASK = ("loadgen/task/prime/", "loadgen/record/migrate.py", "loadgen/config/migrate.py")
"""The task itself, and what reads files from when it was the only one."""


def test_what_measures_and_decides_knows_no_task_and_no_service() -> None:
    for path in modules("loadgen", "analysis"):
        if not shown(path).startswith(KNOW_THE_TASK):
            assert OF_ONE_TASK.findall(path.read_text(encoding="utf-8")) == [], shown(path)


OWN_WORDS = re.compile(r"\b(trouble|yardstick|inquiry|put_together|at_the_limit|one_an_n|contest)\b|:again\b", re.IGNORECASE)
"""What the project once called an error, a baseline, a smoke check, build_workload, a benchmark, an A/A control."""


def test_things_have_the_names_that_the_field_gives_them() -> None:
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    for path in [*modules("loadgen", "analysis", "primebench"), *pages]:
        assert OWN_WORDS.findall(path.read_text(encoding="utf-8")) == [], shown(path)


NO_NAMES = {"one", "given"}
"""Names of variables that say nothing of what they stand for: a trial, a claim, a comparison has a noun of its own."""


def test_variables_are_called_by_the_noun_of_what_they_stand_for() -> None:
    for path in modules("loadgen", "analysis", "primebench"):
        for node in ast.walk(parsed(path)):
            name = node.arg if isinstance(node, ast.arg) else node.id if isinstance(node, ast.Name) else ""
            assert name not in NO_NAMES, f"{shown(path)}:{getattr(node, 'lineno', '')}: {name}"


CODE = modules("loadgen", "analysis", "primebench")
MODULE_LINES, FUNCTION_LINES, PARAMETERS, FIELDS = 300, 70, 7, 15
WIDE = {"RunRecord", "LoadTrial", "CpuWindow", "Machine", "Summary"}
"""Models with more fields than that: each is one record that other programs read as it is."""


def test_modules_functions_and_models_are_small() -> None:
    for path in CODE:
        assert path.read_text(encoding="utf-8").count("\n") <= MODULE_LINES, shown(path)
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.FunctionDef):
                place = f"{shown(path)}: {node.name}"
                assert (node.end_lineno or 0) - node.lineno < FUNCTION_LINES, place
                given = [argument.arg for argument in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]
                assert len([name for name in given if name not in ("self", "cls")]) <= PARAMETERS, place
            if isinstance(node, ast.ClassDef) and node.name not in WIDE:
                assert sum(isinstance(part, ast.AnnAssign) for part in node.body) <= FIELDS, f"{shown(path)}: {node.name}"


def test_fields_of_models_are_replaced_by_the_method_that_checks_them() -> None:
    assert [shown(path) for path in CODE if "model_copy" in path.read_text(encoding="utf-8")] == []
