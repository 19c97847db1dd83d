"""An access log in the common or combined format: its GETs by path with their shares, ids in paths as data."""

import itertools
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote_plus, urlsplit

from apachelogs import COMBINED, COMMON, InvalidEntryError, LogParser
from pydantic import JsonValue

from loadgen.errors import Error
from loadgen.init.assets import asset_type
from loadgen.init.requests import FILES, MOST, Asked, Names, Wanted, checked, named_after, shortened
from loadgen.init.secrets import Secrets

_ID = re.compile(r"\d+|[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}|[0-9a-f]{24,64}", re.IGNORECASE)
"""Numbers, UUIDs, and what databases and hashes have for ids."""
_HOLE = "{}"
_MOST_VALUES = 1_000
_PARSERS = (LogParser(COMBINED), LogParser(COMMON))


@dataclass
class _Seen:
    """Requests that differ in nothing but ids: how many, which statuses, and the ids of the first thousand."""

    count: int = 0
    statuses: set[int] = field(default_factory=set)
    ids: list[tuple[str, ...]] = field(default_factory=list)


def read_log(lines: Iterable[str], name: str) -> Asked:
    """Return what was asked by GET and responded to well; raise Error if no line is one of an access log."""
    seen, left_out = _collected(lines, name)
    if not seen:
        raise Error(f"{name}: no GET with a status from 200 to 399 in it; there is nothing to ask")
    total = sum(entry.count for entry in seen.values())
    ranked = sorted(seen.items(), key=lambda group: -group[1].count)
    if len(ranked) > MOST:
        rest = sum(seen.count for _, seen in ranked[MOST:])
        left_out.append(f"{len(ranked) - MOST} rarer paths, {100 * rest / total:.1f}% of what was asked")
    names = Names()
    wanted: list[Wanted] = []
    data: list[dict[str, JsonValue]] = []
    files: dict[str, str] = {}
    for target, entry in ranked[:MOST]:
        asset = asset_type(target)
        named = named_after("GET", target.replace(_HOLE, ""))
        request = names.name(f"{asset} {named}" if asset else named)
        path = _with_names(target, request)
        statuses: list[JsonValue] = [*sorted(entry.statuses - {304})]  # it answers a condition, which is not asked again
        weight = float(f"{100 * entry.count / total:.3g}")
        table: dict[str, JsonValue] = {"name": request, "weight": weight, "path": path, "expect": {"status": statuses or [200]}}
        if (fault := checked(table)) is not None:
            left_out.append(f"{path}: {fault}")
            continue
        if entry.ids:
            file = f"{FILES}/{request}.jsonl"
            data.append({"name": request, "file": file})
            files[file] = "".join(
                f"{json.dumps(dict(zip(_fields(len(ids)), map(_typed, ids), strict=True)))}\n" for ids in entry.ids
            )
        wanted.append(Wanted(table, asset=asset))
    return Asked(sorted(wanted, key=lambda wanted: wanted.asset), data, files, shortened(left_out))


def _collected(lines: Iterable[str], name: str) -> tuple[dict[str, _Seen], list[str]]:
    """Return what was asked, by target with a hole for each id, and what is left out."""
    seen, secrets = defaultdict[str, _Seen](_Seen), Secrets()
    odd, other, failed, first = 0, 0, 0, ""
    for line in filter(str.strip, lines):
        entry = _parsed(line)
        if entry is None:
            odd, first = odd + 1, first or line.strip()
            continue
        request, status = entry
        method, target = request
        if method != "GET":
            other += 1
        elif not 200 <= status < 400 or status == 206:
            failed += 1
        else:
            try:
                pattern, ids = _pattern(target, secrets)
            except ValueError:  # http://[ and the like, of clients that look for faults
                odd += 1
                continue
            hits = seen[pattern]
            hits.count += 1
            hits.statuses.add(status)
            if ids and len(hits.ids) < _MOST_VALUES:
                hits.ids.append(ids)
    if odd and not (seen or other or failed):
        raise Error(f"{name}: expected lines in the common or combined log format, got {first[:60]!r}")
    counted = (
        (odd, "lines in another format"),
        (other, "requests by other methods than GET"),
        (failed, "that failed, or in part"),
    )
    return seen, [f"{count} {what}" for count, what in counted if count]


def _parsed(line: str) -> tuple[tuple[str, str], int] | None:
    """Return method, target and status of a line; None if it has none."""
    for parser in _PARSERS:
        try:
            entry = parser.parse(line)
        except InvalidEntryError:
            continue
        method, _, rest = (entry.request_line or "").partition(" ")
        target = rest.rpartition(" ")[0] or rest
        return ((method, target), entry.final_status) if target and entry.final_status else None
    return None


def _pattern(target: str, secrets: Secrets) -> tuple[str, tuple[str, ...]]:
    """Return the target with a hole for each id, and the ids."""
    url = urlsplit(target if "://" in target else f"//host{target}")
    ids: list[str] = []

    def holed(text: str) -> str:
        if _ID.fullmatch(text):
            ids.append(text)
            return _HOLE
        return text

    parts = [part if _ID.fullmatch(part) else secrets.target(part, "") for part in (url.path or "/").split("/")]
    path = "/".join(map(holed, parts))
    pairs = [(name, sign, value) for name, sign, value in (pair.partition("=") for pair in url.query.split("&") if pair)]
    query = "&".join(
        secrets.form(f"{name}=") + holed(value)
        if _ID.fullmatch(value) and secrets.field(unquote_plus(name), value) is None
        else secrets.form(f"{name}{sign}{value}")
        for name, sign, value in pairs
    )
    return f"{path}?{query}" if query else path, tuple(ids)


def _fields(count: int) -> Iterator[str]:
    """Yield names for the ids of a path: id, id2, id3."""
    return itertools.islice(itertools.chain(["id"], (f"id{number}" for number in itertools.count(2))), count)


def _with_names(target: str, data: str) -> str:
    parts: Sequence[str] = target.split(_HOLE)
    names = [f"{{{data}.{name}}}" for name in _fields(len(parts) - 1)]
    return "".join(itertools.chain.from_iterable(itertools.zip_longest(parts, names, fillvalue="")))


def _typed(text: str) -> JsonValue:
    return int(text) if text.isdecimal() and text.isascii() and str(int(text)) == text else text
