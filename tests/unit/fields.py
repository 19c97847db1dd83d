"""A made field: three tasks, each with twelve services in seven languages, on the disk as its runs leave it."""

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from analysis.checks.affected import with_doubts
from analysis.model import metric as m
from analysis.model.summary import Summary, WorkloadResult, write_summary
from analysis.pipeline.compared import Analysed
from analysis.pipeline.paired import paired_comparisons
from analysis.pipeline.workload import build_workload
from analysis.stats.arrays import Floats
from analysis.verdicts.verdicts import decided
from loadgen.conformance.findings import findings
from loadgen.conformance.score import Score
from loadgen.record.contender import ContenderRecord
from loadgen.record.folder import RunFolder
from loadgen.record.pilot import Pilot, PilotSegment
from loadgen.record.run import RunRecord
from loadgen.record.workload import WorkloadRecord
from tests.unit.asked import asks
from tests.unit.comparisons import SUMMARY
from tests.unit.records import MACHINE, RUN, TRIAL, contender

REFERENCE = "cpp"
SERVICES = {
    "cpp": ("C++ · Beast", "C++", 1.0),
    "pistache": ("Pistache 0.0.5", "C++", 2.31),
    "actix": ("Actix Web 4", "Rust", 1.47),
    "axum": ("axum 0.8", "Rust", 1.6),
    "ntex": ("ntex 3", "Rust", 1.43),
    "may-minihttp": ("may_minihttp 0.1", "Rust", 1.03),
    "fiber": ("Fiber v2", "Go", 2.04),
    "gonet": ("net/http", "Go", 3.4),
    "fasthttp": ("fasthttp 1.78", "Go", 1.88),
    "vertx": ("Vert.x 5 on virtual threads", "Java", 3.41),
    "node": ("node:http", "Node.js", 5.9),
    "python": ("uvicorn, plain ASGI", "Python", 61.0),
}
"""By label: title, language and CPU time over that of the reference. gonet and vertx are closer than the noise."""
EVIDENCE = {
    "fiber": {
        **{
            f"both-length-{end}": "expected the connection to close, got further bytes b'HTTP/1.1 404'"
            for end in ("first", "short")
        },
        "target-braces": "expected 400, got 200 b'{}'",
    },
    "node": {"host-doubled": "expected 400, got 200 b'{}'", "coding-before-chunked": "expected 400 or 501, got 200 b'{}'"},
    "actix": {"target-braces": "expected 400, got 200 b'{}'"},
}
HINDERED = {"node": 1.2}
"""Alone these need so many times what they need side by side."""
CASES = 241
TASKS = {"prime": (100, 10), "plaintext": (1,), "json": (2,)}
"""By name the n of its workloads: what is asked stands for the task's own requests."""
BASE_US = 6.0
ROUNDS = 8
PAIR_NOISE, SOLO_NOISE, ROUND_NOISE = 0.003, 0.02, 0.02
ABSENT = ("drogon", "Drogon", "C++", "drogon not found")


def make_field(folder: Path, levels: Mapping[str, float] | None = None, *, services: int = len(SERVICES)) -> Path:
    """Write three runs below `folder`/runs, and the field that names them; its folder.

    `levels` are other ratios of CPU per request to the reference, by label.
    """
    levels = {label: level for label, (_, _, level) in list(SERVICES.items())[:services]} | dict(levels or {})
    runs = {}
    for name, amounts in TASKS.items():
        run_folder = folder / "runs" / f"20260101T000000Z-field-{name}"
        _write_run(run_folder, name, amounts, levels)
        runs[name] = f"../../runs/{run_folder.name}"
    field = folder / "fields" / "20260101T000000Z-field"
    field.mkdir(parents=True)
    (field / "field.json").write_text(json.dumps({"schema": 1, "runs": runs}), encoding="utf-8")
    return field


