"""The wheel: the same bytes each time, and what it installs works without a checkout."""

import os
import shutil
import socket
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from tests.end_to_end.conftest import Place, place_in
from tests.patience import PATIENCE_S

ROOT = Path(__file__).parents[2]
HELLO = ROOT / "tests" / "hello"


def built(target: Path) -> Path:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(target)],
        cwd=ROOT,
        env=os.environ | {"SOURCE_DATE_EPOCH": "1700000000"},
        check=True,
        capture_output=True,
        timeout=PATIENCE_S,
    )
    (wheel,) = target.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory, wheel: Path) -> Path:
    """The program as installed, in an environment that has primebench from the wheel, and its packages from this one."""
    home = tmp_path_factory.mktemp("installed") / "venv"
    subprocess.run([sys.executable, "-m", "venv", str(home)], check=True, timeout=PATIENCE_S)
    pip = [str(home / "bin" / "python"), "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", str(wheel)]
    subprocess.run(pip, check=True, timeout=PATIENCE_S)
    (packages,) = home.glob("lib/python*/site-packages")
    (packages / "packages.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return home / "bin" / "primebench"


@pytest.fixture
def elsewhere(tmp_path: Path) -> Place:
    return place_in(tmp_path)


def run(program: Path, place: Place, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in place.environment.items() if name != "PYTHONPATH"}
    return subprocess.run(
        [str(program), *arguments], cwd=folder, env=environment, capture_output=True, text=True, timeout=PATIENCE_S, check=False
    )


def test_it_is_the_same_byte_for_byte(wheel: Path, tmp_path: Path) -> None:
    assert built(tmp_path).read_bytes() == wheel.read_bytes()


def test_it_measures_a_repository(program: Path, elsewhere: Place, tmp_path: Path) -> None:
    repository = tmp_path / "repository"
    shutil.copytree(HELLO, repository)
    done = run(program, elsewhere, repository, "run", "--profile", "smoke")
    assert (done.returncode, done.stderr) == (0, "")
    assert (repository / ".primebench" / "latest" / "report.html").is_file()


def test_it_has_the_benchmark_of_primes(program: Path, elsewhere: Place, tmp_path: Path) -> None:
    done = run(program, elsewhere, tmp_path, "list", "--example", "prime")
    assert (done.returncode, done.stderr) == (0, "")
    ours = subprocess.run(
        [sys.executable, "-m", "primebench", "list", "--example", "prime"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == ours.stdout
    example = next((program.parents[1]).glob("lib/python*/site-packages/primebench/examples/prime"))
    ours_of = {name: sorted(path.name for path in (ROOT / name).glob("*/*.toml")) for name in ("peers", "tasks")}
    assert {name: sorted(path.name for path in (example / name).glob("*/*.toml")) for name in ours_of} == ours_of
    assert {path.parent.name for path in (example / "tasks").glob("*/task.toml")} == {"json", "plaintext"}


def test_without_a_project_it_says_what_to_do(program: Path, elsewhere: Place, tmp_path: Path) -> None:
    done = run(program, elsewhere, tmp_path, "run")
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert line.endswith("primebench init writes one, and --example prime measures what comes with primebench")


def test_it_installs_itself_on_other_machines_from_its_wheel(
    program: Path, wheel: Path, elsewhere: Place, tmp_path: Path
) -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))  # and does not listen
        host = f'role = "machine"\naddress = "127.0.0.1"\nport = {bound.getsockname()[1]}\nknown_hosts = "known_hosts"\n'
        (tmp_path / "hosts.toml").write_text(f"schema = 1\n[hosts.anvil]\n{host}", encoding="utf-8")
        (tmp_path / "known_hosts").touch()
        without = run(program, elsewhere, tmp_path, "hosts", "check", "hosts.toml")
        reached = run(program, elsewhere, tmp_path, "hosts", "check", "hosts.toml", "--wheel", str(wheel))
    assert without.returncode == reached.returncode == 2
    assert without.stderr.startswith("primebench: this primebench does not run from a checkout: expected --wheel")
    assert reached.stderr.startswith("primebench: anvil: 127.0.0.1:")
    assert reached.stderr.endswith("; expected an ssh server\n")
