"""What `primebench regress` found: verdict.json, as docs/reference/verdict.schema.json describes it."""

from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from analysis.explain.model import Explanation
from analysis.model.flag import Flag
from analysis.regress.verdict import ControlVerdict, MetricVerdict, Outcome
from loadgen.config.regress import Layer
from loadgen.errors import Error
from loadgen.record.machine import Machine
from loadgen.record.regress import RegressionCheck
from loadgen.strict import Strict, explain

VERDICT_FILE = "verdict.json"


class DoubtedFlag(Strict):
    """A flag that trials of one service under one workload raised: `raised_by` of `trials`."""

    service: str
    workload: str
    flag: Flag
    raised_by: int
    trials: int


class Origin(Strict):
    """Which run a result is of."""

    run_id: str
    started: str
    primebench_version: str


class RegressResult(Origin, RegressionCheck):
    """The verdict and everything that it rests on.

    `outcome` is "invalid" where a control failed or a trial cannot be trusted, for the `invalid` reasons. Each layer has a
    verdict of its own; `metrics` are in the order of layers. `notes` say what is not judged, and why. `next_steps` are
    sentences for whoever has to act. `explanations` say what changed, where that was asked for: the verdict rests on none.
    """

    schema_version: Literal[1] = 1
    machine: Machine
    same_sources: bool
    outcome: Outcome | Literal["invalid"]
    invalid: list[str]
    layers: dict[Layer, Outcome]
    metrics: list[MetricVerdict]
    controls: list[ControlVerdict]
    flags: list[DoubtedFlag]
    family: int
    family_error: float
    looks: list[int]
    next_steps: list[str]
    explanations: list[Explanation] = []


def read_result(run_or_file: Path) -> RegressResult:
    """Read verdict.json, or the one in the run's folder `run_or_file`; raise Error if it is missing or not of this schema."""
    path = run_or_file / VERDICT_FILE if run_or_file.is_dir() else run_or_file
    try:
        return RegressResult.model_validate_json(path.read_bytes())
    except OSError as error:
        raise Error(f"{path}: {error.strerror}; expected what `primebench regress` wrote") from error
    except ValidationError as error:
        raise Error(f"{path}: {explain(error)}") from error
