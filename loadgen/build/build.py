"""Building a service from staged sources, timed, into a cache keyed by everything that the result depends on."""

import json
import os
import platform
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from fcntl import LOCK_EX, flock
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from loadgen.build.staging import digest, input_files, stage
from loadgen.build.step import run_build_step
from loadgen.build.toolchain import Toolchain, find_toolchain, programs_of
from loadgen.config.build import Build
from loadgen.config.service import Service
from loadgen.errors import Error
from loadgen.one_line import LOG_LINE
from loadgen.placeholder import filled
from loadgen.record.contender import BuildRecord
from loadgen.setup.cache import cache_folder
from loadgen.strict import Strict, explain
from loadgen.system.environment import build_environment
from loadgen.task.http.file import PROJECT_FILE

Say = Callable[[str], None]

INCREMENTAL_BUILDS = 3
DESCRIBING = ("service.toml", "deviations.toml", PROJECT_FILE)
"""No inputs of a build: what it takes from there is a part of its key, and the rest says how to start what was built."""
NOT_FOR_TOOLS = " :;\\$#\"'\n"


class Built(Strict):
    """A finished build: the artefact's path and the record of how it was made."""

    artefact: Path
    record: BuildRecord


class Order(NamedTuple):
    """What is to be built: a name for it, the folder that the plan's paths are relative to, and the plan."""

    name: str
    folder: Path
    plan: Build


def build(service: Service, *, fresh: bool = False, timed: bool = False, say: Say = lambda _: None) -> Built:
    """Build `service`; as `build_order`."""
    return build_order(Order(service.name, service.folder, service.file.build), fresh=fresh, timed=timed, say=say)


def build_order(order: Order, *, fresh: bool = False, timed: bool = False, say: Say = lambda _: None) -> Built:
    """Build, or take the finished build with the same inputs, tools and flags from the cache.

    With `timed` incremental builds are timed, too, if the plan says what to edit: once, with a build of its own.

    Raises UnavailableError if a toolchain is missing, Error with the end of the log if the build fails.
    """
    plan = order.plan
    material = _material(order)
    home = _builds() / f"{order.name}-{material.key}"
    with _locked(home):
        built = None if fresh else _finished(home, plan)
        if built is None or (timed and plan.edit and not built.record.incremental_build_s):
            say(f"building {order.name} from source")
            built = _build_into(home, order, material, timed=timed)
    if built.record.built_with:
        say(f"{order.name}: built with {', '.join(built.record.built_with)}")
    return built


def build_key(service: Service) -> str:
    """The key of the service's build, made or not: of inputs, tools and settings. Raises UnavailableError without a tool."""
    return _material(Order(service.name, service.folder, service.file.build)).key


class _Material(NamedTuple):
    """What a build is made of: root and files of the inputs, the toolchain, and the key that all of it gives."""

    root: Path
    files: list[Path]
    toolchain: Toolchain
    key: str


def _builds() -> Path:
    return cache_folder() / "builds"


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
    settings = json.dumps([plan.model_dump(), toolchain.settings, platform.machine()], sort_keys=True)
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


def _build_into(home: Path, order: Order, material: _Material, *, timed: bool) -> Built:
    plan = order.plan
    with tempfile.TemporaryDirectory(prefix=f"{order.name}-", dir=home.parent) as scratch_name:
        bench = _Workbench(order.name, plan, Path(scratch_name))
        stage(material.root, material.files, bench.source)
        if _key(material.root, material.files, plan, material.toolchain) != material.key:
            raise Error(
                f"{order.name}: a build input changed while it was copied from {material.root}; build again when it is whole"
            )
        for command in plan.fetch:
            bench.run(command)
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
            binary_bytes=sum(path.lstat().st_size for path in keep.rglob("*") if not path.is_dir()),
            environment=material.toolchain.shown_environment,
            configuration=material.toolchain.configuration,
        )
        (keep / "build.json").write_text(record.model_dump_json(indent=2) + "\n", encoding="utf-8")
        shutil.rmtree(home, ignore_errors=True)
        keep.rename(home)
    return Built(artefact=home / plan.artefact, record=record)


def _odd_folder(folder: Path) -> str:
    """A line for a build that failed below a folder with a name that tools cannot handle: CMake none of ; and make none of :"""
    odd = sorted(set(str(folder)) & set(NOT_FOR_TOOLS))
    if not odd:
        return ""
    return f"{LOG_LINE}Many tools cannot build in a folder with {' '.join(odd)} in its path: PRIMEBENCH_CACHE names another one"


class _Workbench:
    """One build's folders: staged source, output and scratch, all thrown away once the artefact has been copied."""

    def __init__(self, name: str, plan: Build, folder: Path) -> None:
        self._name = name
        self._plan = plan
        self.source, self.out, self._scratch = (folder / part for part in ("source", "out", "scratch"))
        for place in (self.source, self.out, self._scratch):
            place.mkdir()
        self._log = folder / "build.log"

    def _filled(self, text: str) -> str:
        return filled(text, {"source": str(self.source), "out": str(self.out), "scratch": str(self._scratch)})

    def run(self, command: list[str]) -> None:
        """Run one command in the staged source; raise Error with the last lines of its output if it fails."""
        plan = self._plan
        own = {key: self._filled(value) for key, value in plan.environment.items()}
        environment = build_environment(programs_of(plan), plan.inherit) | own
        arguments = [self._filled(argument) for argument in command]
        try:
            run_build_step(arguments, name=self._name, cwd=self.source, log=self._log, environment=environment)
        except Error as failure:
            raise Error(f"{failure}{_odd_folder(self.source)}") from failure

    def timed(self) -> float:
        """Run the build commands; their wall time in seconds."""
        begin = time.monotonic()
        for command in self._plan.commands:
            self.run(command)
        return time.monotonic() - begin

    def incremental(self) -> list[float]:
        """Wall times in seconds of rebuilding after one more comment line in the file that `edit` names."""
        assert self._plan.edit is not None
        edited = self.source / self._plan.edit
        if not edited.is_file():
            raise Error(f"{self._name}: build.edit names {self._plan.edit}, which is not among the inputs")
        times = []
        for number in range(INCREMENTAL_BUILDS):
            with edited.open("a", encoding="utf-8") as file:
                file.write("\n" + filled(self._plan.edit_line, {"token": f"incremental build {number}"}) + "\n")
            times.append(self.timed())
        return times
