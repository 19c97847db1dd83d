"""The tutorials, executed: every command in its order, in a checkout and a home of their own, and what it prints, in shape.

Commands stand in blocks of the language `sh`. Behind that word may stand `with ARGUMENTS`, which are added here to each call
of make and primebench, so that nothing is measured for long, and behind a semicolon `ends with 1 or 2`, the exit codes of the
block; without it 0. A busy machine ends a measurement with 2: what was measured is not to be trusted. A block of the language
`text` is what the block before it prints: numbers, names of runs and verdicts there stand for any, a line `...` stands for
any lines. Other blocks are no commands.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.docs.pages import DOCS, FENCE, ROOT, shown, text_of
from tests.patience import PATIENCE_S
from tests.repository import git

TUTORIALS = sorted((DOCS / "tutorial").glob("*.md"))
ANY = "..."
MARK = re.compile(r"\b(ends with|with) ([^;]+)")
STAND_FOR_ANY = {
    r"(?:/\S+/)?results/runs/[\w-]+": "RUN",
    r"[+-]?\d[\d,.]*[=!?~]*": "N",
    r"\b(pass|REGRESSION|inconclusive)\b.*": "VERDICT",
    r"\s+": " ",
    # How many columns fit into 80 characters depends on the figures in them: a screen leaves out those at the right.
    r"^ ?(CPU/req more CPU goodput|µs % req/s)( .*)?$": r"\1",
}


@dataclass(frozen=True)
class Block:
    """Commands of a tutorial, with the exit codes that they may end with, and what they print, if it is shown."""

    commands: Sequence[str]
    codes: Sequence[int]
    printed: str | None


def blocks(page: Path) -> Iterator[Block]:
    """Return a tutorial's blocks of commands, in their order."""
    found = [*FENCE.finditer(text_of(page))]
    for block, following in zip(found, [*found[1:], None], strict=True):
        if block["language"] != "sh":
            continue
        marks = dict(MARK.findall(block["marks"]))
        added = marks.get("with", "")
        commands = [
            f"{line} {added}" if added and line.startswith(("make", "primebench")) else line
            for line in block["block"].splitlines()
        ]
        codes = [int(code) for code in re.findall(r"\d+", marks.get("ends with", "0"))]
        yield Block(commands, codes, following["block"] if following and following["language"] == "text" else None)


def shape(text: str) -> list[str]:
    """Return the lines with a word in place of what differs from run to run."""
    lines = text.strip("\n").splitlines()
    for pattern, word in STAND_FOR_ANY.items():
        lines = [re.sub(pattern, word, line) for line in lines]
    return [line.strip() for line in lines]


def first_difference(expected: str, printed: str) -> str | None:
    """Return the first line that is shown and not printed in its place, or printed and not shown; None if there is none."""
    lines, at, anywhere = shape(printed), 0, False
    for line in shape(expected):
        if line == ANY:
            anywhere = True
            continue
        end = len(lines) if anywhere else at + 1
        if line not in lines[at:end]:
            return f"expected: {line}"
        at, anywhere = lines.index(line, at) + 1, False
    return None if anywhere or at == len(lines) else f"not shown: {lines[at]}"


def checkout_in(folder: Path) -> Path:
    """Return a checkout with the files of this one, whose primebench measures with the Python environment of this one."""
    checkout = folder / "primebench"
    for name in git(ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0"):
        if name and (ROOT / name).exists():
            (checkout / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, checkout / name, follow_symlinks=False)
    program = checkout / ".venv" / "bin" / "primebench"
    program.parent.mkdir(parents=True)
    program.write_text(f'#!/bin/sh\nPYTHONPATH="{checkout}" exec "{sys.executable}" -P -m primebench "$@"\n')
    program.chmod(0o755)
    return checkout


@pytest.mark.parametrize("page", TUTORIALS, ids=shown)
def test_every_command_does_what_the_tutorial_shows(page: Path, tmp_path: Path) -> None:
    checkout, before = checkout_in(tmp_path), ["set -e"]
    environment = os.environ | {"PYTHON": "true"}  # set-up has been done
    for block in blocks(page):
        commands = [line.replace("~/", f"{tmp_path}/") for line in block.commands]
        done = subprocess.run(
            ["bash", "-c", "\n".join([*before, *commands])],
            cwd=checkout,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )
        assert done.returncode in block.codes, f"{commands}: exit code {done.returncode}\n{done.stdout}"
        if block.printed is not None:
            difference = first_difference(block.printed, done.stdout)
            assert difference is None, f"{commands}: {difference}\n{done.stdout}"
        before += [line for line in commands if line.startswith(("cd ", "export "))]


@pytest.mark.parametrize("page", TUTORIALS, ids=shown)
def test_every_block_says_what_it_is(page: Path) -> None:
    assert {block["language"] for block in FENCE.finditer(text_of(page))} <= {"sh", "text", "toml", "yaml"}


@pytest.mark.parametrize(
    ("expected", "printed", "difference"),
    [
        ("a 1\nb", "a 2,000\nb", None),
        ("a\nb", "a\nc\nb", "expected: b"),
        ("a\n...\nb", "a\nc\nb", None),
        ("...\nb", "a\nb\nc", "not shown: c"),
        ("...\nb\n...", "a\nb\nc", None),
        ("a", "", "expected: a"),
        ("CPU/req  more CPU  goodput  P50\n µs  %  req/s  ms", "CPU/req more CPU goodput\nµs % req/s", None),
        ("  CPU/req  more CPU  goodput  P50", "CPU/req  goodput  P50", "expected: CPU/req more CPU goodput"),
        ("CPU  +1.0% [-1, +2]  pass  20", "CPU -3.5% [-4, -3] inconclusive 14", None),
        ("run: results/runs/20260101T000000Z-quick-abc", "run: results/runs/20261130T095959Z-smoke-7e930f4", None),
    ],
)
def test_outputs_are_compared_in_shape(expected: str, printed: str, difference: str | None) -> None:
    assert first_difference(expected, printed) == difference
