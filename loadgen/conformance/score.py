"""How many cases of a level a service passes: what is recorded and shown of its conformance."""

from loadgen.strict import Strict


class Score(Strict):
    """So many of so many cases."""

    passed: int
    """Cases that passed."""
    cases: int
    """Cases of the level."""

    def __str__(self) -> str:
        """Return "118 of 130"."""
        return f"{self.passed} of {self.cases}"
