"""Build files that refer to what lies outside of their folder, which a copy of the folder alone does not have."""

from pathlib import Path
from typing import Any

import pytest

from loadgen.init.folder import Folder, read_folder
from loadgen.init.outside import outside
from loadgen.init.project import project_text
from loadgen.init.recognise import recognise
from loadgen.init.requests import ROOT
from loadgen.init.toml import edits_of
from tests.samples import read_back, repository

GO = 'package main\nfunc main() { http.ListenAndServe(os.Getenv("PORT"), nil) }\n'
CMAKE = "project(web CXX)\nadd_executable(web main.cpp)\ntarget_include_directories(web PRIVATE {})\n"
MAIN = "int main(int argc, char** argv) { int port = atoi(argv[1]); listen(port, 1); }"


def build_of(folder: Folder) -> tuple[dict[str, Any], list[str]]:
    text = project_text(recognise(folder), ROOT)
    return read_back(text)["service"]["build"], [what for _, what in edits_of(text)]


@pytest.mark.parametrize(
    ("reference", "root", "way"),
    [
        ("${CMAKE_CURRENT_SOURCE_DIR}/../third_party", "..", "server"),
        ("../third_party", "..", "server"),
        ('"${CMAKE_SOURCE_DIR}/../../include"', "../..", "apps/server"),
        ("$<BUILD_INTERFACE:${CMAKE_CURRENT_LIST_DIR}/../third_party>", "..", "server"),
    ],
)
def test_cmake_that_refers_to_a_folder_above_is_built_from_there(reference: str, root: str, way: str, tmp_path: Path) -> None:
    place = tmp_path / "apps" / "server"
    files = {"apps/server/CMakeLists.txt": CMAKE.format(reference), "apps/server/main.cpp": MAIN, "apps/third_party/a.h": ""}
    repository(tmp_path, **files)
    build, edits = build_of(read_folder(place))
    assert (build["root"], build["inputs"], edits) == (root, ["."], [])
    assert build["commands"][0][:3] == ["cmake", "-S", way]


@pytest.mark.parametrize(
    "reference", ["include", "src/../include", "${CMAKE_BINARY_DIR}/../made", "$ENV{HOME}/../a", "a..b # ../not", "..."]
)
def test_cmake_that_refers_to_nothing_above_is_built_where_it_is(reference: str) -> None:
    build, edits = build_of(Folder("place", {"CMakeLists.txt": CMAKE.format(reference), "main.cpp": MAIN}, "apps/place"))
    assert ("root" in build, edits, build["commands"][0][:3]) == (False, [], ["cmake", "-S", "."])


def test_a_reference_out_of_the_checkout_is_a_line_to_edit() -> None:
    _, edits = build_of(Folder("place", {"CMakeLists.txt": CMAKE.format("../third_party"), "main.cpp": MAIN}))
    assert edits == [
        "CMakeLists.txt refers to ../third_party, outside of this folder; only inputs are copied: "
        "name a folder that holds both as root, and inputs below it"
    ]


def test_other_build_files_that_refer_to_a_folder_above_are_a_line_to_edit() -> None:
    module = "module x\nreplace example.com/shared => ../shared\n"
    text = project_text(recognise(Folder("place", {"go.mod": module, "main.go": GO}, "apps/place")), ROOT)
    ((number, what),) = edits_of(text)
    assert text.split("\n")[number - 1].startswith("inputs = ")
    assert what.startswith("go.mod refers to ../shared, outside of this folder")


@pytest.mark.parametrize(
    ("language", "file", "text", "path"),
    [
        ("Rust", "Cargo.toml", 'core = { path = "../core" }', "../core"),
        ("Rust", "api/Cargo.toml", 'core = { path = "../core" }', ""),
        ("Java", "pom.xml", "<parent><relativePath>../pom.xml</relativePath></parent>", "../pom.xml"),
        ("Java", "web/pom.xml", "<parent><relativePath>../pom.xml</relativePath></parent>", ""),
        ("Python", "requirements.txt", "flask\n-e ../lib[all]\n", "../lib"),
        ("Python", "pyproject.toml", 'lib = { path = "../lib" }', "../lib"),
        ("JavaScript", "package.json", '{"dependencies": {"lib": "file:../lib"}}', "../lib"),
        ("TypeScript", "tsconfig.json", '{"extends": "../tsconfig.base.json"}', "../tsconfig.base.json"),
        ("Go", "go.mod", "replace a => ./inside\nreplace b => example.com/b v1.0.0", ""),
    ],
)
def test_each_language_has_its_own_references(language: str, file: str, text: str, path: str) -> None:
    assert outside(Folder("place", {file: text}), language) == ({path: file} if path else {})
