"""Routes of Django: the patterns of its URL modules, with those of the modules that include them in front."""

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_PATTERN = re.compile(r"""\b(path|re_path|url)\(\s*r?(["'])([^"'\n]*)\2\s*,""")
_INCLUDED = re.compile(r"""\binclude\(\s*\(?\s*["']([\w.]+)["']""")
_MOUNTED = re.compile(r"\binclude\(|\.urls\b")
_GROUP = re.compile(r"\(\?P(<\w+>)(?:[^()]|\([^()]*\))*\)")
_DEEPEST = 5


@dataclass(frozen=True)
class _Pattern:
    """A path of a URL module, the module that it includes, and whether it has any paths below it."""

    path: str
    included: str
    is_mounted: bool


def django_routes(texts: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield method and path of all patterns; behind them, with <...> at the end, what others bring (admin.site.urls)."""
    modules = {_module(path): list(_patterns(text)) for path, text in texts.items() if "urlpatterns" in text}
    mounted = []
    for module, patterns in modules.items():
        for prefix in _prefixes(module, modules):
            for pattern in patterns:
                if not pattern.is_mounted:
                    yield "GET", f"/{prefix}{pattern.path}"
                elif not any(_is(other, pattern.included) for other in modules):
                    mounted.append(f"/{prefix}{pattern.path}<...>")
    yield from (("GET", path) for path in mounted)


def _patterns(text: str) -> Iterator[_Pattern]:
    matches = list(_PATTERN.finditer(text))
    ends = [*(match.start() for match in matches[1:]), len(text)]
    for match, end in zip(matches, ends, strict=False):
        view = text[match.end() : end].partition("\n]")[0]
        included = _INCLUDED.search(view)
        path = match[3] if match[1] == "path" else _without_expressions(match[3])
        yield _Pattern(path, included[1] if included else "", bool(_MOUNTED.search(view)))


def _prefixes(module: str, modules: Mapping[str, list[_Pattern]], depth: int = 0) -> list[str]:
    """Return what stands in front of a module's paths, by each way in which it is included."""
    holders = [
        (holder, pattern.path)
        for holder, patterns in modules.items()
        for pattern in patterns
        if holder != module and _is(module, pattern.included)
    ]
    if not holders or depth == _DEEPEST:
        return [""]
    return [before + path for holder, path in holders for before in _prefixes(holder, modules, depth + 1)]


def _is(module: str, name: str) -> bool:
    """Whether a name of an import is the module's, which may lie in a folder that is on Python's path."""
    return bool(name) and (module == name or module.endswith(f".{name}"))


def _module(path: str) -> str:
    return posixpath.splitext(path)[0].replace("/", ".").removesuffix(".__init__")


def _without_expressions(text: str) -> str:
    return _GROUP.sub(r"\1", text).removeprefix("^").removesuffix("$").replace("/?", "/")
