"""Files of prepared requests, and what the native generator's command and rows are."""

import json
from pathlib import Path

import numpy as np
import pytest

from loadgen.config.scenarios import Workload
from loadgen.errors import Error
from loadgen.generator.choice import GENERATORS, generator_for
from loadgen.generator.generator import Load
from loadgen.generator.native import ROW, ROWS, Native
from loadgen.generator.request_file import LENGTH, MOST_UNIQUE, RequestFiles, length_for, write_request_file
from loadgen.generator.rows import answered_between
from loadgen.record.workload import Sending
from loadgen.task.http.task import read_task
from loadgen.task.prime.task import TASK
from loadgen.task.task import LOADED, WARMING, Asked
from tests.prepared import requests_in
from tests.unit.asked import asked

SHOP = Path(__file__).parents[1] / "shop"


@pytest.fixture
def mix(monkeypatch: pytest.MonkeyPatch) -> Asked:
    monkeypatch.setenv("SHOP_TOKEN", "token-of-the-shop")
    task = read_task(SHOP / "task.toml")
    return Asked(task, task.weights, {})


def test_a_file_has_the_requests_in_the_order_of_their_draws(tmp_path: Path, mix: Asked) -> None:
    path = tmp_path / "requests"
    write_request_file(path, mix, 7, LOADED, 300)
    kinds, requests, again = requests_in(path)
    assert kinds == ["read", "list", "create"]
    drawn = mix.draws(7, LOADED)
    assert requests == [(draw.kind, draw.request.to_bytes()) for draw, _ in zip(drawn, range(300), strict=False)]
    assert not again
    assert path.stat().st_mode & 0o077 == 0  # it has the token in it


def test_both_sides_get_the_same_file_and_a_load_of_its_own_for_each_block(tmp_path: Path, mix: Asked) -> None:
    files = RequestFiles(tmp_path)
    first = files.file(mix, 1, LOADED, 10.0)
    assert files.file(mix, 1, LOADED, 10.0) == first
    assert files.file(mix, 1, WARMING, 10.0) != first
    for seed in range(2, 12):
        files.file(asked(10), seed, LOADED, 10.0)
    assert len(list(tmp_path.iterdir())) == 3, "what is the same each time is the same for all seeds"


