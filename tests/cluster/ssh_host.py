"""An ssh server that stands for a host: `python ssh_host.py ADDRESS HOST_KEY AUTHORIZED_KEYS`, in the folder that is its home.

It prints its port, and serves until its standard input ends.
"""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

import asyncssh

CHUNK = 1 << 16


async def run_session(process: "asyncssh.SSHServerProcess[bytes]") -> None:
    """Run by sh, in the home folder, what a client asks for."""
    environment = {**os.environ, "HOME": str(Path.cwd())}
    command = ["sh", "-c", process.command or "true"]
    started = await asyncio.create_subprocess_exec(*command, env=environment, stdin=PIPE, stdout=PIPE, stderr=PIPE)
    assert started.stdin is not None
    assert started.stdout is not None
    assert started.stderr is not None
    feeding = asyncio.ensure_future(feed(process.stdin, started.stdin))
    await asyncio.gather(pass_on(started.stdout, process.stdout), pass_on(started.stderr, process.stderr))
    feeding.cancel()
    code = await started.wait()
    if code < 0:
        process.exit_with_signal(signal.Signals(-code).name.removeprefix("SIG"))
    else:
        process.exit(code)


async def feed(source: "asyncssh.SSHReader[bytes]", target: asyncio.StreamWriter) -> None:
    """Hand on what a client sends, until it ends or the client is gone."""
    try:
        while chunk := await source.read(CHUNK):
            target.write(chunk)
            await target.drain()
    except (OSError, asyncssh.Error):
        pass
    finally:
        target.close()


async def pass_on(source: asyncio.StreamReader, target: "asyncssh.SSHWriter[bytes]") -> None:
    """Hand on what a program prints, as long as the client is there."""
    while chunk := await source.read(CHUNK):
        if not target.is_closing():
            target.write(chunk)


async def serve(address: str, host_key: str, authorized_keys: str) -> None:
    """Serve until standard input ends; files are copied by SFTP."""
    server = await asyncssh.listen(
        address,
        0,
        server_host_keys=[host_key],
        authorized_client_keys=authorized_keys,
        process_factory=run_session,
        sftp_factory=True,
        encoding=None,
    )
    async with server:
        print(server.sockets[0].getsockname()[1], flush=True)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(serve(*sys.argv[1:4]))
