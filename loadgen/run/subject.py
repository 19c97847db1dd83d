"""What trials of a plan measure."""

import contextlib
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from loadgen.config.scenarios import LoadTiming
from loadgen.generator.generator import Say
from loadgen.generator.request_file import RequestFiles
from loadgen.run.plan import Plan
from loadgen.run.prepare import Prepared
from loadgen.system.scratch import scratch_folder
from loadgen.trial.load import Elsewhere, Subject

DIFFERENT_ROUNDS = 8
"""Rounds ask for other things; after so many they begin again, for making requests takes about a second."""
UNKNOWN_PER_S = 20_000.0
"""Requests per second that are made ready for a service of unknown speed, where they cannot be sent twice."""


@dataclass(frozen=True)
class Subjects:
    """Makes them: `programs` are the generators' by name, `files` has prepared requests, `elsewhere` other hosts that send."""

    programs: Mapping[str, Path]
    files: RequestFiles
    elsewhere: Elsewhere | None = None

    def subject(self, plan: Plan, prepared: Prepared, workload: str, timing: LoadTiming, round_number: int) -> Subject:
        """A contender that was built, under a workload of the plan. All of a round are asked the same."""
        assert prepared.built is not None
        load = plan.loads[workload]
        generator = plan.generators[workload]
        pilot = plan.pilots.get(plan.labels[workload], {}).get(prepared.contender.twin_of or prepared.contender.label)
        return Subject(
            contender=prepared.contender,
            artefact=prepared.built.artefact,
            asked=plan.asked[workload],
            connections=load.connections,
            timing=timing,
            cores=plan.cores,
            generator=generator,
            program=self.programs[generator.name],
            files=self.files,
            seed=zlib.crc32(f"{plan.seed}/{workload}/{round_number % DIFFERENT_ROUNDS}".encode()),
            expected_per_s=pilot.rate_per_s if pilot else UNKNOWN_PER_S,
            sending=load.sending,
            generators=self.elsewhere or plan.generator_cores(workload),
        )


def programs_for(plan: Plan, say: Say = print) -> dict[str, Path]:
    """Return the programs of the generators that the plan needs; raise Error if one is missing."""
    return {generator.name: generator.find(say) for generator in dict.fromkeys(plan.generators.values())}


@contextlib.contextmanager
def subjects_of(programs: Mapping[str, Path], elsewhere: Elsewhere | None = None) -> Iterator[Subjects]:
    """With a folder for prepared requests, which is gone afterwards."""
    with scratch_folder() as folder:
        yield Subjects(programs, RequestFiles(folder), elsewhere)
