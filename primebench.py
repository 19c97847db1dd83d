"""The command line: wires build, verify, measure, analyse and render, and holds no logic of its own."""

if __name__ == "__main__":  # begins as the console script does: an import that fails is said in one line
    import primebench_entry

    primebench_entry.main()

import functools
import io
import json
import os
import random
import re
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from loadgen.errors import Trouble
from loadgen.exit_codes import ExitCode, end_with
from loadgen.one_line import one_line, storable

if TYPE_CHECKING:
    from rich.console import Console

    from analysis.model.summary import Summary
    from analysis.regress.model import RegressResult
    from analysis.tables.workload import Table
    from loadgen.build.revision import Place
    from loadgen.config.regress import Gate
    from loadgen.config.scenarios import Scenarios
    from loadgen.config.service import Contender
    from loadgen.microbench.run import Bench
    from loadgen.run.plan import Plan
    from loadgen.run.prepare import Prepared
    from loadgen.run.run import Finished

CHECKOUT = Path(__file__).resolve().parent
OUTCOME_CODES = {
    "pass": ExitCode.FINE,
    "regression": ExitCode.REGRESSION,
    "invalid": ExitCode.TROUBLE,
    "inconclusive": ExitCode.INCONCLUSIVE,
}
RENDERING_S = 10.0
"""What tables, plots and report take after the last trial, kept free of a budget."""


_format = click.option(
    "--format",
    "written_as",
    type=click.Choice(["text", "markdown", "csv", "json"]),
    default="text",
    show_default=True,
    help="How tables are printed; all but text in UTF-8.",
)


def _console(stderr: bool = False) -> "Console":
    from analysis.text.console import make_console

    return make_console(stderr=stderr)


def _say(console: "Console") -> Callable[[str], None]:
    """Print on the console what has text from outside in it."""
    return lambda line: console.print(one_line(line), soft_wrap=True)


def _echo(line: str) -> None:
    """Print what has text from outside in it."""
    click.echo(one_line(line))


class PathText(click.ParamType[Path]):
    """A path. An empty one is a variable that is not set, and would be the folder that one is in."""

    name = "path"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """The path, as it is."""
        if isinstance(value, Path):
            return value
        return Path(str(value)) if value else self.fail("expected a path, not an empty text", param, ctx)


class ServiceList(click.ParamType[list[str]]):
    """One or more names, separated by commas; or a folder, whatever its name."""

    name = "names"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> list[str]:
        """Split the text."""
        if isinstance(value, list):
            return value
        if value and Path(str(value)).is_dir():
            return [str(value)]
        names = [name.strip() for name in str(value).split(",") if name.strip()]
        return names or self.fail("expected at least one name", param, ctx)


class Duration(click.ParamType[float]):
    """A time as people write it: 90s, 15m, 1h30m."""

    name = "time"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Seconds."""
        if isinstance(value, float):
            return value
        found = re.fullmatch(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?", str(value))
        if found is None or not any(found.groups()):
            return self.fail(f"expected a time like 90s, 15m or 1h30m, not '{value}'", param, ctx)
        return float(sum(int(part or 0) * unit for part, unit in zip(found.groups(), (3600, 60, 1), strict=True)))


class Export(click.ParamType[tuple[str, Path]]):
    """A format and the file to write, FORMAT=FILE."""

    name = "format=file"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, Path]:
        """The format's name and the file."""
        from analysis.regress.export import FORMATS

        if isinstance(value, tuple):
            return value
        chosen, _, file = str(value).partition("=")
        if chosen not in FORMATS or not file:
            return self.fail(f"expected FORMAT=FILE with a format of {', '.join(FORMATS)}, not '{value}'", param, ctx)
        if Path(file).is_dir():
            return self.fail(f"expected a file to write, and {one_line(file)} is a folder", param, ctx)
        return chosen, Path(file)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="primebench")
def cli() -> None:
    """Compare HTTP services by measurements that can be defended.

    Example: primebench run --profile quick
    """
    if temporary := os.environ.get("TMPDIR"):  # for programs that run in other folders, too
        os.environ["TMPDIR"] = str(_absolute(Path(temporary)))


