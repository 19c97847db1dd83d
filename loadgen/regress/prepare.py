"""Before a regression check measures: both sides built in both layouts, verified, and the controls made of the base."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from loadgen.build.build import build_key
from loadgen.build.relink import LARGER_ENVIRONMENT, in_both_layouts, relinked_build
from loadgen.config.build import Build
from loadgen.config.regress import RegressConfig
from loadgen.config.service import Contender, Service, is_described, read_service
from loadgen.counted import counted
from loadgen.errors import Error
from loadgen.machine.cores import Cores
from loadgen.microbench.bench import Bench, NoBenchmarkError
from loadgen.microbench.prepare import prepare_bench
from loadgen.regress.pairing import RELINKED, side
from loadgen.run.prepare import Prepared, prepare
from loadgen.task.http.file import PROJECT_FILE
from loadgen.trial.slowdown import slowed_command

Say = Callable[[str], None]
SLOWED_EVERY_S = 0.02
"""Each turn of the companion costs both halves of a pair: of 2% in turns every 5 ms pairs showed 1.7%, every 20 ms 1.9%."""
SERVED, ALL = "/served/", "."
"""Of a service's microbenchmarks those are judged that time what it serves; all, where no name says which those are."""
COPIED = "the other layout is the same program under a longer name"


@dataclass
class Ready:
    """What can be measured, by label."""

    services: list[str] = field(default_factory=list)
    prepared: dict[str, Prepared] = field(default_factory=dict)
    benches: dict[str, Bench] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def same_as_base(self, service: Service) -> bool:
        """Whether the service, described alike and built of the same inputs, is the base that has been verified."""
        base = self.prepared.get(side(service.name, "base"))
        if base is None or base.built is None or base.contender.service.file != service.file:
            return False
        return build_key(service) == base.built.record.key

    def built(self, name: str) -> dict[str, str]:
        """The key of the build of each service, and of its microbenchmarks, on one side ("base" or "head")."""
        builds = {service: self.prepared[side(service, name)].built for service in self.services}
        benches = {service: self.benches.get(side(service, name)) for service in self.services}
        builds |= {f"{service} microbenchmarks": bench.built for service, bench in benches.items() if bench is not None}
        return {service: built.record.key for service, built in builds.items() if built is not None}


def services_at(tree: Path, folders: Sequence[str], which: str, scenarios: Path) -> list[Service]:
    """The services of one side: its `folders`; if none are named, `tree` itself where it is one, else the folder "server".

    Of a project's services (`scenarios` is its primebench.toml) both sides are asked what the project asks; a revision from
    before its primebench.toml is described by that. Raises Error that says which side it is.
    """
    project = scenarios.parent if scenarios.name == PROJECT_FILE else None
    itself = is_described(tree) or (project is not None and is_described(project))
    try:
        return [_service_at(tree, folder, project) for folder in folders or ["." if itself else "server"]]
    except Error as error:
        raise Error(f"{which}: {error}") from error


def _service_at(tree: Path, folder: str, project: Path | None) -> Service:
    path = tree / folder
    if project is None:
        return read_service(path)
    service = read_service(path if is_described(path) else project / folder)
    tasks = [os.path.realpath(project / task) if (project / task).exists() else task for task in service.file.tasks]
    return service.replace(folder=Path(os.path.realpath(path)), file=service.file.replace(task=tasks))


def prepare_sides(
    bases: Sequence[Service], heads: Sequence[Service], gate: RegressConfig, cores: Cores, seed: int, cases: Path, say: Say
) -> Ready:
    """Build and verify both sides of each service. Raises Error that says which side fails, and why."""
    if [base.name for base in bases] != [head.name for head in heads]:
        raise Error(f"base has {_services(bases)}, head has {_services(heads)}: expected the same services by name")
    if len({base.name for base in bases}) < len(bases):
        raise Error(f"two services of one name in {_services(bases)}: expected each once, to be told apart")
    ready = Ready(services=[base.name for base in bases])
    for base, head in zip(bases, heads, strict=True):
        for service, name in zip(_alike(ready, base, head), ("base", "head"), strict=True):
            _prepare_side(ready, service, name, cores, seed, say)
        for layout in ("", RELINKED):
            label = side(base.name, "slowed", layout)
            ready.prepared[label] = slowed_copy(ready.prepared[side(base.name, "base", layout)], label, gate.slowed)
        if "microbench" in gate.layers or "instructions" in gate.layers:
            _prepare_benches(ready, base, head, cases, cores, say)
        if "instructions" in gate.layers:
            _note_uncounted(ready, base, head)
    return ready


def _services(services: Sequence[Service]) -> str:
    return ", ".join(service.name for service in services)


def _alike(ready: Ready, base: Service, head: Service) -> tuple[Service, Service]:
    """Both without commands for linking them again if they do not agree on those: layouts are compared with their like."""
    plan = base.file.build
    if plan.relinked != head.file.build.relinked:
        ready.notes.append(f"{base.name}: build.relinked differs between base and head: not used, {COPIED}")
        return _without_relinking(base), _without_relinking(head)
    if not plan.relinked:
        ready.notes.append(f"{base.name}: it has no build.relinked: {COPIED}")
    return base, head


def _without_relinking(service: Service) -> Service:
    build = service.file.build.replace(relinked=[])
    return service.replace(file=service.file.replace(build=build))


