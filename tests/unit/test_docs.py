"""The documentation names what exists: links, files, commands and their options, make targets, keys."""

import re
import shlex
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from analysis.audit.model import PublishedSet
from loadgen.config.project import ProjectFile
from loadgen.config.regress import RegressConfig
from loadgen.config.scenarios import Scenarios
from loadgen.config.service_file import ServiceFile
from loadgen.strict import Strict
from loadgen.task.http.file import TaskFile
from primebench.cli import cli
from tests.docs.pages import DOCS, FENCE, ROOT, headings, shown, text_of
from tests.unit.test_layers import LAYERS

PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "CHANGELOG.md",
    *sorted(DOCS.rglob("*.md")),
    *(ROOT / "server").glob("*.md"),
    *sorted(ROOT.glob("peers/*/README.md")),
]
ARCHITECTURE = DOCS / "explanation" / "architecture.md"
LINK = re.compile(r"\]\(([^)\s]+)\)")
CODE = re.compile(r"`([^`\n]+)`")
SHELL = re.compile(r"\s(?:\||\|\||&&|;|>>?)(?:\s|$)|\s#")
"""What ends a command."""


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings."""
    return {anchor for _, anchor in headings(text_of(page))}


@pytest.mark.parametrize("page", PAGES, ids=shown)
def test_every_link_leads_to_a_file_and_a_heading(page: Path) -> None:
    for link in LINK.findall(text_of(page)):
        if "://" in link:
            continue
        place, _, anchor = link.partition("#")
        target = page.parent / place if place else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


def test_every_page_is_in_the_index() -> None:
    index = {(DOCS / link.partition("#")[0]).resolve() for link in LINK.findall(text_of(DOCS / "README.md")) if link[0] != "#"}
    assert {page for page in DOCS.rglob("*") if page.suffix in (".md", ".json")} - {DOCS / "README.md"} == index


def test_every_page_and_every_kept_result_is_in_the_site_s_navigation() -> None:
    """As docs/site/hooks.py adds results."""
    tracked = subprocess.run(["git", "ls-files", "results/*/*.md"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    pages = {page.relative_to(DOCS).as_posix() for page in DOCS.rglob("*.md")} | set(tracked.split())
    assert pages == set(re.findall(r"^ +- (?:.*: )?([\w./-]+\.md)$", text_of(ROOT / "mkdocs.yml"), re.MULTILINE))


def test_the_architecture_has_every_package_in_its_order() -> None:
    named = re.findall(r"^\| `((?:loadgen|analysis)/\w+)` \|", text_of(ARCHITECTURE), re.MULTILINE)
    assert [name.replace("/", ".") for name in named] == [layer for layer in LAYERS if "." in layer]


def lines_of_code(page: Path) -> Iterator[str]:
    """Return the lines of a page's blocks, and what stands between backticks."""
    for *_, block in FENCE.findall(text_of(page)):
        yield from (line.strip() for line in block.splitlines())
    yield from CODE.findall(FENCE.sub("", text_of(page)))


def commands(page: Path) -> Iterator[list[str]]:
    """Return the arguments of each primebench in a page; a command's name alone, in a sentence, is one as well."""
    for line in lines_of_code(page):
        found = re.match(r"(?:- run: |sh ')?(?:\.venv/bin/)?primebench (.*)", line.replace(r"\|", "|"))
        if found and not found[1].startswith("COMMAND"):
            given = shlex.split(SHELL.split(found[1].partition("'")[0])[0])
            _, rest, _ = cli.make_parser(click.Context(cli)).parse_args(given)  # without what stands before the command
            if rest:
                yield rest


@pytest.mark.parametrize("page", PAGES, ids=shown)
def test_every_command_has_the_options_that_are_given(page: Path) -> None:
    for name, *arguments in commands(page):
        assert name in cli.commands, f"primebench {name}"
        command = cli.commands[name]
        while isinstance(command, click.Group) and arguments and arguments[0] != "[OPTIONS]":
            assert arguments[0] in command.commands, f"primebench {name} {arguments[0]}"
            command = command.commands[arguments.pop(0)]
        command.make_parser(click.Context(command)).parse_args(list(arguments))