@cli.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def doctor(as_json: bool) -> None:
    """What is installed, what is missing, how to install it; whether this machine is fit to measure.

    Example: primebench doctor
    """
    from loadgen.machine.cores import choose_cores
    from loadgen.machine.fitness import doubts
    from loadgen.machine.machine import read_machine
    from loadgen.machine.topology import read_topology
    from loadgen.machine.topology_text import choice_lines, topology_lines
    from loadgen.setup.requirements import find_all

    findings = find_all()
    machine, topology = read_machine(), read_topology()
    cores = choose_cores(topology, 1, pinned=True)
    if as_json:
        click.echo(
            json.dumps(
                {
                    "requirements": [
                        {
                            "name": one.requirement.name,
                            "purpose": one.requirement.purpose,
                            "version": one.version,
                            "ok": one.ok,
                            "install": one.requirement.install,
                        }
                        for one in findings
                    ],
                    "machine": machine.model_dump(),
                    "cores": cores._asdict() | {"why": choice_lines(topology, cores)},
                    "doubts": doubts(machine, cores),
                },
                indent=2,
            )
        )
    else:
        for one in findings:
            mark = "ok     " if one.ok else "MISSING"
            click.echo(f"{mark}  {one.requirement.name:22} {one.verdict}")
            if not one.ok:
                click.echo(f"         {one.requirement.purpose}; install: {one.requirement.install}")
        click.echo(f"\n{machine.cpu_model}, {machine.cores} CPUs, {machine.system}, Linux {machine.kernel}")
        for line in [*topology_lines(topology), *choice_lines(topology, cores)]:
            click.echo(line)
        for doubt in doubts(machine, cores):
            click.echo(f"doubt: {doubt}")
    if not all(one.ok for one in findings):
        sys.exit(ExitCode.TROUBLE)


@cli.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_(as_json: bool) -> None:
    """Services and their variants, workloads, profiles.

    Example: primebench list
    """
    from loadgen.config.scenarios import read_scenarios
    from loadgen.config.service import services_of
    from loadgen.run.plan import counted

    services, scenarios = services_of(CHECKOUT), read_scenarios(CHECKOUT / "scenarios.toml")
    if as_json:
        click.echo(
            json.dumps(
                {
                    "services": [service.file.model_dump() for service in services.values()],
                    "workloads": {name: one.model_dump() for name, one in scenarios.workloads.items()},
                    "profiles": {name: one.model_dump() for name, one in scenarios.profiles.items()},
                },
                indent=2,
            )
        )
        return
    click.echo("services")
    for service in services.values():
        kind = "a control, not compared" if service.file.control else service.file.tier
        _echo(f"  {service.name:16} {service.file.language} · {service.file.title}, {kind}")
        for name, variant in service.file.variants.items():
            _echo(f"  {service.name + ':' + name:16} {variant.title}, {variant.tier}")
    click.echo("workloads")
    for name, workload in scenarios.workloads.items():
        _echo(f"  {name:16} {workload.title}: n = {workload.n:,}, {workload.load}")
    click.echo("profiles")
    for name, profile in scenarios.profiles.items():
        twin = f", {profile.services[0]} once more" if profile.twin else ""
        _echo(f"  {name:16} {profile.title}: {counted(profile.rounds, 'round')} of {', '.join(profile.services)}{twin}")


@cli.command()
@click.argument("services", nargs=-1)
@click.option("--fresh", is_flag=True, help="Build again even if nothing has changed.")
def build(services: tuple[str, ...], fresh: bool) -> None:
    """Build services, with build times and binary sizes.

    Example: primebench build cpp fiber
    """
    from loadgen.build.build import build as build_service

    faults = []
    for contender in _contenders(services):
        try:
            built = build_service(contender.service, fresh=fresh, say=_echo)
        except Trouble as trouble:
            faults.append(f"{contender.label}: {trouble}")
            continue
        record = built.record
        times = ", ".join(f"{seconds:.2f}" for seconds in record.incremental_build_s)
        incremental = f"incremental {times} s" if times else "incremental not timed"
        _echo(
            f"{contender.label}: clean {record.clean_build_s:.1f} s, {incremental}, "
            f"{record.binary_bytes / 1e6:.2f} MB, built {record.built_at}"
        )
    _end_with(faults)


@cli.command()
@click.argument("services", nargs=-1)
@click.option("--seed", type=int, help="Draws the n whose primes are checked; default: a new one each time, printed.")
def verify(services: tuple[str, ...], seed: int | None) -> None:
    """Check services against the HTTP contract (docs/contract.md), case by case.

    Example: primebench verify fiber
    """
    from loadgen.build.build import build as build_service
    from loadgen.conformance import Verdict
    from loadgen.machine.cores import choose_cores
    from loadgen.machine.topology import read_topology
    from loadgen.run.prepare import fault_line
    from loadgen.run.prepare import verify as verify_contender

    seed = random.SystemRandom().randrange(1 << 31) if seed is None else seed
    cores = choose_cores(read_topology(), 1, pinned=False)
    _echo(f"seed {seed}")
    faults = []
    for contender in _verifiable(services):
        try:
            result = verify_contender(contender, build_service(contender.service, say=_echo), cores, seed)
        except Trouble as trouble:
            faults.append(f"{contender.label}: {trouble}")
            continue
        deviates = result.with_verdict(Verdict.DEVIATES)
        passed = len(result.with_verdict(Verdict.PASSED))
        _echo(f"{contender.label}: {passed} of {len(result.outcomes)} cases pass, {len(deviates)} known deviations")
        for outcome in deviates:
            _echo(f"  deviates: {outcome.case.id}: {outcome.reason}")
        faults += [f"{contender.label}: {fault_line(outcome)}" for outcome in result.outcomes if not outcome.ok]
    _end_with(faults)


