"""A limit of the shell's, or its umask: no exit code but those that are documented, and no rights that its own user lacks."""

import os
import resource
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.unit.console import OWN_FAULT, run, said
from tests.unit.run_folder import write_run_folder


def limit(number: int, value: int) -> Callable[[], None]:
    return lambda: resource.setrlimit(number, (value, value))


@pytest.mark.parametrize(
    "before",
    [
        pytest.param(limit(resource.RLIMIT_NOFILE, 6), id="ulimit -n 6"),
        pytest.param(limit(resource.RLIMIT_NOFILE, 16), id="ulimit -n 16"),
        pytest.param(limit(resource.RLIMIT_FSIZE, 0), id="ulimit -f 0"),
        pytest.param(limit(resource.RLIMIT_AS, 60 << 20), id="ulimit -v"),
        pytest.param(limit(resource.RLIMIT_STACK, 256 << 10), id="ulimit -s 256"),
        pytest.param(limit(resource.RLIMIT_CORE, 0), id="ulimit -c 0"),
    ],
)
@pytest.mark.parametrize("arguments", [["list"], ["doctor"], ["report", "run"]])
def test_a_limit_never_makes_a_regression(arguments: list[str], before: Callable[[], None], tmp_path: Path) -> None:
    write_run_folder(tmp_path / "run", "run", {"cpp": "C++"})
    done = run(*arguments, before=before, shell=f'cd "{tmp_path}"; exec "$@"')
    assert done.returncode in (0, 2)
    assert done.stdout or said(done)[-1].startswith("primebench: ")
    assert OWN_FAULT not in said(done)


@pytest.mark.parametrize("mask", [0o077, 0o000, 0o777])
def test_a_umask_takes_no_rights_from_its_own_user(mask: int, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    write_run_folder(folder, "run", {"cpp": "C++"})
    shutil.rmtree(folder / "plots", ignore_errors=True)
    assert run("report", str(folder), before=lambda: os.umask(mask)).returncode == 0
    assert {path.stat().st_mode & 0o600 for path in folder.rglob("*") if path.is_file()} == {0o600}
    assert (folder / "summary.json").stat().st_mode & 0o777 == 0o666 & ~(mask & 0o077)
