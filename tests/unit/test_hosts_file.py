"""hosts.toml: which machines there are, and what is refused."""

from pathlib import Path

import pytest

from loadgen.config.hosts import read_hosts
from loadgen.errors import Error

SERVER = '[hosts.anvil]\nrole = "server"\naddress = "10.0.0.1"\n'
GENERATOR = '[hosts.hammer]\nrole = "generator"\naddress = "10.0.0.2"\n'


def write(folder: Path, text: str) -> Path:
    path = folder / "hosts.toml"
    path.write_text(f"schema = 1\n{text}", encoding="utf-8")
    return path


def test_paths_are_seen_from_the_file_and_from_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/somebody")
    hosts = read_hosts(write(tmp_path, SERVER + 'key = "keys/anvil"\n' + GENERATOR))
    assert hosts["anvil"].key == str(tmp_path / "keys" / "anvil")
    assert hosts["anvil"].known_hosts == "/home/somebody/.ssh/known_hosts"
    assert (hosts["hammer"].key, hosts["hammer"].port, hosts["hammer"].user) == ("", 22, "")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "hosts: Field required"),
        (SERVER.replace("10.0.0.1", "anvil.example") + GENERATOR, "hosts.anvil.address: expected an IP address"),
        (SERVER, "expected a server and at least one generator, or neither"),
        (GENERATOR, "expected a server and at least one generator, or neither"),
        (
            SERVER + SERVER.replace("anvil", "bellows").replace("0.1", "0.3") + GENERATOR,
            "expected one host with the role server",
        ),
        (SERVER + GENERATOR.replace("10.0.0.2", "10.0.0.1"), "10.0.0.1 is there 2 times"),
        (
            SERVER + GENERATOR.replace("generator", "client"),
            "hosts.hammer.role: Input should be 'server', 'generator' or 'machine'",
        ),
        (SERVER + "cores = 0\n" + GENERATOR, "hosts.anvil.cores: Input should be greater than or equal to 1"),
        (SERVER + 'password = "x"\n' + GENERATOR, "hosts.anvil.password: no such key"),
    ],
)
def test_what_cannot_be_meant_is_refused(tmp_path: Path, text: str, message: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(Error, match=r"hosts\.toml: ") as refused:
        read_hosts(path)
    assert message in str(refused.value)


def test_machines_need_no_server(tmp_path: Path) -> None:
    assert list(read_hosts(write(tmp_path, GENERATOR.replace('"generator"', '"machine"')))) == ["hammer"]