@cli.command()
@click.argument("service")
@click.option("--port", type=click.IntRange(0, 65535), default=8080, show_default=True)
@click.option("--threads", type=click.IntRange(1, 1024), help="Default: the number of usable cores.")
def serve(service: str, port: int, threads: int | None) -> None:
    """Run a service in the foreground, to try it by hand.

    Example: primebench serve fiber:published --port 3000
    """
    from loadgen.build.build import build as build_service
    from loadgen.machine.topology import usable_cores
    from loadgen.system.signals import give_back
    from loadgen.trial.server import start_command, start_environment

    (contender,) = _contenders((service,))
    built = build_service(contender.service, say=_echo)
    command = start_command(contender, built.artefact, port, threads or len(usable_cores()))
    sys.stdout.flush()
    give_back()
    try:
        os.execvpe(command[0], command, start_environment(contender))
    except OSError as error:
        raise Trouble(f"{contender.label}: {command[0]}: {error.strerror}") from error


@cli.command()
@click.option("--profile", "profile_name", default="quick", show_default=True, help="How to measure (primebench list).")
@click.option("--service", "services", type=ServiceList(), multiple=True, help="Service, SERVICE:VARIANT or folder.")
@click.option("--workload", "workloads", type=ServiceList(), multiple=True, help="Only these workloads.")
@click.option("--rounds", type=click.IntRange(1, 10_000), help="Instead of the profile's.")
@click.option("--budget", type=Duration(), help="Take no longer than this (15m), and say what is given up for it.")
@click.option("--seed", type=int, help="For the order of trials and the n that are verified; default: drawn, recorded.")
@click.option("--resume", "interrupted", metavar="ID", help="Go on with an interrupted run: its ID, or its folder.")
@click.option("--results", type=PathText(), help="Instead of the checkout's results/.")
@click.option("--scenarios", type=PathText(), help="Instead of the checkout's scenarios.toml.")
@click.pass_context
def run(
    context: click.Context,
    profile_name: str,
    services: tuple[list[str], ...],
    workloads: tuple[list[str], ...],
    rounds: int | None,
    budget: float | None,
    seed: int | None,
    interrupted: str | None,
    results: Path | None,
    scenarios: Path | None,
) -> None:
    """Build, verify and measure, then print the tables and write the report.

    Example: primebench run --profile quick --service cpp,actix --workload article
    """
    place = _real(results or CHECKOUT / "results")
    if interrupted is not None:
        own = ("interrupted", "results")
        given = [one.opts[0] for one in context.command.params if one.name not in own and _was_given(context, one)]
        if given:
            raise Trouble(f"--resume goes on with what the run was asked for: leave out {', '.join(given)}")
        _resumed(interrupted, place)
        return
    began_s = time.monotonic()
    names = [name for listed in services for name in listed]
    plan = _plan(profile_name, names, [name for listed in workloads for name in listed], rounds, seed, scenarios)
    _measured(plan, place, None if budget is None else began_s + budget)


def _was_given(context: click.Context, parameter: click.Parameter) -> bool:
    return context.get_parameter_source(parameter.name or "") is click.core.ParameterSource.COMMANDLINE


@cli.command()
@click.argument("run_folder", required=False, type=PathText())
@click.option("--json", "as_json", is_flag=True, help="Print summary.json instead of the tables.")
@_format
def report(run_folder: Path | None, as_json: bool, written_as: str) -> None:
    """Make summary, tables, plots and report, or a regression check's verdict, again from a run's records, without measuring.

    Example: primebench report results/latest
    """
    from analysis.pipeline.render import every_table
    from analysis.regress.evidence import is_regression_check

    _one_of(as_json, written_as)
    folder = _real(run_folder or CHECKOUT / "results" / "latest")
    if is_regression_check(folder):
        if written_as != "text":
            raise Trouble(f"--format {written_as}: a regression check has no tables; --json prints its verdict")
        _reported_check(folder, as_json)
        return
    summary = _rendered(folder)
    if as_json:
        _write(summary.model_dump_json(indent=2) + "\n")
    elif written_as == "text":
        _show(_console(), summary, folder)
    else:
        _print_tables(every_table(summary, whole=True), written_as)


