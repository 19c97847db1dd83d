"""Versions in what programs and package managers print. Standard library only: set-up runs it."""

from __future__ import annotations

import re

Version = tuple[int, ...]


def numbers(version: str) -> Version:
    """The numbers with dots that a version begins with, as a tuple; empty if it begins with none."""
    match = re.match(r"[0-9]+(?:\.[0-9]+)*", version)
    return tuple(int(part) for part in match.group().split(".")) if match else ()


def version_in(text: str) -> str | None:
    """Return the version in what a program prints when it is asked for it; None if there is none.

    That is the first number with a dot that no digit, letter or dot stands before, but for "go" and "v": so a vendor's own
    numbers in brackets are not taken for it (`gcc (Ubuntu 13.2.0-23ubuntu4) 13.2.0`, `git version 2.39.5 (Apple Git-154)`), nor
    is a commit (`go version devel go1.27-1a2b3c4`). Without one it is a line that is nothing but a number.
    """
    bare = re.sub(r"\([^()]*\)", "", text)
    match = re.search(r"(?<![\w.])(?:go|v)?([0-9]+(?:\.[0-9]+)+)", bare) or re.search(r"^\s*v?([0-9]+)\s*$", bare, re.MULTILINE)
    return match[1] if match else None


def candidate_version(shown: str) -> Version:
    """Return the version in a package's control fields, without Debian's epoch ("1:"); empty if there is none."""
    match = re.search(r"^Version: (?:[0-9]+:)?(\S+)", shown, re.MULTILINE)
    return numbers(match[1]) if match else ()
