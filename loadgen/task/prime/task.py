"""The n-th prime as a task."""

import json
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from pydantic import JsonValue

from loadgen.conformance import Response, Suite
from loadgen.task.prime.cases import suite
from loadgen.task.prime.divisions import divisions
from loadgen.task.prime.expectation import duration_ns
from loadgen.task.prime.primes import nth_prime
from loadgen.task.request import Request
from loadgen.task.sidecar import Command, Sidecar
from loadgen.task.task import Drawn, NoValues, Parameters, Ready, Values, drawn
from loadgen.task.work import BenchmarkRoles, Scale, Work, WorkInstructions

MAX_N = 100_000
SAMPLED_N_MAX = 100
"""Cheap enough to ask for thousands of them."""
FLOOR_NS = {"published": 0.25, "reference": 0.25, "tuned": 0.25 / 64}
"""Less than any divider takes: one division a cycle at 4 GHz. results/microbench/ has 1.7 ns. The tuned tier divides up to 64
at a time; a better algorithm promises no divisions."""
KIND = "calculate"
DIVISIONS = {
    "elf64-x86-64": WorkInstructions(packed=r"v?divp[sd]\b", scalar=r"i?div[bwlq]?\s"),
    "elf64-littleaarch64": WorkInstructions(packed=r"fdiv\s+v|[fsu]divr?\s+z", scalar=r"[su]div\s+[wx]"),
}
"""Neither x86-64 nor NEON has a packed division of integers. A compiler that vectorises trial division has to divide packed
floating-point numbers: (v)divps and (v)divpd, or fdiv of a vector register. SVE divides packed integers as well."""

BENCHMARK_ROLES = BenchmarkRoles(
    work="prime_loop",
    title="prime loop",
    decode="json_decode",
    encode="json_encode",
    request="request_path",
    usual="article",
    decode_note='article is {"n":10000}, crowded has 4,096 bytes of keys to ignore',
    counted_tiers=["published", "reference"],
)


class PrimeTask:
    """The task; its one parameter is n."""

    name = "prime"
    place = "prime"
    digest = "1"
    kinds = (KIND,)
    weights: Mapping[str, float] = {KIND: 1.0}
    ready = Ready("/health", 200)
    work_instructions = DIVISIONS
    scale = Scale("n", "divisions", divisions)
    benchmark_roles = BENCHMARK_ROLES
    start_values: Mapping[str, str] = {"max_n": str(MAX_N)}
    folder = Path(__file__).parent
    sidecars: Sequence[Sidecar] = ()
    reset_command: Command | None = None
    least_cpu_us: float | None = None

    def complete(self, parameters: Parameters) -> dict[str, JsonValue]:
        """Return n; raise ValueError if there is anything else."""
        n = parameters.get("n")
        if set(parameters) != {"n"} or type(n) is not int or not 1 <= n <= MAX_N:
            raise ValueError(f"expected the parameter n, an integer of 1 to {MAX_N:,}, and no other")
        return {"n": n}

    def label(self, _kind: str, parameters: Parameters) -> str:
        """Return n in words."""
        return f"n = {_n(parameters):,}"

    def request(self, _kind: str, parameters: Parameters) -> Request:
        """Return the request for the n-th prime, byte for byte as published."""
        return Request("POST", "/calculate", (("Content-Type", "application/json"),), b'{"n": %d}' % _n(parameters))

    def shown_request(self, kind: str, parameters: Parameters) -> Request:
        """Return the request: it has no secrets."""
        return self.request(kind, parameters)

    def check(self, response: Response, _kind: str, parameters: Parameters) -> str | None:
        """Return what is wrong with a response to n; None if nothing is."""
        n = _n(parameters)
        if response.status != 200:
            return f"expected status 200, got {response.status}"
        try:
            content = json.loads(response.content)
        except ValueError:
            return f"expected JSON, got {response.content[:60]!r}"
        expected = {"n": n, "prime": nth_prime(n)}
        if not isinstance(content, dict) or set(content) != {*expected, "duration"}:
            return f"expected the keys n, prime and duration, got {response.content[:60]!r}"
        for key, value in expected.items():
            if content[key] != value or isinstance(content[key], bool):
                got = str(content[key])[:40].encode("ascii", "backslashreplace").decode()
                return f"expected {key} {value} for n={n}, got {got}"
        return None

    def statuses(self, _kind: str) -> list[int]:
        """Return 200: every other one is an error."""
        return [200]

    def stated_us(self, response: Response) -> float | None:
        """Return the duration that a right response states, in µs; None if it is not written as the contract has it."""
        stated = json.loads(response.content)["duration"]
        nanoseconds = duration_ns(stated) if isinstance(stated, str) else None
        return None if nanoseconds is None else float(nanoseconds) / 1e3

    def varies(self, _kind: str) -> bool:
        """Return False: a workload asks for one n."""
        return False

    def is_secret(self, _kind: str) -> bool:
        """Return False."""
        return False

    def is_endless(self, _kind: str) -> bool:
        """Return True."""
        return True

    def values(self, _seed: int, _block: int) -> Values:
        """Return none: there is nothing but n."""
        return NoValues()

    def samples(self, seed: int) -> Iterator[Drawn]:
        """Return requests for small n."""
        source = random.Random(seed)
        while True:
            yield drawn(self, KIND, {"n": source.randint(1, SAMPLED_N_MAX)})

    def flow_faults(self, _ask: Callable[[Drawn], Response], _seed: int) -> Iterator[str]:
        """Return nothing: no response follows from another."""
        return iter(())

    def suite(self, seed: int) -> Suite:
        """Return all cases of the contract; the seed draws the n whose primes are checked."""
        return suite(MAX_N, seed)

    def work(self, _kind: str, parameters: Parameters) -> Work:
        """Return the divisions of the reference tier."""
        return Work(unit="divisions", amount=divisions(_n(parameters)), floor_ns=FLOOR_NS)


def _n(parameters: Parameters) -> int:
    n = parameters["n"]
    assert isinstance(n, int)
    return n


TASK = PrimeTask()
