"""Whether a machine measures what the first one does."""

from collections.abc import Sequence

from loadgen.errors import Error
from loadgen.record.run import RunRecord
from loadgen.run.new_run import contender_record
from loadgen.run.plan import Plan
from loadgen.run.prepare import Prepared


def check_alike(run: RunRecord, plan: Plan, prepared: Sequence[Prepared]) -> None:
    """Raise Error in what builds, generators or the choice of cores differ from those of the run's first machine."""
    cores = plan.cores
    here = (cores.server, cores.generator, cores.server_threads)
    if here != (run.server_cores, run.generator_cores, run.server_threads):
        raise Error(
            f"it would give the server cores {cores.server} and the generator {cores.generator}; "
            f"expected {run.server_cores} and {run.generator_cores}, as on the first machine"
        )
    first = {contender.label: contender for contender in run.contenders}
    for candidate in prepared:
        label = candidate.contender.label
        if candidate.not_measured is not None or candidate.built is None:
            raise Error(f"{label}: {candidate.not_measured}; expected what the first machine measures")
        now, record = contender_record(candidate, cores.server_threads), first.get(label)
        if record is None or record.build is None or record.build.key != candidate.built.record.key:
            raise Error(f"{label}: built by other tools or settings; expected those of the first machine")
        if (record.start_command, record.environment) != (now.start_command, now.environment):
            raise Error(f"{label}: started by another command or environment; expected those of the first machine")