@cli.command()
@click.argument("run_folder", required=False, type=PathText())
@click.option("--json", "as_json", is_flag=True, help="Print the claims as JSON instead of the tables.")
@_format
def audit(run_folder: Path | None, as_json: bool, written_as: str) -> None:
    """What was published beside what was measured: figures, ratios and causes, and how each verdict follows.

    Example: primebench audit results/latest
    """
    from analysis.audit.tables import claims_tables, conditions_lines
    from analysis.pipeline.render import analysed
    from analysis.regress.evidence import is_regression_check
    from analysis.text.printable import in_one_line

    _one_of(as_json, written_as)
    folder = _real(run_folder or CHECKOUT / "results" / "latest")
    if is_regression_check(folder):
        raise Trouble(f"{folder}: a regression check says nothing of published figures; give another run, or make bench")
    summary = analysed(folder, CHECKOUT / "results" / "published")
    if summary.audit is None:
        raise Trouble(f"{folder}: no load trials, or nothing in results/published/, so that nothing can be set beside it")
    if as_json:
        click.echo(summary.model_dump_json(include={"claims", "audit"}, indent=2))
        return
    if written_as == "text":
        for line in conditions_lines(summary.audit):
            _console().print(in_one_line(line), soft_wrap=False, markup=False)
        click.echo()
    _print_tables(claims_tables(summary, whole=True), written_as)


@cli.command()
@click.argument("runs", nargs=-1, type=PathText())
@click.option(
    "--over",
    metavar="LABEL",
    help="The yardstick within each run; default: the first service of both whose binary kept its size, else the first.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the comparison as JSON instead of the tables.")
@_format
def compare(runs: tuple[Path, ...], over: str | None, as_json: bool, written_as: str) -> None:
    """What changed between runs of one machine; the ratios of several machines side by side; what was published beside both.

    A run is its folder, its ID, or a folder that keeps a summary.json.

    Example: primebench compare results/latest results/reference
    """
    from analysis.compare.compare import compared
    from analysis.compare.tables import compare_tables
    from analysis.pipeline.find_runs import read_compared

    _one_of(as_json, written_as)
    result = compared([read_compared(run, CHECKOUT) for run in runs], over)
    if as_json:
        _write(result.model_dump_json(indent=2) + "\n")
    else:
        _print_tables(compare_tables(result), written_as)


@cli.command()
@click.argument("run_folder", required=False, type=PathText())
def reference(run_folder: Path | None) -> None:
    """Keep a run as the one that README.md shows: results/reference/; a run with microbenchmarks in results/microbench/, one of
    the profile audit or article in results/audit/.

    Example: primebench reference results/latest
    """
    from analysis.pipeline.publish import keep
    from analysis.regress.evidence import is_regression_check

    folder = _real(run_folder or CHECKOUT / "results" / "latest")
    if is_regression_check(folder):
        raise Trouble(f"{folder}: a regression check is no run to show; give another run, or make bench")
    keep(_rendered(folder), folder, CHECKOUT)


@cli.command()
@click.option("--quick", is_flag=True, help="Under two minutes: no load trials, no other compilers and flags.")
@click.option("--service", "services", type=ServiceList(), multiple=True, help="Service or folder.")
@click.option("--rounds", type=click.IntRange(1, 10_000), help="Instead of the profile's.")
@click.option("--seed", type=int, help="For the order of trials; default: drawn, recorded.")
@click.option("--results", type=PathText(), help="Instead of the checkout's results/.")
def microbench(
    quick: bool, services: tuple[list[str], ...], rounds: int | None, seed: int | None, results: Path | None
) -> None:
    """Prime loop, JSON codec and request path by themselves, in every language, and whether they explain the load runs.

    Example: primebench microbench --quick --service cpp
    """
    names = [name for listed in services for name in listed]
    plan = _plan("microbench-quick" if quick else "microbench", names, [], rounds, seed, None)
    _measured(plan, _real(results or CHECKOUT / "results"))


