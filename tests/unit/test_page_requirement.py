"""What the check of a page needs: looked for where that check looks, and installed for nothing else."""

import re
from pathlib import Path

import pytest

from loadgen.setup.requirements import CHROMIUM, Requirement, page_requirements, requirements

ROOT = Path(__file__).parents[2]


@pytest.fixture
def browser() -> Requirement:
    (found,) = (requirement for requirement in page_requirements() if requirement.name == "Chromium")
    return found


def test_set_up_installs_neither_browser_nor_node() -> None:
    wanted = {requirement.package for requirement in page_requirements()}
    assert wanted == {"chromium", "nodejs", "npm"}
    assert not wanted & {requirement.package for requirement in requirements()}


def test_the_browser_is_looked_for_under_the_names_that_the_check_knows() -> None:
    source = (ROOT / "tests" / "page" / "chromium.mjs").read_text(encoding="utf-8")
    listed = re.search(r"const NAMES = \[(.*)\];", source)
    assert listed is not None
    assert tuple(re.findall(r'"([^"]+)"', listed.group(1))) == CHROMIUM


def test_a_browser_that_does_not_answer_is_passed_over(
    browser: Requirement, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert browser.find() is None
    for name, says in (("chromium-browser", "exit 1"), ("google-chrome", "echo Google Chrome 140.0.7339.80")):
        program = tmp_path / name
        program.write_text(f"#!/bin/sh\n{says}\n")
        program.chmod(0o755)
    assert browser.find() == "140.0.7339.80"
