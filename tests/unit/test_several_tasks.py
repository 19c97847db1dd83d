"""A service of several tasks: which it is asked for, how it is started, and which deviations count."""

from pathlib import Path

import pytest

from loadgen.config.contenders import all_serving, serving, verifiable
from loadgen.config.deviations import Deviations, write_deviations
from loadgen.config.listing import listing
from loadgen.config.project import read_scenarios
from loadgen.config.service import Contender, Service, read_service
from loadgen.errors import Error
from loadgen.task.find import find_task
from loadgen.trial.server import start_command

ROOT = Path(__file__).parents[2]
FIELD = ROOT / "tests" / "documents"
TASKS = ROOT / "tasks"


def service(folder: Path, task: str, arguments: str = "") -> Service:
    text = (FIELD / "service.toml").read_text(encoding="utf-8")
    text = text.replace('task = ["../../tasks/json", "../../tasks/plaintext"]', f"task = {task}")
    (folder / "service.toml").write_text(text.replace('"{port}"]', f'"{{port}}"{arguments}]'), encoding="utf-8")
    return read_service(folder)


def three(folder: Path, arguments: str = "") -> Service:
    return service(folder, f'["prime", "{TASKS}/plaintext", "{TASKS}/json"]', arguments)


def test_the_first_task_is_the_main_one_until_another_is_chosen(tmp_path: Path) -> None:
    own = three(tmp_path)
    assert (own.task.name, own.serves_main, list(own.tasks)) == ("prime", True, ["prime", "plaintext", "json"])
    chosen = Contender(service=own, label="x").serving("json")
    assert (chosen.task.name, chosen.service.serves_main, chosen.label) == ("json", False, "x")


def test_a_start_command_is_one_for_all_tasks(tmp_path: Path) -> None:
    own = three(tmp_path, ', "{max_n}"')
    commands = [start_command(Contender(service=own, label="x").serving(name), Path("x"), 1, 1) for name in own.tasks]
    assert commands[0][-1] == "100000"
    assert commands[1:] == commands[:1] * 2
    with pytest.raises(Error, match=r"start\.command: expected placeholders from .*not \['max_n'\]"):
        service(tmp_path, f'["{TASKS}/json"]', ', "{max_n}"')


@pytest.mark.parametrize(
    ("task", "expected"),
    [
        ("[]", r"service\.toml: task\."),
        ("3", r"service\.toml: task\."),
        ('["prime", "prime"]', r"service\.toml: task: expected tasks of different names, not prime, prime"),
        ('["prime", "nowhere"]', r"service\.toml: task: no task 'nowhere'"),
    ],
)
def test_a_wrong_list_is_refused_in_a_line_with_file_and_key(tmp_path: Path, task: str, expected: str) -> None:
    with pytest.raises(Error, match=expected) as caught:
        service(tmp_path, task)
    assert "\n" not in str(caught.value)


def test_the_scenarios_ask_for_any_of_the_tasks_and_for_no_other(tmp_path: Path) -> None:
    own = three(tmp_path)
    assert [service.task.name for service in serving([own], find_task("json", TASKS))] == ["json"]
    (found,) = all_serving([Contender(service=own, label="x", variant_name="no-limit")], find_task("plaintext", TASKS))
    assert (found.task.name, found.variant_name) == ("plaintext", "no-limit")
    with pytest.raises(Error, match="serves the tasks prime, plaintext, json, and orders is what the scenarios ask"):
        serving([own], find_task("orders", ROOT / "tests"))
    other = tmp_path / "json"
    other.mkdir()
    text = (TASKS / "plaintext" / "task.toml").read_text(encoding="utf-8")
    (other / "task.toml").write_text(text.replace('name = "plaintext"\nt', 'name = "json"\nt'), encoding="utf-8")
    with pytest.raises(Error, match="and json in another version is what"):
        serving([own], find_task("json", tmp_path))


def test_each_task_is_verified_or_the_one_that_is_asked_for(tmp_path: Path) -> None:
    three(tmp_path)
    names = (str(tmp_path), str(FIELD))
    found = [(contender.label, contender.task.name) for contender in verifiable((names[0],), ROOT)]
    assert found == [("documents", "prime"), ("documents", "plaintext"), ("documents", "json")]
    assert [contender.task.name for contender in verifiable((names[0],), ROOT, "json")] == ["json"]
    with pytest.raises(Error, match="documents does not serve the task 'prime': expected of json, plaintext"):
        verifiable((names[1],), ROOT, "prime")
    with pytest.raises(Error, match="no service serves the task 'nothing': expected of prime"):
        verifiable((), ROOT, "nothing")


def test_deviations_of_the_main_task_count_for_others_that_have_the_case(tmp_path: Path) -> None:
    listed = Deviations(
        of_main={"slow-body": "no timer runs", "n-text": "takes text"}, of_others={"json": {"a": "of json alone"}}
    )
    write_deviations(tmp_path, listed)
    own = three(tmp_path)
    assert own.deviations_in({"slow-body", "n-text"}) == listed.of_main
    assert own.serving("json").deviations_in({"slow-body", "a"}) == {"slow-body": "no timer runs", "a": "of json alone"}
    assert own.serving("plaintext").deviations_in({"slow-body", "a"}) == {"slow-body": "no timer runs"}
    assert own.serving("json").known_deviations == {"a": "of json alone"}


def test_deviations_of_a_task_that_is_not_served_are_refused(tmp_path: Path) -> None:
    write_deviations(tmp_path, Deviations(of_others={"prime": {"a": "of the main task"}}))
    with pytest.raises(Error, match=r"deviations\.toml: tasks\.prime: expected of plaintext, json"):
        three(tmp_path)
    with pytest.raises(Error, match=r"deviations\.toml: tasks\.prime: the service has one task"):
        service(tmp_path, '"prime"')


def test_the_list_as_json_has_the_main_task_and_all(tmp_path: Path) -> None:
    found = listing({"x": three(tmp_path)}, read_scenarios(ROOT / "scenarios.toml"))
    assert isinstance(found["services"], list)
    assert [(value["task"], len(value["tasks"])) for value in found["services"]] == [("prime", 3)]
