"""Building a service from staged sources, timed, into a cache keyed by everything that the result depends on."""

import json
import os
import platform
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from fcntl import LOCK_EX, flock
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from loadgen.build.staging import digest, input_files, stage
from loadgen.build.toolchain import Toolchain, find_toolchain, programs_of
from loadgen.build.workbench import (
    Workbench,
    can_go_on,
    discard,
    discard_others,
    how_it_ended,
    kept_folder,
    noting_failure,
)
from loadgen.config.build import Build
from loadgen.config.service import Contender, Service
from loadgen.errors import Error
from loadgen.one_line import LOG_LINE
from loadgen.record.contender import BuildRecord
from loadgen.setup.cache import cache_folder
from loadgen.strict import Strict, explain
from loadgen.task.http.file import PROJECT_FILE

Say = Callable[[str], None]

CACHES = {"go": "GOCACHE"}
"""Tools that keep what they compile for all builds, each with the variable that gives a build a cache of its own."""

DESCRIBING = ("service.toml", "deviations.toml", PROJECT_FILE)
"""No inputs of a build: what it takes from there is a part of its key, and the rest says how to start what was built."""


class Built(Strict):
    """A finished build: the artefact's path and the record of how it was made."""

    artefact: Path
    record: BuildRecord


OTHER = "the-same-program-linked-once-more-in-another-order"
"""The folder in {out} for a second layout of what is built (relink.py): a longer path, and no part of the build's size."""


class Order(NamedTuple):
    """What is to be built: a name for it, the folder that the plan's paths are relative to, and the plan."""

    name: str
    folder: Path
    plan: Build


def build(contender: Contender, *, fresh: bool = False, timed: bool = False, say: Say = lambda _: None) -> Built:
    """Build what a contender runs: its service, or what its variant makes of that; as `build_order`."""
    return build_order(_order(contender), fresh=fresh, timed=timed, say=say)


def is_under_way(contender: Contender) -> bool:
    """Return whether a build of it was interrupted or failed, and can go on."""
    order = _order(contender)
    home = _home(order, _material(order))
    return can_go_on(home) and _finished(home, order.plan) is None


def _order(contender: Contender) -> Order:
    return Order(contender.build_name, contender.service.folder, contender.build_plan)


def build_order(order: Order, *, fresh: bool = False, timed: bool = False, say: Say = lambda _: None) -> Built:
    """Build, or take the finished build with the same inputs, tools and flags from the cache.

    It goes on where an earlier one of the same key was interrupted or failed; `fresh` and `timed` begin with nothing. With
    `timed` incremental builds are timed, too, if the plan says what to edit: once, with a build of its own.

    Raises UnavailableError if a toolchain is missing, Error with the end of the log if the build fails.
    """
    plan = order.plan
    material = _material(order)
    home = _home(order, material)
    with _locked(home):
        built = None if fresh else _finished(home, plan)
        if built is None or (timed and _lacks_times(built.record, plan)):
            built = _made(home, order, material, clean=fresh or timed, timed=timed, say=say)
    if built.record.built_with:
        say(f"{order.name}: built with {', '.join(built.record.built_with)}")
    return built


def build_key(service: Service) -> str:
    """The key of the service's build, made or not: of inputs, tools and settings. Raises UnavailableError without a tool."""
    return _material(Order(service.name, service.folder, service.file.build.other(None))).key


class _Material(NamedTuple):
    """What a build is made of: root and files of the inputs, the toolchain, and the key that all of it gives."""

    root: Path
    files: list[Path]
    toolchain: Toolchain
    key: str


def _builds() -> Path:
    return cache_folder() / "builds"


def _home(order: Order, material: _Material) -> Path:
    return _builds() / f"{order.name}-{material.key}"


def _lacks_times(record: BuildRecord, plan: Build) -> bool:
    return record.resumed or bool(plan.edit and not record.incremental_build_s)


def _material(order: Order) -> _Material:
    plan = order.plan
    root = (order.folder / plan.root).resolve()
    described = {Path(os.path.relpath(order.folder / name, root)) for name in DESCRIBING}
    files = [name for name in input_files(root, plan.inputs) if name not in described]
    toolchain = _toolchain(plan, root, files)
    return _Material(root, files, toolchain, _key(root, files, plan, toolchain))


def _toolchain(plan: Build, root: Path, files: list[Path]) -> Toolchain:
    try:
        return find_toolchain(plan, root, files, _builds())
    except OSError as error:
        raise Error(f"{error.filename or _builds()}: {error.strerror}; builds are kept in {_builds()}") from error


