"""Versions, as vendors print them."""

import os
from pathlib import Path

import pytest

from loadgen.setup.requirements import Finding, Requirement, requirements
from loadgen.setup.version import candidate_version, numbers, version_in


@pytest.mark.parametrize(
    ("printed", "version"),
    [
        ("gcc (Ubuntu 13.2.0-23ubuntu4) 13.2.0\nCopyright (C) 2023", "13.2.0"),
        ("g++ (Debian 14.2.0-19) 14.2.0", "14.2.0"),
        ("Apple clang version 16.0.0 (clang-1600.0.26.3)", "16.0.0"),
        ("Ubuntu clang version 19.1.7 (++20250114103320+cd708029e0b2-1~exp1~20250114103432.75)", "19.1.7"),
        ("cmake version 3.31.6-msvc\n\nCMake suite maintained and supported by Kitware", "3.31.6"),
        ("go version go1.26.8 linux/amd64", "1.26.8"),
        ("go version go1.26rc1 linux/amd64", "1.26"),
        ("go version devel go1.27-1a2b3c4 Mon Jan 2 15:04:05 2026 +0000 linux/amd64", "1.27"),
        ("go version devel +3f2a1b4c Mon Jan 2 2026 linux/amd64", None),
        ("rustc 1.95.0-nightly (abcdef123 2026-01-01)", "1.95.0"),
        ("cargo 1.95.0 (f2d3ce0bd 2026-03-21)", "1.95.0"),
        ("git version 2.39.5 (Apple Git-154)", "2.39.5"),
        ("git-Version 2.39.5", "2.39.5"),
        ("setpriv from util-linux 2.38.1", "2.38.1"),
        ("BusyBox v1.36.1 (2023-11-07 18:53:09 UTC) multi-call binary.", "1.36.1"),
        ("valgrind-3.24.0.GIT", "3.24.0"),
        ("Google Chrome 131.0.6778.85 ", "131.0.6778.85"),
        ("info: 2 components are missing\ncargo 1.90.0 (840b83a10 2025-07-30)", "1.90.0"),
        ("v20.20.2", "20.20.2"),
        ("14", "14"),
        ("", None),
        ("no version here, 5 things", None),
    ],
)
def test_the_version_is_found_whatever_stands_around_it(printed: str, version: str | None) -> None:
    assert version_in(printed) == version


def test_numbers_are_those_that_a_version_begins_with() -> None:
    assert numbers("3.31.6-msvc") == (3, 31, 6)
    assert numbers("go version devel +3f2a1b4c") == ()


@pytest.fixture
def cargo() -> Requirement:
    (found,) = (requirement for requirement in requirements() if requirement.name == "cargo")
    return found


def verdict(cargo: Requirement) -> str:
    return Finding(cargo, cargo.find()).verdict


def write(folder: Path, script: str) -> None:
    (folder / "cargo").write_text(f"#!/bin/sh\n{script}\n")
    (folder / "cargo").chmod(0o755)


def test_a_program_is_missing_too_old_or_there(cargo: Requirement, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert verdict(cargo) == "missing"
    write(tmp_path, "echo cargo 1.50.0")
    assert verdict(cargo) == "1.50.0 is too old; expected 1.89 or newer"
    write(tmp_path, "echo cargo 1.95.0 >&2")
    assert verdict(cargo) == "1.95.0"


@pytest.mark.parametrize(
    ("script", "printed"),
    [
        ("exit 0", "nothing"),
        ("echo error: no default toolchain is configured, 1.95.0 is installed >&2; exit 1", "error: no default toolchain"),
        ("printf '\\377\\n'", "\ufffd"),
    ],
)
def test_a_program_that_is_there_and_says_no_version_is_not_called_missing(
    cargo: Requirement, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, printed: str
) -> None:
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}/usr/bin")
    write(tmp_path, script)
    assert verdict(cargo).startswith(f"there, but its version cannot be read (it prints '{printed}")
    assert not Finding(cargo, cargo.find()).ok


def test_a_file_that_is_no_program_is_said_to_be_so(
    cargo: Requirement, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / "cargo").write_bytes(b"\x7fELF")
    (tmp_path / "cargo").chmod(0o755)
    assert "its version cannot be read" in verdict(cargo)


def test_the_version_of_a_package_is_read_from_its_control_fields() -> None:
    assert candidate_version("Package: libboost-dev\nVersion: 1.83.0.2+b2\nPriority: optional\n") == (1, 83, 0, 2)
    assert candidate_version("Package: a\nVersion: 1:1.81.0\n") == (1, 81, 0)
    assert candidate_version("N: Unable to locate package libboost-dev\n") == ()


@pytest.mark.parametrize(
    ("machine", "archive"), [("x86_64", "linux-amd64"), ("aarch64", "linux-arm64"), ("ppc64le", "linux-ppc64le")]
)
def test_go_is_installed_for_the_processor_of_this_machine(machine: str, archive: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("loadgen.setup.requirements.platform.machine", lambda: machine)
    (go,) = (requirement for requirement in requirements() if requirement.name == "go")
    assert f".{archive}.tar.gz" in go.install