def test_commands_are_found() -> None:
    assert ["trend"] in commands(DOCS / "how-to" / "follow-a-trend.md")
    assert ["report", "results/latest"] in commands(DOCS / "reference" / "command-line.md")
    assert sum(1 for page in PAGES for _ in commands(page)) > 50
    regress = cli.commands["regress"]
    with pytest.raises(click.NoSuchOption):
        regress.make_parser(click.Context(regress)).parse_args(["--basis", "main"])


@pytest.mark.parametrize("page", PAGES, ids=shown)
def test_every_make_target_and_variable_exists(page: Path) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z0-9-]+):", makefile, re.MULTILINE))
    variables = set(re.findall(r"^([A-Z]+) *\?=", makefile, re.MULTILINE))
    for line in lines_of_code(page):
        if found := re.match(r"make ([a-z0-9-]+)((?: [A-Z]+=\S*)*)", line):
            assert found[1] in targets, line
            assert set(re.findall(r" ([A-Z]+)=", found[2])) <= variables, line


def blocks(page: str) -> list[str]:
    return [block for kind, _, block in FENCE.findall(text_of(DOCS / page)) if kind == "toml"]


@pytest.mark.parametrize(
    ("page", "numbers", "model"),
    [
        ("how-to/add-a-service.md", [0], ServiceFile),
        ("how-to/write-a-task.md", [0], TaskFile),
        ("how-to/write-a-task.md", [1], Scenarios),
        ("reference/published-sets.md", [0], PublishedSet),
        ("reference/regress-settings.md", [0], ProjectFile),
        ("reference/service-toml.md", [0, 1], ServiceFile),
    ],
)
def test_every_key_of_an_example_is_known(page: str, numbers: list[int], model: type[Strict]) -> None:
    model.model_validate(tomllib.loads("\n".join(blocks(page)[number] for number in numbers)))


def test_the_keys_of_scenarios_are_known_and_all_of_them() -> None:
    data = tomllib.loads(blocks("reference/scenarios-toml.md")[0])
    closed = {key: value for key, value in data["workloads"]["read"].items() if key != "rate"}
    data["workloads"]["read-closed"] = closed
    scenarios = Scenarios.model_validate(data)
    (profile,) = scenarios.profiles.values()
    assert profile.model_fields_set == set(type(profile).model_fields)
    assert scenarios.workloads["read"].model_fields_set == set(type(scenarios.workloads["read"]).model_fields)


def test_the_settings_of_the_regression_check_are_the_defaults() -> None:
    (block,) = blocks("reference/regress-settings.md")
    settings = ProjectFile.model_validate(tomllib.loads(block)).regress
    assert settings == RegressConfig()
    assert settings.model_fields_set == set(RegressConfig.model_fields)


def mentions() -> Iterator[tuple[Path, str]]:
    """Return the pages of docs/ that files outside of it name, in comments and messages."""
    folders = (
        "analysis",
        "loadgen",
        "primebench",
        "tests",
        "server",
        "peers",
        "microbench",
        "results/published",
        ".github",
        ".ci",
    )
    files = [path for folder in folders for path in (ROOT / folder).rglob("*")] + list(ROOT.glob("*"))
    for path in files:
        if path.suffix in {".py", ".toml", ".yml", ".md", ".cpp", ".hpp", ".go", ".rs"} and "node_modules" not in path.parts:
            for page in re.findall(r"(?<![\w/.-])docs/[\w/.-]+\.(?:md|json)", path.read_text(encoding="utf-8")):
                yield path, page


def test_every_page_that_code_mentions_exists() -> None:
    of_others = {"docs/user_guide.md"}  # Google Benchmark's
    missing = {f"{shown(path)}: {page}" for path, page in mentions() if not (ROOT / page).is_file() and page not in of_others}
    assert missing == set()
