"""A plot that was written."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Plot:
    """A plot that was written: its name (the stem of its files), its title, what it shows in a sentence, its SVG file."""

    name: str
    title: str
    caption: str
    svg: Path
