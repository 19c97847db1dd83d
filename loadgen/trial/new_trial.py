"""The record of a trial that has just begun, whatever it measures."""

from datetime import UTC, datetime
from typing import TypeVar

from loadgen.record.trial import SCHEMA_VERSION, AnyTrial
from loadgen.trial.slot import Slot

Kind = TypeVar("Kind", bound=AnyTrial)


def new_trial(kind: type[Kind], slot: Slot) -> Kind:
    """Return a trial of that kind with its place and time; nothing is measured yet."""
    return kind(
        schema_version=SCHEMA_VERSION,
        index=slot.number,
        round=slot.round,
        position=slot.position,
        contender=slot.contender,
        workload=slot.workload,
        started=datetime.now(UTC).isoformat(timespec="milliseconds"),
        failure=None,
        beside=[slot.beside] if slot.beside else [],
    )
