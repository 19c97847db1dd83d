"""A task of a test's own, as the text of its task.toml."""

from collections.abc import Mapping
from typing import Any

import tomli_w


def echo_task(*requests: Mapping[str, Any], first: int = 1) -> str:
    """Return a task of these requests, each of which wants a 200; `{id}` counts from `first`."""
    return tomli_w.dumps(
        {
            "schema": 1,
            "name": "echo",
            "title": "echo",
            "data": [{"name": "id", "sequence": first}],
            "requests": [{**request, "expect": {"status": [200]}} for request in requests],
        }
    )
