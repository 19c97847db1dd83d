"""Packages for another processor: unpacked into a folder by an apt that knows nothing of this system's packages."""

import os
import re
from pathlib import Path

import pytest

from loadgen.errors import Error
from loadgen.setup import foreign_packages
from loadgen.setup.foreign_packages import apt_options, missing, unpack_packages
from loadgen.setup.install import main
from loadgen.setup.requirements import aarch64_packages, aarch64_requirements, requirements

ROOT = Path(__file__).parents[2]

APT_GET = """#!/bin/sh
cd "${0%/*}/.."
echo "$@" >> calls
case "$*" in
  *update*) exit "$(cat update-exits)";;
  *install*)
    for option in "$@"; do case "$option" in Dir::Cache=*) cache="${option#Dir::Cache=}";; esac; done
    touch "$cache/archives/libfoo-dev_1_arm64.deb" "$cache/archives/libfoo1_1_arm64.deb" "$cache/archives/libc6_2_arm64.deb"
    echo "E: Unable to locate package libfoo-dev" >&2
    exit "$(cat install-exits)";;
esac
"""
DPKG_QUERY = """#!/bin/sh
echo libc6-arm64-cross
"""
DPKG_DEB = """#!/bin/sh
touch "$3/${2##*/}"
"""


@pytest.fixture
def apt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the file with the arguments of each call of apt-get, which finds libfoo-dev, libfoo1 and libc6."""
    for name, script in (("apt-get", APT_GET), ("dpkg-query", DPKG_QUERY), ("dpkg-deb", DPKG_DEB)):
        program = tmp_path / "bin" / name
        program.parent.mkdir(exist_ok=True)
        program.write_text(script)
        program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    calls = tmp_path / "calls"
    calls.touch()
    for name in ("update-exits", "install-exits"):
        (tmp_path / name).write_text("0")
    return calls


def unpacked(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_what_the_cross_compiler_brings_is_not_unpacked_again(apt: Path, tmp_path: Path) -> None:
    folder = tmp_path / "build" / "packages"
    unpack_packages(["libfoo-dev"], "arm64", folder)
    assert unpacked(folder) == ["libfoo-dev_1_arm64.deb", "libfoo1_1_arm64.deb", "made-from"]
    assert unpacked(folder.parent) == ["packages"], "nothing else is left"
    assert all(f"Dir::State={tmp_path}" in call and "APT::Architectures=arm64" in call for call in apt.read_text().splitlines())


def test_what_was_unpacked_is_not_downloaded_again(apt: Path, tmp_path: Path) -> None:
    unpack_packages(["libfoo-dev"], "arm64", tmp_path / "packages")
    apt.write_text("")
    unpack_packages(["libfoo-dev"], "arm64", tmp_path / "packages")
    assert apt.read_text() == ""


def test_other_packages_are_downloaded(apt: Path, tmp_path: Path) -> None:
    unpack_packages(["libfoo-dev"], "arm64", tmp_path / "packages")
    apt.write_text("")
    unpack_packages(["libfoo-dev", "libbar-dev"], "arm64", tmp_path / "packages")
    assert "libfoo-dev libbar-dev" in apt.read_text()


def test_packages_of_another_release_are_downloaded(apt: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    unpack_packages(["libfoo-dev"], "arm64", tmp_path / "packages")
    apt.write_text("")
    monkeypatch.setattr(foreign_packages, "_release", lambda: ["debian", "99"])
    unpack_packages(["libfoo-dev"], "arm64", tmp_path / "packages")
    assert "install" in apt.read_text()


@pytest.mark.usefixtures("apt")
def test_a_source_without_the_architecture_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "update-exits").write_text("100")
    unpack_packages(["libfoo-dev"], "arm64", tmp_path / "packages")
    assert "libfoo1_1_arm64.deb" in unpacked(tmp_path / "packages")


@pytest.mark.usefixtures("apt")
def test_no_source_with_the_architecture_is_one_line_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "install-exits").write_text("100")
    with pytest.raises(
        Error, match=r"no packages for arm64 here: E: Unable to locate package libfoo-dev; .*another archive, its ports"
    ):
        unpack_packages(["libfoo-dev"], "arm64", tmp_path / "packages")
    assert unpacked(tmp_path) == ["bin", "calls", "install-exits", "update-exits"], "a failure leaves nothing"


def test_a_package_is_known_by_its_name_alone() -> None:
    archives = [
        Path(name) for name in ("libc6_2.36-9+deb12u14_arm64.deb", "libc6-foo_1_arm64.deb", "linux-libc-dev_6.1_all.deb")
    ]
    assert missing(archives, {"libc6", "linux-libc-dev"}) == [Path("libc6-foo_1_arm64.deb")]


def test_apt_keeps_to_its_own_folder() -> None:
    options = apt_options("arm64", Path("/state"))
    for name in ("Dir::Cache", "Dir::State", "Dir::State::status"):
        assert any(option.startswith(f"{name}=/state/") for option in options)


def test_set_up_installs_neither_cross_compiler_nor_emulator() -> None:
    wanted = {aarch64_requirement.package for aarch64_requirement in aarch64_requirements()}
    assert wanted - {requirement.package for requirement in requirements()} == {"g++-aarch64-linux-gnu", "qemu-user"}


def test_the_sources_are_compiled_with_the_same_libraries_for_every_processor() -> None:
    native = {
        requirement.package
        for requirement in requirements()
        if requirement.package and requirement.package.startswith(("lib", "rapidjson", "nlohmann"))
    }
    assert set(aarch64_packages()) == native


def test_nothing_is_installed_on_a_machine_that_needs_no_emulator(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("loadgen.setup.install.platform.machine", lambda: "aarch64")
    with pytest.raises(Error, match="this machine is aarch64 itself; run: make test-cpp"):
        main(["aarch64"])


def test_the_tool_chain_looks_where_set_up_unpacks() -> None:
    toolchain = (ROOT / "cmake" / "aarch64-linux-gnu.cmake").read_text(encoding="utf-8")
    provision = (ROOT / "loadgen" / "setup" / "install.py").read_text(encoding="utf-8")
    looked_for = re.search(r"CMAKE_FIND_ROOT_PATH \$\{CMAKE_CURRENT_LIST_DIR\}/\.\./build/([\w-]+)\)", toolchain)
    assert looked_for is not None
    assert f'"build" / "{looked_for.group(1)}"' in provision
