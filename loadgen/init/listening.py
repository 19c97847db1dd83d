"""Where a program listens, as far as its sources tell: by which argument or variable it takes its port."""

import itertools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from loadgen.init.names import words

_SERVES = re.compile(
    r"ListenAndServe|http\.Serve\(|net\.Listen\(|\.Listen\(|TcpListener|HttpServer|HTTPServer|http\.server|socketserver"
    r"|\blisten\s*\(|createServer|acceptor|axum|hyper|warp::|rocket|httplib|uvicorn|aiohttp|FastAPI|Flask\(|Starlette"
    r"|SpringApplication|Undertow|Javalin|Jetty|Netty|Vertx"
)
_PORT_FLAGS = ("port", "http-port", "server-port", "listen-port")
_ADDRESS_FLAGS = ("addr", "address", "listen", "listen-addr", "listen-address", "http-addr", "bind")
_PORT_VARIABLES = ("PORT", "HTTP_PORT", "SERVER_PORT", "APP_PORT", "LISTEN_PORT", "SERVICE_PORT", "API_PORT")
_ADDRESS_VARIABLES = ("ADDR", "ADDRESS", "LISTEN_ADDR", "LISTEN_ADDRESS", "HTTP_ADDR", "SERVER_ADDR", "BIND_ADDR")
_FLAG = "|".join(
    (
        r"""["'`,|\[( ]--NAME(?![\w-])""",  # as it is typed: argparse, click, commander, CLI11, picocli, a message of usage
        r"""\.(?:Int|Uint|String)(?:16|32|64)?(?:Var)?P?\((?:&?[\w.]+,\s*)?"NAME\"""",  # flag and pflag of Go
        r"""Flag\{[^}]*\bName:\s*"NAME\"""",  # urfave/cli
        r"""\blong(?:\s*=\s*|\()"NAME\"""",  # clap
        r"""\blong\b(?!\s*[=(])[^\n]*\]\s*(?:pub(?:\([^)]*\))?\s+)?NAME\s*:""",  # clap, derived
        r"""argh\(option[^\n]*\]\s*NAME\s*:""",
        r"""DEFINE_u?int\d*\(\s*NAME\b""",  # gflags
        r""""\w,NAME"|"NAME,\w"|\{\s*"NAME"\s*,\s*(?:required_argument|1)\b""",  # cxxopts, Boost, getopt_long
        r"""\("NAME",\s*(?:po|boost::program_options)::value""",
        r"""option\(\s*['"]NAME['"]|\bNAME:\s*\{\s*type:|\bargv\.NAME\b""",  # yargs, parseArgs, minimist
        r"""\bNAME\b[^\n]*typer\.Option""",
    )
)
_VARIABLE = "|".join(
    (
        r"""[Ee]nv\w*[^\n]{0,30}?\bNAME\b""",  # getenv("PORT"), process.env.PORT, env::var("PORT"), a tag env:"PORT"
        r"""\bNAME\b[^\n]{0,40}\bprocess\.env\b""",
        r"""\$\{NAME[:}]""",  # in properties
    )
)
_ARGUMENT = re.compile(
    r"\b(?:(?P<port>port)|(?P<host>host|ip|addr(?:ess)?)|(?P<threads>threads|workers))\w*\b[^\n;]*?"
    r"(?:process\.argv\[(?P<node>\d)\]|(?<!process\.)\b(?:argv|os\.args)\[(?P<usual>\d)\]|args\(\)\s*\.nth\((?P<nth>\d)\)"
    r"|\bargs\[(?P<java>\d)\])",
    re.IGNORECASE,
)
"""An argument that is taken by its position, and what it is by the name that stands before it."""
_FIRST = {"node": 2, "usual": 1, "nth": 1, "java": 0}


@dataclass(frozen=True)
class Port:
    """How a program takes its port: further arguments, or variables; `found_in` is the file that says so."""

    arguments: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    found_in: str = ""


Texts = Mapping[str, str]
"""Path -> text."""


def serves(texts: Texts) -> bool:
    """Return whether any of the sources looks like a server's."""
    return any(_SERVES.search(text) for text in texts.values())


def find_port(*layers: Texts, programs: Sequence[str] = ()) -> Port | None:
    """Return how the port is taken by the sources of the first layer that says it; None if none does. Names of variables may
    begin with what the program is called.
    """
    own = [f"{prefix}_" for program in programs for prefix in itertools.accumulate(words(program), "{}_{}".format)]
    prefixes = ["", *dict.fromkeys(own)]
    finders: tuple[Callable[[Texts], Port | None], ...] = (
        lambda texts: _by_flag(texts, _PORT_FLAGS, "{port}"),
        lambda texts: _by_variable(texts, _PORT_VARIABLES, "{port}", prefixes),
        lambda texts: _by_flag(texts, _ADDRESS_FLAGS, "{host}:{port}"),
        lambda texts: _by_variable(texts, _ADDRESS_VARIABLES, "{host}:{port}", prefixes),
        _by_position,
    )
    return next((port for texts in layers for find in finders if (port := find(texts)) is not None), None)


def _by_flag(texts: Texts, names: tuple[str, ...], value: str) -> Port | None:
    for name, path in _found(texts, names, _FLAG):
        host = ("--host", "{host}") if value == "{port}" and _matcher(_FLAG, "host")(texts[path]) else ()
        return Port((*host, f"--{name}", value), found_in=path)
    return None


def _by_variable(texts: Texts, names: tuple[str, ...], value: str, prefixes: Sequence[str]) -> Port | None:
    for prefix in prefixes:
        for name, path in _found(texts, [prefix + name for name in names], _VARIABLE):
            host, other = f"{prefix}HOST", {}
            if value == "{port}" and _matcher(_VARIABLE, host)(texts[path]):
                other = {host: "{host}"}
            return Port(environment={**other, name: value}, found_in=path)
    return None


def _by_position(texts: Texts) -> Port | None:
    for path, text in texts.items():
        placeholders: dict[int, str] = {}
        for match in _ARGUMENT.finditer(text):
            what = next(name for name in ("port", "host", "threads") if match[name])
            placeholders.setdefault(
                next(int(match[form]) - first for form, first in _FIRST.items() if match[form]), f"{{{what}}}"
            )
        known = tuple(placeholders[at] for at in itertools.takewhile(placeholders.__contains__, itertools.count()))
        if "{port}" in known:
            return Port(known, found_in=path)
    return None


def _found(texts: Texts, names: Sequence[str], pattern: str) -> Iterator[tuple[str, str]]:
    """Yield the names that any of the texts has, each with its path, by the order of the names."""
    for name in names:
        matches = _matcher(pattern, name)
        yield from ((name, path) for path, text in texts.items() if matches(text))


def _matcher(pattern: str, name: str) -> Callable[[str], re.Match[str] | None]:
    return re.compile(pattern.replace("NAME", name.replace("-", "[-_]"))).search
