"""What `primebench curve` found: curve.json."""

from typing import Literal

from analysis.curve.estimate import Capacity
from analysis.curve.evidence import Point
from analysis.model.comparison import Figure
from loadgen.record.curve import Objective
from loadgen.record.machine import Machine
from loadgen.strict import Strict

CURVE_FILE = "curve.json"


class ServiceCurve(Strict):
    """The curve of one service. `found` says of what the capacity is: of an objective that was seen to be kept and to be broken
    ("capacity"); the highest rate that was seen to be kept, where none was seen to be broken but by the generator's limit or
    far beyond saturation ("at least"); or that there is none ("nothing"), for the `reason`.

    `at_half` are latencies at about half of the capacity, by metric; `cpu_share` is what share of a core the server uses near
    idle. `settling_cpu_s` is the CPU time until it has settled, None without a pilot.
    """

    label: str
    title: str
    control: bool = False
    found: Literal["capacity", "at least", "nothing"]
    capacity: Capacity | None
    reason: str
    saturated_per_s: float | None
    at_half: dict[str, Figure]
    cpu_share: float | None
    first_response_s: list[float]
    settling_cpu_s: float | None
    has_settled: bool | None
    points: list[Point]


class CurveResult(Strict):
    """The curves of a run, and the objective by which their capacities are told.

    `workload` is its name, `label` what it asks; `ended_because` says why measuring ended.
    """

    schema_version: Literal[1] = 1
    run_id: str
    started: str
    primebench_version: str
    machine: Machine
    workload: str
    label: str
    connections: int
    objective: Objective
    ended_because: str
    curves: list[ServiceCurve]
