"""Listening and serving: one process for --threads 1, else one that watches and as many that serve, on one listening socket."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import Callable
from typing import NoReturn

import uvicorn

from field.application import application
from field.settings import PROGRAM, Settings, read_settings

BACKLOG = 2_048
IDLE_LIMIT_S = 60
DRAIN_LIMIT_S = 3  # leaves time to exit within 5 s of the signal
STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)


class _Server(uvicorn.Server):
    """Says that it serves, once it does, and stops when the process that watches has gone."""

    def __init__(self, config: uvicorn.Config, serving: Callable[[], None], watcher: int | None) -> None:
        super().__init__(config)
        self._serving, self._watcher = serving, watcher

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        if self._watcher is not None:
            asyncio.get_running_loop().add_reader(self._watcher, self._stop)
        self._serving()

    def _stop(self) -> None:
        self.should_exit = True


def main() -> NoReturn:
    """Serve until SIGTERM or SIGINT, then answer what is in flight and exit with 0."""
    settings = read_settings()
    try:
        listener = _listen(settings)
    except OSError as error:
        sys.exit(_failure(f"cannot listen on {settings.host} port {settings.port}: {error.strerror}"))

    def announce() -> None:
        host, port = listener.getsockname()[:2]
        shown = f"[{host}]" if ":" in host else host
        print(f"{PROGRAM} listening on http://{shown}:{port} threads={settings.threads} max_n={settings.max_n}", flush=True)

    if settings.threads == 1:
        _serve(settings, listener, announce)
    _watch(settings, listener, announce)


def _failure(message: str) -> int:
    print(f"{PROGRAM}: {message}", file=sys.stderr)
    return 1


def _listen(settings: Settings) -> socket.socket:
    listener = socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((settings.host, settings.port))
    listener.listen(BACKLOG)
    listener.setblocking(False)
    return listener


def _serve(settings: Settings, listener: socket.socket, serving: Callable[[], None], watcher: int | None = None) -> NoReturn:
    config = uvicorn.Config(
        application(settings.max_n),
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        backlog=BACKLOG,
        timeout_keep_alive=IDLE_LIMIT_S,
        timeout_graceful_shutdown=DRAIN_LIMIT_S,
    )
    # uvicorn raises the signal again once it has drained, for whoever handled it before.
    for number in STOP_SIGNALS:
        signal.signal(number, lambda *_: sys.exit(0))
    _Server(config, serving, watcher).run(sockets=[listener])
    sys.exit(0)


def _watch(settings: Settings, listener: socket.socket, announce: Callable[[], None]) -> NoReturn:
    started, says_started = os.pipe()
    watcher, watches = os.pipe()  # nothing is written: it ends with this process
    children = set()
    for _ in range(settings.threads):
        if (child := os.fork()) == 0:
            os.close(watches)
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            _serve(settings, listener, lambda: os.close(says_started), watcher)
        children.add(child)
    os.close(says_started)
    stopping = False

    def stop(*_: object) -> None:
        nonlocal stopping
        stopping = True
        for child in children:
            os.kill(child, signal.SIGTERM)

    for number in STOP_SIGNALS:
        signal.signal(number, stop)
    os.read(started, 1)  # the end, when all children have closed theirs
    if not stopping:
        announce()
    failed = False
    while children:
        child, _ = os.wait()
        children.discard(child)
        if not stopping:
            failed = True
            stop()
    sys.exit(_failure("a process that serves has ended") if failed else 0)
