import pickle
from pathlib import Path

import pytest

from loadgen.config.contenders import contenders_named, verifiable
from loadgen.config.deviations import Deviations
from loadgen.config.project import read_scenarios
from loadgen.config.service import Contender, find_contender, read_service, services_of
from loadgen.errors import Error
from primebench.needs import missing_tools
from primebench.project import Project

ROOT = Path(__file__).parents[2]
STUB = ROOT / "tests" / "stub"


def changed(tmp_path: Path, before: str, after: str) -> Path:
    text = (STUB / "service.toml").read_text()
    assert before in text
    (tmp_path / "service.toml").write_text(text.replace(before, after))
    return tmp_path


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ('name = "stub"', 'name = "My Stub"', "name: String should match pattern"),
        ('tier = "better-algorithm"\n\n[build]', 'tier = "fast"\n\n[build]', "tier: Input should be"),
        ('"{port}"', '"8080"', r"start: .*command: expected an argument, or a variable of environment, with \{port\}"),
        ('"{artefact}"', '"{binary}"', r"start\.command: .*not \['binary'\]"),
        ('"{out}/stub.py"', '"{output}/stub.py"', r"build: .*not \['output'\]"),
        ("[start]", "[start]\nshell = true", r"start\.shell: no such key"),
    ],
)
def test_a_wrong_service_file_names_file_key_and_expectation(tmp_path: Path, before: str, after: str, expected: str) -> None:
    with pytest.raises(Error, match=rf"service\.toml: {expected}"):
        read_service(changed(tmp_path, before, after))


def test_a_folder_without_a_service_file_says_what_a_service_is(tmp_path: Path) -> None:
    with pytest.raises(Error, match=r"a service is a folder with a service\.toml"):
        read_service(tmp_path)


def test_the_checkout_brings_four_services_and_the_published_code_of_two() -> None:
    own = {name: service for name, service in services_of(ROOT).items() if not service.file.by_name}
    assert {name for name, service in own.items() if not service.file.control} == {"cpp", "fiber", "fiber-v3", "actix"}
    assert {name for name, service in own.items() if service.file.control} == {"ceiling"}
    assert {name for name, service in own.items() if "published" in service.file.variants} == {"fiber", "actix"}
    assert own["cpp"].deviations == Deviations()


def test_the_new_peers_of_the_field_are_taken_by_name_alone() -> None:
    named = {name for name, service in services_of(ROOT).items() if service.file.by_name}
    assert named <= set(read_scenarios(ROOT / "scenarios.toml").profiles["field"].services)
    assert named >= {"axum", "ntex", "may-minihttp", "gonet", "fasthttp", "vertx", "node", "python", "pistache"}
    assert not named & {contender.label for contender in [*contenders_named([], ROOT), *verifiable((), ROOT)]}
    assert [contender.label for contender in contenders_named(["axum"], ROOT)] == ["axum"]


def test_no_tool_of_a_service_that_is_taken_by_name_alone_is_missed(tmp_path: Path) -> None:
    folder = tmp_path / "peers" / "stub"
    folder.mkdir(parents=True)
    project = Project(folder=tmp_path, scenarios=tmp_path / "scenarios.toml", results=tmp_path)
    file = changed(folder, "[build]\n", '[build]\nneeds = ["no-such-tool"]\n') / "service.toml"
    assert missing_tools(project) == ["no-such-tool: missing; builds the service stub"]
    file.write_text(file.read_text().replace('name = "stub"\n', 'name = "stub"\nby_name = true\n', 1))
    assert missing_tools(project) == []


def test_contenders_are_found_by_name_variant_and_folder() -> None:
    own = {"stub": read_service(STUB)}
    assert find_contender("stub", own).label == "stub"
    assert find_contender("stub:dies", own).label == "stub:dies"
    assert find_contender(f"{STUB}:dies", {}).label == "stub:dies"


def test_base_and_head_of_one_service_have_titles_of_their_own() -> None:
    stub = read_service(STUB)
    titles = [Contender(service=stub, label=label).title for label in ("stub", "base", "head")]
    assert titles == ["Python · stub", "Python · stub (base)", "Python · stub (head)"]


def test_the_peers_bring_the_variants_that_claims_are_tested_with() -> None:
    own = services_of(ROOT)
    threads = {"gomaxprocs-1", "gomaxprocs-8"}
    pitfalls = {"gogc-off", "gctrace", "prefork", "by-value", "by-pointer", "leak"}
    assert set(own["fiber"].file.variants) == {"published"} | threads | pitfalls
    assert set(own["actix"].file.variants) == {"published", "workers-1", "workers-8", "web-block", "clone"}
    described = (ROOT / "docs" / "reference" / "variants.md").read_text(encoding="utf-8")
    for label in (f"{name}:{variant}" for name in ("fiber", "actix") for variant in own[name].file.variants):
        assert f"`{label}`" in described, f"docs/reference/variants.md does not describe {label}"


def test_a_control_may_answer_one_n_only_and_its_variants_may_answer_more() -> None:
    own = services_of(ROOT)
    canned, served = find_contender("ceiling", own), find_contender("ceiling:served", own)
    assert (canned.answers({"n": 1}), canned.answers({"n": 100})) == (True, False)
    assert (served.answers({"n": 1}), served.answers({"n": 100})) == (True, True)


def test_a_service_answers_every_n(tmp_path: Path) -> None:
    with pytest.raises(Error, match=r"service\.toml: .*only: expected only with control = true"):
        read_service(changed(tmp_path, 'tier = "better-algorithm"', 'tier = "better-algorithm"\nonly = { n = 1 }'))


def test_a_twin_is_its_original_under_another_name_and_a_control() -> None:
    own = services_of(ROOT)
    twin = find_contender("fiber:published:aa", own)
    assert (twin.label, twin.twin_of, twin.control) == ("fiber:published:aa", "fiber:published", True)
    assert twin.variant == find_contender("fiber:published", own).variant
    with pytest.raises(Error, match="cpp:aa is an A/A control already"):
        find_contender("cpp:aa:aa", own)


def test_a_service_is_sent_to_another_process_whether_or_not_its_tasks_were_read() -> None:
    """A task with a JSON Schema holds functions, which cannot be."""
    service = read_service(ROOT / "tests" / "shop")
    unread = pickle.dumps(service)
    assert list(service.tasks)
    assert pickle.dumps(service) == unread
    assert pickle.loads(unread).tasks.keys() == service.tasks.keys()
