"""The standard streams, whatever state the program got them in: closed, full, without a reader, not blocking.

Writing to them never raises: a reader that has gone must not end a measurement, nor decide an exit code (rich and click make
exit code 1 of it). What could not be written is known at the end.
"""

from __future__ import annotations

import errno
import io
import os
import select
import stat
import sys
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

NOBODY_READS = (errno.EPIPE, errno.ECONNRESET, errno.ENOTCONN, errno.ESHUTDOWN)


class Output(io.BufferedWriter):
    """A stream that takes everything, and drops it once it cannot be written any more.

    What is below the buffer is Python's own: an exception that a signal raises then leaves nothing to be written twice.
    """

    def __init__(self, descriptor: int) -> None:
        super().__init__(io.FileIO(descriptor, "w", closefd=False))
        self.fault: OSError | None = None
        self._dropping = False

    def write(self, data: ReadableBuffer, /) -> int:
        """Take some bytes, all of them."""
        rest = memoryview(data).cast("B")
        whole = len(rest)
        while rest and not self._dropping:
            try:
                rest = rest[super().write(rest) :]
            except BlockingIOError as full:
                rest = rest[full.characters_written :]
                self._await_room()
            except OSError as error:
                self._drop_from_now_on(error)
        return whole

    def flush(self) -> None:
        """Write what is buffered."""
        while not self._dropping:
            try:
                super().flush()
                return
            except BlockingIOError:
                self._await_room()
            except OSError as error:
                self._drop_from_now_on(error)

    def _await_room(self) -> None:
        """Wait as a write would, had nobody who shares the pipe set O_NONBLOCK; node does."""
        room = select.poll()
        room.register(self.fileno(), select.POLLOUT)
        room.poll()

    def _drop_from_now_on(self, error: OSError) -> None:
        """Keep the error as a fault, unless it only says that nobody reads: no reader, or a terminal that has hung up."""
        self._dropping = True
        hung_up = error.errno == errno.EIO and stat.S_ISCHR(os.fstat(self.fileno()).st_mode)
        if not (hung_up or error.errno in NOBODY_READS):
            self.fault = error


def prepare() -> Output:
    """Make sys.stdout and sys.stderr streams that never raise, and return the former's buffer; before anything is opened."""
    _open_missing()
    if sys.stdin is None:
        sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: PTH123, SIM115 - as long as the program runs
    output = Output(1)
    sys.stdout = _text(output, sys.stdout)
    sys.stderr = _text(Output(2), sys.stderr)
    return output


def finish() -> None:
    """Write what is buffered."""
    for stream in (sys.stdout, sys.stderr):
        stream.flush()


def _open_missing() -> None:
    """Open the null device on each of 0 to 2 that is closed, or the next file would become the standard output of children."""
    for descriptor in (0, 1, 2):
        try:
            os.fstat(descriptor)
        except OSError:
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)


def _text(output: Output, before: TextIO | None) -> TextIO:
    """Return the stream `before` on the one given: its encoding and buffering stay what they were."""
    if isinstance(before, io.TextIOWrapper):
        before.flush()
    return io.TextIOWrapper(
        output,
        encoding=before.encoding if before is not None else "utf-8",
        errors="backslashreplace",  # a name that is not of the encoding is no reason to end
        line_buffering=getattr(before, "line_buffering", False),
        write_through=getattr(before, "write_through", False),
    )
