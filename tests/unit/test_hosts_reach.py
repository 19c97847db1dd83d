"""Hosts that are reached by ssh, and those that are not: one line each. The hosts are ssh servers on addresses of loopback."""

import asyncio
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

asyncssh = pytest.importorskip("asyncssh")

from loadgen.cluster.examine import Examined, examine_all  # noqa: E402
from loadgen.cluster.release import Release  # noqa: E402
from loadgen.config.hosts import read_hosts  # noqa: E402
from tests.cluster.hosts import Keys, MadeHost, ssh_host, ssh_hosts, write_hosts  # noqa: E402

ROLES = ["server", "generator"]


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    return Keys(tmp_path_factory.mktemp("keys"))


@pytest.fixture(scope="module")
def hosts(keys: Keys, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[MadeHost]]:
    with ssh_hosts({"anvil": "127.0.0.1", "hammer": "127.0.0.2"}, keys, tmp_path_factory.mktemp("homes")) as made:
        yield made


@pytest.fixture
def release(tmp_path: Path) -> Release:
    wheel = tmp_path / "primebench-1.0-py3-none-any.whl"
    wheel.write_bytes(b"a wheel")
    return Release("1.0", "abc", {wheel.name: wheel})


def examined(file: Path, release: Release) -> dict[str, Examined]:
    return asyncio.run(examine_all(read_hosts(file), release))


def faults(file: Path, release: Release) -> list[str]:
    return [fault for host in examined(file, release).values() for fault in host.faults]


def test_a_host_tells_what_it_is_and_its_clock(keys: Keys, hosts: list[MadeHost], release: Release, tmp_path: Path) -> None:
    seen = examined(write_hosts(tmp_path / "hosts.toml", hosts, keys, ROLES), release)
    assert [examined.faults for examined in seen.values()] == [
        [f"{name}: primebench is not installed; run: primebench hosts install"] for name in ("anvil", "hammer")
    ]
    for host in seen.values():
        assert host.found is not None
        assert host.found.address_is_here
        assert host.clock is not None
        assert abs(host.clock.ahead_s) <= host.clock.uncertainty_s  # it is the same clock


def test_a_release_that_is_there_is_compared(keys: Keys, hosts: list[MadeHost], release: Release, tmp_path: Path) -> None:
    place = hosts[0].home / ".local" / "share" / "primebench" / "releases" / "another"
    place.mkdir(parents=True)
    (place / "primebench-0.9-py3-none-any.whl").write_bytes(b"another wheel")
    manifest = (
        '{"version": "0.9", "commit": "def", "files": {"primebench-0.9-py3-none-any.whl": ""}, "starts": {"oha": ["no"]}}'
    )
    (place / "manifest.json").write_text(manifest, encoding="utf-8")
    first, _ = faults(write_hosts(tmp_path / "hosts.toml", hosts, keys, ROLES), release)
    assert first.startswith("anvil: it has primebench 0.9 (commit def, wheel ")
    assert "); expected 1.0 (commit abc, wheel " in first


def test_a_host_whose_key_is_not_known_is_not_talked_to(
    keys: Keys, hosts: list[MadeHost], release: Release, tmp_path: Path
) -> None:
    known = tmp_path / "known_hosts"
    public = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode().strip()
    known.write_text(f"[127.0.0.1]:{hosts[0].port} {public}\n", encoding="utf-8")
    said = faults(write_hosts(tmp_path / "hosts.toml", hosts, keys, ROLES, known_hosts=str(known)), release)
    for line, host in zip(said, hosts, strict=True):
        assert line.startswith(f"{host.name}: {host.address}:{host.port}: its host key is not the one in {known}")


def test_a_user_who_is_not_let_in_is_named(keys: Keys, hosts: list[MadeHost], release: Release, tmp_path: Path) -> None:
    other = tmp_path / "other"
    asyncssh.generate_private_key("ssh-ed25519").write_private_key(other)
    said = faults(write_hosts(tmp_path / "hosts.toml", hosts, keys, ROLES, key=str(other), user="ada"), release)
    assert said[0] == f"anvil: 127.0.0.1:{hosts[0].port}: does not let the user 'ada' in with the key {other}; run: ssh-copy-id"


@pytest.mark.parametrize(
    ("key", "words"),
    [("key", "no-such-file: No such file or directory"), ("known_hosts", "no-such-file: No such file or directory")],
)
def test_a_file_that_is_missing_is_named(
    keys: Keys, hosts: list[MadeHost], release: Release, tmp_path: Path, key: str, words: str
) -> None:
    said = faults(write_hosts(tmp_path / "hosts.toml", hosts, keys, ROLES, **{key: "no-such-file"}), release)
    assert all(words in line for line in said), said


def test_a_key_with_a_passphrase_is_one_for_the_agent(
    keys: Keys, hosts: list[MadeHost], release: Release, tmp_path: Path
) -> None:
    locked = tmp_path / "locked"
    asyncssh.generate_private_key("ssh-ed25519").write_private_key(locked, "pkcs8-pem", passphrase="secret")
    said = faults(write_hosts(tmp_path / "hosts.toml", hosts, keys, ROLES, key=str(locked)), release)
    assert said[0].startswith(f"anvil: {locked}: cannot be used: ")
    assert said[0].endswith("expected a private key, or ssh-agent and no key")


def test_nobody_who_listens_is_one_line(keys: Keys, hosts: list[MadeHost], release: Release, tmp_path: Path) -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))  # and does not listen
        (said,) = faults(
            write_hosts(tmp_path / "hosts.toml", hosts[:1], keys, ["machine"], port=bound.getsockname()[1]), release
        )
    assert said.startswith("anvil: 127.0.0.1:")
    assert said.endswith(": Connection refused; expected an ssh server")


def test_another_service_is_no_ssh_server(keys: Keys, hosts: list[MadeHost], release: Release, tmp_path: Path) -> None:
    async def with_a_web_server() -> list[str]:
        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readline()
            writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            writer.close()

        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            file = write_hosts(tmp_path / "hosts.toml", hosts[:1], keys, ["machine"], port=port)
            return (await examine_all(read_hosts(file), release))["anvil"].faults

    (said,) = asyncio.run(with_a_web_server())
    assert said.startswith("anvil: 127.0.0.1:")
    assert "\n" not in said


@pytest.mark.parametrize(
    ("python", "words"),
    [
        (None, "anvil: python3 not found; install it"),
        ("#!/bin/sh\necho too old >&2\nexit 1\n", "anvil: too old"),
        ("#!/bin/sh\nexit 3\n", "anvil: its python3 ended with exit code 3"),
        (
            "#!/bin/sh\nread line\necho '{}'\n",
            "anvil: it says of itself python: Field required; and 4 more; run: primebench hosts install",
        ),
    ],
)
def test_a_python_that_does_not_answer_is_one_line(release: Release, tmp_path: Path, python: str | None, words: str) -> None:
    keys, programs = Keys(tmp_path), tmp_path / "bin"
    programs.mkdir()
    (programs / "sh").symlink_to("/bin/sh")
    if python is not None:
        (programs / "python3").write_text(python, encoding="utf-8")
        (programs / "python3").chmod(0o755)
    with ssh_host("anvil", "127.0.0.1", keys, tmp_path / "home", variables={"PATH": str(programs)}) as host:
        keys.make_known([host])
        assert faults(write_hosts(tmp_path / "hosts.toml", [host], keys, ["machine"]), release) == [words]
