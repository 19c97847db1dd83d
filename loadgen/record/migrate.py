"""Records of earlier schemas: what was written by an older version of the program, as today's would have written it.

Schema 1 knew one task, the n-th prime: a workload had its n.
"""

import copy
from typing import Any

from loadgen.record.trial import INSTRUCTIONS, MICROBENCH, AnyTrial, BenchmarkTrial, CountTrial, LoadTrial
from loadgen.task.prime.task import KIND, TASK

Json = Any
KINDS: dict[str, tuple[str, type[AnyTrial]]] = {
    MICROBENCH: ("benchmark", BenchmarkTrial),
    INSTRUCTIONS: ("count", CountTrial),
}


def migrate_run(data: Json) -> Json:
    """Return the contents of a run.json in today's schema; what is none in an earlier one comes back as it is."""
    if not isinstance(data, dict) or data.get("schema_version") not in (1, 2):
        return data
    run = copy.deepcopy(data)
    for contender in run.get("contenders", []):
        _rename(contender, {"known_deviations": "deviations"})  # so named in schema 1, and in 2 before conformance had levels
        contender.pop("contract_cases_passed", None)
    if run["schema_version"] == 2:
        return run
    run |= {"schema_version": 2, "task": TASK.name, "task_digest": TASK.digest}
    run["benchmark_roles"] = TASK.benchmark_roles.model_dump()
    for workload in run.get("workloads", {}).values():
        _give_request(workload)
    for contender in run.get("contenders", []):
        _rename(contender.get("disassembly"), {"packed_divisions": "packed", "integer_divisions": "scalar"})
    if "oha_version" in run:
        run["generator"] = f"oha {run.pop('oha_version')}"
    if run.get("plan"):
        _migrate_plan(run["plan"])
    return run


def migrate_trial(data: Json) -> Json:
    """Return a line of trials.jsonl in today's schema; a line of schema 1 had the keys of every kind of trial."""
    if not isinstance(data, dict) or data.get("schema_version") != 1:
        return data
    kind, model = KINDS.get(data.get("workload", ""), ("load", LoadTrial))
    of_other_kinds = {name for other in (LoadTrial, BenchmarkTrial, CountTrial) for name in other.model_fields}
    kept = {key: value for key, value in data.items() if key in model.model_fields or key not in of_other_kinds}
    return kept | {"schema_version": 2, "kind": kind}


def migrate_summary(data: Json) -> Json:
    """Return the contents of a summary.json in today's schema."""
    if not isinstance(data, dict) or data.get("schema_version") not in (1, 2):
        return data
    summary = copy.deepcopy(data)
    _rename(summary, {"known_deviations": "deviations"})
    if summary["schema_version"] == 2:
        return summary
    summary |= {"schema_version": 2, "task": TASK.name}
    for workload in summary.get("workloads", []):
        _give_request(workload)
    if "oha_version" in summary:
        summary["generator"] = f"oha {summary.pop('oha_version')}"
    for claim in summary.get("claims", []):
        if claim.get("reach"):
            _rename(claim["reach"], {"n": "value"})
            claim["reach"]["parameter"] = TASK.scale.parameter
    if summary.get("microbench"):
        migrate_microbench(summary["microbench"])
    return summary


def migrate_microbench(microbench: Json) -> Json:
    """Bring the microbenchmarks of a summary, the contents of a microbench.json, to today's schema, in place."""
    if "roles" in microbench:
        return microbench
    microbench |= {"roles": TASK.benchmark_roles.model_dump(), "unit": TASK.scale.unit}
    for fit in microbench.get("fits", []):
        _rename(fit, {"cost_per_division_ns": "cost_per_unit_ns"})
        fit["unit"] = TASK.scale.unit
        fit["residuals"] = [_residual(int(n), residual) for n, residual in fit["residuals"].items()]
    for share in microbench.get("shares", []):
        share["request"] = TASK.label(KIND, {"n": 1})
    return microbench


def migrate_published(data: Json) -> Json:
    """Return the contents of a file of results/published/ in today's schema, which is 3; schema 2 had n, too."""
    if not isinstance(data, dict) or data.get("schema") != 2:
        return data
    migrated = data | {"schema": 3, "task": TASK.name}
    if isinstance(workloads := data.get("workloads"), dict):
        migrated["workloads"] = {name: with_parameters(workload) for name, workload in workloads.items()}
    return migrated


def _residual(n: int, residual: float) -> dict[str, Json]:
    parameters = {"n": n}
    amount = TASK.work(KIND, parameters).amount
    return {"label": TASK.label(KIND, parameters), "amount": amount, "value": n, "residual": residual}


def _give_request(workload: dict[str, Json]) -> None:
    """Put the request and its work in the place of n."""
    parameters = {"n": workload.pop("n")}
    request = TASK.request(KIND, parameters)
    workload["label"] = TASK.label(KIND, parameters)
    workload["request"] = {
        "kind": KIND,
        "method": request.method,
        "target": request.target,
        "headers": dict(request.headers),
        "body": request.body.decode(),
    }
    workload["parameters"] = parameters
    workload["work"] = TASK.work(KIND, parameters).model_dump()


def _migrate_plan(plan: dict[str, Json]) -> None:
    plan["task"] = TASK.name
    plan["workloads"] = {name: with_parameters(workload) for name, workload in plan["workloads"].items()}
    plan["profile"] = with_count(plan["profile"])


def with_parameters(workload: Json) -> Json:
    """Return a workload of a schema 1 scenarios.toml with its n as a parameter."""
    if not isinstance(workload, dict) or "n" not in workload:
        return workload
    return {key: value for key, value in workload.items() if key != "n"} | {"parameters": {"n": workload["n"]}}


def with_count(profile: Json) -> Json:
    """Return a profile of a schema 1 scenarios.toml whose instructions are counted or not, whichever n was counted."""
    timing = profile.get("microbench") if isinstance(profile, dict) else None
    if not isinstance(timing, dict) or "count_n" not in timing:
        return profile
    kept = {key: value for key, value in timing.items() if key != "count_n"}
    return profile | {"microbench": kept | {"count": timing["count_n"] != 0}}


def _rename(record: dict[str, Json] | None, names: dict[str, str]) -> None:
    for old, new in names.items():
        if record is not None and old in record:
            record[new] = record.pop(old)
