"""An oracle: a program of the task's that is shown requests and responses, and says which are wrong."""

import json
import select
import subprocess
from base64 import b64encode
from pathlib import Path

from loadgen.conformance import Response
from loadgen.errors import Error
from loadgen.placeholder import filled
from loadgen.system.environment import service_environment
from loadgen.system.process import kill_group, spawn
from loadgen.task.request import Request

ANSWERS_WITHIN_S = 30.0


class Oracle:
    """The program, started with the first question and asked a line at a time.

    A question is `{"kind", "request": {"method", "target", "headers", "body"}, "response": {"status", "headers", "body"}}`; a
    body that is no UTF-8 stands as `body_base64`. The answer is `{"fault": null}`, or `{"fault": "expected ..., got ..."}`.
    """

    def __init__(self, command: list[str], folder: Path) -> None:
        self._command = [filled(part, {"folder": str(folder)}) for part in command]
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def fault(self, kind: str, request: Request, response: Response) -> str | None:
        """Return what it says is wrong; raise Error if it does not answer as it should."""
        question = {
            "kind": kind,
            "request": {
                "method": request.method,
                "target": request.target,
                "headers": list(map(list, request.headers)),
                **_body(request.body),
            },
            "response": {
                "status": response.status,
                "headers": list(map(list, response.fields)),
                **_body(response.content),
            },
        }
        answer = self._ask(json.dumps(question).encode() + b"\n")
        try:
            fault = json.loads(answer)["fault"]
        except (ValueError, KeyError, TypeError) as error:
            raise self._error(f'expected {{"fault": ...}}, got {answer[:80]!r}') from error
        return None if fault is None else str(fault)

    def _ask(self, line: bytes) -> bytes:
        process = self._started()
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(line)
            process.stdin.flush()
        except OSError as error:
            raise self._error("it has ended") from error
        ready, _, _ = select.select([process.stdout], [], [], ANSWERS_WITHIN_S)
        answer = process.stdout.readline() if ready else b""
        if not answer:
            raise self._error(f"no answer within {ANSWERS_WITHIN_S:g} s")
        return answer

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            try:
                self._process = spawn(
                    self._command,
                    environment=service_environment(self._command[:1]),
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    cwd=self._folder,
                )
            except OSError as error:
                raise self._error(str(error)) from error
        return self._process

    def _error(self, message: str) -> Error:
        if self._process is not None:
            kill_group(self._process)
            self._process = None
        return Error(f"oracle {' '.join(self._command)}: {message}")


def _body(content: bytes) -> dict[str, str]:
    try:
        return {"body": content.decode()}
    except UnicodeDecodeError:
        return {"body_base64": b64encode(content).decode()}
