"""Files that users wrote for schema 1, when there was one task: the n-th prime."""

from typing import Any

from loadgen.record.migrate import with_count, with_parameters

TASK = "prime"
GO_SCENARIOS = {
    "PrimeLoop": "prime_loop",
    "JSONDecode": "json_decode",
    "JSONEncode": "json_encode",
    "RequestPath": "request_path",
}


def migrate_service(data: dict[str, Any]) -> dict[str, Any]:
    """Return the contents of a service.toml in schema 2."""
    if data.get("schema") != 1:
        return data
    migrated: dict[str, Any] = _with_only({"task": TASK} | data | {"schema": 2})
    if isinstance(variants := data.get("variants"), dict):
        migrated["variants"] = {name: _with_only(variant) for name, variant in variants.items()}
    microbench = data.get("microbench")
    if isinstance(microbench, dict) and isinstance(count := microbench.get("count"), dict):
        migrated["microbench"] = microbench | {"count": _with_times(count)}
    if isinstance(microbench, dict) and microbench.get("format") == "go":
        migrated["microbench"] = {"scenarios": GO_SCENARIOS} | migrated["microbench"]
    return migrated


def migrate_scenarios(data: dict[str, Any]) -> dict[str, Any]:
    """Return the contents of a scenarios.toml in schema 2."""
    if data.get("schema") != 1:
        return data
    migrated = {"task": TASK} | data | {"schema": 2}
    if isinstance(workloads := data.get("workloads"), dict):
        migrated["workloads"] = {name: with_parameters(workload) for name, workload in workloads.items()}
    if isinstance(profiles := data.get("profiles"), dict):
        migrated["profiles"] = {name: with_count(profile) for name, profile in profiles.items()}
    return migrated


def _with_times(count: dict[str, Any]) -> dict[str, Any]:
    """Return how instructions are counted: of the loop, which was counted twice and for one n, as then."""
    kept = {key: value for key, value in count.items() if key != "loop_times"}
    return {"select": "^(?!prime_loop/)|/n=1000$"} | kept | {"times": {"^prime_loop/": count.get("loop_times", 2)}}


def _with_only(data: Any) -> Any:
    if not isinstance(data, dict) or "only_n" not in data:
        return data
    return {key: value for key, value in data.items() if key != "only_n"} | {"only": {"n": data["only_n"]}}
