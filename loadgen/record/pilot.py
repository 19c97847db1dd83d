"""What was learnt of a service under a request before its trials: how fast it is, and how long it takes to settle."""

from loadgen.strict import Strict

FALLS = 0.10
"""CPU per request that falls by more from one segment to the next has not settled."""


class PilotSegment(Strict):
    """One load of a pilot."""

    load_s: float
    """How long it lasted."""
    server_cpu_s: float
    """CPU time of the server."""
    responses: int
    """Right responses."""

    @property
    def cpu_per_response_s(self) -> float | None:
        """CPU time for a response; None without any."""
        return self.server_cpu_s / self.responses if self.responses else None


class Pilot(Strict):
    """Loads one after the other on one process of a service, until CPU per request falls no more from one to the next."""

    segments: list[PilotSegment]
    """Its loads. A service has settled if CPU per request fell by no more than 10% from the last but one to the last."""

    @property
    def has_settled(self) -> bool:
        """Whether CPU per request fell no more from the last but one segment to the last."""
        earlier, later = ([None, None] + [segment.cpu_per_response_s for segment in self.segments])[-2:]
        return earlier is not None and later is not None and later >= earlier * (1 - FALLS)

    @property
    def rate_per_s(self) -> float:
        """Right responses per second in the last segment."""
        last = self.segments[-1]
        return last.responses / last.load_s

    @property
    def settling(self) -> list[PilotSegment]:
        """What it took to settle, or was waited for in vain: nothing if the first two segments were alike."""
        return [] if self.has_settled and len(self.segments) == 2 else self.segments[:-1]

    @property
    def warm_up_s(self) -> float:
        """How long its trials have to be warmed up."""
        return sum(segment.load_s for segment in self.settling)

    @property
    def settling_cpu_s(self) -> float:
        """CPU time that it took to settle."""
        return sum(segment.server_cpu_s for segment in self.settling)
