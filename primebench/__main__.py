"""Where the program `primebench` begins: it imports nothing that could be missing before somebody can say so in one line."""

from typing import TYPE_CHECKING, NoReturn

from loadgen.system.linux_only import require_linux

if TYPE_CHECKING:
    from primebench.exit_codes import ExitCode


def main() -> NoReturn:
    """Run the command line as the whole of the program."""
    require_linux()
    from primebench.exit_codes import end_with  # which needs what only Linux has

    end_with(_run)


def _run() -> "ExitCode":
    from primebench.cli import run_command

    return run_command()


if __name__ == "__main__":
    main()
