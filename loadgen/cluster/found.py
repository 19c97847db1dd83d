"""What is found of a host, and what is wrong with it. Pure."""

import platform
import sys
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from loadgen.cluster.release import SHOWN_DIGITS, Release
from loadgen.config.hosts import Host
from loadgen.strict import Strict

CLOCKS_AGREE_S = 0.1
"""A common start is told by the clock: half of the shortest warm-up that primebench's own profiles have."""
LEAST_LINK_MBIT_PER_S = 1_000
"""Slower links are full before a cheap service is: 100 Mbit/s are 60,000 responses of 200 bytes a second."""
SHOWN_FILES = 3


class Clock(NamedTuple):
    """How far the host's clock is ahead of the one here, in seconds; the truth is at most the uncertainty away."""

    ahead_s: float
    uncertainty_s: float

    @classmethod
    def of(cls, readings: Iterable[tuple[float, float, float]]) -> "Clock":
        """Return it of readings of the clock here, the host's, and here again: the quickest tells most."""
        before, there, after = min(readings, key=lambda reading: reading[2] - reading[0])
        return cls(there - (before + after) / 2, (after - before) / 2)


class Found(Strict):
    """What a look at a host found; of a release only where one is there."""

    python: str
    """The version that a release would get."""
    architecture: str
    """As `uname -m` says it."""
    cores: int
    """CPUs that a program may use."""
    address_is_here: bool
    """Whether the address is one of the host's interfaces."""
    link_mbit_per_s: int | None
    """The speed of that interface, if its driver tells."""
    version: str | None = None
    """Of the release that is there."""
    commit: str | None = None
    """What it was built from."""
    digests: dict[str, str] = {}
    """The SHA-256 of each of its files."""
    changed: list[str] = []
    """Installed files that are not those of its wheel."""
    not_started: dict[str, str] = {}
    """Generators that do not run, with the reason."""


def faults_of(host: Host, found: Found, clock: Clock, release: Release) -> list[str]:
    """Return what keeps the host from measuring with others, each with what to do."""
    return [*faults_of_platform(found), *_of_machine(host, found), *_of_clock(clock), *faults_of_release(found, release)]


def faults_of_platform(found: Found) -> list[str]:
    """Return why a release that is made here could not run there."""
    faults = []
    here = f"{sys.version_info.major}.{sys.version_info.minor}"
    if not found.python.startswith(f"{here}."):
        faults.append(f"its Python is {found.python}; expected {here}, as here: install python{here}")
    if found.architecture != platform.machine():
        faults.append(f"it is {found.architecture}; expected {platform.machine()}, as here: the generators are copied")
    return faults


def _of_machine(host: Host, found: Found) -> list[str]:
    faults = []
    if not found.address_is_here:
        faults.append(f"{host.address} is on none of its interfaces; expected its own address in the data network")
    if host.cores is not None and found.cores < host.cores:
        faults.append(f"it offers {found.cores} CPUs; expected {host.cores}, as hosts.toml says: see lscpu and nproc")
    if found.link_mbit_per_s is not None and found.link_mbit_per_s < LEAST_LINK_MBIT_PER_S:
        expected = f"expected at least {LEAST_LINK_MBIT_PER_S:,}: see cable and switch, and ethtool"
        faults.append(f"the link of {host.address} has {found.link_mbit_per_s:,} Mbit/s; {expected}")
    return faults


def _of_clock(clock: Clock) -> list[str]:
    limit = f"{CLOCKS_AGREE_S * 1e3:g} ms"
    if clock.uncertainty_s > CLOCKS_AGREE_S:
        return [f"a round trip takes {clock.uncertainty_s * 2e3:,.0f} ms; expected less than twice {limit}, to tell its clock"]
    if abs(clock.ahead_s) - clock.uncertainty_s > CLOCKS_AGREE_S:
        way = "ahead of" if clock.ahead_s > 0 else "behind"
        return [
            f"its clock is {abs(clock.ahead_s) * 1e3:,.0f} ms {way} the one here; expected at most {limit}: "
            "let chrony or systemd-timesyncd set both (timedatectl)"
        ]
    return []


def faults_of_release(found: Found, release: Release) -> list[str]:
    """Return in what the release on the host differs from that here, each with what to do."""
    install = "run: primebench hosts install"
    if found.version is None:
        return [f"primebench is not installed; {install}"]
    if wheel_of(found.digests) != wheel_of(release.digests):
        there, here = (_in_words(host.version, host.commit, host.digests) for host in (found, release))
        return [f"it has primebench {there}; expected {here}, as here: {install}"]
    faults = [
        f"{name} is {_short(found.digests.get(name, ''))}; expected {_short(release.digests.get(name, ''))}, as here: {install}"
        for name in sorted(found.digests.keys() | release.digests.keys())
        if found.digests.get(name) != release.digests.get(name)
    ]
    if found.changed:
        more = f" and {len(found.changed) - SHOWN_FILES} more" if len(found.changed) > SHOWN_FILES else ""
        faults.append(f"{', '.join(found.changed[:SHOWN_FILES])}{more}: changed since it was installed; {install}")
    failures = sorted(found.not_started.items())
    return faults or [f"{name} does not run: {why}; install what it needs there" for name, why in failures]


def wheel_of(digests: Mapping[str, str]) -> str:
    """Return the digest of the wheel among the files of a release; empty without one."""
    return next((digest for name, digest in digests.items() if name.endswith(".whl")), "")


def _in_words(version: str | None, commit: str | None, digests: Mapping[str, str]) -> str:
    return f"{version} ({f'commit {commit}, ' if commit else ''}wheel {_short(wheel_of(digests))})"


def _short(digest: str) -> str:
    return digest[:SHOWN_DIGITS] or "not there"
