"""The project's own Python files, read and parsed once."""

import ast
import functools
from pathlib import Path

ROOT = Path(__file__).parents[2]


def modules(*packages: str) -> list[Path]:
    """Return the files of packages, in order."""
    return [path for package in packages for path in sorted((ROOT / package).rglob("*.py"))]


@functools.cache
def parsed(path: Path) -> ast.Module:
    """Return a file's syntax tree; what is found in it is told with its name and line."""
    return ast.parse(path.read_text(encoding="utf-8"))


def shown(path: Path) -> str:
    """Return the path as seen from the checkout."""
    return str(path.relative_to(ROOT))
