"""What of the user's environment reaches the programs that primebench starts, and that nothing is started in any other way."""

import ast
import json
import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from loadgen.build.build import Order, build_order
from loadgen.config.build import Build
from loadgen.config.service import Contender, read_service
from loadgen.generator.oha import Oha
from loadgen.microbench.bench import NoBenchmarkError, benches_of
from loadgen.microbench.run import run_programs
from loadgen.setup import install as provision
from loadgen.setup.oha import install_oha
from loadgen.setup.requirements import Finding, page_requirements
from loadgen.system.environment import (
    build_environment,
    changing_build,
    changing_service,
    generator_environment,
    service_environment,
    setup_environment,
    shown,
    tool_environment,
)
from loadgen.system.tool import run_tool
from loadgen.trial.server import inherited_environment, start_environment
from tests.unit.sources import modules, parsed
from tests.unit.sources import shown as shown_path

ROOT = Path(__file__).parents[2]
LANGUAGES = ["cargo", "go", "node", "java", "dotnet", "python3", "ruby"]


def names(text: str) -> list[str]:
    return text.split()


NO_CHILD_GETS = names(
    """
GIT_DIR GIT_INDEX_FILE GIT_WORK_TREE GIT_OBJECT_DIRECTORY GIT_CONFIG_COUNT GIT_CONFIG_PARAMETERS GIT_SSL_NO_VERIFY
LD_PRELOAD LD_AUDIT LD_DEBUG LD_BIND_NOW GLIBC_TUNABLES MALLOC_ARENA_MAX MALLOC_PERTURB_ MIMALLOC_VERBOSE
PYTHONPATH PYTHONHOME PYTHONSTARTUP PYTHONOPTIMIZE PYTHONWARNINGS PYTHONUSERBASE PYTHONSAFEPATH
MPLBACKEND MPLCONFIGDIR MATPLOTLIBRC
GOGC GOMAXPROCS GODEBUG GOMEMLIMIT GOTRACEBACK TOKIO_WORKER_THREADS RUST_LOG RUST_BACKTRACE RAYON_NUM_THREADS OMP_NUM_THREADS
ASAN_OPTIONS UV_THREADPOOL_SIZE DOTNETGC
MAKEFLAGS MFLAGS GNUMAKEFLAGS MAKELEVEL MAKEFILES CDPATH BASH_ENV ENV SHELLOPTS BASHOPTS IFS POSIXLY_CORRECT
NO_COLOR FORCE_COLOR CLICOLOR CLICOLOR_FORCE TTY_COMPATIBLE COLUMNS LINES COLORTERM LS_COLORS GREP_OPTIONS PAGER LESS
LANG LANGUAGE LC_NUMERIC LC_MESSAGES LC_CTYPE
BENCHMARK_FILTER BENCHMARK_OUT BENCHMARK_FORMAT BENCHMARK_REPETITIONS CRITERION_HOME CRITERION_DEBUG GTEST_FILTER
GTEST_SHUFFLE RUST_TEST_THREADS RUST_TEST_NOCAPTURE VALGRIND_OPTS VALGRIND_LIB
CARGO CARGO_MANIFEST_DIR CARGO_PKG_NAME CARGO_TARGET_DIR CARGO_BUILD_TARGET_DIR CARGO_TARGET_TMPDIR OUT_DIR DEPENDENCIES_OUTPUT
VIRTUAL_ENV CONDA_PREFIX CI GITHUB_TOKEN GITHUB_ACTIONS AWS_SECRET_ACCESS_KEY GOOGLE_APPLICATION_CREDENTIALS npm_lifecycle_event
PIP_USER PIP_TARGET PIP_PREFIX PIP_REQUIRE_VIRTUALENV PIP_CONSTRAINT PIP_NO_DEPS PIP_REQUIRE_HASHES SETUPTOOLS_USE_DISTUTILS
"""
)
SETTINGS_OF_BUILDS = names(
    """
CC CXX AR LD CFLAGS CXXFLAGS CPPFLAGS LDFLAGS CPATH C_INCLUDE_PATH CPLUS_INCLUDE_PATH LIBRARY_PATH COMPILER_PATH GCC_EXEC_PREFIX
SOURCE_DATE_EPOCH CMAKE_GENERATOR CMAKE_PREFIX_PATH CMAKE_CXX_COMPILER_LAUNCHER CMAKE_TOOLCHAIN_FILE CCACHE_SLOPPINESS
PKG_CONFIG_PATH CCC_OVERRIDE_OPTIONS CC_x86_64_unknown_linux_gnu LD_LIBRARY_PATH
GOFLAGS GOAMD64 GOEXPERIMENT GOWORK GOARCH CGO_ENABLED CGO_CFLAGS GOROOT
CARGO_PROFILE_RELEASE_OPT_LEVEL CARGO_BUILD_RUSTFLAGS CARGO_BUILD_TARGET CARGO_ENCODED_RUSTFLAGS RUSTFLAGS RUSTC RUSTC_WRAPPER
RUSTC_BOOTSTRAP RUSTUP_TOOLCHAIN CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_LINKER
NODE_OPTIONS JAVA_HOME JAVA_TOOL_OPTIONS MAVEN_OPTS DOTNET_TieredPGO
"""
)
WAYS_TO_SOURCES = names(
    """
http_proxy HTTPS_PROXY no_proxy SSL_CERT_FILE SSL_CERT_DIR CURL_CA_BUNDLE REQUESTS_CA_BUNDLE NIX_SSL_CERT_FILE GIT_SSL_CAINFO
PIP_INDEX_URL PIP_EXTRA_INDEX_URL PIP_CERT PIP_FIND_LINKS GOPROXY GOSUMDB GOPRIVATE CARGO_REGISTRIES_OURS_TOKEN CARGO_HTTP_PROXY
CARGO_NET_OFFLINE npm_config_registry NPM_TOKEN SSH_AUTH_SOCK CCACHE_DIR
"""
)


