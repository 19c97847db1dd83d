"""Unix sockets: how a service and a workload say so, where they lie, and what a full queue of connections is to a client."""

import os
import socket
import tomllib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from loadgen.config.scenarios import Scenarios, Workload
from loadgen.config.service import find_contender, read_service
from loadgen.errors import Error
from loadgen.generator.choice import GENERATORS, generator_for
from loadgen.generator.generator import Load
from loadgen.generator.native import Native
from loadgen.system.connect import Address, connected
from loadgen.system.scratch import LONGEST_SOCKET_BYTES, scratch_folder, socket_path
from loadgen.task.prime.task import TASK
from loadgen.trial.server import start_command
from tests.patience import PATIENCE_S
from tests.unit.asked import asked

SHOP = Path(__file__).parents[1] / "shop"
STUB = Path(__file__).parents[1] / "stub"
LOCALLY = Workload(title="", parameters={"n": 10}, connections=1, unix=True)


def test_a_service_is_started_with_what_has_it_listen_there_behind_its_variants_arguments() -> None:
    shop = find_contender(f"{SHOP}:slow-list", {})
    artefact = Path("/built/shop.py")
    assert start_command(shop, artefact, 80, 1)[-2:] == ["80", "slow-list"]
    assert start_command(shop, artefact, 80, 1, socket="/s")[-3:] == ["slow-list", "--socket", "/s"]


def test_a_service_that_does_not_say_how_is_told_so() -> None:
    with pytest.raises(Error, match=r"stub: nothing says how it listens on a Unix socket \(start\.unix\)"):
        start_command(find_contender(str(STUB), {}), Path("stub.py"), 80, 1, socket="/s")


@pytest.mark.parametrize(
    ("unix", "line"),
    [
        ('["--socket", "/tmp/s"]', r"start\.unix: .*expected an argument with \{socket\}"),
        ('["{socket}", "{key}"]', r"start\.unix: expected placeholders from .*, not \['key'\]"),
    ],
)
def test_a_wrong_key_is_one_line_with_what_was_expected(tmp_path: Path, unix: str, line: str) -> None:
    text = (STUB / "service.toml").read_text()
    (tmp_path / "service.toml").write_text(text.replace("[start]", f"[start]\nunix = {unix}"))
    with pytest.raises(Error, match=rf"service\.toml: {line}"):
        read_service(tmp_path)


def test_a_workload_over_a_socket_is_the_native_generators_and_called_so() -> None:
    assert generator_for(LOCALLY, TASK) is GENERATORS["native"]
    assert LOCALLY.label(TASK) == "n = 10, Unix socket"
    load = Load(asked(10).first.request, 1, 1.0, "http://127.0.0.1:80", sending=LOCALLY.sending, socket="/s")
    assert Native().command("/bin/load", load)[:3] == ["/bin/load", "--unix", "/s"]
    assert "--port" not in Native().command("/bin/load", load)


@pytest.mark.parametrize(("key", "value"), [("generator", "oha"), ("protocol", "h2")])
def test_no_other_generator_and_no_other_protocol_goes_over_a_socket(key: str, value: str) -> None:
    with pytest.raises(Error, match=rf'only the native generator asks over a Unix socket.* without {key} = "{value}"'):
        generator_for(LOCALLY.replace(**{key: value}), TASK)


def scenarios(more: str) -> Scenarios:
    text = f"""
schema = 2
task = "."
[workloads.mix]
title = "a"
connections = 1
[workloads.local]
title = "b"
connections = 1
unix = true
{more}
[profiles.p]
title = "c"
services = ["x"]
rounds = 1
pinned = false
server_cores = 1
workloads = {{ mix = {{ warm_up_s = 0.1, load_s = 1.0 }} }}
"""
    return Scenarios.model_validate(tomllib.loads(text))


@pytest.mark.parametrize(
    ("more", "line"),
    [
        ("tls = true", "unix: expected unix or tls, not both"),
        ('rate = { share = 0.5, of = "mix" }', "expected a workload without a rate that asks the same"),
    ],
)
def test_a_socket_is_no_tls_and_no_share_of_what_a_port_can_do(more: str, line: str) -> None:
    assert scenarios("").workloads["local"].sending.unix
    with pytest.raises(ValueError, match=line):
        scenarios(more)


@pytest.mark.parametrize("length", [10, 60, 250])
def test_a_sockets_path_is_short_enough_wherever_temporary_files_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, length: int
) -> None:
    home = tmp_path / ("ü" * (length // 2))
    home.mkdir()
    monkeypatch.setenv("TMPDIR", str(home))
    with scratch_folder() as folder, socket_path(folder) as path:
        assert len(os.fsencode(path)) <= LONGEST_SOCKET_BYTES
        is_long = len(os.fsencode(folder / "socket")) > LONGEST_SOCKET_BYTES
        assert (path.parent == folder) is not is_long
        assert path.parent.stat().st_mode & 0o077 == 0  # nobody else can listen there
        with socket.create_server(str(path), family=socket.AF_UNIX), connected(Address("", 0, path=str(path)), PATIENCE_S):
            pass
    assert not path.parent.exists()


@pytest.fixture
def listener(tmp_path: Path) -> Iterator[socket.socket]:
    """A Unix socket whose queue is full."""
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(tmp_path / "s"))
        made.listen(0)
        with connected(address_of(made), PATIENCE_S):
            yield made


def address_of(listener: socket.socket) -> Address:
    return Address("", 0, path=listener.getsockname())


def test_a_client_waits_for_room_in_the_queue(listener: socket.socket) -> None:
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(connected, address_of(listener), PATIENCE_S)
        accepted = [listener.accept()[0] for _ in range(2)]
        with waiting.result(PATIENCE_S) as client:
            client.sendall(b"x")
            assert accepted[1].recv(1) == b"x"
        for one in accepted:
            one.close()


def test_a_queue_that_stays_full_and_a_socket_that_is_not_there_are_errors(listener: socket.socket, tmp_path: Path) -> None:
    with pytest.raises(BlockingIOError):
        connected(address_of(listener), 0.01)
    with pytest.raises(FileNotFoundError):
        connected(Address("", 0, path=str(tmp_path / "none")), PATIENCE_S)