def test_only_so_many_files_are_kept(tmp_path: Path, mix: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("loadgen.generator.request_file.LENGTH", 100)
    monkeypatch.setattr("loadgen.generator.request_file.MOST_FILES", 4)
    files = RequestFiles(tmp_path)
    for seed in range(10):
        files.file(mix, seed, LOADED, 10.0)
    assert len(list(tmp_path.iterdir())) == 4


def test_a_file_of_large_requests_begins_again_earlier(tmp_path: Path, mix: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("loadgen.generator.request_file.MOST_BYTES", 5_000)
    reads = Asked(mix.task, {"read": 1.0}, {})
    write_request_file(tmp_path / "requests", reads, 1, LOADED, 1_000)
    _, requests, again = requests_in(tmp_path / "requests")
    assert len(requests) == 100
    assert again


def test_unique_requests_are_as_many_as_a_load_may_need(mix: Asked) -> None:
    assert length_for(asked(10), 1e9) == LENGTH
    assert length_for(mix, 10.0) == LENGTH
    assert length_for(mix, 100_000.0) == 300_000
    with pytest.raises(Error, match=f"expected at most {MOST_UNIQUE:,} unique requests a trial"):
        length_for(mix, 1e7)


def test_oha_asks_what_is_one_request_and_shows_no_secret(mix: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORDERS_TOKEN", "token-of-the-orders")
    orders = read_task(SHOP.parent / "orders" / "task.toml")
    one, all_of_them = Workload(title="", parameters={"n": 10}, connections=1), Workload(title="", connections=1)
    secret = Workload(title="", request="read", parameters={"order": 7}, connections=1)
    assert generator_for(one, TASK) is GENERATORS["oha"]
    assert generator_for(one.replace(generator="native"), TASK) is GENERATORS["native"]
    assert generator_for(all_of_them, mix.task) is GENERATORS["native"]
    assert generator_for(secret, orders) is GENERATORS["native"]
    for workload, task, line in [
        (all_of_them.replace(generator="oha"), mix.task, 'is not one request; expected generator = "native"'),
        (secret.replace(generator="oha"), orders, "its command line would show a secret"),
        (
            one.replace(generator="native", protocol="h2"),
            TASK,
            "the native generator speaks HTTP/1.1; expected one request by oha",
        ),
        (all_of_them.replace(protocol="h2"), mix.task, "is not one request; expected one request by oha"),
    ]:
        with pytest.raises(Error, match=line):
            generator_for(workload, task)


def test_the_command_says_where_and_how(tmp_path: Path) -> None:
    load = Load(asked(1).first.request, 3, 1.25, "http://127.0.0.1:80", requests=tmp_path / "r")
    closed = Native().command("/bin/load", load)
    assert closed[:5] == ["/bin/load", "--host", "127.0.0.1", "--port", "80"]
    assert closed[closed.index("--duration-ms") + 1] == "1250"
    opened = Native().command(
        "/bin/load", load._replace(rate_per_s=10, sending=Sending(keep_alive=False), threads=2, own_cores=True)
    )
    assert opened[opened.index("--rate") :][:4] == ["--rate", "10", "--count", "12"]
    assert "--spin-us" in opened
    assert "--spin-us" not in closed
    assert opened[-3:] == ["--reconnect", "--threads", "2"]


def written(folder: Path, rows: list[tuple[int, int, int, int, int, int, int]], **said: object) -> Path:
    np.array([*rows, (0,) * 7], dtype=ROW).tofile(folder / ROWS)
    report = folder / "report.json"
    whole = {"began_ns": 1_000, "load_began_ns": 1_000, "ended_ns": 1_000_001_000, "errors": {}, "ran_out": False}
    report.write_text(json.dumps(whole | {"connections": 4, "begun": {"read": 2, "create": 1}} | said))
    return report


def test_rows_are_read_in_the_order_of_their_ends_without_what_was_only_allocated(tmp_path: Path) -> None:
    rows = [
        (5_001_000, 5_001_000, 9_001_000, 10, 200, 0, 0),
        (1_000, 1_000, 2_001_000, 20, 201, 1, 0),
        (6_001_000, 6_001_000, 8_001_000, 30, 500, 0, 0),
    ]
    found = Native().read(tmp_path, written(tmp_path, rows))
    assert found.rows["end_s"].to_pylist() == pytest.approx([0.002, 0.008, 0.009])
    assert found.rows["start_s"].to_pylist() == pytest.approx([0.0, 0.006, 0.005])
    assert found.rows["kind"].to_pylist() == [1, 0, 0]
    assert "intended_s" not in found.rows.column_names
    assert (found.begun, found.reported) == ({"read": 2, "create": 1}, {"requests_per_s": 3.0})
    assert answered_between(found.rows, 0.0, 1.0, [[200], [201]]) == [1, 1]
    assert answered_between(found.rows, 0.0, 1.0, [[201], [200]]) == [0, 0]


def test_an_open_loops_rows_have_when_they_were_due_and_the_pacing_error_leaves_out_who_waited(tmp_path: Path) -> None:
    rows = [(1_000, 11_000, 2_001_000, 1, 200, 0, 0), (1_000, 900_001_000, 902_001_000, 1, 200, 0, 1)]
    found = Native().read(tmp_path, written(tmp_path, rows))
    assert found.rows["intended_s"].to_pylist() == [0.0, 0.0]
    assert found.reported["pacing_error_p99_us"] == 10.0


def test_a_load_that_ran_out_of_requests_is_no_measurement(tmp_path: Path) -> None:
    with pytest.raises(Error, match="the load took more than the 3 requests that were prepared"):
        Native().read(tmp_path, written(tmp_path, [], ran_out=True))


def test_no_report_is_said_with_what_there_is(tmp_path: Path) -> None:
    (tmp_path / "report.json").write_text("half a rep")
    with pytest.raises(Error, match="wrote no report: half a rep"):
        Native().read(tmp_path, tmp_path / "report.json")
