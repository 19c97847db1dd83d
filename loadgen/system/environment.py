"""The environment of every child process, composed from a table: what is not in it does not pass. Standard library only.

A child gets what it needs to find programs, files and libraries; what fetches something also gets how the network is reached; a
build also gets what people set on purpose to change builds (`_COMPILERS`, and the settings of the languages whose tools it
calls), which is therefore a part of its key and of its record. Locale, time zone and terminal are set, so that all print alike.

LD_PRELOAD never passes: it puts somebody else's code (an allocator, a tracer, a fake clock) into the program that is measured.
A service that is meant to run with it sets it in its own `environment`.
"""

from __future__ import annotations

import functools
import os
import re
from fnmatch import fnmatchcase, translate
from pathlib import PurePath
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping


class Inherited(NamedTuple):
    """Names of variables that pass, with "*" for any characters, and why."""

    names: str
    reason: str

    def has(self, variable: str) -> bool:
        """Return whether `variable` is among the names."""
        return any(matches(variable) for matches in _patterns(self.names))


@functools.cache
def _patterns(names: str) -> list[Callable[[str], object]]:
    return [re.compile(translate(name)).match for name in names.split()]


class Language(NamedTuple):
    """Variables of a language's tools: where they are, which version is meant, what they obey when they build."""

    programs: str
    places: str
    choice: str
    settings: str


