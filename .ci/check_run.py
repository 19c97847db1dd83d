"""Check that a smoke run is whole: valid records, every service under every workload, nothing failed, every file there."""

import json
import sys
from pathlib import Path

from jsonschema import Draft202012Validator

from analysis.trial.rows import read_rows
from loadgen.record.folder import load_run

CHECKOUT = Path(__file__).resolve().parent.parent
SERVICES = {"cpp", "fiber", "actix"}
WORKLOADS = {"article", "framework", "mixed"}


def faults(folder: Path) -> list[str]:
    """What is wrong with the run in `folder`, one line each."""
    run, trials = load_run(folder)
    found = [
        f"{contender.label} was not measured: {contender.not_measured}"
        for contender in run.contenders
        if contender.not_measured
    ]
    found += [f"trial {trial.index} failed: {trial.failure}" for trial in trials if trial.failure]
    measured = {(trial.contender, trial.workload) for trial in trials if not trial.failure}
    wanted = {(service, workload) for service in SERVICES for workload in WORKLOADS}
    found += [f"no trial of {service} under {workload}" for service, workload in sorted(wanted - measured)]
    for trial in trials:
        if trial.load and len(read_rows(folder, trial).start_s) != trial.load.rows:
            found.append(f"trial {trial.index}: the raw rows are not as many as the record says")
    if run.end_reason != "finished":
        found.append(f"the run ended as '{run.end_reason}'")
    schema = json.loads((CHECKOUT / "docs" / "reference" / "summary.schema.json").read_text(encoding="utf-8"))
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    found += [
        f"summary.json: {error.json_path}: {error.message}" for error in Draft202012Validator(schema).iter_errors(summary)
    ]
    wanted_files = ["table.md", "report.html", "plots/throughput.svg", "plots/throughput.png"]
    return found + [f"{name} is missing" for name in wanted_files if not (folder / name).is_file()]


if __name__ == "__main__":
    place = Path(sys.argv[1]).resolve()
    wrong = faults(place)
    for line in wrong:
        print(f"{place.name}: {line}", file=sys.stderr)
    if not wrong:
        print(f"{place.name}: records are valid, {len(SERVICES)} services under {len(WORKLOADS)} workloads")
    sys.exit(1 if wrong else 0)
