"""A number with its noun, in messages and tables. Standard library only, as loadgen/errors.py."""

from __future__ import annotations


def counted(count: float, noun: str, plural: str = "") -> str:
    """Return the number with its noun: 1 pair, 2 pairs, 0.5 cores, 1,000 trials. A plural ends in s if nothing else is said."""
    number = f"{count:g}" if isinstance(count, float) else f"{count:,}"
    return f"{number} {noun if number == '1' else plural or f'{noun}s'}"
