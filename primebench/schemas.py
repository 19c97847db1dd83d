"""Versions of what other programs read: files of a run, and what `--json` prints (docs/reference/stability.md).

Plain numbers, so that `primebench --version` need not load what writes the files; a test holds them to that.
"""

SCHEMAS = {
    "record": 2,
    "summary": 2,
    "verdict": 1,
    "history": 1,
    "compare": 2,
    "trend": 1,
    "list": 1,
    "doctor": 1,
    "verify": 1,
}
VERSION_MESSAGE = "\n".join(
    ["%(prog)s %(version)s", *(f"{name} schema {SCHEMAS[name]}" for name in ("record", "summary", "verdict"))]
)
"""What `primebench --version` prints, as click fills it in."""
