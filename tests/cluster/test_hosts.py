"""`primebench hosts` as a user runs it, on hosts with networks of their own; root only.

Each host has this machine's processor and clock, and the packages that the tests run with: pip finds them and fetches nothing.
"""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from tests.cluster.hosts import Keys, Reached, ssh_host, write_hosts
from tests.cluster.networks import Namespace, joined
from tests.patience import PATIENCE_S, awaited
from tests.unit.console import CONSOLE

NAMES = ["anvil", "hammer"]


class Cluster(Reached):
    """Hosts on which commands of `primebench hosts` work."""

    def command(self, name: str, file: Path | None = None) -> list[str]:
        return [*self.controller.command, str(CONSOLE), "hosts", name, str(file or self.file)]

    def run(self, name: str, file: Path | None = None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(self.command(name, file), capture_output=True, text=True, timeout=PATIENCE_S, check=False)

    @contextmanager
    def installing(self, file: Path) -> Iterator[subprocess.Popen[str]]:
        """Install meanwhile, from where the installation has begun."""
        with subprocess.Popen(
            self.command("install", file), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            assert any("installing" in line for line in process.stdout)
            yield process

    def of_one(self, folder: Path) -> Path:
        """Return a file that names the first host alone."""
        return write_hosts(folder / "hosts.toml", self.hosts[:1], self.keys, ["machine"])


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    keys = Keys(tmp_path)
    with joined(NAMES) as (controller, namespaces), ExitStack() as stack:
        hosts = [
            stack.enter_context(ssh_host(name, f"10.77.{number}.2", keys, tmp_path / name, namespaces[name].command))
            for number, name in enumerate(NAMES)
        ]
        keys.make_known(hosts)
        file = write_hosts(tmp_path / "hosts.toml", hosts, keys, ["server", "generator"])
        yield Cluster(controller, namespaces, hosts, keys, file)


def test_a_check_says_what_to_do_until_nothing_is_left_to_do(cluster: Cluster) -> None:
    before = cluster.run("check")
    assert before.returncode == 2
    assert before.stderr.splitlines() == [
        f"primebench: {name}: primebench is not installed; run: primebench hosts install" for name in NAMES
    ]
    installed = cluster.run("install")
    assert (installed.returncode, installed.stderr) == (0, "")
    assert {"anvil: installed", "hammer: installed"} <= set(installed.stdout.splitlines())
    after = cluster.run("check")
    assert (after.returncode, after.stderr) == (0, "")
    rows = re.findall(r"^ (\w+) +(10\.77\.\d\.2) +\d+ +(10,000) .* ([0-9a-f]{8}) *$", after.stdout, re.MULTILINE)
    assert [(name, address) for name, address, *_ in rows] == [("anvil", "10.77.0.2"), ("hammer", "10.77.1.2")]
    assert len({wheel for *_, wheel in rows}) == 1

    (module,) = cluster.hosts[0].home.rglob("primebench/cli.py")
    module.write_text("changed", encoding="utf-8")
    (generator,) = cluster.hosts[1].home.rglob("bin/primebench-load")
    generator.write_bytes(b"another")
    changed = cluster.run("check")
    assert changed.returncode == 2
    first, second = changed.stderr.splitlines()
    assert first == "primebench: anvil: primebench/cli.py: changed since it was installed; run: primebench hosts install"
    assert re.fullmatch(
        r"primebench: hammer: bin/primebench-load is [0-9a-f]{8}; expected [0-9a-f]{8}, as here: run: .*", second
    )

    assert cluster.run("install").returncode == 0
    assert cluster.run("check").returncode == 0
    again = cluster.run("install")
    assert sorted(again.stdout.splitlines()[-2:]) == ["anvil: has it already", "hammer: has it already"]


def test_a_host_without_a_route_is_named_and_the_other_is_told_of(cluster: Cluster) -> None:
    cluster.namespaces["hammer"].ip("link", "set", "data", "down")
    done = cluster.run("check")
    assert done.returncode == 2
    first, second = done.stderr.splitlines()
    assert first.startswith("primebench: anvil: primebench is not installed")
    assert second.startswith(f"primebench: hammer: 10.77.1.2:{cluster.hosts[1].port}: ")
    assert second.endswith("; expected an ssh server")


LISTENING = """
import socket, sys
with socket.create_server((sys.argv[1], 0)) as server:
    print(server.getsockname()[1], flush=True)
    while True:
        client = server.accept()[0]
        if sys.argv[2] == "a website":
            client.sendall(b"HTTP/1.1 400 Bad Request\\r\\nContent-Length: 0\\r\\n\\r\\n")
            client.close()
"""


@contextmanager
def listening(within: Namespace, address: str, what: str) -> Iterator[int]:
    """Listen at an address as another program than ssh's server does; yield the port."""
    command = [*within.command, sys.executable, "-c", LISTENING, address, what]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield int(process.stdout.readline())
        finally:
            process.kill()


def test_a_port_that_another_program_has_is_named(cluster: Cluster, tmp_path: Path) -> None:
    anvil, hammer = (cluster.namespaces[name] for name in NAMES)
    with listening(anvil, "10.77.0.2", "a website") as first, listening(hammer, "10.77.1.2", "silence") as second:
        hosts = [replace(host, port=port) for host, port in zip(cluster.hosts, (first, second), strict=True)]
        done = cluster.run("check", write_hosts(tmp_path / "other.toml", hosts, cluster.keys, ["server", "generator"]))
    assert done.returncode == 2
    website, silence = done.stderr.splitlines()
    assert website.startswith(f"primebench: anvil: 10.77.0.2:{first}: ")
    assert website.endswith("; expected an ssh server")
    assert silence == f"primebench: hammer: 10.77.1.2:{second}: no answer within 20 s; expected an ssh server"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_an_installation_that_is_ended_leaves_nothing_half(cluster: Cluster, number: signal.Signals, tmp_path: Path) -> None:
    file = cluster.of_one(tmp_path)
    serving = cluster.namespaces["anvil"].processes()
    with cluster.installing(file) as process:
        process.send_signal(number)
        _, said = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == (130 if number == signal.SIGINT else -number)
    assert said.strip().startswith("primebench: interrupted" if number == signal.SIGINT else "")
    awaited(lambda: cluster.namespaces["anvil"].processes() <= serving, "the end of what it had started on the host")
    releases = cluster.hosts[0].home / ".local" / "share" / "primebench" / "releases"
    for draft in releases.glob("*.draft"):  # of one that was ended before the host began
        os.utime(draft, (0, 0))
    assert cluster.run("install", file).returncode == 0
    assert list(releases.glob("*.draft")) == []
    assert cluster.run("check", file).returncode == 0


def test_a_host_that_is_lost_meanwhile_is_one_line(cluster: Cluster, tmp_path: Path) -> None:
    file = cluster.of_one(tmp_path)
    (server,) = cluster.namespaces["anvil"].processes()
    with cluster.installing(file) as process:
        os.kill(server, signal.SIGKILL)
        _, said = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 2
    (line,) = said.splitlines()
    assert line.startswith(f"primebench: anvil: 10.77.0.2:{cluster.hosts[0].port}: the connection ended: ")
