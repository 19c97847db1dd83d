"""What is wrong with a host: each fault is named, with what was expected and what to do."""

import ast
import importlib.util
import platform
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from loadgen.cluster.found import Clock, Found, faults_of
from loadgen.cluster.on_host import changed, digest, link_speed, of_network
from loadgen.cluster.release import Release
from loadgen.config.hosts import Host
from loadgen.errors import Error
from primebench.cli import cli
from tests.unit.sources import ROOT, modules, parsed, shown

HOST = Host(role="machine", address="10.0.0.1", cores=4)
EXACT = Clock(0.0, 0.0001)
WHEEL = "primebench-1.0-py3-none-any.whl"


@pytest.fixture
def release(tmp_path: Path) -> Release:
    files = {WHEEL: tmp_path / "wheel", "bin/oha": tmp_path / "oha"}
    for path in files.values():
        path.write_text(path.name, encoding="utf-8")
    return Release("1.0", "abc", files)


def found(release: Release, **others: Any) -> Found:
    """Return what is found of a host that has nothing wrong, but for the `others`."""
    right = {
        "python": platform.python_version(),
        "architecture": platform.machine(),
        "cores": 4,
        "address_is_here": True,
        "link_mbit_per_s": 10_000,
        "version": release.version,
        "commit": release.commit,
        "digests": release.digests,
    }
    return Found.model_validate(right | others)


def test_a_host_like_this_one_has_no_fault(release: Release) -> None:
    assert faults_of(HOST, found(release), EXACT, release) == []


def test_what_cannot_be_told_is_no_fault(release: Release) -> None:
    assert faults_of(HOST, found(release, link_mbit_per_s=None), EXACT, release) == []


@pytest.mark.parametrize(
    ("others", "fault"),
    [
        ({"python": "3.8.1"}, "its Python is 3.8.1; expected 3."),
        ({"architecture": "riscv64"}, "it is riscv64; expected "),
        ({"cores": 2}, "it offers 2 CPUs; expected 4, as hosts.toml says: see lscpu and nproc"),
        ({"address_is_here": False}, "10.0.0.1 is on none of its interfaces"),
        ({"link_mbit_per_s": 100}, "the link of 10.0.0.1 has 100 Mbit/s; expected at least 1,000"),
        ({"version": None, "digests": {}}, "primebench is not installed; run: primebench hosts install"),
        (
            {"digests": {"primebench-0.9-py3-none-any.whl": "12345678" * 8}, "version": "0.9"},
            "it has primebench 0.9 (commit abc,",
        ),
        ({"changed": ["a.py", "b.py", "c.py", "d.py"]}, "a.py, b.py, c.py and 1 more: changed since it was installed"),
        ({"not_started": {"oha": "libssl.so.3: not found"}}, "oha does not run: libssl.so.3: not found"),
    ],
)
def test_each_fault_is_named(release: Release, others: dict[str, Any], fault: str) -> None:
    (said,) = faults_of(HOST, found(release, **others), EXACT, release)
    assert said.startswith(fault)


def test_another_generator_is_named_and_a_missing_one(release: Release) -> None:
    wheel = {WHEEL: release.digests[WHEEL]}
    (other,) = faults_of(HOST, found(release, digests=wheel | {"bin/oha": "f" * 64}), EXACT, release)
    (missing,) = faults_of(HOST, found(release, digests=wheel), EXACT, release)
    assert other.startswith(f"bin/oha is ffffffff; expected {release.digests['bin/oha'][:8]}, as here")
    assert missing.startswith("bin/oha is not there; expected ")


def test_the_quickest_reading_tells_the_clock() -> None:
    clock = Clock.of([(0.0, 7.0, 4.0), (10.0, 12.5, 10.2), (20.0, 23.0, 22.0)])
    assert clock.ahead_s == pytest.approx(2.4)
    assert clock.uncertainty_s == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("clock", "fault"),
    [
        (Clock(2.0, 0.001), "its clock is 2,000 ms ahead of the one here; expected at most 100 ms"),
        (Clock(-2.0, 0.001), "its clock is 2,000 ms behind the one here"),
        (Clock(0.11, 0.005), "its clock is 110 ms ahead"),
        (Clock(2.0, 0.15), "a round trip takes 300 ms"),
    ],
)
def test_a_clock_that_is_off_is_a_fault(release: Release, clock: Clock, fault: str) -> None:
    (said,) = faults_of(HOST, found(release), clock, release)
    assert said.startswith(fault)


@pytest.mark.parametrize("clock", [Clock(0.099, 0.0), Clock(-0.11, 0.02), Clock(0.0, 0.1)])
def test_a_clock_that_may_be_right_is_none(release: Release, clock: Clock) -> None:
    assert faults_of(HOST, found(release), clock, release) == []


def test_an_address_is_looked_for_among_the_interfaces() -> None:
    assert of_network("127.0.0.1") == (True, "lo")
    assert of_network("192.0.2.1") == (False, None)  # RFC 5737: nobody's
    assert link_speed("lo") is None


def test_an_installed_file_that_was_changed_is_found(tmp_path: Path) -> None:
    packages = tmp_path / "venv" / "lib" / "python3.11" / "site-packages"
    (packages / "primebench-1.dist-info").mkdir(parents=True)
    (packages / "a.py").write_text("", encoding="utf-8")
    (packages / "b.py").write_text("changed", encoding="utf-8")
    empty = "sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"
    record = f"a.py,{empty},0\nb.py,{empty},0\nc.py,{empty},0\n../../../bin/primebench,{empty},9\na.pyc,,\n"
    (packages / "primebench-1.dist-info" / "RECORD").write_text(record, encoding="utf-8")
    assert changed(tmp_path) == ["b.py", "c.py"]
    assert changed(tmp_path / "venv") == ["all of primebench"]


def test_what_runs_on_a_host_needs_only_the_standard_library_of_an_old_python() -> None:
    (path,) = [path for path in modules("loadgen") if shown(path) == "loadgen/cluster/on_host.py"]
    ast.parse(path.read_text(encoding="utf-8"), feature_version=(3, 8))
    foreign = {
        (node.module or "").split(".")[0] if isinstance(node, ast.ImportFrom) else node.names[0].name
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Import | ast.ImportFrom)
    }
    assert foreign <= {*sys.stdlib_module_names}
    assert digest(path / "nothing") == ""


def test_without_what_reaches_hosts_it_says_how_to_install_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "hosts.toml").write_text('schema = 1\n[hosts.a]\nrole = "machine"\naddress = "10.0.0.1"\n', encoding="utf-8")
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    result = CliRunner().invoke(cli, ["hosts", "check", str(tmp_path / "hosts.toml")])
    assert isinstance(result.exception, Error)
    assert str(result.exception).startswith("asyncssh not found, which reaches other machines; run: ")
    assert str(result.exception).endswith(f" -m pip install --require-hashes -r {ROOT / 'requirements-cluster.lock'}")


def test_only_the_commands_for_other_machines_import_what_reaches_them() -> None:
    script = "import sys, primebench.cli, primebench.commands.run, loadgen.run.session; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert {"asyncssh", "distributed", "dask"} & set(done.stdout.split()) == set()
    importing = [path for path in modules("loadgen", "analysis", "primebench") if "import asyncssh" in path.read_text("utf-8")]
    assert {shown(path.parent) for path in importing} == {"loadgen/cluster"}
