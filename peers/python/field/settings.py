"""The command line."""

import argparse
import ipaddress
import os
from collections.abc import Callable, Sequence
from typing import NamedTuple, NoReturn

PROGRAM = "primebench-python"


class Settings(NamedTuple):
    """What the flags say. `threads` are processes here: the interpreter runs Python on one thread at a time."""

    host: str
    port: int
    threads: int
    max_n: int


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{PROGRAM}: {' '.join(message.split())} (see --help)\n")


def _number(least: int, most: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
            raise argparse.ArgumentTypeError(f"expected a number from {least} to {most}")
        return int(text)

    return parse


def _address(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        raise argparse.ArgumentTypeError("expected an IP address") from None


def read_settings(arguments: Sequence[str] | None = None) -> Settings:
    """Return what the arguments say, by default this process's. Exit with 2 and one line if they are not understood."""
    parser = _Parser(prog=PROGRAM, allow_abbrev=False, description="Serve the field's three tasks with uvicorn.")
    parser.add_argument(
        "--host", type=_address, default="127.0.0.1", metavar="ADDRESS", help="IPv4 or IPv6 address to listen on"
    )
    parser.add_argument("--port", type=_number(0, 65_535), default=8080, help="0 takes a free one")
    parser.add_argument(
        "--threads", type=_number(1, 1_024), default=min(len(os.sched_getaffinity(0)), 1_024), help="processes that serve"
    )
    parser.add_argument("--max-n", type=_number(1, 10_000_000), default=100_000, help="the largest n that is answered")
    return Settings(**vars(parser.parse_args(arguments)))