@cli.command()
@click.option("--base", required=True, help="Git revision, or folder of a service or checkout, to compare with.")
@click.option("--head", default="HEAD", show_default=True, help="The one to judge; '.' is the working tree as it is.")
@click.option(
    "--service", "folders", type=ServiceList(), multiple=True, help="Folders of services on both sides. [the root, or server]"
)
@click.option("--repository", type=PathText(), help="Instead of this checkout: any git repository.")
@click.option("--exact-base", is_flag=True, help="Compare with --base itself, not with where head's history left it.")
@click.option("--workload", "workloads", type=ServiceList(), multiple=True, help="Only these workloads.")
@click.option("--layer", "layers", type=ServiceList(), multiple=True, help="Only these: load, microbench, instructions, size.")
@click.option("--budget", type=Duration(), help="Time for measuring, once all is built. [10m]")
@click.option("--margin", type=click.FloatRange(0, 1), help="Instead of those for CPU, goodput and benchmarks. [0.015, 0.01]")
@click.option("--exclude", type=click.FloatRange(0, 1), help="What a pass rules out, for the same. [0.03]")
@click.option("--config", type=PathText(), help="Instead of the repository's primebench.toml.")
@click.option("--export", "exports", type=Export(), multiple=True, help="Write the verdict in a FORMAT to a FILE, too.")
@click.option("--history", type=PathText(), help="Append the run to this file (primebench trend).")
@click.option("--seed", type=int, help="For the order of trials; default: drawn, recorded.")
@click.option("--results", type=PathText(), help="Instead of the checkout's results/.")
@click.option("--scenarios", type=PathText(), help="Instead of the checkout's scenarios.toml.")
def regress(
    base: str,
    head: str,
    folders: tuple[list[str], ...],
    repository: Path | None,
    exact_base: bool,
    workloads: tuple[list[str], ...],
    layers: tuple[list[str], ...],
    budget: float | None,
    margin: float | None,
    exclude: float | None,
    config: Path | None,
    exports: tuple[tuple[str, Path], ...],
    history: Path | None,
    seed: int | None,
    results: Path | None,
    scenarios: Path | None,
) -> None:
    """Is HEAD worse than BASE? Exit code 0 no, 1 yes, 3 cannot tell, 2 invalid, or trouble.

    Example: primebench regress --base origin/main --head HEAD
    """
    from contextlib import ExitStack

    from analysis.regress.evidence import undecided
    from analysis.trend.history import append_to, entry_of, read_history
    from loadgen.build.revision import find_places, laid_out
    from loadgen.generator.oha import find_oha
    from loadgen.record.run import RegressRecord
    from loadgen.regress.prepare import prepare_gate, services_at
    from loadgen.regress.run import GatePlan, check_plan, check_profile, measure_gate
    from loadgen.run.reporter import reporter_for
    from loadgen.run.run import CASES, check_results

    if history is not None and history.exists():
        read_history(history)  # a damaged one is better known before ten minutes of measuring
    repository = _real(repository or CHECKOUT)
    if not repository.is_dir():
        raise Trouble(f"--repository {repository}: no such folder; expected a git repository")
    gate = _gate(repository, config, scenarios, [one for part in layers for one in part], budget, margin, exclude)
    plan = _plan(gate.profile, [], [one for part in workloads for one in part] or gate.workloads, None, seed, scenarios)
    check_profile(gate, plan)
    _check_exports(exports)
    kept_in = _real(results or CHECKOUT / "results")
    check_results(kept_in)
    find_oha()
    _allow_connections(plan)
    console = _console()
    first, second, moved = find_places(repository, base, head, exact_base=exact_base)
    for line in _told_of_places(repository, first, second, moved):
        _say(console)(line)
    if plan.cores.server == plan.cores.generator:
        console.print("one core: servers and generators share it; CPU per request is theirs, goodput and latency are of both")
    names = [name for part in folders for name in part]
    with ExitStack() as trees:
        bases, heads = (
            services_at(trees.enter_context(laid_out(repository, place)), names, which)
            for place, which in ((first, "base"), (second, "head"))
        )
        ready = prepare_gate(bases, heads, gate, plan.cores, plan.seed, CHECKOUT / CASES, _say(console))
        for note in ready.notes:
            _say(console)(note)
        sides = first.side(ready.built("base")), second.side(ready.built("head"))
        if sides[0].built == sides[1].built:
            console.print("base and head are built from the same sources: an A/A run")
        record = RegressRecord(
            base=sides[0],
            head=sides[1],
            merge_base=moved,
            gate=gate.model_dump(mode="json"),
            command=["primebench", *map(storable, sys.argv[1:]), *(["--seed", str(plan.seed)] if seed is None else [])],
            notes=ready.notes,
        )
        gate_plan = GatePlan(gate, plan, ready.prepared, ready.benches, ready.services, record)
        check_plan(gate_plan)
        folder = measure_gate(gate_plan, kept_in, CHECKOUT, reporter_for(console), undecided).path
    result = _verdict(console, folder, exports)
    if history is not None:
        append_to(history, entry_of(result))
    sys.exit(OUTCOME_CODES[result.outcome])


def _check_exports(exports: tuple[tuple[str, Path], ...]) -> None:
    """Raise Trouble for a file that could not be written, before ten minutes of measuring."""
    files = [_real(file) for _, file in exports]
    for file in files:
        if not file.parent.is_dir():
            raise Trouble(f"--export {file}: no folder {file.parent}")
        if not os.access(file if file.exists() else file.parent, os.W_OK):
            raise Trouble(f"--export {file}: may not be written; expected a file in a folder of yours")
        if files.count(file) > 1:
            raise Trouble(f"--export {file}: asked for twice; expected a file for each")


