"""Where the program `primebench` begins: it imports nothing that could be missing before somebody can say so in one line."""

from typing import NoReturn

from loadgen.exit_codes import ExitCode, end_with


def main() -> NoReturn:
    """Run the command line as the whole of the program."""
    end_with(_run)


def _run() -> ExitCode:
    import primebench

    return primebench.run_command()
