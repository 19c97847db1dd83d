"""What the raw cases cannot show: that a common HTTP client, with a pool, gets along with the service."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from loadgen.task.prime.primes import nth_prime
from loadgen.trial.server import Server
from tests.patience import PATIENCE_S

SEQUENTIAL_REQUESTS = 100
CONCURRENT_CLIENTS = 16
REQUESTS_PER_CLIENT = 25


@pytest.fixture
def client(server: Server) -> Iterator[httpx.Client]:
    host, port = server.address
    # trust_env: a proxy in the environment must not come between.
    with httpx.Client(base_url=f"http://{host}:{port}", timeout=PATIENCE_S, trust_env=False) as client:
        yield client


def _local_address(response: httpx.Response) -> tuple[str, int]:
    address: tuple[str, int] = response.extensions["network_stream"].get_extra_info("client_addr")
    return address


def test_json_body(client: httpx.Client) -> None:
    answer = client.post("/calculate", json={"n": 1_000})
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("application/json")
    assert {key: answer.json()[key] for key in ("n", "prime")} == {"n": 1_000, "prime": 7_919}


def test_health(client: httpx.Client) -> None:
    assert client.get("/health").json() == {"status": "ok"}
    head = client.head("/health")
    assert (head.status_code, head.content) == (200, b"")


def test_upload_from_a_generator_is_chunked(client: httpx.Client) -> None:
    def pieces() -> Iterator[bytes]:
        yield from (b'{"n"', b": 10", b"0}")

    answer = client.post("/calculate", content=pieces(), headers={"Content-Type": "application/json"})
    assert answer.request.headers["transfer-encoding"] == "chunked"
    assert (answer.status_code, answer.json()["prime"]) == (200, 541)


def test_a_hundred_requests_use_one_connection(client: httpx.Client) -> None:
    answers = [client.post("/calculate", json={"n": n}) for n in range(1, SEQUENTIAL_REQUESTS + 1)]
    assert [answer.json()["prime"] for answer in answers] == [nth_prime(n) for n in range(1, SEQUENTIAL_REQUESTS + 1)]
    assert len({_local_address(answer) for answer in answers}) == 1


def test_errors_do_not_cost_the_connection(client: httpx.Client) -> None:
    answers = [
        client.post("/calculate", content=b"{", headers={"Content-Type": "application/json"}),
        client.post("/calculate", json={"n": 0}),
        client.post("/calculate", data={"n": "10"}),
        client.post("/nothing", json={"n": 10}),
        client.delete("/health"),
        client.post("/calculate", json={"n": 10}),
    ]
    assert [answer.status_code for answer in answers] == [400, 422, 415, 404, 405, 200]
    assert [answer.json()["status"] for answer in answers[:-1]] == [400, 422, 415, 404, 405]
    assert len({_local_address(answer) for answer in answers}) == 1


def test_concurrent_clients_get_their_own_answers(client: httpx.Client) -> None:
    def ask(first: int) -> list[tuple[int, int]]:
        numbers = range(first, first + REQUESTS_PER_CLIENT)
        answers = [client.post("/calculate", json={"n": n}).json() for n in numbers]
        return [(answer["n"], answer["prime"]) for answer in answers]

    with ThreadPoolExecutor(CONCURRENT_CLIENTS) as pool:
        starts = range(1, CONCURRENT_CLIENTS * REQUESTS_PER_CLIENT + 1, REQUESTS_PER_CLIENT)
        answered = [pair for pairs in pool.map(ask, starts) for pair in pairs]
    assert answered == [(n, nth_prime(n)) for n in range(1, CONCURRENT_CLIENTS * REQUESTS_PER_CLIENT + 1)]