def _key(root: Path, files: list[Path], plan: Build, toolchain: Toolchain) -> str:
    settings = json.dumps([plan.model_dump(exclude={"debug"}), toolchain.settings, platform.machine()], sort_keys=True)
    return digest(root, files, settings)[:16]


@contextmanager
def _locked(home: Path) -> Iterator[None]:
    """Two checkouts that build the same thing at once: the second waits and takes the first one's result."""
    try:
        home.parent.mkdir(parents=True, exist_ok=True)
        with home.with_suffix(".lock").open("w") as lock:
            flock(lock, LOCK_EX)
            yield
    except OSError as error:
        raise Error(
            f"{error.filename or home}: {error.strerror}; builds are kept in {home.parent}, or in another folder that "
            "PRIMEBENCH_CACHE names"
        ) from error


def _finished(home: Path, plan: Build) -> Built | None:
    record, artefact = home / "build.json", home / plan.artefact
    if not record.is_file() or not artefact.is_file() or not all((home / name).exists() for name in plan.more):
        return None
    try:
        return Built(artefact=artefact, record=BuildRecord.model_validate_json(record.read_bytes()))
    except ValidationError as error:
        raise Error(f"{record}: {explain(error)}; remove {home} to build again") from error


def _made(home: Path, order: Order, material: _Material, *, clean: bool, timed: bool, say: Say) -> Built:
    """Build in the folders that an earlier build of the key has left, unless it is to be `clean`; else, and if what they have
    is of no use, from the beginning. They are gone once a build has come to its end.
    """
    discard_others(home, order.name)
    if can_go_on(home) and not clean:
        say(f"building {order.name} from source, on from where that {how_it_ended(home)}")
        try:
            with noting_failure(home):
                return _build_into(home, order, material, timed=False, resumed=True)
        except (Error, OSError) as failure:
            say(f"{str(failure).splitlines()[0]}; again, from the beginning")
    else:
        say(f"building {order.name} from source")
    discard(kept_folder(home))
    with noting_failure(home):
        return _build_into(home, order, material, timed=timed, resumed=False)


def _fetch(bench: Workbench, plan: Build) -> None:
    """Run the commands that download; raise Error that says so of one that fails."""
    for command in plan.fetch:
        try:
            bench.run(command)
        except Error as error:
            raise Error(f"{error}{LOG_LINE}This command of build.fetch may use the network; tools keep what it gets") from error


def _size(kept: Path) -> int:
    files = (path for path in kept.rglob("*") if not path.is_dir() and OTHER not in path.relative_to(kept).parts)
    return sum(path.lstat().st_size for path in files)


def _build_into(home: Path, order: Order, material: _Material, *, timed: bool, resumed: bool) -> Built:
    plan, bench = order.plan, Workbench(order.name, order.plan, kept_folder(home))
    stage(material.root, material.files, bench.source)
    if _key(material.root, material.files, plan, material.toolchain) != material.key:
        raise Error(
            f"{order.name}: a build input changed while it was copied from {material.root}; build again when it is whole"
        )
    _fetch(bench, plan)
    clean_s = bench.timed()
    keep = home.with_name(home.name + ".new")
    shutil.rmtree(keep, ignore_errors=True)
    for name in (plan.artefact, *plan.more):
        source = bench.out / name
        if not (source.is_file() or (source.is_dir() and name != plan.artefact)):
            raise Error(f"{order.name}: the build left no {name} in {{out}}; correct build.artefact or build.more")
        (keep / name).parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, keep / name, symlinks=True, dirs_exist_ok=True)
        else:
            shutil.copy2(source, keep / name)
    record = BuildRecord(
        service=order.name,
        key=material.key,
        built_at=datetime.now(UTC).isoformat(timespec="seconds"),
        tools=material.toolchain.tools,
        clean_build_s=clean_s,
        incremental_build_s=bench.incremental() if timed and plan.edit else [],
        binary_bytes=_size(keep),
        environment=material.toolchain.shown_environment,
        configuration=material.toolchain.configuration,
        resumed=resumed,
        shares_cache=any(tool in programs_of(plan) and variable not in plan.environment for tool, variable in CACHES.items()),
    )
    text = record.model_dump_json(indent=2, exclude_defaults=True)  # which other versions of this program read, too
    (keep / "build.json").write_text(text + "\n", encoding="utf-8")
    shutil.rmtree(home, ignore_errors=True)
    keep.rename(home)
    discard(kept_folder(home))
    return Built(artefact=home / plan.artefact, record=record)
