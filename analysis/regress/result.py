"""From the evidence of a regression check to its result. Pure but for reading records."""

from collections.abc import Sequence
from pathlib import Path

from analysis.explain.explain import explanations
from analysis.model import metric as m
from analysis.regress.evidence import Evidence, service_of
from analysis.regress.layout import layout_notes
from analysis.regress.look import failed
from analysis.regress.model import DoubtedFlag, RegressResult
from analysis.regress.next_steps import next_steps
from analysis.regress.verdict import (
    ControlVerdict,
    MetricVerdict,
    Outcome,
    judged_exactly,
    overall,
)
from loadgen.config.regress import LAYERS, Layer
from loadgen.errors import Error
from loadgen.record.folder import RunFolder, load_run
from loadgen.regress.pairing import side


def regression_result(folder: Path) -> RegressResult:
    """The verdict of the run in `folder`. Raises Error if it is none of a regression check, or not readable."""
    run, trials = load_run(folder)
    if run.regress is None:
        raise Error(f"{folder}: not the run of a regression check")
    evidence = Evidence(folder, run)
    evidence.take(trials)
    metrics = [*evidence.changes(), *_exact(evidence)]
    controls = [control for group in evidence.groups for control in evidence.controls(group)]
    flags = evidence.doubted_flags()
    layers = _layers(metrics)
    outcome: Outcome = overall(metrics) if metrics else "inconclusive"
    counting = [control for control in controls if control.kind == "relinked" or outcome != "regression"]
    invalid = _invalid(evidence, list(filter(failed, counting)), flags)
    unmeasured = [f"{group.service} {group.workload}: no pair was measured" for group in evidence.unmeasured()]
    untimed = evidence.untimed()
    unmeasured += [benchmark.in_words for benchmark in untimed if benchmark.failed_in_head]
    if unmeasured and outcome == "pass":
        outcome = "inconclusive"
    result = RegressResult.from_fields_of(
        run.regress,
        run_id=run.run_id,
        started=run.started,
        machine=run.machine,
        primebench_version=run.primebench_version,
        same_sources=bool(run.regress.base.built) and run.regress.base.built == run.regress.head.built,
        outcome="invalid" if invalid else outcome,
        invalid=invalid,
        layers=layers,
        metrics=metrics,
        controls=controls,
        flags=flags,
        family=evidence.family,
        family_error=evidence.gate.family_error,
        looks=evidence.gate.looks,
        notes=[
            *run.regress.notes,
            *evidence.uncounted(),
            *(benchmark.in_words for benchmark in untimed if not benchmark.failed_in_head),
            *unmeasured,
        ],
        next_steps=[],
        explanations=explanations(folder),
    )
    return result.replace(next_steps=[*layout_notes(evidence, metrics), *next_steps(result)])


def _exact(evidence: Evidence) -> list[MetricVerdict]:
    """Instructions of every benchmark that both sides have, and the size of the binary."""
    limits, verdicts = evidence.gate.limits, []
    counts = evidence.counts
    for service in sorted({service_of(label) for label in counts}):
        base, head = (counts.get(side(service, name), {}) for name in ("base", "head"))
        verdicts += [
            judged_exactly(service, "instructions", name, m.INSTRUCTIONS, base[name], head[name], limits.instructions)
            for name in base
            if name in head
        ]
    if "size" in evidence.gate.layers:
        sizes = {contender.label: contender.build.binary_bytes for contender in evidence.run.contenders if contender.build}
        bases = [label for label in sizes if label.endswith("@base")]
        for label in bases:
            head_size = sizes.get(side(service_of(label), "head"))
            if head_size is not None:
                values = [float(sizes[label])], [float(head_size)]
                verdicts.append(judged_exactly(service_of(label), "size", "", m.BINARY_SIZE, *values, limits.binary_bytes))
    return verdicts


def _layers(metrics: Sequence[MetricVerdict]) -> dict[Layer, Outcome]:
    by_layer = {layer: [metric for metric in metrics if metric.layer == layer] for layer in LAYERS}
    return {layer: overall(layer_metrics) for layer, layer_metrics in by_layer.items() if layer_metrics}


def _invalid(evidence: Evidence, controls: Sequence[ControlVerdict], flags: Sequence[DoubtedFlag]) -> list[str]:
    """Why the measurement says nothing of the change; nothing if it does. What a planted slow-down that was not found puts in
    doubt is that there is none, not one that was found: `controls` are those that failed and count.
    """
    dead = next((trial for trial in evidence.trials if trial.failure), None)
    lines = [f"{dead.workload}, pair {dead.round + 1}: {dead.failure}"] if dead else []
    lines += [
        f"{flag.service} {flag.workload}: {flag.flag.check} in {flag.raised_by} of {flag.trials} trials: {flag.flag.evidence}"
        for flag in flags
        if flag.flag.fatal
    ]
    for control in controls:
        name = f"{control.service} {control.workload}"
        if control.kind == "relinked":
            lines.append(f"{name}: base against itself, linked in another order, is called different: {control.evidence}")
        else:
            by = f"{evidence.gate.slowed:.0%}"
            lines.append(f"{name}: base slowed by {by} is not found after {control.pairs} pairs: {control.evidence}")
    if evidence.run.end_reason != "finished":
        lines.insert(0, f"the run did not come to its end ({evidence.run.end_reason or 'killed'})")
    return lines


def is_regression_check(folder: Path) -> bool:
    """Whether the run in `folder` is one of a regression check."""
    return RunFolder(folder).read_run().regress is not None
