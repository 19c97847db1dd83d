"""primebench verify"""

import json
import random
from typing import TYPE_CHECKING, Any

import click

from loadgen.counted import counted
from loadgen.errors import Error
from primebench import completion, options
from primebench.output import echo, fail_with
from primebench.project import find_project
from primebench.schemas import SCHEMAS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from loadgen.config.service import Contender
    from loadgen.conformance import ConformanceResult, Fault, Outcome, Shown


@click.command()
@click.argument("services", nargs=-1, shell_complete=completion.services)
@click.option("--task", metavar="NAME", help="Only this one of each service's tasks.")
@click.option("--seed", type=int, help="Draws what the core cases ask for; default: a new one each time, printed.")
@click.option("--write-deviations", is_flag=True, help="Bring the list of failed cases in each service's folder up to date.")
@click.option("--list", "listed", is_flag=True, help="List the cases; nothing is built or started.")
@click.option("--case", "cases", multiple=True, metavar="ID", help="Run this case only; may be given again.")
@click.option("--json", "as_json", is_flag=True, help="Print every case of every service as JSON.")
@options.example
def verify(
    services: tuple[str, ...], task: str | None, seed: int | None, cases: tuple[str, ...], as_json: bool, **command_line: Any
) -> None:
    """Check services against the conformance suite of each of their tasks, case by case, then with thousands of requests.

    A service must pass the level core, and answer the requests and flows of its task. The levels http and strict are scores,
    shown a line a group, with each case by --json; a service whose folder lists its deviations must fail those and no others.

    Example: primebench verify fiber
    """
    from loadgen.config.contenders import verifiable
    from loadgen.conformance.folded import folded
    from loadgen.run.prepare import reason_of

    write_deviations = command_line["write_deviations"]
    if command_line["listed"]:
        options.refuse_beside("--list", "asks nothing of a service", ["write_deviations", "cases", "as_json"])
    if as_json:
        options.refuse_beside("--json", "prints cases, and writes nothing", ["write_deviations"])
    contenders = verifiable(services, find_project(command_line["example"]).folder, task)
    if write_deviations and (variants := [contender.label for contender in contenders if contender.variant is not None]):
        raise Error(f"--write-deviations {variants[0]}: expected a service; its variants share the list in its folder")
    if write_deviations and cases:
        raise Error("--write-deviations: expected all cases, not --case")
    seed = random.SystemRandom().randrange(1 << 31) if seed is None else seed
    if command_line["listed"]:
        _list(contenders, seed)
        return
    say = (lambda _line: None) if as_json else echo
    say(f"seed {seed}")
    faults, results = [], {}
    for contender in contenders:
        name = _name(contender)
        try:
            result, fault = _verified(contender, seed, cases, say)
        except Error as error:
            faults.append(f"{name}: {reason_of(error, contender)}")
            continue
        for line in () if cases else folded(result.outcomes):
            say(f"  {line}")
        say(f"{name}: {', '.join(f'{level} {score}' for level, score in result.scores.items())}")
        own_faults = [f"{outcome.line} ({outcome.case.source})" for outcome in result.outcomes if outcome.keeps_from_measuring]
        if fault is not None:
            say(f"  fails: {fault.in_full}")
            own_faults.append(fault.line)
        if write_deviations:
            _write(contender, result)
        else:
            own_faults += _against_the_list(contender, result)
        results[name] = result, fault
        faults += [f"{name}: {line}" for line in own_faults]
    if as_json:
        echo(json.dumps(verification(seed, results, faults)))
    fail_with(faults)


def _name(contender: "Contender") -> str:
    """Return its label, with the task behind it where that is not its service's main one."""
    return contender.label if contender.service.serves_main else f"{contender.label} ({contender.task.name})"


