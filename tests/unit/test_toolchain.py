"""What beside its inputs changes a build's key, and what does not; on made-up tools, so that none has to be installed."""

import os
from pathlib import Path

import pytest

from loadgen.build.build import build_key
from loadgen.build.toolchain import Toolchain, find_toolchain
from loadgen.config.build import Build
from loadgen.config.service import Service
from loadgen.config.service_file import ServiceFile, Start
from loadgen.errors import UnavailableError
from loadgen.record.contender import BuildRecord

CARGO = """
if [ -f rust-toolchain.toml ]; then echo "cargo 1.70.0 (by the folder)"; else echo "cargo ${RUSTUP_TOOLCHAIN:-1.95.0}"; fi
"""
GO = """
if [ "$1" = env ]; then echo "$HOME/.config/go/env"; elif [ "$1" = version ]; then echo "go version go1.26"; else exit 2; fi
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An ordinary user's machine: made-up tools on PATH, nothing configured."""
    for name, text in {"cargo": CARGO, "go": GO, "cmake": "echo cmake 3.30", "cxx": "echo cxx 12", "npm": "echo 10"}.items():
        program = tmp_path / "bin" / name
        program.parent.mkdir(exist_ok=True)
        program.write_text(f"#!/bin/sh\n{text}\n")
        program.chmod(0o755)
    home = tmp_path / "home"
    home.mkdir()
    for name in list(os.environ):
        monkeypatch.delenv(name)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("PRIMEBENCH_CACHE", str(tmp_path / "above" / "cache"))
    return home


@pytest.fixture
def service(home: Path, tmp_path: Path) -> Service:
    """A service of all these languages on that machine."""
    assert home.is_dir()
    folder = tmp_path / "service"
    folder.mkdir()
    (folder / "main").write_text("")
    return Service(folder=folder, file=_file(["cargo", "go", "cmake", "npm"]))


def _file(needs: list[str], **more: object) -> ServiceFile:
    build = Build.model_validate({"needs": needs, "commands": [["make"]], "artefact": "x", **more})
    start = Start(command=["{artefact}", "{port}"])
    return ServiceFile.model_validate(
        {
            "schema": 2,
            "task": "prime",
            "name": "x",
            "title": "",
            "language": "",
            "tier": "reference",
            "build": build,
            "start": start,
        }
    )


def toolchain(service: Service, tmp_path: Path) -> Toolchain:
    files = sorted(path.relative_to(service.folder) for path in service.folder.rglob("*") if path.is_file())
    return find_toolchain(service.file.build, service.folder, files, tmp_path / "above" / "cache" / "builds")


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


