"""What primebench does on a host before it is there: sent over ssh, and run by the host's own Python.

Standard library only, and nothing newer than Python 3.8, so that an older one can say what it is. It reads what is wanted, a
line of JSON, and prints a line; after a look it prints its clock for each line that comes.
"""

from __future__ import annotations

import base64
import csv
import fcntl
import hashlib
import json
import os
import platform
import shutil
import socket
import struct
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

RELEASES = Path(".local", "share", "primebench", "releases")
"""Below the user's home: a folder for each release, by the digest of its files."""
MANIFEST = "manifest.json"
"""Written last: a release that has it is whole."""
ABANDONED_S = 3600.0
"""A draft of this age is one that nobody works on any more."""
STARTED_WITHIN_S = 60.0
SIOCGIFADDR = 0x8915
KEPT = ("HOME", "PATH", "PYTHONPATH", "TMPDIR", "USER", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE")
KEPT_OF_PIP = ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_NO_INDEX", "PIP_FIND_LINKS", "PIP_CERT")
KEPT_OF_PROXIES = ("http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")
"""What programs that are started here get of the host's variables: where things are, and where pip finds packages."""
OWN = {"LC_ALL": "C.UTF-8", "PIP_USER": "0", "PIP_REQUIRE_VIRTUALENV": "0", "PIP_DRY_RUN": "0"}


def main() -> None:
    """Answer what standard input asks for."""
    wanted = json.loads(sys.stdin.readline())
    try:
        os.chdir(Path.home())
        answer(look(wanted) if wanted["do"] == "look" else install(wanted))
    except (OSError, ValueError) as error:
        answer({"error": str(error)})
    while wanted["do"] == "look" and sys.stdin.readline():
        answer(time.time_ns())


def answer(value: object) -> None:
    """Print it as a line of JSON."""
    print(json.dumps(value), flush=True)


def look(wanted: dict[str, Any]) -> dict[str, Any]:
    """Return what the host is, and what it has of the wanted release, or else of the newest one."""
    here, interface = of_network(wanted["address"])
    host = {
        "python": platform.python_version(),
        "architecture": platform.machine(),
        "cores": len(os.sched_getaffinity(0)),
        "address_is_here": here,
        "link_mbit_per_s": link_speed(interface) if interface else None,
    }
    whole = sorted(RELEASES.glob(f"*/{MANIFEST}"), key=lambda path: path.stat().st_mtime)
    if not whole:
        return host
    asked_for = RELEASES / wanted["release"] / MANIFEST
    manifest = asked_for if asked_for in whole else whole[-1]
    folder, said = manifest.parent, json.loads(manifest.read_text(encoding="utf-8"))
    failures = {name: why_not_started(folder, command) for name, command in said["starts"].items()}
    return {
        **host,
        "version": said["version"],
        "commit": said["commit"],
        "digests": {name: digest(folder / name) for name in said["files"]},
        "changed": changed(folder),
        "not_started": {name: why for name, why in failures.items() if why},
    }


def of_network(address: str) -> tuple[bool, str | None]:
    """Return whether the address is one of this host, and the name of its interface if that can be told."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as bound:
        try:
            bound.bind((address, 0))
        except OSError:
            return False, None
    packed = socket.inet_pton(family, address)
    if family == socket.AF_INET6:
        lines = [line.split() for line in Path("/proc/net/if_inet6").read_text(encoding="ascii").splitlines()]
        return True, next((line[-1] for line in lines if bytes.fromhex(line[0]) == packed), None)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as of_any:
        for _, name in socket.if_nameindex():
            try:
                reply = fcntl.ioctl(of_any, SIOCGIFADDR, struct.pack("256s", name.encode()[:15]))
            except OSError:  # an interface without an address
                continue
            if reply[20:24] == packed:
                return True, name
    return True, None


def link_speed(interface: str) -> int | None:
    """Return the speed of a link in Mbit/s; None where the driver tells none, as those of most virtual machines."""
    try:
        speed = int(Path("/sys/class/net", interface, "speed").read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
    return speed if speed > 0 else None


def digest(path: Path) -> str:
    """Return the SHA-256 of a file; empty if it cannot be read."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


def changed(folder: Path) -> list[str]:
    """Return the installed files of primebench that are not as its wheel had them."""
    for record in folder.glob("venv/lib/*/site-packages/primebench-*.dist-info/RECORD"):
        with record.open(encoding="utf-8", newline="") as file:
            rows = [row for row in csv.reader(file) if row[1] and not row[0].startswith("..")]
        packages = record.parents[1]
        return [name for name, right, _ in rows if as_in_record(digest(packages / name)) != right]
    return ["all of primebench"]


def as_in_record(hexadecimal: str) -> str:
    """Return a digest as a wheel's RECORD has it."""
    return "sha256=" + base64.urlsafe_b64encode(bytes.fromhex(hexadecimal)).decode().rstrip("=")


def why_not_started(folder: Path, command: Sequence[str]) -> str:
    """Return why a program of the release does not run here; empty if it does."""
    try:
        done = subprocess.run(
            [str(folder / command[0]), *command[1:]],
            env=environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=STARTED_WITHIN_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    return "" if done.returncode == 0 else last_words(done)


def environment() -> dict[str, str]:
    """Return the variables of a program that is started here."""
    kept = {name: os.environ.get(name) for name in (*KEPT, *KEPT_OF_PIP, *KEPT_OF_PROXIES)}
    return {**{name: value for name, value in kept.items() if value is not None}, **OWN}


def last_words(done: subprocess.CompletedProcess[bytes]) -> str:
    """Return the last line of a program that failed."""
    lines = (done.stderr.strip() or done.stdout.strip()).decode(errors="replace").splitlines()
    return lines[-1] if lines else f"exit code {done.returncode}"


def install(wanted: dict[str, Any]) -> dict[str, str]:
    """Make a release, with an environment of its own, of the files that were copied into a draft; return {} or the error.

    The draft takes the release's place at the end: a release is there whole or not at all.
    """
    release, draft = RELEASES / wanted["release"], RELEASES / wanted["draft"]
    with (RELEASES / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # another user of the host may be installing, too
        try:
            if fault := made(draft, wanted["manifest"]):
                return {"error": fault}
            shutil.rmtree(release, ignore_errors=True)
            draft.rename(release)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
            for other in RELEASES.glob("*.draft"):
                if time.time() - other.stat().st_mtime > ABANDONED_S:
                    shutil.rmtree(other, ignore_errors=True)
    return {}


def made(draft: Path, manifest: dict[str, Any]) -> str:
    """Make the environment of the files in the draft, and write the manifest; return what failed."""
    for name, right in manifest["files"].items():
        if digest(draft / name) != right:
            return f"{name} did not arrive as it was sent"
    for command in manifest["starts"].values():
        (draft / command[0]).chmod(0o755)
    (wheel,) = [name for name in manifest["files"] if name.endswith(".whl")]
    locks = [part for name in manifest["files"] if name.endswith(".lock") for part in ("-r", name)]
    pip = ["venv/bin/python", "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    offline = ["--no-index", "--find-links", "wheels"] if (draft / "wheels").is_dir() else []
    for step, command in (
        ("an environment could not be made", [sys.executable, "-m", "venv", "--clear", "venv"]),
        ("what the locks name could not be installed", [*pip, *offline, "--require-hashes", *locks]),
        (f"{wheel} could not be installed", [*pip, "--no-index", "--no-deps", "--force-reinstall", f"./{wheel}"]),
    ):
        done = subprocess.run(command, cwd=draft, env=environment(), stdin=subprocess.DEVNULL, capture_output=True, check=False)
        if done.returncode != 0:
            return f"{step}: {last_words(done)}"
    shutil.rmtree(draft / "wheels", ignore_errors=True)
    (draft / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
    return ""


if __name__ == "__main__":
    main()
