"""The routes that sources declare, by method and path, in whichever framework's way."""

import re
from collections.abc import Iterator, Mapping

from loadgen.init.annotated import annotated_routes, without_annotations
from loadgen.init.django import django_routes
from loadgen.init.names import words

_WRITING = ("POST", "PUT", "PATCH", "DELETE")
_VERBS = "|".join(_WRITING)
_QUOTE = "[\"'`]"
_OPENED = rf"\w{{0,30}}(?:\(\w+,)?\W{{1,8}}{_QUOTE}"
_ROUTE = re.compile(
    rf"(?:\b(?P<word>\w{{0,60}}(?:get|post|put|patch|delete|route|path|handle|resource|mapping|target|ur[il]|prefix|use)){_OPENED}"
    rf"|{_QUOTE}(?P<before>(?-i:GET|{_VERBS})){_QUOTE},\s*{_QUOTE}|{_QUOTE}(?=(?-i:{_VERBS}) /))"
    rf"(?:(?P<inside>(?-i:GET|{_VERBS})) )?(?P<path>/[^\s\"'`]*){_QUOTE}",
    re.IGNORECASE,
)
"""A path behind a word that has to do with routes: .Get("/x"), CROW_ROUTE(app, "/x"), url === "/x"; or behind a method."""
_AHEAD = re.compile(rf"\bmethod\b\W{{1,8}}(?:\w+\.)?(?P<verb>{_VERBS})\b[^;{{}}]{{0,30}}\Z", re.IGNORECASE)
_BEHIND = re.compile(
    rf"\s*(?:,\s*|\)\s*\.route\(\s*)(?:\w+::)*(?P<verb>{_VERBS})\(|[^;@{{}}]*?\bmethods?\b(?P<several>[^;@{{}}\n]*)",
    re.IGNORECASE,
)
"""The method behind the path: calls of axum and its like, methods= of Flask, .Methods() of gorilla, req.method ===."""
_RAW = re.compile(r"""\bR"(\w*)\(([/^][^"\n]*)\)\1\"""")
_PREFIXED = re.compile(r"""\b[rRuUfFbB]{1,2}(?=["'])""")
_GENERIC = re.compile(r"(\.(?:get|post|put|patch|delete|route|all))\s*<[^()]{0,400}?>\s*\(")
_FAR = 160

Route = tuple[str, str]
"""Method and path."""


def declared_routes(texts: Mapping[str, str]) -> list[Route]:
    """Return the routes of the sources by their paths, each once, in the order of the sources."""
    routes: dict[Route, None] = dict.fromkeys(django_routes(texts))
    for path, text in texts.items():
        routes |= dict.fromkeys(_routes_of(path, text))
    return list(routes)


def _routes_of(path: str, text: str) -> Iterator[Route]:
    if path.endswith((".java", ".kt")) or "@nestjs/" in text:
        yield from annotated_routes(text)
        text = without_annotations(text)
    text = _GENERIC.sub(r"\1(", _PREFIXED.sub("", _RAW.sub(r'"\2"', text)))
    matches = list(_ROUTE.finditer(text))
    nexts = [*(match.start() for match in matches[1:]), len(text)]
    for match, following in zip(matches, nexts, strict=False):
        end = min(match.end() + _FAR, following)
        yield _method(match, text[max(0, match.start() - _FAR) : match.start()], text[match.end() : end]), match["path"]


def _method(match: re.Match[str], ahead: str, behind: str) -> str:
    """Return the method by what stands with the path, else by the word in front of it, else by what is near."""
    if named := match["inside"] or match["before"]:
        return named.upper()
    of_word = words(match["word"] or "")
    if verb := next((word for word in of_word if word in ("GET", *_WRITING)), None):
        return verb
    if near := _AHEAD.search(ahead):
        return near["verb"].upper()
    if near := _BEHIND.match(behind):
        several = [near["verb"].upper()] if near["verb"] else re.findall(rf"\b(?:GET|{_VERBS})\b", near["several"].upper())
        return "GET" if "GET" in several or not several else several[0]
    return "GET"
