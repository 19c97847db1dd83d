"""Where the program `primebench` begins: it imports nothing that could be missing before somebody can say so in one line."""

import sys
from typing import TYPE_CHECKING, NoReturn

from loadgen.system.linux_only import refusal

if TYPE_CHECKING:
    from loadgen.exit_codes import ExitCode


def main() -> NoReturn:
    """Run the command line as the whole of the program."""
    if (reason := refusal()) is not None:
        print(f"primebench: {reason}", file=sys.stderr)
        sys.exit(2)
    from loadgen.exit_codes import end_with  # which needs what only Linux has

    end_with(_run)


def _run() -> "ExitCode":
    import primebench

    return primebench.run_command()
