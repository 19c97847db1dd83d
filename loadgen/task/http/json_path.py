"""JSONPath (RFC 9535).

Its library is imported where a path is used: that takes 0.1 s, which tasks without one need not wait.
"""

from pydantic import JsonValue


def values_at(path: str, content: JsonValue) -> list[object]:
    """Return what lies at a path, in the order of the content."""
    import jsonpath

    return [match.obj for match in jsonpath.finditer(path, content)]


def path_fault(path: str) -> str | None:
    """Return what is wrong with a path, in one line; None if nothing is."""
    import jsonpath

    try:
        jsonpath.compile(path)
    except jsonpath.JSONPathError as error:
        return str(error).splitlines()[0]
    return None
