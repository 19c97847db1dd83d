"""primebench verify"""

import random
from typing import TYPE_CHECKING

import click

from loadgen.errors import Error
from primebench.output import echo, fail_with
from primebench.paths import CHECKOUT

if TYPE_CHECKING:
    from loadgen.config.service import Contender
    from loadgen.conformance import ConformanceResult


@click.command()
@click.argument("services", nargs=-1)
@click.option("--seed", type=int, help="Draws what the core cases ask for; default: a new one each time, printed.")
@click.option("--write-deviations", is_flag=True, help="Bring the list of failed cases in each service's folder up to date.")
def verify(services: tuple[str, ...], seed: int | None, write_deviations: bool) -> None:
    """Check services against their task's conformance suite, case by case.

    A service must pass the level core. The levels http and strict are scores; a service whose folder lists its deviations
    must fail those and no others.

    Example: primebench verify fiber
    """
    from loadgen.build.build import build as build_service
    from loadgen.config.contenders import verifiable
    from loadgen.machine.cores import choose_cores
    from loadgen.machine.topology import read_topology
    from loadgen.run.prepare import verify as verify_contender

    contenders = verifiable(services, CHECKOUT)
    if write_deviations and (variants := [contender.label for contender in contenders if contender.variant is not None]):
        raise Error(f"--write-deviations {variants[0]}: expected a service; its variants share the list in its folder")
    seed = random.SystemRandom().randrange(1 << 31) if seed is None else seed
    cores = choose_cores(read_topology(), 1, pinned=False)
    echo(f"seed {seed}")
    faults = []
    for contender in contenders:
        try:
            result = verify_contender(contender, build_service(contender.service, say=echo), cores, seed)
        except Error as error:
            faults.append(f"{contender.label}: {error}")
            continue
        echo(f"{contender.label}: {', '.join(f'{level} {score}' for level, score in result.scores.items())}")
        found = [one.line for one in result.outcomes if one.keeps_from_measuring]
        if write_deviations:
            _write(contender, result)
        else:
            found += _against_the_list(contender, result)
        faults += [f"{contender.label}: {line}" for line in found]
    fail_with(faults)


def _against_the_list(contender: "Contender", result: "ConformanceResult") -> list[str]:
    """Say what fails; return what the service's own list does not say, or says wrongly."""
    from loadgen.conformance import Verdict

    for one in result.with_verdict(Verdict.DEVIATES):
        echo(f"  deviates: {one.case.id}: {one.reason}")
    unlisted = [one for one in result.with_verdict(Verdict.FAILED) if not one.keeps_from_measuring]
    stale = [f"{one.case.id}: passes, but is listed as a deviation" for one in result.with_verdict(Verdict.DEVIATION_PASSES)]
    if contender.service.lists_deviations:
        return [*(f"{one.line}; not listed as a deviation" for one in unlisted), *stale]
    for one in unlisted:
        echo(f"  fails: {one.line}")
    return stale


def _write(contender: "Contender", result: "ConformanceResult") -> None:
    """Write the list, without what keeps the service from being measured: that is to be mended."""
    from loadgen.config.deviations import write_deviations

    scored = {one.case.id for one in result.outcomes if not one.keeps_from_measuring}
    deviations = {case: why for case, why in result.deviations.items() if case in scored}
    before = contender.service.known_deviations
    new, gone = len(deviations.keys() - before.keys()), len(before.keys() - deviations.keys())
    path = write_deviations(contender.service.folder, deviations)
    echo(f"{path}: {len(deviations)} cases, {new} of them new, {gone} gone")
    if contender.service.file.known_deviations:
        echo(f"{contender.service.folder / 'service.toml'}: [[known_deviations]] can go: {path.name} has them now")
