"""A small HTTP service of the tasks json and plaintext, by the standard library. What it answers is functions without a socket.

docs/reference/field-tasks.md is the contract; tests give `fault` to have one thing wrong.
"""

import http.server
import json
import re
import signal
import sys
from typing import Any

MOST_BYTES = 64 * 1024
Answer = tuple[int, dict[str, str], bytes]
"""Status, header fields and body."""


def answer(method: str, target: str, body: bytes = b"", fault: str = "") -> Answer:
    """Return the response to a request."""
    path = target.partition("?")[0]
    if path == "/plaintext":
        text = b"Hello, world!" if fault == "small-letter" else b"Hello, World!"
        return (200, {"Content-Type": "text/plain"}, text) if method == "GET" else not_allowed("GET", fault)
    if path == "/json":
        return totals(body, fault) if method == "POST" else not_allowed("POST", fault)
    if found := re.fullmatch(r"/json/(\d{1,7})", path):
        return item(int(found[1]), fault) if method == "GET" else not_allowed("GET", fault)
    return 404, {}, b""


def not_allowed(method: str, fault: str) -> Answer:
    """Return what other methods get."""
    return 405, {} if fault == "no-allow" else {"Allow": method}, b""


def item(number: int, fault: str) -> Answer:
    """Return the item of that number."""
    if not 1 <= number <= (9_999_999 if fault == "any-id" else 1_000_000):
        return 404, {}, b""
    made: dict[str, Any] = {
        "id": number,
        "name": f"item-{number}",
        "active": number % 2 == 0,
        "score": number // 4 if fault == "whole-score" else number / 4,
        "quantity": number % 1000,
        "price_cents": number * 25 % 100000,
        "currency": "EUR",
        "category": f"category-{number % 16}",
        "sku": f"SKU-{number}" if fault == "no-zeros" else f"SKU-{number:08}",
        "tags": [f"t{number % 7}", f"t{number % 11}", f"t{number % 13}"],
        "dimensions": {"width": number % 101, "height": number % 103, "depth": number % 107},
        "weight_g": number % 5000 + 1,
        "rating": number % 11 / 2,
        "reviews": number % 977,
        "in_stock": number % 3 != 0,
        "supplier": f"supplier-{number % 5}" if number % 5 or fault == "no-null" else None,
        "description": f'Item {number}: "quoted", a back\\slash and a line\nbreak',
        "note": f"Zürich №{number}",
        "created": 1_700_000_000 + number,
        "next": f"/json/{number + 1 if fault == 'no-end' else number % 1_000_000 + 1}",
    }
    if fault == "one-more":
        made["more"] = 1
    if fault == "active-number":
        made["active"] = int(made["active"])
    if fault.startswith("without-"):
        del made[fault.removeprefix("without-")]
    return 200, {"Content-Type": "application/json"}, json.dumps(made).encode()


def totals(body: bytes, fault: str) -> Answer:
    """Return what there is to say of a document."""
    if len(body) > MOST_BYTES and fault != "no-limit":
        return 413, {}, b""
    try:
        document = json.loads(body)
    except ValueError:
        return 400, {}, b""
    if not is_document(document, fault):
        return 400 if fault == "one-status" else 422, {}, b""
    items = document["items"]
    total = sum(int(item["value"]) for item in items)
    names = [item["name"] for item in items]
    size = len if fault == "characters" else lambda name: len(name.encode())
    found = {
        "order": document["order"],
        "count": len(items),
        "sum": total % (1 << 32) if fault == "short-sum" else total,
        "longest": max(reversed(names) if fault == "last-longest" else names, key=size, default=""),
        "tags": sum(len(item["tags"]) for item in items),
    }
    return 200, {"Content-Type": "application/json; charset=utf-8"}, json.dumps(found).encode()


def is_document(value: Any, fault: str = "") -> bool:
    """Return whether it has the shape of one."""
    if not isinstance(value, dict) or not isinstance(value.get("order"), int) or not isinstance(value.get("comment"), str):
        return False
    items = value.get("items")
    return isinstance(items, list) and (fault == "any-item" or all(map(is_part, items)))


def is_part(value: Any) -> bool:
    """Return whether it has the shape of an item."""
    if not isinstance(value, dict) or not isinstance(value.get("name"), str) or not isinstance(value.get("value"), int):
        return False
    tags = value.get("tags")
    return isinstance(tags, list) and all(isinstance(tag, str) for tag in tags)


class Documents(http.server.BaseHTTPRequestHandler):
    """Answers one connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def respond(self) -> None:
        """Answer one request."""
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        status, fields, content = answer(self.command, self.path, body, *sys.argv[2:3])
        head = "".join(f"{name}: {value}\r\n" for name, value in {**fields, "Content-Length": str(len(content))}.items())
        self.wfile.write(f"HTTP/1.1 {status} x\r\n{head}\r\n".encode() + content)

    def __getattr__(self, name: str) -> Any:
        """Answer every method alike."""
        if name.startswith("do_"):
            return self.respond
        raise AttributeError(name)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Server(http.server.ThreadingHTTPServer):
    """A thread a connection, as many as a load opens at once."""

    request_queue_size = 256


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    server = Server(("127.0.0.1", int(sys.argv[1])), Documents)
    server.daemon_threads = True
    server.serve_forever()