def _gate(
    repository: Path,
    config: Path | None,
    scenarios: Path | None,
    layers: list[str],
    budget: float | None,
    margin: float | None,
    exclude: float | None,
) -> "Gate":
    """The table [regress]: of the configuration asked for, the repository's own, or scenarios.toml; with what flags change."""
    from loadgen.config.regress import LAYERS, changed, read_gate

    own = repository / "primebench.toml"
    has_own = config is not None or os.path.lexists(own)  # a link that leads nowhere is a mistake to be named
    gate = read_gate(config or own) if has_own else _scenarios(scenarios).regress
    if unknown := set(layers) - set(LAYERS):
        raise Trouble(f"no layer '{', '.join(sorted(unknown))}': expected of {', '.join(LAYERS)}")
    return changed(gate, layers=layers, budget_s=budget, margin=margin, exclude=exclude)


def _told_of_places(repository: Path, first: "Place", second: "Place", moved: bool) -> list[str]:
    """What is compared, and what a user may not expect of it."""
    from loadgen.build.git import changed_files
    from loadgen.build.revision import find_place

    lines = [f"{name}: {place.told}" for name, place in (("base", first), ("head", second))]
    if moved:
        lines.append(f"base is where head's history left {first.asked}; --exact-base compares with {first.asked} itself")
    dirty = [] if second.folder else changed_files(repository)
    if dirty and find_place(repository, "HEAD").commit == second.commit:
        lines.append(
            f"the working tree differs from {second.asked} in {len(dirty)} files, which are not measured: --head . does"
        )
    if first.commit is not None and first.commit == second.commit and not (first.changed or second.changed):
        lines.append("base and head are the same commit")
    return lines


def _reported_check(folder: Path, as_json: bool) -> None:
    from analysis.regress.render import render_regress

    if as_json:
        click.echo(render_regress(folder, {}).model_dump_json(indent=2))
    else:
        _verdict(_console(), folder)


def _verdict(console: "Console", folder: Path, exports: tuple[tuple[str, Path], ...] = ()) -> "RegressResult":
    """Judge the run, write the verdict and its plot, and show it."""
    from analysis.regress.render import render_regress, show_regress

    result = render_regress(folder, {file: name for name, file in exports})
    show_regress(console, result)
    console.print(f"run: {_near(folder)}", soft_wrap=True)
    return result


@cli.command()
@click.option("--history", type=PathText(), help="Instead of the checkout's results/history.jsonl.")
@click.option("--out", type=PathText(), help="Folder for the plots, instead of the checkout's results/trend/.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of the summary; plots are written all the same.")
def trend(history: Path | None, out: Path | None, as_json: bool) -> None:
    """How metrics moved over the runs of a history: for reading, not for the verdict.

    Example: primebench trend --history results/history.jsonl
    """
    from analysis.trend.history import read_history
    from analysis.trend.plot import write_trend_plots
    from analysis.trend.text import lines_of
    from analysis.trend.trend import trends_of

    result = trends_of(read_history(history or CHECKOUT / "results" / "history.jsonl"))
    folder = _real(out or CHECKOUT / "results" / "trend")
    try:
        plots = write_trend_plots(result, folder)
    except OSError as error:
        raise Trouble(f"{error.filename or folder}: {error.strerror}; choose another folder with --out") from error
    if as_json:
        click.echo(result.model_dump_json(indent=2))
        return
    for line in [*lines_of(result), "", *(f"plot: {_near(path)}" for path in plots)]:
        click.echo(line)


def _verifiable(names: tuple[str, ...]) -> "list[Contender]":
    """The contenders named, or every service; a control has no contract to keep."""
    chosen = _contenders(names)
    for one in chosen:
        if names and one.control:
            raise Trouble(f"{one.label} is a control: it keeps no contract that could be verified")
    return [one for one in chosen if not one.control]


def _contenders(names: tuple[str, ...]) -> "list[Contender]":
    from loadgen.config.service import find_contender, services_of

    own = services_of(CHECKOUT)
    contenders = [find_contender(name, own) for name in dict.fromkeys(names or own)]
    labels = [one.label for one in contenders]
    twice = {label for label in labels if labels.count(label) > 1}
    if twice:
        raise Trouble(f"two services are named {', '.join(sorted(twice))}; give one another name in its service.toml")
    for one in contenders:
        if one.twin_of is not None and one.twin_of not in labels:
            raise Trouble(f"{one.label} is the A/A control of {one.twin_of}: name that, too")
    return contenders


