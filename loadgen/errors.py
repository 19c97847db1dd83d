"""What goes wrong outside the program: bad input, a failed build, a full disk. One line for the user, never a stack trace."""

from loadgen.one_line import one_line
from loadgen.secrets import without_secrets


class Error(Exception):
    """A problem that the user can act on.

    `str(error)` is one line that names the thing, what was expected and what to do, whatever characters the names in it have;
    lines of a log may follow, two spaces before each. Commands end with exit code 2.
    """

    def __str__(self) -> str:
        """Return the message, fit for a terminal and for a record: no secret that a task has asked for is in it."""
        return one_line(without_secrets(super().__str__()))


def at_key(path: object, key: str, error: Error) -> Error:
    """Return the error as what is wrong with that key of the file `path`; as it is if it names the file itself already."""
    message = str(error)
    return Error(message if message.startswith(f"{path}: ") else f"{path}: {key}: {message}")


class UnavailableError(Error):
    """A service cannot be measured here (its toolchain is missing, say); the others can."""


class Stopped(BaseException):
    """SIGTERM or SIGHUP arrived: unwinds like KeyboardInterrupt, so that every `with` block stops its process."""

    def __init__(self, signal_name: str) -> None:
        super().__init__(signal_name)
        self.signal_name = signal_name
