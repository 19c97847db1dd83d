"""A small HTTP service of orders, by the standard library: GET /orders/ID and POST /orders, each with a bearer token."""

import http.server
import json
import re
import signal
import sys

TOKEN = "Bearer secret-of-the-test"
FAULT = sys.argv[2] if len(sys.argv) > 2 else ""


class Orders(http.server.BaseHTTPRequestHandler):
    """Answers one connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        if self.path == "/healthz":
            self.answer(200, b"ok")
        elif self.headers.get("Authorization") != TOKEN:
            self.answer(401, b"")
        elif (found := re.fullmatch(r"/orders/(\d+)", self.path)) is None:
            self.answer(404, b"")
        else:
            order = int(found[1]) + (FAULT == "forgets")
            for _ in range(3000 if FAULT == "burns" else 0):
                pass
            self.answer(200, json.dumps({"id": order, "item": "pencil"}).encode(), "application/json")

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.headers.get("Authorization") != TOKEN:
            self.answer(401, b"")
        else:
            self.answer(201, b"created\n")

    def answer(self, status: int, content: bytes, kind: str = "text/plain") -> None:
        head = f"HTTP/1.1 {status} x\r\nContent-Type: {kind}\r\nContent-Length: {len(content)}\r\n\r\n"
        self.wfile.write(head.encode() + content)

    def log_message(self, *_: object) -> None:
        pass


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Orders)
    server.daemon_threads = True
    server.serve_forever()
