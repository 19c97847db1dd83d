"""What every file of the project keeps to."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OF_ONE_TASK = re.compile(r"prime(?!bench)|division|/calculate|\bn1000\b|fiber|actix", re.IGNORECASE)
KNOW_THE_TASK = ("loadgen/task/prime/", "loadgen/record/migrate.py", "loadgen/config/migrate.py")
"""The task itself, and what reads files from when it was the only one."""


def modules(*packages: str) -> list[Path]:
    return [path for package in packages for path in sorted((ROOT / package).rglob("*.py"))]


def shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", modules("loadgen", "analysis"), ids=shown)
def test_what_measures_and_decides_knows_no_task_and_no_service(path: Path) -> None:
    if not shown(path).startswith(KNOW_THE_TASK):
        assert OF_ONE_TASK.findall(path.read_text(encoding="utf-8")) == []


CODE = modules("loadgen", "analysis", "primebench")
MODULE_LINES, FUNCTION_LINES, PARAMETERS, FIELDS = 300, 70, 7, 15
WIDE = {"RunRecord", "LoadTrial", "CpuWindow", "Machine", "Summary", "ClaimResult", "RegressResult", "MetricVerdict"}
"""Models with more fields than that: each is one record that other programs read as it is."""


@pytest.mark.parametrize("path", CODE, ids=shown)
def test_modules_functions_and_models_are_small(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= MODULE_LINES
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            assert (node.end_lineno or 0) - node.lineno < FUNCTION_LINES, node.name
            given = [argument.arg for argument in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]
            assert len([name for name in given if name not in ("self", "cls")]) <= PARAMETERS, node.name
        if isinstance(node, ast.ClassDef) and node.name not in WIDE:
            assert sum(isinstance(part, ast.AnnAssign) for part in node.body) <= FIELDS, node.name


@pytest.mark.parametrize("path", CODE, ids=shown)
def test_fields_of_models_are_replaced_by_the_method_that_checks_them(path: Path) -> None:
    assert "model_copy" not in path.read_text(encoding="utf-8")
