"""Installing a release on all hosts at the same time."""

import asyncio
import json
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import asyncssh

from loadgen.cluster.connect import HostError, asking, connected
from loadgen.cluster.examine import look
from loadgen.cluster.found import faults_of_platform, faults_of_release
from loadgen.cluster.on_host import RELEASES
from loadgen.cluster.release import Release
from loadgen.config.hosts import Host
from loadgen.errors import Error
from loadgen.generator.generator import Say


class Copied(NamedTuple):
    """What goes to a host: the release, and the wheels of what it needs if the host is not to fetch those itself."""

    release: Release
    wheels: Sequence[Path]


def found_wheels(folder: Path | None) -> list[Path]:
    """Return the wheels in a folder; none without a folder. Raise Error if it has none."""
    if folder is None:
        return []
    wheels = sorted(folder.glob("*.whl"))
    if not wheels:
        raise Error(f"{folder}: expected a folder with wheels, as of: pip download -d {folder} -r requirements.lock")
    return wheels


async def install_all(hosts: Mapping[str, Host], copied: Copied, say: Say) -> list[str]:
    """Install where it is missing or differs, all at once, and say of each host how it went; return the faults."""
    faults = await asyncio.gather(*(_installed(name, host, copied, say) for name, host in hosts.items()))
    return [fault for fault in faults if fault]


async def _installed(name: str, host: Host, copied: Copied, say: Say) -> str:
    """Install on one host; return what failed."""
    try:
        async with connected(name, host) as connection:
            async with asking(name, connection) as asked:
                found = await look(name, host, copied.release, asked)
            if unfit := faults_of_platform(found):
                return f"{name}: {unfit[0]}"
            if not faults_of_release(found, copied.release):
                say(f"{name}: has it already")
                return ""
            draft = f"{copied.release.name}.{secrets.token_hex(4)}.draft"
            await _copy(name, connection, copied, RELEASES / draft)
            say(f"{name}: copied; installing (about a minute)")
            wanted = {"do": "install", "release": copied.release.name, "draft": draft, "manifest": copied.release.manifest}
            async with asking(name, connection) as asked:
                await asked.ask(json.dumps(wanted), within_s=None)
            async with asking(name, connection) as asked:
                left = faults_of_release(await look(name, host, copied.release, asked), copied.release)
    except HostError as error:
        return str(error)
    say(f"{name}: {'installed, but ' + left[0] if left else 'installed'}")
    return f"{name}: {left[0]}" if left else ""


async def _copy(name: str, connection: asyncssh.SSHClientConnection, copied: Copied, draft: Path) -> None:
    folder = PurePosixPath(draft)
    files = {folder / target: path for target, path in copied.release.files.items()}
    files |= {folder / "wheels" / path.name: path for path in copied.wheels}
    try:
        async with connection.start_sftp_client() as sftp:
            for parent in sorted({target.parent for target in files}):
                await sftp.makedirs(str(parent), exist_ok=True)
            for target, path in files.items():
                await sftp.put(str(path), str(target))
    except (asyncssh.SFTPError, asyncssh.ChannelOpenError) as error:
        raise HostError(f"{name}: could not be copied to: {error}; expected room below ~/.local/share, and SFTP") from error
