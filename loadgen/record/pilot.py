"""What was learnt of a service under a request before its trials: how fast it is, and how long it takes to settle."""

from loadgen.strict import Strict

FALLS = 0.10
"""CPU per request that falls by more from one segment to the next has not settled."""


class PilotSegment(Strict):
    """One load of a pilot: how long it lasted, CPU time of the server, right responses."""

    load_s: float
    server_cpu_s: float
    responses: int

    @property
    def cpu_per_response_s(self) -> float | None:
        """CPU time for a response; None without any."""
        return self.server_cpu_s / self.responses if self.responses else None


class Pilot(Strict):
    """Loads one after the other on one process of a service, until CPU per request falls no more from one to the next.

    `settled_s` is the load that it had until then, 0 if there was nothing to wait for; None if it had not settled at the end.
    """

    segments: list[PilotSegment]
    settled_s: float | None

    @property
    def rate_per_s(self) -> float:
        """Right responses per second in the last segment."""
        last = self.segments[-1]
        return last.responses / last.load_s

    @property
    def warm_up_s(self) -> float:
        """How long its trials have to be warmed up: as long as it took, or as long as was waited for in vain."""
        return sum(one.load_s for one in self.segments[:-1]) if self.settled_s is None else self.settled_s

    @property
    def settling_cpu_s(self) -> float:
        """CPU time that it took to settle."""
        spent, loaded_s = 0.0, 0.0
        for one in self.segments:
            if loaded_s >= self.warm_up_s:
                break
            spent, loaded_s = spent + one.server_cpu_s, loaded_s + one.load_s
        return spent
