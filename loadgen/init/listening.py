"""Where a program listens, as far as its sources tell: by which argument or variable it takes its port."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

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
_FIRST_ARGUMENT = re.compile(
    r"(?i)\bport\w*\b[^\n;]*(?:process\.argv\[2\]|(?<!process\.)\bargv\[1\]|os\.args\[1\]|args\(\)\s*\.nth\(1\)|\bargs\[0\])"
)


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


def find_port(*layers: Texts) -> Port | None:
    """Return how the port is taken by the sources of the first layer that says it; None if none does."""
    finders: tuple[Callable[[Texts], Port | None], ...] = (
        lambda texts: _by_flag(texts, _PORT_FLAGS, "{port}"),
        lambda texts: _by_variable(texts, _PORT_VARIABLES, "{port}"),
        lambda texts: _by_flag(texts, _ADDRESS_FLAGS, "{host}:{port}"),
        lambda texts: _by_variable(texts, _ADDRESS_VARIABLES, "{host}:{port}"),
        _by_position,
    )
    return next((port for texts in layers for find in finders if (port := find(texts)) is not None), None)


def _by_flag(texts: Texts, names: tuple[str, ...], value: str) -> Port | None:
    for name, path in _found(texts, names, _FLAG):
        host = ("--host", "{host}") if value == "{port}" and _matcher(_FLAG, "host")(texts[path]) else ()
        return Port((*host, f"--{name}", value), found_in=path)
    return None


def _by_variable(texts: Texts, names: tuple[str, ...], value: str) -> Port | None:
    for name, path in _found(texts, names, _VARIABLE):
        host = {"HOST": "{host}"} if value == "{port}" and _matcher(_VARIABLE, "HOST")(texts[path]) else {}
        return Port(environment={**host, name: value}, found_in=path)
    return None


def _by_position(texts: Texts) -> Port | None:
    return next((Port(("{port}",), found_in=path) for path, text in texts.items() if _FIRST_ARGUMENT.search(text)), None)


def _found(texts: Texts, names: tuple[str, ...], pattern: str) -> Iterator[tuple[str, str]]:
    """Yield the names that any of the texts has, each with its path, by the order of the names."""
    for name in names:
        matches = _matcher(pattern, name)
        yield from ((name, path) for path, text in texts.items() if matches(text))


def _matcher(pattern: str, name: str) -> Callable[[str], re.Match[str] | None]:
    return re.compile(pattern.replace("NAME", name.replace("-", "[-_]"))).search
