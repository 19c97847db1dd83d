"""The lengths that bodies of right responses have, by kind of request: what the rows of a load are held to."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from pydantic import JsonValue

from loadgen.conformance.exchange import Exchange, NoAnswer
from loadgen.conformance.http.message import HOST
from loadgen.record.lengths import BodyLengths
from loadgen.task.task import Drawn, Parameters, Task

TIMEOUT_S = 10.0
OHA_FIELDS = (("Accept", "*/*"), ("Accept-Encoding", "gzip, compress, deflate, br"), ("User-Agent", "oha"))
"""What oha adds to a request, beside a Host that is the address."""


def held_lengths(
    address: tuple[str, int], task: Task, right: Mapping[str, Sequence[tuple[Drawn, int]]]
) -> dict[str, BodyLengths]:
    """Return them by kind, of requests that were answered rightly, each with the length of its body.

    Kinds with values that are other ones in each load are left out, and those whose responses depend on what a generator adds
    to a request: echoes, and compression.
    """
    lengths_of: dict[str, BodyLengths] = {}
    for kind, answered in right.items():
        lengths = BodyLengths.of([length for _, length in answered], _in_common([drawn.parameters for drawn, _ in answered]))
        least, most = lengths.allowed
        if task.is_endless(kind) and least <= _length_for_oha(address, answered[-1][0]) <= most:
            lengths_of[kind] = lengths
    return lengths_of


def _in_common(parameters: Sequence[Parameters]) -> dict[str, JsonValue]:
    return {
        name: value for name, value in parameters[0].items() if all(parameter.get(name) == value for parameter in parameters)
    }


def _length_for_oha(address: tuple[str, int], drawn: Drawn) -> float:
    """The body's length as oha asks; of no response not a number."""
    own = {name.lower() for name, _ in drawn.request.headers}
    fields = tuple((name, value) for name, value in OHA_FIELDS if name.lower() not in own)
    request = replace(drawn.request, headers=(*drawn.request.headers, *fields)).to_bytes()
    try:
        with Exchange(address, TIMEOUT_S) as exchange:
            exchange.send(request.replace(HOST.encode(), f"Host: {address[0]}:{address[1]}".encode(), 1))
            return len(exchange.receive(drawn.request.method).content)
    except NoAnswer:
        return float("nan")