def _measured(plan: "Plan", results: Path, until_s: float | None = None) -> None:
    """Prepare, measure, render and show; exit code 2 if anything was not as it should be.

    With `until_s`, a reading of time.monotonic(), the plan is fitted into the time that is left when all is prepared.
    """
    from dataclasses import replace

    from analysis.trial.early_stop import stopping_rule
    from loadgen.generator.oha import find_oha
    from loadgen.run.budget import fit
    from loadgen.run.reporter import reporter_for
    from loadgen.run.run import check_results, measure

    check_results(results)
    console = _console()
    plan = replace(plan, services=_from_anywhere(plan.services))
    contenders = _contenders(tuple(plan.services))
    prepared = []
    if plan.workloads:
        find_oha()
        _allow_connections(plan)
        prepared = _with_twin(plan, _prepared(plan, contenders, _say(console)))
    plan = replace(plan, benches=_benches(plan, contenders, _say(console)))
    if until_s is not None:
        measurable = [one.contender for one in prepared if one.not_measured is None]
        plan = fit(plan, measurable, until_s - time.monotonic() - RENDERING_S)
        for line in plan.given_up:
            _say(console)(f"to keep to the budget: {line}")
    ends_s = None if until_s is None else until_s - RENDERING_S
    finished = measure(plan, prepared, results, CHECKOUT, reporter_for(console), stopping_rule, ends_s)
    _finish(console, finished)


def _from_anywhere(names: list[str]) -> list[str]:
    """The names with the folders among them absolute, so that the run can be resumed from another folder."""
    from loadgen.config.service import TWIN_SUFFIX, parted, services_of

    own = services_of(CHECKOUT)

    def absolute(name: str) -> str:
        if name.endswith(TWIN_SUFFIX):
            return absolute(name.removesuffix(TWIN_SUFFIX)) + TWIN_SUFFIX
        place, variant = parted(name, own)
        if place not in own and Path(place).is_dir():
            place = str(_real(Path(place)))
        return f"{place}:{variant}" if variant else place

    return [absolute(name) for name in names]


def _with_twin(plan: "Plan", prepared: "list[Prepared]") -> "list[Prepared]":
    """Where the profile wants an A/A control: the first service that can be measured, once more, unless it was asked for."""
    from loadgen.run.prepare import Prepared

    first = next((one for one in prepared if one.not_measured is None and not one.contender.control), None)
    if not plan.profile.twin or first is None:
        return prepared
    if any(one.contender.twin_of == first.contender.label for one in prepared):
        return prepared
    return [*prepared, Prepared(first.contender.twin, first.built, None, None)]


def _resumed(wanted: str, results: Path) -> None:
    """Go on with an interrupted run: with the same plan, the same builds, on the same machine."""
    from dataclasses import replace

    from analysis.trial.early_stop import stopping_rule
    from loadgen.run.prepare import Prepared
    from loadgen.run.reporter import reporter_for
    from loadgen.run.resume import check_the_same, find_interrupted, plan_of
    from loadgen.run.run import resume

    console = _console()
    folder = find_interrupted(wanted, results)
    record = folder.read_run()
    plan = plan_of(record)
    contenders = _contenders(tuple(plan.services))
    left_out = {one.label: one.not_measured for one in record.contenders if one.not_measured}
    measurable = [one for one in contenders if one.label not in left_out]
    _allow_connections(plan)
    prepared = _with_twin(plan, _prepared(plan, measurable, _say(console), verified=True)) if plan.workloads else []
    plan = replace(plan, benches=_benches(plan, contenders, _say(console)))
    check_the_same(record, plan, prepared)
    prepared += [Prepared(one, None, None, left_out[one.label]) for one in contenders if one.label in left_out]
    console.print(f"going on with {record.run_id}: {len(folder.read_trials())} trials are there")
    _finish(console, resume(plan, prepared, folder, CHECKOUT, reporter_for(console), stopping_rule))


def _finish(console: "Console", finished: "Finished") -> None:
    from analysis.model.summary import fatal_lines

    summary = _rendered(finished.folder.path)
    _show(console, summary, finished.folder.path)
    _end_with([*finished.faults, *fatal_lines(summary)])


def _benches(plan: "Plan", contenders: "list[Contender]", say: Callable[[str], None]) -> "list[Bench]":
    from loadgen.microbench.run import benches_of, prepare_bench
    from loadgen.run.run import CASES

    if plan.profile.microbench is None:
        return []
    benches = []
    for one in benches_of(contenders, variants=plan.profile.microbench.variants):
        ready = prepare_bench(one, CHECKOUT / CASES, plan.cores.server, say)
        state = f"not measured: {ready.not_measured}" if ready.not_measured else f"{len(ready.benchmarks)} built and verified"
        say(f"{one.label}: microbenchmarks: {state}")
        benches.append(ready)
    return benches


@functools.cache  # of a pipe there is nothing to read the second time
def _scenarios(file: Path | None) -> "Scenarios":
    from loadgen.config.scenarios import read_scenarios

    return read_scenarios(file or CHECKOUT / "scenarios.toml")


