"""How long the bodies of right responses are."""

from collections.abc import Mapping, Sequence
from typing import Self

from pydantic import JsonValue

from loadgen.strict import Strict


class BodyLengths(Strict):
    """Lengths in bytes of the bodies of so many right `responses` to one kind of request: the least and the most.

    `parameters` are what all of those requests had in common.
    """

    responses: int
    """How many right responses were looked at."""
    least: int
    """The shortest body, in bytes."""
    most: int
    """The longest."""
    parameters: dict[str, JsonValue] = {}
    """Parameters that all of their requests had in common."""

    @classmethod
    def of(cls, lengths: Sequence[int], parameters: Mapping[str, JsonValue] | None = None) -> Self:
        """Return them of one response or more."""
        return cls(responses=len(lengths), least=min(lengths), most=max(lengths), parameters=dict(parameters or {}))

    @property
    def allowed(self) -> tuple[int, int]:
        """From which to which length another response is nothing new: beyond those seen by as much as they differ."""
        spread = self.most - self.least
        return self.least - spread, self.most + spread
