"""Routes that annotations declare, in Java, Kotlin and TypeScript: Spring, JAX-RS, Micronaut and Nest."""

import re
from collections.abc import Iterator

_ARGUMENTS = r"""\((?:[^()"']|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\((?:[^()"']|"[^"]*"|'[^']*')*\))*\)"""
_ANNOTATION = re.compile(rf"@(?:\w+\.)*(\w+)\s*({_ARGUMENTS})?")
_GROUP = re.compile(
    rf"((?:@(?:\w+\.)*\w+\s*(?:{_ARGUMENTS})?\s*)+)"
    r"((?:(?:public|final|abstract|open|data|static|export|default)\s+)*(?:class|interface|object|record)\b)?"
)
"""Annotations that stand together, and whether they are a class's."""
_STRING = r"""(?:"[^"]*"|'[^']*')"""
_PATHS = re.compile(rf"(?:^|\b(?:value|path|uris?)\s*[=:])\s*(?:arrayOf\s*\(|[{{\[])?\s*({_STRING}(?:\s*,\s*{_STRING})*)")
_CONSTANT = re.compile(r"(?:^|\b(?:value|path|uris?)\s*=)\s*((?:\w+\.)*[A-Z]\w*)\s*(?:[,+]|$)")
_OF_CLASS = ("RequestMapping", "Controller", "Path")
_MAPPING = re.compile(r"(Get|Post|Put|Patch|Delete)(?:Mapping)?|GET|POST|PUT|PATCH|DELETE|RequestMapping")
_METHOD = re.compile(r"\b(GET|POST|PUT|PATCH|DELETE)\b")


def annotated_routes(text: str) -> Iterator[tuple[str, str]]:
    """Yield method and path, the class's in front; a constant stands in braces, as a parameter does."""
    prefixes = [""]
    for group in _GROUP.finditer(text):
        annotations = {match[1]: (match[2] or "")[1:-1].strip() for match in _ANNOTATION.finditer(group[1])}
        if group[2]:
            of_class = [_paths(annotations[name]) for name in _OF_CLASS if name in annotations]
            prefixes = of_class[0] if of_class else [""] if "RestController" in annotations else prefixes
            continue
        for name, arguments in annotations.items():
            if mapping := _MAPPING.fullmatch(name):
                of_path = annotations.get("Path", "") if name.isupper() else arguments
                method = _METHOD.search(arguments) if name == "RequestMapping" else None
                verb = method[1] if method else "GET" if name == "RequestMapping" else (mapping[1] or name).upper()
                yield from ((verb, _joined(prefix, path)) for prefix in prefixes for path in _paths(of_path))


def without_annotations(text: str) -> str:
    """Return what else is in the text."""
    return _GROUP.sub(" ", text)


def _paths(arguments: str) -> list[str]:
    if paths := _PATHS.search(arguments):
        return [quoted[1:-1] for quoted in re.findall(_STRING, paths[1])]
    constant = _CONSTANT.search(arguments)
    return [f"{{{constant[1]}}}"] if constant else [""]


def _joined(prefix: str, path: str) -> str:
    """Return both as one path; the slash that a path is, or ends with, stays."""
    whole = f"{prefix.strip('/')}/{path.lstrip('/')}" if path else prefix.strip("/")
    return f"/{whole.lstrip('/')}"