_PLACES = (
    Inherited("PATH", "where programs are"),
    Inherited("HOME USER LOGNAME XDG_CONFIG_HOME XDG_CACHE_HOME XDG_DATA_HOME", "where tools keep settings and caches"),
    Inherited("TMPDIR", "where there is room for temporary files"),
    Inherited("ASDF_DIR ASDF_DATA_DIR MISE_DATA_DIR MISE_CONFIG_DIR", "where version managers keep the programs on PATH"),
)
_LIBRARIES = (
    Inherited("LD_LIBRARY_PATH NIX_LD NIX_LD_LIBRARY_PATH", "where programs outside the system's folders have their libraries"),
)
_GIT = (Inherited("SUDO_UID", "under sudo git trusts the checkouts of the user who called it"),)
_NETWORK = (
    Inherited("http_proxy https_proxy ftp_proxy all_proxy no_proxy", "the way to the network"),
    Inherited("HTTP_PROXY HTTPS_PROXY FTP_PROXY ALL_PROXY NO_PROXY", "the way to the network"),
    Inherited("SSL_CERT_FILE SSL_CERT_DIR CURL_CA_BUNDLE REQUESTS_CA_BUNDLE NIX_SSL_CERT_FILE", "whom to trust"),
    Inherited("NODE_EXTRA_CA_CERTS GIT_SSL_CAINFO GIT_SSL_CAPATH", "whom to trust"),
    Inherited("SSH_AUTH_SOCK GIT_SSH GIT_SSH_COMMAND NETRC", "how to sign in where private sources are"),
    Inherited("PIP_INDEX_URL PIP_EXTRA_INDEX_URL PIP_NO_INDEX PIP_FIND_LINKS PIP_TRUSTED_HOST", "where packages are"),
    Inherited("PIP_CONFIG_FILE PIP_CERT PIP_CLIENT_CERT PIP_PROXY PIP_CACHE_DIR", "how pip reaches them"),
    Inherited("PIP_DEFAULT_TIMEOUT PIP_TIMEOUT PIP_RETRIES", "how long pip waits for them"),
    Inherited("CARGO_HTTP_* CARGO_NET_* CARGO_REGISTRY_* CARGO_REGISTRIES_* CARGO_SOURCE_*", "where crates are"),
    Inherited("RUSTUP_DIST_SERVER RUSTUP_UPDATE_ROOT RUSTUP_AUTO_INSTALL", "where Rust's toolchains are"),
    Inherited("GOPROXY GONOPROXY GOPRIVATE GOSUMDB GONOSUMDB GOINSECURE GOVCS GOAUTH", "where Go's modules are"),
    Inherited("npm_config_registry npm_config_cafile npm_config_cache npm_config_userconfig", "where npm's packages are"),
    Inherited("NPM_CONFIG_REGISTRY NPM_CONFIG_CAFILE NPM_CONFIG_CACHE NPM_CONFIG_USERCONFIG", "where npm's packages are"),
    Inherited("NPM_TOKEN NODE_AUTH_TOKEN", "how to sign in there"),
    Inherited("APT_CONFIG", "where Debian's packages are"),
    Inherited("CCACHE_DIR CCACHE_REMOTE_STORAGE SCCACHE_*", "where a compiler's cache is, if a build is told to use one"),
)
_COMPILERS = (
    Inherited("CC CXX CPP FC AR AS LD NM RANLIB STRIP OBJCOPY HOST_CC HOST_CXX TARGET_CC TARGET_CXX", "which compiler"),
    Inherited("CC_* CXX_* AR_* CFLAGS_* CXXFLAGS_*", "the same for one target, as cargo's crates read it"),
    Inherited("*FLAGS", "flags of compilers and linkers"),
    Inherited("CPATH C_INCLUDE_PATH CPLUS_INCLUDE_PATH OBJC_INCLUDE_PATH", "where headers are"),
    Inherited("LIBRARY_PATH LD_RUN_PATH LD_LIBRARY_PATH PKG_CONFIG*", "where libraries are"),
    Inherited("COMPILER_PATH GCC_EXEC_PREFIX CCC_OVERRIDE_OPTIONS NIX_CC* NIX_CFLAGS_*", "what GCC, Clang and wrappers obey"),
    Inherited("SDKROOT SYSROOT CONDA_BUILD_SYSROOT SOURCE_DATE_EPOCH", "what is compiled against, and the date in the result"),
    Inherited("CMAKE_* BOOST_* Boost_* OPENSSL_*", "what CMake and build scripts look for"),
    Inherited("CCACHE_* DISTCC_HOSTS", "compilers' caches change build times"),
)
_LANGUAGES = (
    Language(
        "cargo rustc rustup",
        "CARGO_HOME RUSTUP_HOME",
        "RUSTUP_TOOLCHAIN",
        "RUSTC RUSTC_* RUSTDOC RUST_TARGET_PATH CARGO_BUILD_* CARGO_PROFILE_* CARGO_TARGET_* "
        "CARGO_ENCODED_RUSTFLAGS CARGO_ENCODED_RUSTDOCFLAGS CARGO_INCREMENTAL CARGO_UNSTABLE_*",
    ),
    Language(
        "go gofmt tinygo",
        "GOENV GOPATH GOMODCACHE",
        "GOROOT GOTOOLCHAIN",
        "GOARCH GOOS GOAMD64 GOARM GOARM64 GO386 GOMIPS GOMIPS64 GOPPC64 GORISCV64 GOWASM GOEXPERIMENT "
        "GOFIPS140 GOWORK GO111MODULE GCCGO GO_EXTLINK_ENABLED CGO_*",
    ),
    Language(
        "node npm npx yarn pnpm corepack",
        "NVM_DIR VOLTA_HOME NODENV_ROOT",
        "NODENV_VERSION",
        "NODE_ENV NODE_OPTIONS NODE_PATH npm_config_arch npm_config_build_from_source npm_config_omit "
        "npm_config_include npm_config_ignore_scripts npm_config_target",
    ),
    Language(
        "java javac kotlinc scala mvn mvnw gradle gradlew sbt",
        "GRADLE_USER_HOME",
        "JAVA_HOME",
        "JAVA_OPTS JAVA_TOOL_OPTIONS JDK_JAVA_OPTIONS _JAVA_OPTIONS MAVEN_OPTS MAVEN_ARGS GRADLE_OPTS SBT_OPTS",
    ),
    Language("dotnet msbuild", "NUGET_PACKAGES", "DOTNET_ROOT", "DOTNET_* MSBUILD*"),
    Language("python python[23]* pip pip[23]* pypy* uv", "PYENV_ROOT", "PYENV_VERSION", ""),
    Language("ruby bundle gem rake", "RBENV_ROOT", "RBENV_VERSION", ""),
    Language("zig", "ZIG_GLOBAL_CACHE_DIR", "", ""),
)
_NEVER = (
    Inherited("GIT_SSL_NO_VERIFY", "no certificate is to be trusted unseen"),
    Inherited("MAKEFLAGS MFLAGS GNUMAKEFLAGS MAKEOVERRIDES", "the job server and flags of a make that called primebench"),
    Inherited("CARGO_TARGET_DIR CARGO_BUILD_TARGET_DIR CARGO_BUILD_BUILD_DIR", "the result would not be where the build looks"),
    Inherited("CARGO_TARGET_TMPDIR CMAKE_BUILD_PARALLEL_LEVEL", "a call's own, not the build's"),
    Inherited("CMAKE_EXPORT_COMPILE_COMMANDS CMAKE_COLOR_DIAGNOSTICS", "taste"),
)
"""Exceptions from the tables above."""
_SAME_FOR_ALL = {"LC_ALL": "C.UTF-8", "TZ": "UTC", "TERM": "dumb"}
_SECRET = re.compile(r"TOKEN|PASSW|SECRET|CREDENTIAL|AUTH|API_?KEY|PRIVATE", re.IGNORECASE)
_SECRET_VALUE = re.compile(r"(?i)((?:token|passw\w*|secret|api[_-]?key)\w*[=:])[^\s,;'\"]+")
_USER_OF_URL = re.compile(r"(?<=://)[^/@\s]+(?=@)")
HIDDEN = "(hidden)"
_LONGEST = 500


