"""Set-up as a program of its own, before there is a Python environment: `python3 -m primebench.setup [dev | page | aarch64]`.

Standard library only.
"""

import sys

from loadgen.setup.install import main
from loadgen.system.linux_only import require_linux

if __name__ == "__main__":
    require_linux()
    from primebench.exit_codes import end_with  # which needs what only Linux has

    end_with(lambda: main(sys.argv[1:]), interrupted="interrupted; run make setup again, what is done is kept")
