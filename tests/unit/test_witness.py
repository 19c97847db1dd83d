import json

import pytest

from loadgen.witness import answer_fault, stated_duration_us

RIGHT = {"n": 10, "prime": 29, "duration": "1.5µs"}


def test_a_right_answer_has_no_fault() -> None:
    assert answer_fault(200, json.dumps(RIGHT).encode(), 10) is None


@pytest.mark.parametrize(
    ("status", "content", "expected"),
    [
        (503, b"", "expected status 200, got 503"),
        (200, b"<html>", "expected JSON"),
        (200, b"[]", "expected the keys"),
        (200, json.dumps({"n": 10, "prime": 29}).encode(), "expected the keys"),
        (200, json.dumps(RIGHT | {"cached": True}).encode(), "expected the keys"),
        (200, json.dumps(RIGHT | {"prime": 31}).encode(), "expected prime 29 for n=10, got 31"),
        (200, json.dumps(RIGHT | {"n": 11}).encode(), "expected n 10 for n=10, got 11"),
        (200, json.dumps(RIGHT | {"prime": "29"}).encode(), "expected the prime"),
    ],
)
def test_each_fault_is_named(status: int, content: bytes, expected: str) -> None:
    fault = answer_fault(status, content, 10)
    if expected == "expected the prime":  # a string is not the number
        expected = "expected prime 29 for n=10, got 29"
    assert fault is not None
    assert fault.startswith(expected)


def test_the_stated_duration_is_read_in_microseconds() -> None:
    assert stated_duration_us(json.dumps(RIGHT).encode()) == 1.5
    assert stated_duration_us(json.dumps(RIGHT | {"duration": "4.812345ms"}).encode()) == pytest.approx(4_812.345)
    assert stated_duration_us(json.dumps(RIGHT | {"duration": 1.5}).encode()) is None
    assert stated_duration_us(json.dumps(RIGHT | {"duration": "soon"}).encode()) is None