def children() -> dict[str, dict[str, str]]:
    """Every kind of child's environment, with all languages."""
    return {
        "tool": tool_environment(),
        "service": service_environment(LANGUAGES),
        "generator": generator_environment(),
        "build": build_environment(LANGUAGES),
        "set-up": setup_environment(),
    }


@pytest.mark.parametrize("name", NO_CHILD_GETS)
def test_no_child_gets(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "set by the user")
    assert [kind for kind, environment in children().items() if name in environment] == []


@pytest.mark.parametrize("name", SETTINGS_OF_BUILDS)
def test_what_can_change_a_build_reaches_builds_and_is_in_their_key(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "set by the user")
    assert build_environment(LANGUAGES)[name] == "set by the user"
    assert changing_build(LANGUAGES)[name] == "set by the user"


@pytest.mark.parametrize("name", WAYS_TO_SOURCES)
def test_the_way_to_sources_reaches_what_fetches_and_changes_no_build(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "https://user:password@example.org/")
    found = {kind for kind, environment in children().items() if name in environment}
    assert found == {"build", "set-up"}
    assert name not in changing_build(LANGUAGES)


def test_settings_of_a_language_reach_only_builds_that_call_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NODE_OPTIONS", "--inspect")
    monkeypatch.setenv("JAVA_HOME", "/opt/java")
    assert changing_build(["cmake", "c++"]) == {}
    assert not {"NODE_OPTIONS", "JAVA_HOME"} & build_environment(["cmake", "/usr/bin/c++"]).keys()
    assert changing_build(["/opt/node/bin/npm"]) == {"NODE_OPTIONS": "--inspect"}


def test_every_child_finds_programs_and_has_the_same_locale_time_zone_and_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "LC_ALL": "de_DE.UTF-8",
        "TZ": "Asia/Kathmandu",
        "TERM": "xterm-256color",
        "HOME": "/home/user",
    }.items():
        monkeypatch.setenv(name, value)
    for environment in children().values():
        assert environment["PATH"] == os.environ["PATH"]
        assert environment["HOME"] == "/home/user"
        assert (environment["TZ"], environment["TERM"]) == ("UTC", "dumb")
        assert environment["LC_ALL"] in ("C", "C.UTF-8")


