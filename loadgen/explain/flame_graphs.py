"""Flame graphs of base, head and their difference: a page of SVG each, drawn by inferno from folded stacks."""

from collections.abc import Sequence
from pathlib import Path

from loadgen.errors import Error
from loadgen.setup.inferno import DIFFERENCE, FLAME_GRAPH, inferno
from loadgen.system.tool import run_tool

FOLDER = "flame-graphs"


def draw_flame_graphs(base: Sequence[str], head: Sequence[str], unit: str, service: str, run: Path) -> list[str]:
    """Write them into the run's folder, and return their paths in it. Stacks count in `unit`.

    Raises Error if inferno is missing, or finds no stack.
    """
    folder = run / FOLDER
    folder.mkdir(exist_ok=True)
    files = {name: folder / f"{service}-{name}.folded" for name in ("base", "head", "difference")}
    for name, stacks in (("base", base), ("head", head)):
        if not stacks:
            raise Error(f"{name} has no stacks")
        files[name].write_text("\n".join(stacks) + "\n", encoding="utf-8")
    files["difference"].write_bytes(_printed(DIFFERENCE, str(files["base"]), str(files["head"])))
    pages = []
    for name, stacks_file in files.items():
        page = stacks_file.with_suffix(".svg")
        title = f"{service}, {name}" if name != "difference" else f"{service}, head: red what grew, blue what shrank"
        page.write_bytes(_printed(FLAME_GRAPH, "--title", title, "--countname", unit, "--deterministic", str(stacks_file)))
        pages.append(str(page.relative_to(run)))
    return pages


def _printed(program: str, *arguments: str) -> bytes:
    done = run_tool([inferno(program), *arguments])
    if done.code != 0:
        raise Error(f"{program}: {done.last_error}")
    return done.stdout
