"""What a trial of a plan measures."""

from pathlib import Path

from loadgen.config.scenarios import LoadTiming
from loadgen.generator.default import GENERATOR
from loadgen.run.plan import Plan
from loadgen.run.prepare import Prepared
from loadgen.trial.load import Subject


def subject_of(plan: Plan, prepared: Prepared, workload: str, timing: LoadTiming, generator: Path) -> Subject:
    """A contender that was built, under a workload of the plan; `generator` is the program."""
    assert prepared.built is not None
    return Subject(
        contender=prepared.contender,
        artefact=prepared.built.artefact,
        asked=plan.workloads[workload].asked(plan.task),
        connections=plan.workloads[workload].connections,
        timing=timing,
        cores=plan.cores,
        generator=GENERATOR,
        program=generator,
    )
