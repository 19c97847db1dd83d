"""The record of a trial that has just begun, whatever it measures."""

from datetime import UTC, datetime

from loadgen.record.trial import SCHEMA_VERSION, Trial
from loadgen.trial.slot import Slot


def begun(slot: Slot) -> Trial:
    """Place and time of the trial; nothing measured yet."""
    return Trial(
        schema_version=SCHEMA_VERSION,
        index=slot.number,
        round=slot.round,
        position=slot.position,
        contender=slot.contender,
        workload=slot.workload,
        started=datetime.now(UTC).isoformat(timespec="milliseconds"),
        failure=None,
    )
