"""Cases of the chunked coding that are made from a task's good request, however long its body."""

import pytest

from loadgen.conformance.case import Case, Receive, Send, SendInPieces
from loadgen.conformance.http import chunked
from loadgen.conformance.http.message import GoodRequest

PATIENCE_S = 5.0
"""What the contract has a service wait for a body."""
LATE = 10
"""How much longer than asked a pause may take on a machine that does something else."""
RIGHT = Receive(frozenset({200}))


def _segmented(body_bytes: int) -> list[Case]:
    good = GoodRequest("POST", "/", (), b"x" * body_bytes, RIGHT)
    return [case for case in chunked.cases(good, good) if any(isinstance(step, SendInPieces) for step in case.steps)]


@pytest.mark.parametrize("body_bytes", [8, 4_000, 64_000])
def test_a_body_in_pieces_is_sent_whole_and_in_time(body_bytes: int) -> None:
    cases = _segmented(body_bytes)
    assert len(cases) == 4
    for case in cases:
        paused = sum(len(step.data) / step.size * step.pause_s for step in case.steps if isinstance(step, SendInPieces))
        assert paused * LATE < PATIENCE_S
        sent = b"".join(step.data for step in case.steps if isinstance(step, Send | SendInPieces))
        assert sent.count(b"x") >= body_bytes
        assert sent.endswith(b"\r\n\r\n" if case.id.startswith("chunked-") and "length" not in case.id else b"x")
