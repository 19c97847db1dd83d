"""The tasks plaintext and json tell right responses from wrong ones, and their data are those that their script makes."""

import subprocess
import sys
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path

import pytest

from loadgen.conformance import Response
from loadgen.task.find import find_task
from loadgen.task.task import Drawn, Task
from tests.documents.documents import answer

TASKS = Path(__file__).parents[2] / "tasks"
SEEDS = (1, 2)
FAULTS_OF_BUILD = [
    "whole-score",
    "no-zeros",
    "no-null",
    "no-end",
    "one-more",
    "active-number",
    *(f"without-{name}" for name in ("id", "tags", "dimensions", "supplier", "note", "next")),
]
FAULTS_OF_PARSE = ["short-sum", "characters", "last-longest"]
FAULTS_OF_CASES = {
    "any-id": "build-too-large",
    "no-limit": "parse-beyond-64-kib",
    "one-status": "parse-array",
    "any-item": "parse-value-of-text",
    "no-allow": "build-wrong-method",
}


def task(name: str) -> Task:
    return find_task(name, TASKS)


def response(drawn: Drawn, fault: str) -> Response:
    request = drawn.request
    status, fields, content = answer(request.method, request.target, request.body, fault)
    headers = tuple((name.lower(), value) for name, value in fields.items())
    return Response(status, headers, content)


def drawn(of: Task, kind: str, seed: int) -> Iterator[Drawn]:
    values = of.values(seed, 0)
    while True:
        parameters = values.draw(kind, {})
        yield Drawn(kind, parameters, of.request(kind, parameters))


def faults(of: Task, kind: str, fault: str, count: int = 400) -> list[str]:
    asked = chain.from_iterable(islice(drawn(of, kind, seed), count) for seed in SEEDS)
    found = [of.check(response(drawn, fault), kind, drawn.parameters) for drawn in asked]
    return [name for name in found if name is not None]


@pytest.mark.parametrize("name", ["plaintext", "json"])
def test_right_responses_to_every_kind_of_request_are_right(name: str) -> None:
    of = task(name)
    assert [(kind, found) for kind in of.kinds for found in faults(of, kind, "")] == []


@pytest.mark.parametrize(
    ("name", "kind", "fault"),
    [
        ("plaintext", "plaintext", "small-letter"),
        *(("json", "build", fault) for fault in FAULTS_OF_BUILD),
        *(("json", "parse", fault) for fault in FAULTS_OF_PARSE),
        *(("json", kind, fault) for fault, kind in FAULTS_OF_CASES.items()),
    ],
)
def test_a_response_that_is_wrong_in_one_thing_is_told_apart(name: str, kind: str, fault: str) -> None:
    assert faults(task(name), kind, fault)


def test_every_kind_of_request_is_a_core_case_or_is_measured() -> None:
    for name in ("plaintext", "json"):
        of = task(name)
        assert {case.id for case in of.suite(1).core} == {f"task-{kind}" for kind in of.kinds}
    assert list(task("json").weights) == ["build", "parse"]


def test_a_document_to_be_parsed_has_about_4_kib_and_one_is_too_large() -> None:
    sizes = [len(draw.request.body) for draw in islice(drawn(task("json"), "parse", 1), 24)]
    assert min(sizes) > 3 * 1024
    assert max(sizes) < 5 * 1024
    (large,) = islice(drawn(task("json"), "parse-beyond-64-kib", 1), 1)
    assert len(large.request.body) > 64 * 1024


def test_the_data_are_those_that_the_script_makes(tmp_path: Path) -> None:
    subprocess.run([sys.executable, str(TASKS / "json" / "make_data.py"), str(tmp_path)], check=True)
    made = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert sorted(made) == ["documents.jsonl", "items.jsonl", "too-large.json"]
    assert [name for name, content in made.items() if (TASKS / "json" / name).read_bytes() != content] == []
