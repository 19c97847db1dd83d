"""Signals: which end a command, which it was told to ignore, and what its children start with.

Dispositions and the mask are inherited: `nohup`, a background job of a script and a careless parent leave signals ignored or
blocked. What was ignored when the program began stays ignored, but by a handler that does nothing, since a handler is not
inherited through exec: a server that ends on SIGINT must end on it. Standard library only.
"""

from __future__ import annotations

import signal
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from loadgen.errors import Stopped
from loadgen.system.suspension import note_that_it_goes_on

if TYPE_CHECKING:
    from collections.abc import Iterator

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGXCPU)
LIMITS = {"SIGXCPU": "the limit of CPU time (ulimit -t) was reached: "}
CLEAN_UP_S = 10.0
"""For so long after the first signal, further ones are let pass, so that clean-up is not cut short; SIGQUIT ends at once."""

_SET_BY_PYTHON = (signal.SIGPIPE, signal.SIGXFSZ)
"""Ignored by Python itself, which gives children the defaults."""
_OF_TERMINALS = (signal.SIGTTIN, signal.SIGTTOU)
"""Handled, they would make a write to a terminal start over for ever; children have no terminal."""


class Stopping:
    """The handler of a signal that ends the program: unwinds once, so that every `with` block stops its process."""

    def __init__(self) -> None:
        self.holds = 0
        self._waiting: int | None = None
        self._began_s: float | None = None

    def __call__(self, number: int, _frame: object) -> None:
        """Raise KeyboardInterrupt or Stopped, unless that has just been done, or is to wait."""
        if self.holds:
            self._waiting = number
            return
        now_s = time.monotonic()
        if self._began_s is not None and now_s - self._began_s < CLEAN_UP_S:
            return
        self._began_s = now_s
        if number == signal.SIGINT:
            raise KeyboardInterrupt
        raise Stopped(signal.Signals(number).name)

    def catch_up(self) -> None:
        """Do what had to wait."""
        number, self._waiting = self._waiting, None
        if number is not None:
            self(number, None)


_stopping = Stopping()


@contextmanager
def held() -> Iterator[None]:
    """Let signals that end the program wait until the end of a block in which they would leave something behind."""
    _stopping.holds += 1
    try:
        yield
    finally:
        _stopping.holds -= 1
        if not _stopping.holds:
            _stopping.catch_up()


def take_over() -> None:
    """Handle the signals that end a command, but for those ignored when it began; call from the main thread."""
    let_children_start_clean()
    for number in STOPPING:
        if signal.getsignal(number) in (signal.SIG_DFL, signal.default_int_handler):
            signal.signal(number, _stopping)
    signal.signal(signal.SIGCONT, note_that_it_goes_on)


def let_children_start_clean() -> None:
    """Block no signal and have none ignored but by a handler; does nothing where that is so, or beside the main thread."""
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    if threading.current_thread() is not threading.main_thread():
        return
    for number in signal.valid_signals():
        if signal.getsignal(number) is signal.SIG_IGN and number not in _SET_BY_PYTHON + _OF_TERMINALS:
            # with SIGCHLD ignored the kernel keeps no exit code of a child, and every one would look like 0
            signal.signal(number, signal.SIG_DFL if number == signal.SIGCHLD else _pass)


def give_back() -> None:
    """Ignore again what was ignored when the program began, for a program that takes its place (exec)."""
    for number in signal.valid_signals():
        if signal.getsignal(number) is _pass:
            signal.signal(number, signal.SIG_IGN)
    for number in _SET_BY_PYTHON:
        signal.signal(number, signal.SIG_DFL)


def let_it_end() -> None:
    """Let signals pass from now on: the exit code is decided."""
    for number in STOPPING:
        if signal.getsignal(number) is _stopping:
            signal.signal(number, _pass)


def _pass(_number: int, _frame: object) -> None:
    """Do nothing, on purpose."""