def test_a_library_path_that_a_service_inherits_is_on_record(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LD_LIBRARY_PATH", "/opt/gcc/lib64")
    monkeypatch.setenv("GOGC", "off")
    contender = Contender(service=read_service(ROOT / "tests" / "stub"), label="stub")
    assert start_environment(contender, Path("stub"), 0, 1)["LD_LIBRARY_PATH"] == "/opt/gcc/lib64"
    assert inherited_environment(contender) == {"LD_LIBRARY_PATH": "/opt/gcc/lib64"} | _pyenv()


def _pyenv() -> dict[str, str]:
    return {name: os.environ[name] for name in ("PYENV_VERSION",) if name in os.environ}


def test_a_service_can_ask_for_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOGC", "off")
    assert service_environment(["go"], ["GOGC", "NOT_SET"])["GOGC"] == "off"
    assert changing_service(["go"], ["GOGC", "NOT_SET"])["GOGC"] == "off"
    assert changing_build(["go"], ["GOGC"])["GOGC"] == "off"


def test_no_secret_is_shown() -> None:
    secrets = {
        "CARGO_REGISTRY_TOKEN": "abc",
        "MY_PASSWORD": "abc",
        "CMAKE_URL": "https://user:abc@example.org/x",
        "GOFLAGS": "-ldflags=-X=main.token=abc -v",
    }
    assert not [value for value in shown(secrets).values() if "abc" in value]
    assert shown({"CFLAGS": "-O0"}) == {"CFLAGS": "-O0"}


def test_what_is_shown_is_text_in_one_line() -> None:
    assert shown({"CFLAGS": os.fsdecode(b"-I/caf\xe9\x1b[2J\n-O0")}) == {"CFLAGS": "-I/caf\\xe9 [2J -O0"}


# Programs as they are started


def test_a_build_sees_what_was_composed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRIMEBENCH_CACHE", str(tmp_path / "cache"))
    for name in ("GIT_DIR", "MAKEFLAGS", "CDPATH", "LD_PRELOAD"):
        monkeypatch.setenv(name, "")
    monkeypatch.setenv("CFLAGS", "-O0")
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    (tmp_path / "service").mkdir()
    plan = Build(commands=[["sh", "-c", "env > {out}/seen"]], artefact="seen", environment={"OWN": "{scratch}", "TZ": "CET"})
    said: list[str] = []
    built = build_order(Order("seen", tmp_path / "service", plan), say=said.append)
    seen = dict(line.split("=", 1) for line in built.artefact.read_text().splitlines() if "=" in line)
    assert not {"GIT_DIR", "MAKEFLAGS", "CDPATH", "LD_PRELOAD"} & seen.keys()
    assert (seen["CFLAGS"], seen["LC_ALL"], seen["TZ"]) == ("-O0", "C.UTF-8", "CET")
    assert seen["OWN"].endswith("/scratch")
    assert built.record.environment == {"CFLAGS": "-O0"}
    assert said == ["building seen from source", "seen: built with CFLAGS=-O0"]
    said.clear()
    build_order(Order("seen", tmp_path / "service", plan), say=said.append)
    assert said == ["seen: built with CFLAGS=-O0"]
    monkeypatch.delenv("CFLAGS")
    again = build_order(Order("seen", tmp_path / "service", plan))
    assert again.record.key != built.record.key
    assert again.record.built_with == []


def test_a_benchmark_program_does_not_obey_the_users_variables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRIMEBENCH_CACHE", str(tmp_path))
    monkeypatch.setenv("BENCHMARK_FILTER", "nothing")
    monkeypatch.setenv("CRITERION_HOME", "/nowhere")
    (bench, *_) = benches_of([Contender(service=read_service(ROOT / "tests" / "stub"), label="stub")], variants=False)
    plan = bench.plan.build
    script = "import json, os, sys\njson.dump(dict(os.environ), open(sys.argv[0] + '.seen', 'w'))\nopen('out.json', 'w')\n"
    (tmp_path / "service").mkdir()
    (tmp_path / "service" / "bench.py").write_text(f"#!{sys.executable}\n{script}")
    (tmp_path / "service" / "bench.py").chmod(0o755)
    built = build_order(Order("bench", tmp_path / "service", plan))
    with pytest.raises(NoBenchmarkError):
        run_programs(replace(bench, built=built), 0.001, ROOT / "microbench" / "cases.json", [])
    seen = json.loads(built.artefact.with_name("bench.py.seen").read_text())
    assert "BENCHMARK_FILTER" not in seen
    assert seen["CRITERION_HOME"] == "criterion"


def test_the_generator_has_its_threads_and_nothing_of_the_users(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKIO_WORKER_THREADS", "1")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    environment = Oha().environment(3)
    assert environment["TOKIO_WORKER_THREADS"] == "3"
    assert "HTTP_PROXY" not in environment
    assert Path(environment["SSL_CERT_FILE"]).read_bytes() == b"", "reading what the system trusts takes it 100 ms a start"


def test_a_tool_that_cannot_be_started_is_an_exit_code(tmp_path: Path) -> None:
    (tmp_path / "no-program").write_text("")
    assert run_tool([tmp_path / "no-program"]).code == 127
    assert "no-program" in run_tool([tmp_path / "no-program"]).last_error
    assert run_tool(["no-such-program"]).code == 127


def program(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def test_set_up_installs_into_the_environment_that_it_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PIP_USER", "PIP_TARGET", "PIP_NO_DEPS", "PYTHONPATH", "PYTHONHOME"):
        monkeypatch.setenv(name, "1")
    monkeypatch.setenv("PIP_INDEX_URL", "https://example.org/")
    record = f'env >> {tmp_path}/seen; mkdir -p .venv/bin; test -e .venv/bin/python || cp "$0" .venv/bin/python'
    monkeypatch.setattr(sys, "executable", str(program(tmp_path / "python", record)))
    monkeypatch.chdir(tmp_path)
    for name in ("requirements.lock", "pyproject.toml"):
        (tmp_path / name).write_text("")
    provision.install_environment(tmp_path)
    seen = (tmp_path / "seen").read_text().splitlines()
    assert {line for line in seen if line.startswith(("PIP_USER", "PIP_INDEX_URL"))} == {
        "PIP_USER=0",
        "PIP_INDEX_URL=https://example.org/",
    }
    assert not [line for line in seen if line.startswith(("PIP_TARGET", "PIP_NO_DEPS", "PYTHONPATH", "PYTHONHOME"))]


def test_what_tests_need_is_installed_beside_what_running_needs_and_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = tmp_path / "calls"
    record = f'echo "$@" >> {calls}; mkdir -p .venv/bin; test -e .venv/bin/python || cp "$0" .venv/bin/python'
    monkeypatch.setattr(sys, "executable", str(program(tmp_path / "python", record)))
    monkeypatch.chdir(tmp_path)
    run, dev = tmp_path / "requirements.lock", tmp_path / "requirements-dev.lock"
    for path in (run, dev, tmp_path / "requirements-cluster.lock", tmp_path / "pyproject.toml"):
        path.write_text("")

    def installed() -> list[bool]:
        """Of each installation from locks, whether it had that of tests and linters."""
        return ["requirements-dev" in line for line in calls.read_text().splitlines() if "--require-hashes" in line]

    provision.install_environment(tmp_path)
    assert installed() == [False]
    provision.install_development(tmp_path)
    provision.install_environment(tmp_path)
    provision.install_development(tmp_path)
    assert installed() == [False, True]
    dev.write_text("another")
    provision.install_development(tmp_path)
    run.write_text("another")
    provision.install_environment(tmp_path)
    provision.install_development(tmp_path)
    assert installed() == [False, True, True, False, True]


def test_the_generator_is_built_as_published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path / "bin" / "cargo", f'echo "host: here"; env > {tmp_path}/seen; echo "$@" > {tmp_path}/arguments')
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    monkeypatch.setenv("PRIMEBENCH_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("PRIMEBENCH_OHA", raising=False)
    for name in ("CARGO_TARGET_DIR", "RUSTFLAGS", "CARGO_INSTALL_ROOT", "CARGO_PROFILE_RELEASE_LTO", "RUSTC_WRAPPER"):
        monkeypatch.setenv(name, "user's")
    monkeypatch.setenv("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0")
    install_oha()
    seen = (tmp_path / "seen").read_text().splitlines()
    assert not [line for line in seen if "user's" in line]
    assert "CARGO_PROFILE_RELEASE_OPT_LEVEL=3" in seen
    assert "CARGO_ENCODED_RUSTFLAGS=" in seen
    assert (tmp_path / "arguments").read_text().endswith("--target here\n")


def test_packages_are_installed_without_questions_behind_sudo_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path / "sudo", 'exec env -i PATH="$PATH" "$@"')  # sudo resets the environment
    program(tmp_path / "apt-get", f"env >> {tmp_path}/seen; cat >> {tmp_path}/typed")
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    (requirement,) = page_requirements()[:1]
    provision.install_packages([Finding(requirement, None)])
    assert (tmp_path / "seen").read_text().count("DEBIAN_FRONTEND=noninteractive") == 2
    assert (tmp_path / "typed").read_text() == ""


# Nothing is started in any other way

SOURCES = modules("primebench", "loadgen", "analysis")
STARTS = {"run", "Popen", "call", "check_call", "check_output", "getoutput", "getstatusoutput"}
ITSELF_A_CHILD = "loadgen/trial/slowdown.py"
"""It is started in an environment that was composed, and hands that on."""


WHOLE_READ = {"loadgen/system/environment.py", "analysis/plots/drawing.py", "analysis/text/console.py"}


def calls(tree: ast.AST) -> list[ast.Call]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.Call)]


