"""A store of items behind a TCP port, a line a question: GET ID, PUT ID NAME, LIST FROM COUNT; COUNT tells how many were asked.

The items 1 to 500 are in a file, which `db.py fill FILE` makes; `db.py serve FILE PORT` answers, `db.py count PORT` asks COUNT.
"""

import json
import signal
import socket
import socketserver
import sys
from pathlib import Path

ITEMS = 500


class Store(socketserver.ThreadingTCPServer):
    """The items, and how many questions were asked for them."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, path: Path, port: int) -> None:
        super().__init__(("127.0.0.1", port), Answers)
        self.items: dict[int, str] = {int(key): name for key, name in json.loads(path.read_text()).items()}
        self.asked = 0


class Answers(socketserver.StreamRequestHandler):
    """One connection."""

    disable_nagle_algorithm = True

    def handle(self) -> None:
        store = self.server
        assert isinstance(store, Store)
        for line in self.rfile:
            what, *words = line.decode().split(maxsplit=2)
            store.asked += what != "COUNT"
            answer: object = None
            if what == "GET":
                answer = store.items.get(int(words[0]))
            elif what == "PUT":
                store.items[int(words[0])] = words[1].strip()
            elif what == "LIST":
                first, count = map(int, words)
                answer = [key for key in range(first, first + count) if key in store.items]
            elif what == "COUNT":
                answer = store.asked
            self.wfile.write(json.dumps(answer).encode() + b"\n")


def main(command: str, *arguments: str) -> None:
    if command == "fill":
        Path(arguments[0]).write_text(json.dumps({key: f"item {key}" for key in range(1, ITEMS + 1)}))
    elif command == "serve":
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        Store(Path(arguments[0]), int(arguments[1])).serve_forever()
    else:
        with socket.create_connection(("127.0.0.1", int(arguments[0]))) as client:
            client.sendall(b"COUNT\n")
            print(client.makefile().readline().strip())


if __name__ == "__main__":
    main(*sys.argv[1:])