def _verified(
    contender: "Contender", seed: int, cases: tuple[str, ...], say: "Callable[[str], None]"
) -> "tuple[ConformanceResult, Fault | None]":
    """Run the suite; what keeps the service from being measured, or was asked for by name, is printed as it comes, with what
    was asked and answered. Then, if all cases are wanted, ask thousands of requests and the flows.
    """
    from loadgen.build.build import build as build_contender
    from loadgen.conformance import Fault
    from loadgen.machine.cores import choose_cores
    from loadgen.machine.topology import read_topology
    from loadgen.run.prepare import checked
    from loadgen.run.prepare import verify as verify_contenders

    def tell(outcome: "Outcome") -> None:
        if outcome.keeps_from_measuring or (cases and not outcome.passed):
            say(f"  {'deviates' if outcome.reason else 'fails'}: {outcome.in_full}")

    built, cores = build_contender(contender, say=say), choose_cores(read_topology(), 1, pinned=False)
    (result,) = verify_contenders([(contender, built)], cores, seed, tell, cases or None)
    if isinstance(result, Error):
        raise result
    if cases or not result.measurable:
        return result, None
    prepared = checked(contender, built, result, cores, seed)
    return result, None if prepared.not_measured is None else Fault(prepared.not_measured, prepared.shown)


def _list(contenders: "Sequence[Contender]", seed: int) -> None:
    for contender in contenders:
        suite = contender.task.suite(seed)
        echo(f"{_name(contender)}: {counted(len(suite.cases), 'case')}")
        for case in suite.cases:
            echo(f"  {suite.levels[case.id]:6}  {case.id}: {case.title}")


def verification(
    seed: int, results: "Mapping[str, tuple[ConformanceResult, Fault | None]]", faults: "Sequence[str]"
) -> dict[str, object]:
    """Return what --json prints: every case of every service that could be asked, by label, and what its smoke check found."""
    return {
        "schema_version": SCHEMAS["verify"],
        "seed": seed,
        "services": {label: _cases(result) for label, (result, _) in results.items()},
        "smoke_checks": {label: _smoke_check(fault) for label, (_, fault) in results.items()},
        "faults": faults,
    }


def _cases(result: "ConformanceResult") -> list[dict[str, str | None]]:
    return [
        {
            "case": outcome.case.id,
            "level": outcome.level,
            "title": outcome.case.title,
            "source": outcome.case.source,
            "verdict": outcome.verdict,
            "evidence": outcome.evidence,
            "reason": outcome.reason,
            **_exchange(outcome.shown),
        }
        for outcome in result.outcomes
    ]


def _smoke_check(fault: "Fault | None") -> dict[str, str | None]:
    return {"evidence": fault.line if fault else None, **_exchange(fault.shown if fault else None)}


def _exchange(shown: "Shown | None") -> dict[str, str | None]:
    """Return what was asked and what came back; null where nothing failed."""
    return {"request": shown.request, "response": shown.response} if shown else {"request": None, "response": None}


def _against_the_list(contender: "Contender", result: "ConformanceResult") -> list[str]:
    """Return what the service's own list does not say, or says wrongly."""
    from loadgen.conformance import Verdict

    unlisted = [outcome for outcome in result.with_verdict(Verdict.FAILED) if not outcome.keeps_from_measuring]
    passing = [outcome.case.id for outcome in result.with_verdict(Verdict.DEVIATION_PASSES)]
    own = contender.service.known_deviations  # what is listed of the main task may pass in another one
    stale = [f"{case}: passes, but is listed as a deviation" for case in passing if case in own]
    return [
        *(f"{outcome.line}; not listed as a deviation" for outcome in unlisted if contender.service.lists_deviations),
        *stale,
    ]


def _write(contender: "Contender", result: "ConformanceResult") -> None:
    """Write the list, without what keeps the service from being measured: that is to be mended."""
    from loadgen.config.deviations import Deviations, read_deviations, write_deviations

    service = contender.service
    scored = {outcome.case.id for outcome in result.outcomes if not outcome.keeps_from_measuring}
    deviations = {case: why for case, why in result.deviations.items() if case in scored}
    listed, before = read_deviations(service.folder) or Deviations(), service.known_deviations
    if service.serves_main:
        listed = listed.replace(of_main=deviations)
    else:
        listed = listed.with_task(service.task.name, deviations)
        deviations = listed.of_others.get(service.task.name, {})
    new, gone = len(deviations.keys() - before.keys()), len(before.keys() - deviations.keys())
    path = write_deviations(service.folder, listed)
    only = "" if service.serves_main else f" of {service.task.name} alone"
    echo(f"{path}: {counted(len(deviations), 'case')}{only}, {new} of them new, {gone} gone")
    if service.file.known_deviations:
        echo(f"{service.folder / 'service.toml'}: [[known_deviations]] can go: {path.name} has them now")
