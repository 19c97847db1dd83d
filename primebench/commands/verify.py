"""primebench verify"""

import random

import click

from loadgen.errors import Trouble
from primebench.output import echo, fail_with
from primebench.paths import CHECKOUT


@click.command()
@click.argument("services", nargs=-1)
@click.option("--seed", type=int, help="Draws the n whose primes are checked; default: a new one each time, printed.")
def verify(services: tuple[str, ...], seed: int | None) -> None:
    """Check services against the HTTP contract (docs/reference/http-contract.md), case by case.

    Example: primebench verify fiber
    """
    from loadgen.build.build import build as build_service
    from loadgen.config.contenders import verifiable
    from loadgen.conformance import Verdict
    from loadgen.machine.cores import choose_cores
    from loadgen.machine.topology import read_topology
    from loadgen.run.prepare import fault_line
    from loadgen.run.prepare import verify as verify_contender

    seed = random.SystemRandom().randrange(1 << 31) if seed is None else seed
    cores = choose_cores(read_topology(), 1, pinned=False)
    echo(f"seed {seed}")
    faults = []
    for contender in verifiable(services, CHECKOUT):
        try:
            result = verify_contender(contender, build_service(contender.service, say=echo), cores, seed)
        except Trouble as trouble:
            faults.append(f"{contender.label}: {trouble}")
            continue
        deviates = result.with_verdict(Verdict.DEVIATES)
        passed = len(result.with_verdict(Verdict.PASSED))
        echo(f"{contender.label}: {passed} of {len(result.outcomes)} cases pass, {len(deviates)} known deviations")
        for outcome in deviates:
            echo(f"  deviates: {outcome.case.id}: {outcome.reason}")
        faults += [f"{contender.label}: {fault_line(outcome)}" for outcome in result.outcomes if not outcome.ok]
    fail_with(faults)
