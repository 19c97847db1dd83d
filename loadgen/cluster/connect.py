"""ssh to hosts, by asyncssh: strict about host keys, and one line for whatever goes wrong."""

import asyncio
import base64
import contextlib
import json
import os
import shlex
import sys
from collections.abc import AsyncIterator
from importlib.resources import files
from typing import Any

import asyncssh

from loadgen.config.hosts import Host
from loadgen.errors import Error

CONNECTED_WITHIN_S = 20.0
KEPT_ALIVE_S = 15.0
"""After three such times without a word from the host the connection counts as lost."""
ANSWERED_WITHIN_S = 300.0
"""Long enough for a busy host; one whose disk hangs never answers."""
NO_PYTHON = 127


class HostError(Error):
    """A host that cannot be used; the message begins with its name."""


_KEY_ERRORS = (asyncssh.KeyImportError, asyncssh.KeyEncryptionError)


@contextlib.asynccontextmanager
async def connected(name: str, host: Host, kept_alive_s: float = KEPT_ALIVE_S) -> AsyncIterator[asyncssh.SSHClientConnection]:
    """Connect, by key and to a known host only; raise HostError where that fails, or where the connection ends too early.

    With `kept_alive_s` of 0 nothing is sent unasked.
    """
    try:
        connection = await asyncssh.connect(
            host.address,
            host.port,
            **({"username": host.user} if host.user else {}),
            **({"client_keys": [host.key], "agent_path": None} if host.key else {}),
            config=None,  # hosts.toml says how: ~/.ssh/config may mean other machines
            known_hosts=host.known_hosts,
            preferred_auth="publickey",
            connect_timeout=CONNECTED_WITHIN_S,
            login_timeout=CONNECTED_WITHIN_S,
            keepalive_interval=kept_alive_s,
        )
    except (OSError, asyncssh.Error, *_KEY_ERRORS) as error:
        raise HostError(f"{name}: {_reason(host, error)}") from error
    try:
        async with connection:
            yield connection
    except (OSError, asyncssh.Error) as error:
        raise HostError(f"{name}: {_place(host)}: the connection ended: {_words(error)}") from error


def _place(host: Host) -> str:
    return f"{host.address}:{host.port}"


def _words(error: Exception) -> str:
    return os.strerror(error.errno) if isinstance(error, OSError) and error.errno else str(error)


def _reason(host: Host, error: Exception) -> str:
    """Return why there is no connection, and what to do."""
    address, known = _place(host), host.known_hosts
    if isinstance(error, asyncssh.HostKeyNotVerifiable):
        return (
            f"{address}: its host key is not the one in {known}, or there is none; compare with what the host itself says "
            f"(ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub), then: ssh-keyscan -p {host.port} {host.address} >> {known}"
        )
    if isinstance(error, asyncssh.PermissionDenied):
        who = f"the user '{host.user}'" if host.user else "this user"
        keys = f"the key {host.key}" if host.key else "the keys of the ssh agent and of ~/.ssh"
        return f"{address}: does not let {who} in with {keys}; run: ssh-copy-id"
    if isinstance(error, _KEY_ERRORS):
        return f"{host.key or 'a key of ~/.ssh'}: cannot be used: {error}; expected a private key, or ssh-agent and no key"
    if isinstance(error, TimeoutError):
        return f"{address}: no answer within {CONNECTED_WITHIN_S:g} s; expected an ssh server"
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}; expected the file that hosts.toml names"
    return f"{address}: {_words(error)}; expected an ssh server"


class Asking:
    """A program on the host that is asked by lines, and answers each by one."""

    def __init__(self, name: str, process: "asyncssh.SSHClientProcess[str]") -> None:
        self._name, self._process = name, process

    async def ask(self, line: str, within_s: float | None = ANSWERED_WITHIN_S) -> Any:
        """Send a line, and return the value of the one that comes back; raise HostError for none in time, or for an error."""
        with contextlib.suppress(BrokenPipeError):  # it has ended, and its last words say why
            self._process.stdin.write(f"{line}\n")
        try:
            async with asyncio.timeout(within_s):
                text = await self._process.stdout.readline()
        except TimeoutError:
            raise HostError(f"{self._name}: reached, but it has not answered within {within_s:g} s") from None
        try:
            value = json.loads(text)
        except ValueError:
            raise HostError(f"{self._name}: {await self._last_words(text)}") from None
        if isinstance(value, dict) and "error" in value:
            raise HostError(f"{self._name}: {value['error']}")
        return value

    def end(self) -> None:
        """Let the program end."""
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.write_eof()

    async def ended(self) -> str:
        """Wait until it has ended; return how, and its last line if it left one."""
        done = await self._process.wait()
        if done.exit_signal:
            return f"its worker was ended by SIG{done.exit_signal[0]}"
        lines = str(done.stderr or "").strip().splitlines()
        if done.exit_status is None:
            return "the connection ended"
        return f"its worker ended with exit code {done.exit_status}{': ' + lines[-1] if lines else ''}"

    async def _last_words(self, text: str) -> str:
        self.end()
        done = await self._process.wait()
        if done.returncode is None:
            raise asyncssh.ConnectionLost("without an answer")
        if done.exit_status == NO_PYTHON:
            return "python3 not found; install it"
        lines = f"{text}\n{done.stderr or ''!s}".strip().splitlines()
        return lines[-1] if lines else f"its python3 ended with exit code {done.returncode}"


@contextlib.asynccontextmanager
async def asking(name: str, connection: asyncssh.SSHClientConnection) -> AsyncIterator[Asking]:
    """Run loadgen/cluster/on_host.py on the host, by its Python of the version that runs here or else by any."""
    source = base64.b64encode(files("loadgen.cluster").joinpath("on_host.py").read_bytes()).decode()
    program = shlex.quote(f"import base64;exec(base64.b64decode('{source}'))")
    same = f"python{sys.version_info.major}.{sys.version_info.minor}"
    script = f"p={same}; command -v $p >/dev/null || p=python3; exec $p -I -c {program}"
    async with started(name, connection, f"exec sh -c {shlex.quote(script)}") as asked:
        yield asked
        asked.end()


@contextlib.asynccontextmanager
async def started(name: str, connection: asyncssh.SSHClientConnection, command: str) -> AsyncIterator[Asking]:
    """Run a command on the host that answers lines."""
    async with connection.create_process(command, encoding="utf-8", errors="replace") as process:
        yield Asking(name, process)