def called(call: ast.Call) -> str:
    return ast.unparse(call.func)


def test_every_process_is_started_with_an_environment_of_its_own() -> None:
    for path in SOURCES:
        for call in calls(parsed(path)):
            name, place = called(call), f"{shown_path(path)}:{call.lineno}"
            if name.startswith("subprocess.") and name.split(".")[1] in STARTS and shown_path(path) != ITSELF_A_CHILD:
                assert any(keyword.arg == "env" for keyword in call.keywords), place
            assert name not in ("os.system", "os.popen", "os.execvp", "os.execv", "os.spawnv", "os.posix_spawn"), place


def test_the_whole_environment_is_read_in_one_place() -> None:
    for path in (path for path in SOURCES if shown_path(path) not in WHOLE_READ):
        if "environ" not in path.read_text(encoding="utf-8"):
            continue
        tree = parsed(path)
        read = {id(call.func.value) for call in calls(tree) if isinstance(call.func, ast.Attribute) and call.func.attr == "get"}
        read |= {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Subscript)}
        attributes = (node for node in ast.walk(tree) if isinstance(node, ast.Attribute))
        whole = [node.lineno for node in attributes if ast.unparse(node) == "os.environ" and id(node) not in read]
        assert whole == [], shown_path(path)


def test_git_and_matplotlib_have_one_place_each() -> None:
    for path in SOURCES:
        nodes = list(ast.walk(parsed(path)))
        if shown_path(path) != "loadgen/build/git.py":
            firsts = [node.elts[0] for node in nodes if isinstance(node, ast.List) and node.elts]
            assert not [node for node in firsts if isinstance(node, ast.Constant) and node.value == "git"], shown_path(path)
        if shown_path(path) != "analysis/plots/drawing.py":
            names = [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)]
            names += [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
            assert not [name for name in names if name.split(".")[0] == "matplotlib"], shown_path(path)
