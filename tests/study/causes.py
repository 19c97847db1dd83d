"""What the page of a regression says of twelve causes that are planted in the services, one at a time.

    python -m tests.study.causes [--only CAUSE]... [--keep FOLDER] [--write]

Each is built and counted beside its base under the requests of the workload `framework`: instructions and calls, which a busy
machine changes little of, and CPU time by function, which wants a quiet one. With --write the table replaces that of
docs/explanation/why-it-is-slower.md.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from analysis.explain.explain import explanation
from analysis.explain.model import Explanation
from loadgen.config.project import read_scenarios
from loadgen.config.service import read_service
from loadgen.explain.explain import Side, explained_service
from loadgen.placeholder import filled
from loadgen.run.session import RunRequest, plan_for
from loadgen.strict import Strict, read_toml
from tests.study.duets import CHECKOUT
from tests.validation.planted import copied

CAUSES = Path(__file__).with_suffix(".toml")
TARGET = CHECKOUT / "docs" / "explanation" / "why-it-is-slower.md"
BEGIN, END = "<!-- causes -->", "<!-- end of causes -->"
WORKLOAD, SEED, ROWS = "framework", 1, 3


class Edit(Strict):
    """A text of a file, which is there once, and what takes its place."""

    file: str
    find: str
    put: str


class Cause(Strict):
    """One planted cause: `named` are beginnings of names, or of the lines below them (of a function that was inlined), of which
    one has to be in the first rows.
    """

    name: str
    service: str
    named: list[str]
    head: list[Edit]
    base: list[Edit] = []


class Causes(Strict):
    """The contents of causes.toml."""

    causes: list[Cause]


def plant(tree: Path, edits: Sequence[Edit]) -> None:
    """Make the edits in a checkout; raise ValueError for a text that is not there once."""
    for edit in edits:
        path = tree / edit.file
        text = path.read_text(encoding="utf-8")
        if text.count(edit.find) != 1:
            raise ValueError(f"{path}: expected {edit.find!r} once")
        path.write_text(
            text.replace(edit.find, edit.put.removeprefix("\n") if edit.put[:1] == "\n" else edit.put), encoding="utf-8"
        )


class Workshop:
    """A copy of the checkout in which one service is built again and again: only what an edit touches is compiled anew."""

    def __init__(self, folder: Path, service: str) -> None:
        self._tree, self._scratch, self._out = (folder / name for name in ("tree", "scratch", "out"))
        for place in (self._scratch, self._out):
            place.mkdir(parents=True)
        self.service = read_service(copied(CHECKOUT, self._tree) / service)
        self._plan = self.service.file.build.other(self.service.file.build.debug)

    def built(self, edits: Sequence[Edit], target: Path) -> Path:
        """Build with the edits, and take them back; the artefact."""
        files = [self._tree / edit.file for edit in edits]
        before = {path: path.read_text(encoding="utf-8") for path in files}
        plant(self._tree, edits)
        root = (self.service.folder / self._plan.root).resolve()
        places = {"source": str(root), "out": str(self._out), "scratch": str(self._scratch)}
        own = {name: filled(value, places) for name, value in self._plan.environment.items()}
        for command in (*self._plan.fetch, *self._plan.commands):
            parts = [filled(part, places) for part in command]
            subprocess.run(
                parts, cwd=root, env=os.environ | own, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True
            )
        for path, text in before.items():
            path.write_text(text, encoding="utf-8")
        return Path(shutil.copy2(self._out / self._plan.artefact, target))


def explained(cause: Cause, workshop: Workshop, scratch: Path) -> Explanation:
    """Build both sides, count them, and return what changed."""
    scenarios = CHECKOUT / "scenarios.toml"
    plan = plan_for(RunRequest("quick", scenarios, workloads=[WORKLOAD], seed=SEED), read_scenarios(scenarios))
    sides = []
    for name, edits in (("base", cause.base), ("head", cause.head)):
        artefact = workshop.built(edits, scratch / name)
        sides.append(Side(name, workshop.service, artefact, artefact))
    return explanation(explained_service(sides[0], sides[1], WORKLOAD, plan, say))


def say(line: str) -> None:
    """Say it beside the table."""
    print(line, file=sys.stderr, flush=True)


class Row(NamedTuple):
    """What a page said of a cause: its first rows of functions, of CPU time and of all else, and which names the cause."""

    cause: str
    service: str
    functions: list[str]
    times: list[str]
    others: list[str]
    named_by: str | None


def row_of(cause: Cause, page: Explanation) -> Row:
    """Read a page as somebody does who looks at the first three rows of each of its tables."""
    functions = [function.name for function in page.functions[:ROWS]]
    inlined = [function.place.rpartition("/tree/")[2] for function in page.functions[:ROWS]]
    timed = [change.name for change in page.times[:ROWS]]
    others = [name for count in page.counts[:ROWS] for name in (count.name, count.by)]
    names = (name for name in (*functions, *inlined, *timed, *others) if name.startswith(tuple(cause.named)))
    shown = [f"{count.kind}: {count.name}{f', by {_short(count.by)}' if count.by else ''}" for count in page.counts[:ROWS]]
    times = [f"{_short(change.name)}: {_microseconds(change.exclusive_us)}" for change in page.times[:ROWS]]
    return Row(cause.name, cause.service, functions, times, shown, next(names, None))


def _microseconds(sides: tuple[float, float]) -> str:
    base, head = (f"{value:.1f}" for value in sides)
    return f"{base} → {head} µs"


def table(rows: Sequence[Row]) -> str:
    """Return the table for docs."""
    lines = [
        "| planted | service | first functions | CPU time | first of all else | named by |",
        "|---|---|---|---|---|---|",
    ]
    for row in rows:
        cells = (
            _listed(map(_short, row.functions)),
            _listed(row.times),
            _listed(row.others),
            f"`{_short(row.named_by)}`" if row.named_by else "**not named**",
        )
        lines.append(f"| {row.cause} | {row.service} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _listed(names: Iterable[str]) -> str:
    return "<br>".join(f"`{name}`" for name in names) or "none"


def _short(name: str) -> str:
    """A function's name without its parameters, which in C++ are longer than all else."""
    return re.sub(r"\((?!\*).*\)", "()", name.replace("(anonymous namespace)::", ""))[:90].replace("|", "/")


