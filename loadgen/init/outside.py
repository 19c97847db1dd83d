"""What the build files of a folder refer to outside of it: a build in a copy of the folder alone would not find that."""

import posixpath
import re
from collections.abc import Iterator, Mapping

from loadgen.init.folder import Folder

_PATH = re.compile(r'\bpath\s*=\s*"([^"]+)"')
_PACKAGE = {
    "package.json": re.compile(r'"(?:file|link|portal):([^"]+)"'),
    "tsconfig.json": re.compile(r'"extends"\s*:\s*"(\.[^"]+)"'),
}
_REFERENCES: Mapping[str, Mapping[str, re.Pattern[str]]] = {
    "Go": {"go.mod": re.compile(r"=>\s*(\.\S+)")},
    "Rust": {"Cargo.toml": _PATH},
    "Java": {"pom.xml": re.compile(r"<(?:relativePath|module)>\s*([^<]+?)\s*</")},
    "Python": {
        "pyproject.toml": _PATH,
        "requirements.txt": re.compile(r"^(?:-[erc]\s*|--\w+[ =])?(?:file:)?(\.\.[^\s;#\[]*)", re.MULTILINE),
    },
    "JavaScript": _PACKAGE,
    "TypeScript": _PACKAGE,
}
"""Language -> name of a build file -> its references to files beside it."""
_CMAKE = re.compile(r"(?:\$\{(\w+)\}/|(?<![\w./}+-]))((?:[\w.+-]+/)*\.\.(?:/[\w.+-]+)*)(?![\w.+-])")
_OF_ROOT = ("CMAKE_SOURCE_DIR", "PROJECT_SOURCE_DIR")
_OF_FILE = (None, "CMAKE_CURRENT_SOURCE_DIR", "CMAKE_CURRENT_LIST_DIR")


def outside(folder: Folder, language: str) -> dict[str, str]:
    """Return paths outside of the folder, as seen from it, each with the build file of the language that refers to it."""
    return {path: file for path, file in _references(folder, language) if path.split("/")[0] == ".."}


def _references(folder: Folder, language: str) -> Iterator[tuple[str, str]]:
    if language in ("C", "C++"):
        for file, text in folder.sources("CMakeLists.txt", ".cmake").items():
            for variable, path in _CMAKE.findall(re.sub(r"#.*", "", text)):
                if (variable or None) in _OF_FILE or variable in _OF_ROOT:
                    base = "" if variable in _OF_ROOT else posixpath.dirname(file)
                    yield posixpath.normpath(posixpath.join(base, path)), file
    for name, reference in _REFERENCES.get(language, {}).items():
        for file, text in folder.sources(name).items():
            for path in reference.findall(text):
                yield posixpath.normpath(posixpath.join(posixpath.dirname(file), path)), file


def root_above(folder: Folder, paths: Mapping[str, str]) -> tuple[str, str] | None:
    """Return the nearest folder that holds all paths, as seen from here, and the way back; None if no checkout has it."""
    depth = max(path.split("/").count("..") for path in paths)
    parts = folder.inside.split("/") if folder.inside else []
    return ("/".join([".."] * depth), "/".join(parts[-depth:])) if depth <= len(parts) else None


def outside_edit(paths: Mapping[str, str]) -> str:
    """Return what is to be looked at where a build needs more than its folder."""
    named = ", ".join(f"{file} refers to {path}" for path, file in paths.items())
    return (
        f"{named}, outside of this folder; only inputs are copied: name a folder that holds both as root, and inputs below it"
    )