def _plan(
    profile_name: str,
    services: list[str],
    workloads: list[str],
    rounds: int | None,
    seed: int | None,
    scenarios_file: Path | None,
) -> "Plan":
    from loadgen.config.scenarios import profile_named, workloads_named
    from loadgen.run.plan import Plan

    scenarios = _scenarios(scenarios_file)
    profile = profile_named(scenarios, profile_name)
    return Plan(
        profile_name=profile_name,
        profile=profile,
        workloads=workloads_named(scenarios, profile, workloads),
        rounds=rounds or profile.rounds,
        seed=random.SystemRandom().randrange(1 << 31) if seed is None else seed,
        services=services or profile.services,
    )


def _allow_connections(plan: "Plan") -> None:
    from loadgen.system.limits import allow_connections

    allow_connections(max((workload.connections for workload in plan.workloads.values()), default=0))


def _prepared(
    plan: "Plan", contenders: "list[Contender]", say: Callable[[str], None], *, verified: bool = False
) -> "list[Prepared]":
    from loadgen.run.prepare import Prepared, prepare

    prepared: list[Prepared] = []
    for contender in contenders:
        refused = any(one.contender.label == contender.twin_of and one.not_measured for one in prepared)
        if refused:  # a twin is not verified for itself
            one = Prepared(contender, None, None, f"{contender.twin_of} is not measured either")
        else:
            one = prepare(contender, plan.cores, plan.seed, say, verified=verified)
        state = "built" if verified or contender.control else "built and verified"
        say(f"{contender.label}: {'not measured: ' + one.not_measured if one.not_measured else state}")
        prepared.append(one)
    return prepared


def _rendered(folder: Path) -> "Summary":
    from analysis.pipeline.render import render

    return render(folder, CHECKOUT / "results" / "published")


def _one_of(as_json: bool, written_as: str) -> None:
    if as_json and written_as != "text":
        raise Trouble("--json prints the data that tables are made from, --format the tables: leave out one of them")


def _print_tables(tables: "list[Table]", written_as: str) -> None:
    from analysis.tables.formats import FORMATS
    from analysis.tables.markdown import print_table

    if written_as != "text":
        _write(FORMATS[written_as](tables))
        return
    console = _console()
    for table in tables:
        print_table(console, table)


def _write(text: str) -> None:
    """Print what other programs read: in UTF-8 and to the byte, whatever the terminal shows."""
    click.echo(text.encode("utf-8", errors="backslashreplace"), nl=False)


def _show(console: "Console", summary: "Summary", folder: Path) -> None:
    from analysis.pipeline.render import every_table
    from analysis.report.headline import answer
    from analysis.tables.markdown import print_table
    from analysis.text.printable import in_one_line

    for table in every_table(summary):
        print_table(console, table)
    for sentence in answer(summary):
        console.print(f"{in_one_line(sentence)}\n", style="bold", markup=False)
    console.print(f"run: {_near(folder)}\nreport: {_near(folder / 'report.html')}", soft_wrap=True)


def _real(path: Path) -> Path:
    """The path without links, absolute. A loop of links stays one, and is no file for who opens it; resolve() would raise."""
    return Path(os.path.realpath(_absolute(path)))


def _absolute(path: Path) -> Path:
    try:
        return path.absolute()
    except FileNotFoundError as error:
        raise Trouble(f"{path}: the folder that this was started in is not there any more: go to another one") from error


def _near(path: Path) -> str:
    """The path as seen from the current folder, if it is below it, for people."""
    try:
        here = Path.cwd()
    except FileNotFoundError:
        return one_line(str(path))
    return one_line(str(path.relative_to(here) if path.is_relative_to(here) else path))


def _end_with(faults: list[str]) -> None:
    """Exit code 2 and a line each, if there are faults."""
    for fault in faults:
        click.echo(f"primebench: {one_line(fault)}", err=True)
    if faults:
        sys.exit(ExitCode.TROUBLE)


def _spell_what_is_missing() -> None:
    """Let what a terminal cannot show (µ in ASCII) be spelled, where Python would end with an error."""
    from analysis.text.ascii import SPELLED

    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=SPELLED)


def _warn_as_python_does() -> None:
    """PYTHONWARNINGS=error is meant for other programs: here a library's deprecation would end a run."""
    if os.environ.get("PYTHONWARNINGS"):
        warnings.resetwarnings()
        for category in (DeprecationWarning, PendingDeprecationWarning, ImportWarning, ResourceWarning):
            warnings.simplefilter("ignore", category)


def run_command() -> ExitCode:
    """Run the command that the arguments name; what click refuses is trouble."""
    _spell_what_is_missing()
    _warn_as_python_does()
    try:
        code = cli(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return ExitCode.TROUBLE
    except click.Abort as abort:
        raise KeyboardInterrupt from abort
    return ExitCode.TROUBLE if code else ExitCode.FINE


def main() -> NoReturn:
    """Run the command line as the whole of the program."""
    end_with(run_command)
