"""Files of prepared requests, read as loadgen/native/src/requests.cpp reads them."""

import struct
from pathlib import Path

import numpy as np

from loadgen.generator.request_file import MAGIC


def requests_in(path: Path) -> tuple[list[str], list[tuple[str, bytes]], bool]:
    """Return kinds, kind and bytes in the order in which they are sent, and whether the file begins again at its end."""
    left = path.read_bytes()

    def take(form: str) -> tuple[int, ...]:
        nonlocal left
        size = struct.calcsize(f"<{form}")
        values, left = struct.unpack(f"<{form}", left[:size]), left[size:]
        return values

    def text(size: int) -> bytes:
        nonlocal left
        found, left = left[:size], left[size:]
        return found

    assert text(len(MAGIC)) == MAGIC
    count, distinct, length, again = take("IIQB")
    kinds = [text(take("B")[0]).decode() for _ in range(count)]
    requests = []
    for _ in range(distinct):
        kind, _is_head, size = take("BBI")
        requests.append((kinds[kind], text(size)))
    order = np.frombuffer(left, dtype="<u4")
    assert len(order) == length
    return kinds, [requests[place] for place in order], bool(again)
