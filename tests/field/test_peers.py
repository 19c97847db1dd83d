"""Each peer passes its own tests, in its own language's way (test.sh in its folder), and keeps what it says of the contract."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from loadgen.config.service import Service, services_of

ROOT = Path(__file__).parents[2]
PEERS = {name: service for name, service in services_of(ROOT).items() if service.file.by_name}

SKIPPED = 77
"""The exit code of a test.sh that lacks something which is no program; its last line says what. As automake has it."""


@pytest.fixture(params=list(PEERS.values()), ids=list(PEERS))
def peer(request: pytest.FixtureRequest) -> Service:
    service: Service = request.param
    if missing := [tool for tool in service.file.build.needs if shutil.which(tool) is None]:
        pytest.skip(f"{service.name}: {missing[0]} not found")
    return service


def test_a_peer_passes_its_own_tests_and_verification(peer: Service) -> None:
    output = ROOT / "build" / "field" / peer.name
    output.mkdir(parents=True, exist_ok=True)
    own = _run(["sh", str(peer.folder / "test.sh"), str(output)])
    if own.returncode == SKIPPED:
        pytest.skip(f"{peer.name}: {own.stdout.splitlines()[-1]}")
    assert own.returncode == 0, own.stdout
    verified = _run([sys.executable, "-m", "primebench", "verify", peer.name])
    assert verified.returncode == 0, verified.stdout
    print(*(line for line in verified.stdout.splitlines() if line.startswith(peer.name)), sep="\n")


def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "PYTHON"))}
    return subprocess.run(
        command, cwd=ROOT, env=environment, check=False, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
