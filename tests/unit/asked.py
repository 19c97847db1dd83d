"""Requests of the task that comes with the program, as records and summaries have them."""

from typing import Any

from analysis.microbench import reconcile
from analysis.model.microbench import Residual
from loadgen.record.workload import RequestRecord
from loadgen.task.prime.task import KIND, TASK
from loadgen.task.task import Asked

SCALE = TASK.scale


def scale_of(_run: object) -> Any:
    """Return how the task's work grows, whatever the run."""
    return SCALE


def asked(n: int) -> Asked:
    """Return the request for the n-th prime."""
    return Asked(TASK, {KIND: 1.0}, {"n": n})


def asks(n: int) -> dict[str, Any]:
    """Return what a WorkloadRecord and a WorkloadResult have of that request."""
    request = asked(n).first.request
    return {
        "label": asked(n).label,
        "request": RequestRecord(
            kind=KIND,
            method=request.method,
            target=request.target,
            headers=dict(request.headers),
            body=request.body.decode(),
        ),
        "parameters": {"n": n},
        "work": asked(n).work,
    }


def residuals(values: dict[int, float]) -> list[Residual]:
    """Return the residuals of a fit by n."""
    found = [Residual(label=asked(n).label, amount=SCALE.amount(n), value=n, residual=value) for n, value in values.items()]
    return sorted(found, key=lambda residual: residual.amount)


def of(n: int) -> reconcile.Asked:
    """Return the request for the n-th prime as the analysis of microbenchmarks has it."""
    return reconcile.Asked(asked(n).label, SCALE.amount(n), f"n={n}", n)