def main() -> None:
    """Plant, count, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", action="append", default=[], help="some causes, by their names; without, all")
    parser.add_argument("--keep", type=Path, help="a folder for each page as JSON; what is there is not counted again")
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory(prefix="primebench-causes-") as name:
        workshops: dict[str, Workshop] = {}
        for number, cause in enumerate(read_toml(CAUSES, Causes).causes):
            if asked.only and cause.name not in asked.only:
                continue
            kept = asked.keep / f"{cause.name}.json" if asked.keep else None
            if kept is not None and kept.exists():
                rows.append(row_of(cause, Explanation.model_validate_json(kept.read_bytes())))
                continue
            say(f"{cause.name}:")
            if cause.service not in workshops:
                workshops[cause.service] = Workshop(Path(name) / f"of-{len(workshops)}", cause.service)
            scratch = Path(name) / str(number)
            scratch.mkdir()
            page = explained(cause, workshops[cause.service], scratch)
            rows.append(row_of(cause, page))
            if kept is not None:
                kept.write_text(page.model_dump_json(indent=1) + "\n", encoding="utf-8")
    text = table(rows)
    print(text)
    if asked.write:
        page_text = TARGET.read_text(encoding="utf-8")
        head, tail = page_text.partition(BEGIN)[0], page_text.partition(END)[2]
        TARGET.write_text(f"{head}{BEGIN}\n{text}\n{END}{tail}", encoding="utf-8")


if __name__ == "__main__":
    main()