@pytest.mark.parametrize(
    "name",
    [
        "CARGO_PROFILE_RELEASE_OPT_LEVEL",
        "RUSTC_WRAPPER",
        "GOEXPERIMENT",
        "CGO_CFLAGS",
        "CMAKE_PREFIX_PATH",
        "LIBRARY_PATH",
        "CXX",
    ],
)
def test_a_variable_that_can_change_the_build_changes_the_key(
    service: Service, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    before = build_key(service)
    monkeypatch.setenv(name, "0")
    other = build_key(service)
    monkeypatch.setenv(name, "1")
    assert len({before, other, build_key(service)}) == 3
    monkeypatch.delenv(name)
    assert build_key(service) == before


@pytest.mark.parametrize(
    "name",
    [
        *(
            "LANG",
            "LC_ALL",
            "TZ",
            "TERM",
            "SHELL",
            "PWD",
            "OLDPWD",
            "SHLVL",
            "USER",
            "LOGNAME",
            "HOSTNAME",
            "EDITOR",
            "DISPLAY",
        ),
        *("NVM_DIR", "SDKMAN_DIR", "SSH_AUTH_SOCK", "XDG_RUNTIME_DIR", "CI", "GITHUB_RUN_ID", "RUNNER_TEMP", "TMUX", "COLUMNS"),
        *(
            "GOPROXY",
            "GOPATH",
            "CARGO_HTTP_CAINFO",
            "CARGO_REGISTRIES_OURS_INDEX",
            "HTTPS_PROXY",
            "SSL_CERT_FILE",
            "CCACHE_DIR",
        ),
        *("MAKEFLAGS", "JAVA_HOME", "PYTHONPATH", "VIRTUAL_ENV", "GOMAXPROCS", "RUST_BACKTRACE", "npm_config_registry"),
    ],
)
def test_the_key_is_the_same_in_every_ordinary_shell(service: Service, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    before = build_key(service)
    monkeypatch.setenv(name, "/somewhere/else")
    assert build_key(service) == before


def test_the_key_is_the_same_on_another_users_machine(
    home: Path, service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = build_key(service)
    home.rename(tmp_path / "moved")
    monkeypatch.setenv("HOME", str(tmp_path / "moved"))
    monkeypatch.setenv("PRIMEBENCH_CACHE", str(tmp_path / "another" / "cache"))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/local/bin:/usr/bin:/bin")
    assert build_key(service) == before


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("home/.cargo/config.toml", "[profile.release]\nopt-level = 0\n"),
        ("home/.cargo/config", "[build]\nrustc-wrapper = 'sccache'\n"),
        ("above/.cargo/config.toml", "[target.x86_64-unknown-linux-gnu]\nlinker = 'mold'\n"),
        ("above/cache/rust-toolchain.toml", "[toolchain]\nchannel = 'nightly'\n"),
        ("above/go.work", "go 1.22\nuse ./x\n"),
        ("home/.config/go/env", "GOAMD64=v3\n"),
        ("home/.cmake/packages/Boost/abc", "/opt/boost\n"),
        ("home/.npmrc", "omit=dev\n"),
        ("above/package.json", "{}"),
    ],
)
def test_a_configuration_that_a_tool_finds_changes_the_key_and_is_on_record(
    home: Path, service: Service, tmp_path: Path, path: str, text: str
) -> None:
    before = build_key(service)
    write(tmp_path / path, text)
    assert build_key(service) != before
    (name, *_) = toolchain(service, tmp_path).configuration
    assert name == ("go env GOAMD64" if "go/env" in path else str(tmp_path / path).replace(str(home), "~"))


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("home/.cargo/config.toml", "[source.crates-io]\nreplace-with = 'ours'\n[net]\noffline = true\n[http]\nproxy = 'x'\n"),
        ("home/.config/go/env", "GOPROXY=https://user:password@example.org\nGOPRIVATE=example.org\n"),
        ("home/.npmrc", "//registry.example.org/:_authToken=abc\nregistry=https://registry.example.org\n"),
    ],
)
def test_a_configuration_that_says_where_sources_are_changes_nothing(
    service: Service, tmp_path: Path, path: str, text: str
) -> None:
    before = build_key(service)
    write(tmp_path / path, text)
    assert build_key(service) == before
    assert toolchain(service, tmp_path).configuration == {}


def test_the_version_is_the_one_of_the_folder_that_is_built(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "elsewhere" / "rust-toolchain.toml", "")
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert toolchain(service, tmp_path).tools["cargo"] == "cargo 1.95.0"
    write(service.folder / "rust-toolchain.toml", "")
    assert toolchain(service, tmp_path).tools["cargo"] == "cargo 1.70.0 (by the folder)"


def test_a_compiler_that_a_variable_names_is_asked_for_its_version(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CXX", "cxx -stdlib=libc++")
    assert toolchain(service, tmp_path).configuration == {"CXX --version": "cxx 12"}
    before = build_key(service)
    write(tmp_path / "bin" / "cxx", "#!/bin/sh\necho cxx 13\n")
    assert build_key(service) != before


def test_a_file_that_a_variable_names_is_a_part_of_the_key(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "toolchain.cmake", "one")
    monkeypatch.setenv("CMAKE_TOOLCHAIN_FILE", str(tmp_path / "toolchain.cmake"))
    before = build_key(service)
    write(tmp_path / "toolchain.cmake", "two")
    assert build_key(service) != before


def test_a_variable_that_the_service_sets_is_not_the_users(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, service: Service
) -> None:
    write(home / ".config/go/env", "CGO_ENABLED=1\n")
    monkeypatch.setenv("CGO_ENABLED", "1")
    own = service.replace(file=_file(["go"], environment={"CGO_ENABLED": "0"}))
    found = toolchain(own, tmp_path)
    assert (found.environment, found.configuration) == ({}, {})


def test_a_tool_that_is_missing_or_tells_no_version(service: Service, tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="zig not found"):
        toolchain(service.replace(file=_file(["zig"])), tmp_path)
    write(tmp_path / "bin" / "npm", "#!/bin/sh\necho no such version >&2\nexit 1\n")
    with pytest.raises(UnavailableError, match="npm is on PATH but tells no version: no such version"):
        toolchain(service, tmp_path)


def test_the_record_says_in_words_what_was_set() -> None:
    record = BuildRecord(
        service="x",
        key="",
        built_at="",
        tools={},
        clean_build_s=0,
        incremental_build_s=[],
        binary_bytes=0,
        environment={"CFLAGS": "-O0"},
        configuration={"~/.cargo/config.toml": "sha256:0123", "go env GOAMD64": "v3"},
    )
    assert record.built_with == ["CFLAGS=-O0", "~/.cargo/config.toml", "go env GOAMD64=v3"]
