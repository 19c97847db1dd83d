"""Machines for campaigns, made once: installing on them takes longest. Two measure; a third one puts load on one of these."""

import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.cluster.campaigns import Campaign, Machines
from tests.cluster.hosts import Keys, ssh_host, write_hosts
from tests.cluster.networks import joined
from tests.cluster.traffic import keep_neighbours
from tests.unit.console import CONSOLE

NAMES = ["anvil", "bellows"]
THIRD = "hammer"


@pytest.fixture(scope="session")
def machines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machines]:
    folder = tmp_path_factory.mktemp("machines")
    keys = Keys(folder)
    with joined([*NAMES, THIRD]) as (controller, namespaces), ExitStack() as stack:
        hosts = [
            stack.enter_context(ssh_host(name, f"10.77.{number}.2", keys, folder / name, namespaces[name].command))
            for number, name in enumerate([*NAMES, THIRD])
        ]
        for number, name in enumerate(NAMES):
            own, others = f"10.77.{number}.2", f"10.77.{number}.1"
            keep_neighbours((namespaces[name], "data", own), (controller, f"to-{name}", others))
        keys.make_known(hosts)
        every = write_hosts(folder / "every.toml", hosts, keys, ["machine"] * len(hosts))
        command = [*controller.command, str(CONSOLE), "hosts", "install", str(every)]
        subprocess.run(command, check=True, capture_output=True)
        file = write_hosts(folder / "hosts.toml", hosts[: len(NAMES)], keys, ["machine"] * len(NAMES))
        idle = {name: namespace.processes() for name, namespace in namespaces.items()}
        yield Machines(controller, namespaces, hosts, keys, file, idle)


@pytest.fixture
def campaign(machines: Machines, tmp_path: Path) -> Campaign:
    return Campaign.made(machines, tmp_path)