def _prepare_side(ready: Ready, service: Service, name: str, cores: Cores, seed: int, say: Say) -> None:
    plan = in_both_layouts(service.file.build, [service.file.build.artefact])
    layered = service.replace(file=service.file.replace(build=plan))
    label = side(service.name, name)
    same = ready.same_as_base(layered)
    (layered_twice,) = prepare([Contender(service=layered, label=label)], cores, seed, say, verified=same)
    if same:
        layered_twice = replace(layered_twice, conformance=ready.prepared[side(service.name, "base")].conformance)
    if layered_twice.not_measured is not None or layered_twice.built is None:
        raise Error(f"{name}: {layered_twice.why_in_full}")
    say(f"{label}: {'the same as base, which is verified' if same else 'built in two layouts, and verified'}")
    if layered_twice.built.record.built_with:
        ready.notes.append(f"{label}: built with {', '.join(layered_twice.built.record.built_with)}")
    ready.prepared[label] = layered_twice
    start = layered.file.start
    padded = start.replace(environment=start.environment | LARGER_ENVIRONMENT)
    elsewhere = layered.replace(file=layered.file.replace(start=padded))
    again = Contender(service=elsewhere, label=label + RELINKED, twin_of=label)
    ready.prepared[again.label] = Prepared(again, relinked_build(layered_twice.built, plan.artefact), None, None)


def slowed_copy(base: Prepared, label: str, share: float) -> Prepared:
    """The base under another label, slower by `share` of its CPU time."""
    service = base.contender.service
    start = service.file.start
    slower = start.replace(command=slowed_command(share, SLOWED_EVERY_S, start.command))
    slowed = service.replace(file=service.file.replace(start=slower, control=True))
    return replace(base, contender=Contender(service=slowed, label=label))


def _prepare_benches(ready: Ready, base: Service, head: Service, cases: Path, cores: Cores, say: Say) -> None:
    if base.file.microbench is None or head.file.microbench is None:
        lacking = [name for name, service in (("base", base), ("head", head)) if service.file.microbench is None]
        ready.notes.append(f"{base.name}: no microbenchmarks in {' and '.join(lacking)}: none are judged")
        return
    relinks = base.file.microbench.build.relinked == head.file.microbench.build.relinked
    both = _both_benches(base, head, SERVED, relinks, cases, cores, say)
    if not any(_names(bench) for bench in both) and SERVED in {bench.only for bench in both}:
        both = _both_benches(base, head, ALL, relinks, cases, cores, say)
    _check_comparable(ready, base.name, *both)
    if not set(both[0].benchmarks) & set(both[1].benchmarks):
        ready.notes.append(f"{base.name}: no benchmark is timed on both sides: none are judged")
        return
    for bench in both:
        assert bench.built is not None
        ready.benches[bench.label] = bench
        other = relinked_build(bench.built, bench.built.artefact.name)
        again = replace(bench, label=bench.label + RELINKED, built=other, environment=LARGER_ENVIRONMENT)
        ready.benches[again.label] = again


def _both_benches(
    base: Service, head: Service, only: str, relinks: bool, cases: Path, cores: Cores, say: Say
) -> tuple[Bench, Bench]:
    """Base and head, built and verified; Error says which of them could not be."""
    benches = []
    for service, name in ((base, "base"), (head, "head")):
        bench = _bench(service, side(base.name, name), only, relinks, cases, cores, say)
        if bench.not_measured is not None:
            raise Error(f"{name}: microbenchmarks: {bench.not_measured}")
        benches.append(bench)
    return benches[0], benches[1]


def _names(bench: Bench) -> set[str]:
    return {*bench.benchmarks, *bench.skipped, *bench.failed}


def _check_comparable(ready: Ready, service: str, base: Bench, head: Bench) -> None:
    """Note what only one side has; raise Error for a benchmark that base times and that fails in head."""
    if one_sided := _names(base) ^ _names(head):
        ready.notes.append(f"{service}: benchmarks on one side only are not judged: {', '.join(sorted(one_sided))}")
    for name, reason in head.failed.items():
        if name in base.benchmarks:
            raise Error(f"head: microbenchmarks: {name} failed: {reason}; base times it")


def _note_uncounted(ready: Ready, base: Service, head: Service) -> None:
    """Say of a side that has microbenchmarks, and no count of their instructions, that those are not judged."""
    both = (("base", base.file.microbench), ("head", head.file.microbench))
    if lacking := [name for name, microbench in both if microbench is not None and microbench.count is None]:
        ready.notes.append(f"{base.name}: no microbench.count in {' and '.join(lacking)}: instructions are not judged")


def _bench(service: Service, label: str, only: str, relinks: bool, cases: Path, cores: Cores, say: Say) -> Bench:
    """The service's microbenchmarks, of the build that has nothing but what is served where there is one.

    `only` says which of them, if the service does not; there may be none.
    """
    plan = service.file.microbench
    assert plan is not None

    def in_layouts(build: Build) -> Build:
        return in_both_layouts(build if relinks else build.replace(relinked=[]), plan.programs)

    bench = Bench(label, service, plan.variant_base or None, None, only=plan.variant_filter or only)
    try:
        ready = prepare_bench(bench, cases, cores.server, say, in_layouts)
    except NoBenchmarkError:
        return bench
    if ready.not_measured is None:
        say(f"{label}: {counted(len(ready.benchmarks), 'microbenchmark')} built in two layouts, and verified")
    return ready
