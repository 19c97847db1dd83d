"""Members of a workspace of npm, pnpm or yarn: built at its root, where the lock is."""

import json
from pathlib import Path
from typing import Any

import pytest

from loadgen.errors import Error
from loadgen.init.folder import read_folder
from loadgen.init.project import project_text
from loadgen.init.recognise import recognise
from loadgen.init.requests import ROOT
from loadgen.init.toml import edits_of
from loadgen.init.workspace import is_member
from tests.samples import read_back, repository

API = {"name": "@mono/api", "scripts": {"start": "node src/index.js"}, "dependencies": {"@mono/util": "*", "express": "^4"}}
SOURCE = "app.listen(process.env.PORT)"
FILES: dict[str, Any] = {
    "package.json": {"name": "mono", "workspaces": ["packages/*", "services/*", "!services/old"]},
    "packages/util/package.json": {"name": "@mono/util", "dependencies": {"@mono/base": "*"}},
    "packages/base/package.json": {"name": "@mono/base"},
    "services/api/package.json": API,
    "services/old/package.json": API,
    "services/api/src/index.js": SOURCE,
    "package-lock.json": {},
}


def mono(place: Path, **changed: Any) -> Path:
    files = {path: value for path, value in (FILES | changed).items() if value is not None}
    return repository(place, **{path: value if isinstance(value, str) else json.dumps(value) for path, value in files.items()})


def text_of(member: Path) -> str:
    return project_text(recognise(read_folder(member)), ROOT)


def build_of(member: Path) -> dict[str, Any]:
    build: dict[str, Any] = read_back(text_of(member))["service"]["build"]
    return build


def test_a_member_is_built_at_the_root_by_its_lock(tmp_path: Path) -> None:
    text = text_of(mono(tmp_path / "mono") / "services" / "api")
    assert edits_of(text) == []
    assert read_back(text)["service"]["build"] == {
        "needs": ["node", "npm"],
        "root": "../..",
        "inputs": ["."],
        "fetch": [["npm", "ci", "--omit", "dev", "--no-audit", "--no-fund"]],
        "commands": [["cp", "-R", ".", "{out}/app"]],
        "artefact": "app/services/api/src/index.js",
        "more": ["app"],
    }


def test_members_that_it_needs_are_compiled_before_it(tmp_path: Path) -> None:
    compiled = {"scripts": {"build": "tsc"}}
    changed = {
        "packages/util/package.json": {**FILES["packages/util/package.json"], **compiled},
        "packages/base/package.json": {**FILES["packages/base/package.json"], **compiled},
        "services/api/package.json": {**API, "scripts": {"build": "tsc", "start": "node dist/index.js"}},
    }
    build = build_of(mono(tmp_path / "mono", **changed) / "services" / "api")
    assert build["fetch"] == [["npm", "ci", "--no-audit", "--no-fund"]]
    members = ["packages/base", "packages/util", "services/api"]
    assert build["commands"][:-1] == [["npm", "--workspace", member, "run", "build"] for member in members]
    assert build["artefact"] == "app/services/api/dist/index.js"


def test_pnpm_and_yarn_have_their_own_ways(tmp_path: Path) -> None:
    compiled = {**FILES["packages/util/package.json"], "scripts": {"build": "tsc"}}
    changed: dict[str, Any] = {
        "package.json": {"workspaces": None},
        "pnpm-workspace.yaml": "packages: ['packages/*', 'services/**']\n",
    }
    changed |= {"package-lock.json": None, "pnpm-lock.yaml": "", "packages/util/package.json": compiled}
    build = build_of(mono(tmp_path / "pnpm", **changed) / "services" / "api")
    assert build["fetch"] == [["pnpm", "install", "--frozen-lockfile"]]
    assert build["commands"][0] == ["pnpm", "--dir", "packages/util", "run", "build"]
    changed |= {"pnpm-workspace.yaml": "", "pnpm-lock.yaml": None, "yarn.lock": ""}
    changed |= {"package.json": {"workspaces": {"packages": ["packages/*", "./services/*"]}}}
    build = build_of(mono(tmp_path / "yarn", **changed) / "services" / "api")
    assert build["commands"][0] == ["yarn", "--cwd", "packages/util", "run", "build"]


def test_a_workspace_without_a_lock_is_a_line_to_edit(tmp_path: Path) -> None:
    ((_, what),) = edits_of(text_of(mono(tmp_path / "mono", **{"package-lock.json": None}) / "services" / "api"))
    assert what.startswith("there is no package-lock.json in ../..: two builds may get different packages")


def test_what_is_no_member_or_has_a_lock_and_no_siblings_is_built_where_it_is(tmp_path: Path) -> None:
    place = mono(tmp_path / "mono", **{"services/old/src/index.js": SOURCE})
    assert "root" not in build_of(place / "services" / "old")
    alone = {"services/api/package.json": {**API, "dependencies": {"express": "^4"}}, "services/api/package-lock.json": {}}
    assert "root" not in build_of(mono(tmp_path / "alone", **alone) / "services" / "api")


def test_a_start_that_npm_makes_is_the_member_s(tmp_path: Path) -> None:
    changed = {"services/api/package.json": {**API, "scripts": {"start": "next start"}}}
    start = read_back(text_of(mono(tmp_path / "mono", **changed) / "services" / "api"))["service"]["start"]
    assert start["command"] == ["npm", "--prefix", "{built}/app/services/api", "start"]


def test_at_the_root_the_members_that_start_are_named(tmp_path: Path) -> None:
    with pytest.raises(Error, match=r"nothing that starts: .*; run primebench init in a member that has one: services/api$"):
        recognise(read_folder(mono(tmp_path / "mono")))


@pytest.mark.parametrize(
    ("folder", "pattern", "fits"),
    [
        ("packages/a", "packages/*", True),
        ("packages/a/b", "packages/*", False),
        ("packages/a/b", "packages/**", True),
        ("a/web", "**/web", True),
        ("web", "**/web", True),
        ("web", "we.", False),
    ],
)
def test_patterns_of_members_are_npm_s(folder: str, pattern: str, fits: bool) -> None:
    assert is_member(folder, [pattern]) is fits
