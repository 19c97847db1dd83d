"""What every test shares: no property test fails because the machine that draws its examples is slow, and no variable and
no ignored signal decides how tests run that was meant for something else.
"""

import gc
import os
import shutil
import signal
import sys
from pathlib import Path

from hypothesis import HealthCheck, settings

settings.register_profile("any-speed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any-speed")

MEANT_FOR_OTHERS = ("GIT_", "MPL", "COLUMNS", "NO_COLOR", "FORCE_COLOR", "CLICOLOR", "TTY_", "PYTHONWARNINGS", "BENCHMARK_")
"""A hook that runs the tests has GIT_DIR and GIT_INDEX_FILE: what a test commits would go into the user's repository."""

if os.environ.pop("PYTHONDONTWRITEBYTECODE", None):
    # container images set it: each of some hundred starts would compile all of primebench's sources, each worker the tests
    sys.dont_write_bytecode = False

for name in [name for name in os.environ if name.startswith(MEANT_FOR_OTHERS) and not name.startswith(("GIT_SSL", "GIT_SSH"))]:
    del os.environ[name]

if (python := shutil.which("python3")) and Path(python).read_bytes()[:2] == b"#!":
    # a version manager's, which starts a chain of shells for each stub anew: the interpreter itself
    os.environ["PATH"] = os.pathsep.join((str(Path(sys.base_prefix, "bin")), os.environ["PATH"]))

IGNORED_BY_OTHERS = (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM)
"""nohup ignores one, a shell two for a script's job in the background; what a test starts would inherit that."""

for number in IGNORED_BY_OTHERS:
    if signal.getsignal(number) is signal.SIG_IGN:
        signal.signal(number, signal.default_int_handler if number is signal.SIGINT else signal.SIG_DFL)

gc.disable()


def pytest_collection_finish() -> None:
    """No garbage is looked for while 7,000 tests are being collected, which takes 3 s instead of 6, and never among them."""
    gc.freeze()
    gc.enable()