def tool_environment(*, fetches: bool = False) -> dict[str, str]:
    """Return the environment for a program whose output is read: messages in English, nothing of the user's taste."""
    network = _NETWORK if fetches else ()
    table = (*_PLACES, *_LIBRARIES, *_GIT, *network, *_places(_LANGUAGES), *_choices(_LANGUAGES))
    return {**_passing(table), **_SAME_FOR_ALL, "LC_ALL": "C"}


def service_environment(programs: Iterable[str] = (), inherit: Iterable[str] = ()) -> dict[str, str]:
    """Return the environment for what is measured: no setting of a runtime passes unless the service lists it in `inherit`.

    `programs` are those that build and start it: of their languages the places and the choice of a version pass.
    """
    languages = _languages(programs)
    table = (*_PLACES, *_LIBRARIES, *_places(languages), *_choices(languages))
    return {**_passing(table), **_listed(inherit), **_SAME_FOR_ALL}


def generator_environment() -> dict[str, str]:
    """Return the environment for the load generator."""
    return {**_passing((*_PLACES, *_LIBRARIES)), **_SAME_FOR_ALL}


def build_environment(programs: Iterable[str] = (), inherit: Iterable[str] = ()) -> dict[str, str]:
    """Return the environment for the commands of a build that calls `programs`; `inherit` are further names that pass."""
    languages = _languages(programs)
    table = (*_PLACES, *_LIBRARIES, *_NETWORK, *_COMPILERS, *_places(languages), *_choices(languages), *_settings(languages))
    return {**_passing(table), **_listed(inherit), **_SAME_FOR_ALL}


def setup_environment(**own: str) -> dict[str, str]:
    """Return the environment for what set-up installs with: nothing that changes what is installed, and what is its `own`."""
    table = (*_PLACES, *_LIBRARIES, *_NETWORK, *_places(_LANGUAGES), *_choices(_LANGUAGES))
    return {**_passing(table), **_SAME_FOR_ALL, **own}


def own_environment(**own: str) -> dict[str, str]:
    """Return the environment for another process of primebench itself, which composes those of what it starts: this one's."""
    return {**os.environ, **own}


def changing_build(programs: Iterable[str] = (), inherit: Iterable[str] = ()) -> dict[str, str]:
    """Return what of `build_environment` can change what is built; where things are and are fetched from is not among it."""
    languages = _languages(programs)
    variables = _passing((*_COMPILERS, *_choices(languages), *_settings(languages)))
    return _sorted({name: value for name, value in variables.items() if not _in(name, _NETWORK)} | _listed(inherit))


def is_setting(name: str, programs: Iterable[str]) -> bool:
    """Return whether the variable can change what a build makes that calls `programs`."""
    return _in(name, (*_COMPILERS, *_settings(_languages(programs)))) and not _in(name, _NETWORK)


def changing_service(programs: Iterable[str] = (), inherit: Iterable[str] = ()) -> dict[str, str]:
    """Return what of `service_environment` can change what is measured."""
    return _sorted(_passing((*_LIBRARIES, *_choices(_languages(programs)))) | _listed(inherit))


def shown(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the variables as a record may keep them: no password, no token, text only."""
    return {name: HIDDEN if _SECRET.search(name) else _without_secrets(value) for name, value in environment.items()}


def _without_secrets(value: str) -> str:
    text = os.fsencode(value).decode("utf-8", errors="backslashreplace")
    text = "".join(character if character.isprintable() else " " for character in text)[:_LONGEST]
    return _SECRET_VALUE.sub(rf"\g<1>{HIDDEN}", _USER_OF_URL.sub(HIDDEN, text))


def _passing(table: Iterable[Inherited]) -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if _in(name, table)}


def _in(name: str, table: Iterable[Inherited]) -> bool:
    return any(row.has(name) for row in table) and not any(row.has(name) for row in _NEVER)


def _listed(names: Iterable[str]) -> dict[str, str]:
    return {name: os.environ[name] for name in names if name in os.environ}


def _sorted(environment: Mapping[str, str]) -> dict[str, str]:
    return dict(sorted(environment.items()))


def _languages(programs: Iterable[str]) -> list[Language]:
    names = [PurePath(program).name for program in programs]
    return [
        language
        for language in _LANGUAGES
        if any(fnmatchcase(name, known) for name in names for known in language.programs.split())
    ]


def _places(languages: Iterable[Language]) -> list[Inherited]:
    return [Inherited(language.places, "where a language's tools are and keep things") for language in languages]


def _choices(languages: Iterable[Language]) -> list[Inherited]:
    return [Inherited(language.choice, "which of several versions is meant") for language in languages]


def _settings(languages: Iterable[Language]) -> list[Inherited]:
    return [Inherited(language.settings, "what a language's tools obey") for language in languages]
