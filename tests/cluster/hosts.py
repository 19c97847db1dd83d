"""Hosts made of ssh servers, and the hosts.toml that names them."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncssh
import tomli_w

from tests.cluster.networks import Namespace
from tests.unit.sources import ROOT


@dataclass(frozen=True)
class MadeHost:
    """A host that can be reached, and its home folder."""

    name: str
    address: str
    port: int
    home: Path


class Keys:
    """A user's key and that of all hosts, as files in a folder."""

    def __init__(self, folder: Path) -> None:
        self.user, self.host, self.authorized = folder / "user", folder / "host", folder / "authorized_keys"
        self.known_hosts = folder / "known_hosts"
        user, host = (asyncssh.generate_private_key("ssh-ed25519") for _ in range(2))
        user.write_private_key(self.user)
        user.write_public_key(self.authorized)
        host.write_private_key(self.host)
        self._public = host.export_public_key().decode().strip()

    def make_known(self, hosts: Sequence[MadeHost]) -> None:
        """Write the file of known hosts."""
        lines = [f"[{host.address}]:{host.port} {self._public}\n" for host in hosts]
        self.known_hosts.write_text("".join(lines), encoding="utf-8")


@dataclass(frozen=True)
class Reached:
    """Hosts, the file that names them, and where commands for them run."""

    controller: Namespace
    namespaces: dict[str, Namespace]
    hosts: list[MadeHost]
    keys: Keys
    file: Path


@contextmanager
def ssh_host(
    name: str, address: str, keys: Keys, home: Path, within: Sequence[str] = (), variables: Mapping[str, str] | None = None
) -> Iterator[MadeHost]:
    """Serve as a host, by a command that begins with `within` and with further variables; it has ended when the block ends.

    What primebench needs is there already: its sessions find the packages that the tests run with. It has none of the variables
    for primebench that somebody set here: a cache is each host's own.
    """
    home.mkdir()
    own = {name: value for name, value in os.environ.items() if not name.startswith("PRIMEBENCH_")}
    packages = next(path for path in sys.path if path.endswith("site-packages"))
    program = [sys.executable, str(ROOT / "tests" / "cluster" / "ssh_host.py")]
    process = subprocess.Popen(
        [*within, *program, address, str(keys.host), str(keys.authorized)],
        cwd=home,
        env={**own, "PYTHONPATH": packages, **(variables or {})},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield MadeHost(name, address, int(process.stdout.readline()), home)
        finally:
            process.stdin.close()


@contextmanager
def ssh_hosts(addresses: Mapping[str, str], keys: Keys, folder: Path) -> Iterator[list[MadeHost]]:
    """Serve as hosts on addresses of this machine, and make them known."""
    with ExitStack() as stack:
        made = [stack.enter_context(ssh_host(name, address, keys, folder / name)) for name, address in addresses.items()]
        keys.make_known(made)
        yield made


def write_hosts(path: Path, hosts: Sequence[MadeHost], keys: Keys, roles: Sequence[str], **more: object) -> Path:
    """Write a hosts.toml; `more` are further keys of each host, or others in place of those it would have."""
    tables = {
        host.name: {
            "role": role,
            "address": host.address,
            "port": host.port,
            "key": str(keys.user),
            "known_hosts": str(keys.known_hosts),
            **more,
        }
        for host, role in zip(hosts, roles, strict=True)
    }
    path.write_text(tomli_w.dumps({"schema": 1, "hosts": tables}), encoding="utf-8")
    return path
