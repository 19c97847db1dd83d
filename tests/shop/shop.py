"""A shop over tests/shop/db.py, by the standard library: GET /items/ID, GET /items?from=N, POST /items.

`shop.py PORT FAULT` has one of the faults that a general task must find: they are in service.toml, a variant each. With
`--socket PATH` at the end it listens on that Unix socket, too.
"""

import http.server
import itertools
import json
import os
import re
import signal
import socket
import socketserver
import sys
import threading
import time
from urllib.parse import parse_qs, urlsplit

PORT, *MORE = sys.argv[1:]
SOCKET = MORE.pop() if MORE[-2:-1] == ["--socket"] else ""
FAULT = next((name for name in MORE if name != "--socket"), "")
TOKEN = f"Bearer {os.environ.get('SHOP_TOKEN', '')}"
PAGE = 20
CONNECTIONS = threading.local()
ASKED = itertools.count(1)
REMEMBERED: dict[str, object] = {}
READING = threading.Semaphore()
"""Free while no other item is read."""


def ask(question: str) -> object:
    """One question to the store, on this thread's own connection."""
    if not hasattr(CONNECTIONS, "file"):
        host, port = os.environ["SHOP_DB"].split(":")
        connected = socket.create_connection((host, int(port)))
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        CONNECTIONS.file = connected.makefile("rw", newline="\n")
    if FAULT == "half-asked" and re.fullmatch(r"GET \d{1,3}", question) and next(ASKED) % 2:
        return f"item {question.split()[1]}"
    CONNECTIONS.file.write(question + "\n")
    CONNECTIONS.file.flush()
    return json.loads(CONNECTIONS.file.readline())


class Shop(http.server.BaseHTTPRequestHandler):
    """Answers one connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        if self.path == "/ready":
            self.answer(200, "ready")
        elif self.refused():
            pass
        elif found := re.fullmatch(r"/items/(\d+)", self.path):
            self.read(int(found[1]))
        elif urlsplit(self.path).path == "/items":
            if FAULT == "slow-list":
                time.sleep(0.05)
            first = int(parse_qs(urlsplit(self.path).query)["from"][0])
            found_items = [] if FAULT == "empty-list" else ask(f"LIST {first} {PAGE}")
            self.answer(200, {"items": found_items})
        else:
            self.answer(404, None)

    def read(self, number: int) -> None:
        if FAULT == "null-when-busy":
            self.read_when_busy(number)
            return
        if FAULT == "remembers":
            number = int(REMEMBERED.setdefault("read", number))  # type: ignore[call-overload]
        name = ask(f"GET {number}")
        if FAULT == "wrong-now-and-then" and next(ASKED) % 500 == 0:
            name = "another"
        self.answer(404 if name is None else 200, {"id": number, "name": name})

    def read_when_busy(self, number: int) -> None:
        is_alone = READING.acquire(blocking=False)
        content = {"id": number, "name": ask(f"GET {number}")}
        self.answer(200, content if is_alone or next(ASKED) % 5 else None)
        if is_alone:
            READING.release()

    def do_POST(self) -> None:
        item = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))))
        if self.refused():
            return
        if FAULT == "refuses-writes":
            self.answer(429, None)
            return
        if FAULT != "forgets-writes":
            ask(f"PUT {item['id']} {item['name']}")
        self.answer(201, {"id": item["id"]})

    def refused(self) -> bool:
        expired = FAULT == "expires" and next(ASKED) > 1000
        if self.headers.get("Authorization") == TOKEN and not expired:
            return False
        self.answer(401, None)
        return True

    def answer(self, status: int, content: object) -> None:
        body = json.dumps(content).encode()
        head = f"HTTP/1.1 {status} x\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode()
        if FAULT == "cut-short" and status == 200 and next(ASKED) % 400 == 0:
            body = body[:-1]
            self.close_connection = True
        self.wfile.write(head + body)

    def log_message(self, *_: object) -> None:
        pass


class LocalShop(Shop):
    """Answers one connection on a Unix socket, which knows nothing of Nagle."""

    disable_nagle_algorithm = False


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    if SOCKET:
        local = socketserver.ThreadingUnixStreamServer(SOCKET, LocalShop)
        local.daemon_threads = True
        threading.Thread(target=local.serve_forever, daemon=True).start()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", int(PORT)), Shop)
    server.daemon_threads = True
    server.serve_forever()
