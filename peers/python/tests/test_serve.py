"""The command, with uvicorn around the application."""

import http.client
import json
import os
import re
import select
import signal
import subprocess
import sys
import unittest
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PEER = Path(__file__).parents[1]


@contextmanager
def started(*flags: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
    command = [sys.executable, "-m", "field", "--port", "0", *flags]
    with subprocess.Popen(command, cwd=PEER, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:(\d+) threads=\d+ max_n=\d+$", line)
        assert found, line
        try:
            yield process, int(found[1])
        finally:
            process.terminate()


def ask(
    port: int, method: str, path: str, body: str = "", media_type: str = "application/json"
) -> tuple[http.client.HTTPResponse, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request(method, path, body, {"Content-Type": media_type})
    response = connection.getresponse()
    content = response.read()
    connection.close()
    return response, content


class Serve(unittest.TestCase):
    def test_each_task_has_its_answer(self) -> None:
        with started("--threads", "1", "--max-n", "1000") as (_, port):
            assert json.loads(ask(port, "POST", "/calculate?x=1", '{"n":1000}')[1])["prime"] == 7919
            response, body = ask(port, "GET", "/plaintext")
            assert (response.headers["content-type"], body) == ("text/plain", b"Hello, World!")
            response, body = ask(port, "GET", "/json/7")
            assert (response.headers["content-type"], json.loads(body)["note"]) == ("application/json", "Zürich №7")
            assert json.loads(ask(port, "POST", "/json", '{"order":1,"items":[],"comment":""}')[1])["count"] == 0
            response, body = ask(port, "HEAD", "/health")
            assert (response.status, response.headers["content-length"], body) == (200, "15", b"")

    def test_what_is_not_served_is_a_problem(self) -> None:
        with started("--threads", "1", "--max-n", "1000") as (_, port):
            for method, path, body, media_type, status, allow in (
                ("GET", "/", "", "", 404, None),
                ("GET", "/%70laintext", "", "", 404, None),
                ("GET", "/json/0", "", "", 404, None),
                ("GET", "/calculate", "", "", 405, "POST"),
                ("DELETE", "/json/1", "", "", 405, "GET, HEAD"),
                ("POST", "/calculate", '{"n":1}', "text/plain", 415, None),
                ("POST", "/calculate", " " * 4_097, "application/json", 413, None),
                ("POST", "/json", " " * 65_537, "application/json", 413, None),
                ("POST", "/calculate", "{", "application/json", 400, None),
                ("POST", "/calculate", '{"n":1001}', "application/json", 422, None),
                ("POST", "/json", "{}", "application/json", 422, None),
            ):
                with self.subTest(f"{method} {path} {status}"):
                    response, content = ask(port, method, path, body, media_type)
                    assert (response.status, response.headers["allow"]) == (status, allow)
                    assert response.headers["content-type"] == "application/problem+json"
                    assert json.loads(content)["status"] == status

    def test_processes_end_together_with_0(self) -> None:
        with started("--threads", "3") as (process, port):
            assert ask(port, "GET", "/health")[0].status == 200
            process.terminate()
            assert process.wait(timeout=20) == 0

    def test_processes_do_not_outlive_the_one_that_watches(self) -> None:
        with started("--threads", "2") as (process, _):
            children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
            assert len(children) == 2
            pidfds = [os.pidfd_open(int(child)) for child in children]
            process.send_signal(signal.SIGKILL)
            for pidfd in pidfds:
                assert select.select([pidfd], [], [], 20)[0]
                os.close(pidfd)

    def test_exit_codes(self) -> None:
        def code(*flags: str) -> int:
            return subprocess.run(
                [sys.executable, "-m", "field", *flags], cwd=PEER, capture_output=True, check=False, timeout=20
            ).returncode

        assert code("--help") == 0
        for flags in (["--bogus"], ["--port", "65536"], ["--threads", "0"], ["--max-n", "1e3"], ["--host", "localhost"]):
            assert code(*flags) == 2, flags
        with started("--threads", "1") as (_, port):
            assert code("--port", str(port)) == 1


if __name__ == "__main__":
    unittest.main()
