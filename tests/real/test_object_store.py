"""An archive in S3 as moto serves it: another program's reading of the store that most people have."""

import http.client
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from loadgen.system.connect import free_port
from tests.patience import awaited
from tests.unit.console import run as primebench
from tests.unit.console import said
from tests.unit.run_folder import write_run_folder

MOTO = Path(__file__).parents[2] / "build" / "moto"
LOCK = Path(__file__).with_name("object_store") / "requirements.txt"
HOST, BUCKET = "127.0.0.1", "bench"
RUN = "archive/schema=2/task=prime/machine=0/x"


class Store:
    """A store of objects that listens on a port of its own."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.uri = f"s3://{BUCKET}/archive?endpoint_override={HOST}:{port}&scheme=http&region=us-east-1"

    def ask(self, method: str, path: str, body: bytes = b"") -> int:
        """Return the status of its answer."""
        with closing(http.client.HTTPConnection(HOST, self.port)) as connection:
            connection.request(method, f"/{BUCKET}{path}", body)
            return connection.getresponse().status

    def is_ready(self) -> bool:
        """Return whether it has a bucket, or makes it now."""
        try:
            return self.ask("PUT", "") == http.HTTPStatus.OK
        except OSError:
            return False


@pytest.fixture(scope="module")
def moto() -> Path:
    program = MOTO / "bin" / "moto_server"
    if not program.is_file():
        subprocess.run([sys.executable, "-m", "venv", str(MOTO)], check=True)
        install = [str(MOTO / "bin" / "python"), "-m", "pip", "install", "--quiet", "--require-hashes", "-r", str(LOCK)]
        done = subprocess.run(install, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            pytest.skip(f"moto cannot be installed: {(done.stderr.strip().splitlines() or ['no message'])[-1]}")
    return program


@pytest.fixture
def store(moto: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    for name, value in {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_EC2_METADATA_DISABLED": "true"}.items():
        monkeypatch.setenv(name, value)
    store = Store(free_port(HOST))
    with subprocess.Popen([str(moto), "-H", HOST, "-p", str(store.port)], stderr=subprocess.DEVNULL) as server:
        try:
            awaited(store.is_ready, "a bucket")
            yield store
        finally:
            server.terminate()


@pytest.fixture
def measured(tmp_path: Path) -> str:
    write_run_folder(tmp_path / "x", "x", {"cpp": "C++", "fiber": "Go"})
    return str(tmp_path / "x")


def told(*arguments: str) -> str:
    done = primebench("archive", *arguments)
    assert (done.returncode, said(done)) == (0, [])
    return done.stdout.decode()


def test_runs_are_added_once_checked_and_asked(store: Store, measured: str) -> None:
    assert told("add", measured, "--to", store.uri) == f"added: s3://{BUCKET}/{RUN}\n"
    assert told("add", measured, "--to", store.uri) == f"there already: s3://{BUCKET}/{RUN}\n"
    assert told("check", "--in", store.uri) == f"the same: s3://{BUCKET}/{RUN}\n"
    assert "cpp / fiber" in told("ratios", "--in", store.uri)
    pytest.importorskip("duckdb", reason="the extra archive is not installed")
    asked = ("query", "SELECT count(*) AS rows FROM latencies", "--in", store.uri, "--format", "csv")
    assert told(*asked).split() == ["rows", "14400"]


def test_half_a_run_is_none_and_keys_lead_nowhere_else(store: Store, measured: str) -> None:
    told("add", measured, "--to", store.uri)
    for key in ("schema=2/task=x/machine=y/../run.json", "../../run.json", "schema=2/task=prime/machine=0/x/more/run.json"):
        assert store.ask("PUT", f"/archive/{key}", b"{}") == http.HTTPStatus.OK
    assert told("check", "--in", store.uri) == f"the same: s3://{BUCKET}/{RUN}\n"
    assert store.ask("DELETE", f"/{RUN}/run.json") == http.HTTPStatus.NO_CONTENT
    assert b"no archived runs" in primebench("archive", "check", "--in", store.uri).stderr
    assert told("add", measured, "--to", store.uri) == f"added: s3://{BUCKET}/{RUN}\n"


def test_a_store_that_is_not_there_is_a_line(store: Store, measured: str) -> None:
    away = store.uri.replace(f":{store.port}", f":{free_port(HOST)}")
    done = primebench("archive", "add", measured, "--to", away)
    (line,) = said(done)
    assert (done.returncode, line.startswith(f"primebench: s3://{BUCKET}/archive: ")) == (2, True)
    assert "Could not connect" in line