def _write_run(folder: Path, name: str, amounts: tuple[int, ...], levels: Mapping[str, float]) -> None:
    records = [*(_record(label) for label in levels), contender(f"{REFERENCE}:aa", twin_of=REFERENCE), _absent()]
    workloads = {
        f"w{n}": WorkloadRecord(title="made up", **asks(n), connections=64, warm_up_s=1.0, load_s=10.0) for n in amounts
    }
    run = RUN.replace(run_id=folder.name, profile="field", task=name, rounds=ROUNDS, contenders=records, workloads=workloads)
    random = np.random.default_rng(list(name.encode()))
    place = RunFolder(folder)
    place.create()
    place.write_run(run)
    for number in range(ROUNDS):
        for position, label in enumerate(levels):
            index = number * len(levels) + position
            ready_s = 0.01 * levels[label] * float(np.exp(0.1 * random.standard_normal()))
            place.append_trial(
                TRIAL.replace(index=index, round=number, position=position, contender=label, workload="w100", ready_s=ready_s)
            )
    found = [_workload(run, workload, records, levels, random) for workload in workloads]
    measured = [record for record in records if record.not_measured is None]
    pilots = {label: _pilot(level) for label, level in levels.items()}
    summary = SUMMARY.replace(
        run_id=folder.name,
        profile="field",
        task=name,
        rounds=ROUNDS,
        machine=MACHINE.replace(cpu_model="Some CPU", cores=2),
        workloads=[with_doubts(workload) for workload in decided(found)],
        conformance={record.label: record.conformance for record in measured if record.conformance},
        findings={record.label: findings(record.evidence) for record in measured if record.evidence},
        pilots={workload.label: pilots for workload in workloads.values()},
        not_measured=[{"label": ABSENT[0], "title": ABSENT[1], "reason": ABSENT[3]}],
    )
    write_summary(Summary.model_validate(summary.model_dump()), folder / "summary.json")


def _record(label: str) -> ContenderRecord:
    title, language, _ = SERVICES[label]
    evidence = EVIDENCE.get(label, {})
    scores = {"http": Score(passed=CASES - len(evidence), cases=CASES)}
    return contender(label).replace(title=title, language=language, evidence=evidence, conformance=scores)


def _absent() -> ContenderRecord:
    label, title, language, reason = ABSENT
    return contender(label).replace(title=title, language=language, not_measured=reason)


def _workload(
    run: RunRecord, name: str, records: list[ContenderRecord], levels: Mapping[str, float], random: np.random.Generator
) -> WorkloadResult:
    measured = [record for record in records if record.not_measured is None]
    every = {**levels, f"{REFERENCE}:aa": levels[REFERENCE]}
    drift = np.exp(ROUND_NOISE * random.standard_normal(ROUNDS))
    solo = {
        (name, label): _solo(name, label, level * HINDERED.get(label, 1.0), drift, random) for label, level in every.items()
    }
    paired = [
        half for label, level in every.items() if label != REFERENCE for half in _pairs(name, label, level, drift, random)
    ]
    found = build_workload(run, name, measured, solo, {})
    return found.replace(paired=paired_comparisons(measured, paired))


def _solo(name: str, label: str, level: float, drift: Floats, random: np.random.Generator) -> list[Analysed]:
    values = level * drift * np.exp(SOLO_NOISE * random.standard_normal((len(m.TRIAL_METRICS), ROUNDS)))
    units = {m.CPU_PER_REQUEST.name: BASE_US, m.GOODPUT.name: 1e5 / level**2}
    units |= {metric.name: 2.1e6 / level * (1 + 2 * len(label)) for metric in m.MEMORY_METRICS}
    return [
        Analysed(
            TRIAL.replace(contender=label, round=number, workload=name),
            {
                metric.name: float(of[number]) * units.get(metric.name, 1.0)
                for metric, of in zip(m.TRIAL_METRICS, values, strict=True)
            },
            values[1],
            [],
        )
        for number in range(ROUNDS)
    ]


def _pairs(name: str, label: str, level: float, drift: Floats, random: np.random.Generator) -> list[Analysed]:
    halves = []
    for number in range(ROUNDS):
        for own, other, of in ((REFERENCE, label, 1.0), (label, REFERENCE, level)):
            value = BASE_US * of * drift[number] * float(np.exp(PAIR_NOISE * random.standard_normal()))
            trial = TRIAL.replace(contender=own, beside=[other], round=number, workload=name)
            halves.append(Analysed(trial, {m.CPU_PER_REQUEST.name: value}, np.array([1.0]), []))
    return halves


def _pilot(level: float) -> Pilot:
    """One that settles after as many loads as its level is high; above 50 it does not."""
    falling = [PilotSegment(load_s=1.0, server_cpu_s=1.0, responses=round(1000 * 1.3**step)) for step in range(2 + int(level))]
    return Pilot(segments=falling if level > 50 else [*falling, falling[-1]])
