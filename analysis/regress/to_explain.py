"""Which services are explained after a verdict, and under which workload. Pure."""

from analysis.regress.model import RegressResult


def to_explain(result: RegressResult, *, always: bool) -> dict[str, str]:
    """Return the workload of each service that has a regression, or with `always` of each: the one that is worst of those that
    regressed, else of all. A service that no load was put on has none.
    """
    found: dict[str, str] = {}
    for service in dict.fromkeys(one.service for one in result.metrics):
        metrics = [one for one in result.metrics if one.service == service]
        regressed = [one for one in metrics if one.outcome == "regression"]
        loads = [one for one in regressed if one.layer == "load"] or [one for one in metrics if one.layer == "load"]
        if loads and (regressed or always):
            found[service] = max(loads, key=lambda one: one.worse or 0.0).workload
    return found
