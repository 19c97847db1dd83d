"""How long tests wait for what must happen: a hang ends a test, a slow and busy machine does not."""

import time
from collections.abc import Callable

PATIENCE_S = 1200.0
"""Sixty times what the slowest step, a whole regression check, takes on two idle cores: a quarter of a core is enough."""


def awaited(condition: Callable[[], bool], what: str) -> None:
    """Return once `condition` holds; fail the test, naming `what`, if it does not within PATIENCE_S."""
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, f"waited {PATIENCE_S:g} s for {what}"
        time.sleep(0.02)
