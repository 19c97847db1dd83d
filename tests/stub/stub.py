"""The stub service: right answers from a table, or the one fault that its second argument names."""

import asyncio
import json
import os
import signal
import sys

FAULT_AFTER = 20
"""Right responses: a load on a slow machine has no more than some dozens."""
LOADED_FROM = 4
"""Connections that only a load opens: verification must not meet the faults that a load is to meet."""
SIEVE = bytearray([1]) * 120_000
for factor in range(2, 347):
    SIEVE[factor * factor :: factor] = bytes(len(SIEVE[factor * factor :: factor]))
PRIMES = [number for number in range(2, 120_000) if SIEVE[number]]


class Servers:
    """So many servers that take the same time for each request, first come, first served: what is answered, and when, follows
    from when requests came, not from how late a timer is.
    """

    def __init__(self, count: int, service_s: float) -> None:
        self.free_at = [0.0] * count
        self.service_s = service_s

    def done_at(self, now_s: float) -> float:
        """When a request that comes now is answered."""
        first = min(range(len(self.free_at)), key=self.free_at.__getitem__)
        self.free_at[first] = max(now_s, self.free_at[first]) + self.service_s
        return self.free_at[first]


DELAYED = Servers(4, 0.010)


class Conversation(asyncio.Protocol):
    """One connection; requests come one at a time and in one piece, as the load generator sends them."""

    answered = 0
    open = 0

    def __init__(self, fault: str) -> None:
        self.fault = fault
        self.buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        Conversation.open += 1

    def connection_lost(self, _exc: Exception | None) -> None:
        Conversation.open -= 1

    def data_received(self, data: bytes) -> None:
        if self.fault == "never-ready":
            return
        self.buffer += data
        while (request := self.next_request()) is not None:
            if (answer := self.answer(*request)) is None:
                continue
            if self.fault == "delayed":
                loop = asyncio.get_running_loop()
                loop.call_at(DELAYED.done_at(loop.time()), self.transport.write, answer)
            else:
                self.transport.write(answer)

    def next_request(self) -> tuple[str, bytes] | None:
        head, separator, rest = self.buffer.partition(b"\r\n\r\n")
        if not separator:
            return None
        lines = head.decode().lower().split("\r\n")
        length = next((int(line.split(":")[1]) for line in lines if line.startswith("content-length:")), 0)
        if len(rest) < length:
            return None
        self.buffer = rest[length:]
        return lines[0], rest[:length]

    def answer(self, line: str, body: bytes) -> bytes | None:
        if line.startswith("get /health"):
            return reply("200 OK", {"status": "ok"})
        Conversation.answered += 1
        loaded = Conversation.open >= LOADED_FROM
        if loaded and Conversation.answered > FAULT_AFTER:
            if self.fault == "dies":
                os.kill(os.getpid(), signal.SIGKILL)
            if self.fault == "hangs":
                return None
        if loaded and self.fault == "errors" and Conversation.answered % 10 == 0:
            return reply("503 Service UnavailableError", {"status": 503})
        n = json.loads(body)["n"]
        return reply("200 OK", {"n": n, "prime": PRIMES[n - (self.fault != "wrong-prime")], "duration": "1ns"})


def reply(status: str, content: dict[str, object]) -> bytes:
    body = json.dumps(content).encode()
    head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


async def main(port: int, fault: str) -> None:
    loop = asyncio.get_running_loop()
    done = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, (lambda: None) if fault == "ignores-sigterm" else done.set)
    async with await loop.create_server(lambda: Conversation(fault), "127.0.0.1", port):
        await done.wait()


if __name__ == "__main__":
    chosen = sys.argv[2] if len(sys.argv) > 2 else ""
    if chosen == "forks" and (child := os.fork()):

        def end(*_: object) -> None:
            os.kill(child, signal.SIGTERM)
            os.waitpid(child, 0)
            sys.exit(0)

        signal.signal(signal.SIGTERM, end)
        os.waitpid(child, 0)
    else:
        asyncio.run(main(int(sys.argv[1]), chosen))
