"""Commands that use other machines: the packages and the release that they need, and the cluster that `--cluster` names."""

import importlib.util
import shlex
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from loadgen.errors import Error
from primebench.output import echo

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from loadgen.campaign.session import CampaignSession
    from loadgen.cluster.engine import Cluster
    from loadgen.cluster.release import Release
    from loadgen.config.hosts import Host
    from loadgen.run.reporter import Reporter
    from primebench.project import Project

SCHEDULERS = ("tcp://", "tls://")
"""What the address of a scheduler begins with that is there already."""


@contextmanager
def released(hosts_file: Path, wheel: Path | None) -> "Iterator[tuple[Mapping[str, Host], Release]]":
    """Yield the hosts, and what each has to have; raise Error if asyncssh is missing."""
    from loadgen.cluster.release import make_release
    from loadgen.config.hosts import read_hosts

    named = read_hosts(hosts_file)
    check_packages("asyncssh", "which reaches other machines")
    with tempfile.TemporaryDirectory(prefix="primebench-wheel-") as folder:
        yield named, make_release(Path(folder), wheel, echo)


def check_packages(name: str, what: str) -> None:
    """Raise Error with the command that installs it, if a package of the extra `cluster` is missing."""
    from loadgen.cluster.release import LOCKS, lock

    if importlib.util.find_spec(name) is None:
        command = shlex.join([sys.executable, "-m", "pip", "install", "--require-hashes", "-r", str(lock(LOCKS[-1]))])
        raise Error(f"{name} not found, {what}; run: {command}")


@contextmanager
def cluster_named(named: str, wheel: Path | None) -> "Iterator[Cluster]":
    """Yield the machines of a hosts.toml, or those of a scheduler, connected; raise Error if they cannot be used."""
    check_packages("distributed", "the engine of --cluster")
    from loadgen.cluster.engine import joined_cluster, started_cluster

    if named.startswith(SCHEDULERS):
        if wheel is not None:
            raise Error("--wheel is for a hosts.toml: the workers of a scheduler have what they were started with")
        with joined_cluster(named) as cluster:
            yield cluster
        return
    with released(Path(named), wheel) as (hosts, release), started_cluster(hosts, release) as cluster:
        cluster.generators = tuple(name for name, host in hosts.items() if host.role == "generator")
        cluster.server_address = next((host.address for host in hosts.values() if host.role == "server"), "")
        yield cluster


def generator_hosts(named: str) -> list[str]:
    """Return the hosts of a hosts.toml that put the load on the server of another one; raise Error if it has machines, too."""
    from loadgen.config.hosts import read_hosts

    if named.startswith(SCHEDULERS):
        return []
    hosts = read_hosts(Path(named))
    generators = [name for name, host in hosts.items() if host.role == "generator"]
    if generators and (machines := [name for name, host in hosts.items() if host.role == "machine"]):
        raise Error(
            f"{named}: expected a server with its generators, or machines that measure whole rounds by themselves; "
            f"{machines[0]} is one of these: put them into two files"
        )
    for name, host in hosts.items() if generators else ():
        if ":" in host.address:
            raise Error(f"{named}: hosts.{name}.address: {host.address}: expected an IPv4 address: generators ask at no other")
    return generators


def campaign_session(project: "Project", results: Path, report: "Reporter", named: str) -> "CampaignSession":
    """Return the session of a campaign; a hosts.toml is named so that it is found from any folder."""
    check_packages("distributed", "the engine of --cluster")
    from loadgen.campaign.session import CampaignSession

    cluster = named if named.startswith(SCHEDULERS) else str(Path(named).absolute())
    return CampaignSession(project.folder, results, report, cluster)
