"""What is read from bodies and what is answered."""

import json
import unittest

from field import documents
from field.prime import go_duration, nth_prime
from field.problem import ProblemError
from field.settings import read_settings

MAX_N = 100_000


class Documents(unittest.TestCase):  # the service has no pytest
    def refused(self, status: int, work: object, *arguments: object) -> None:
        with self.assertRaises(ProblemError) as raised:  # noqa: PT027
            work(*arguments)  # type: ignore[operator]
        assert raised.exception.status == status

    def test_primes_are_counted_from_one(self) -> None:
        assert [nth_prime(n) for n in (1, 2, 3, 10, 1000)] == [2, 3, 5, 29, 7919]

    def test_durations_are_as_go_prints_them(self) -> None:
        for nanoseconds, text in {
            0: "0s",
            417: "417ns",
            1_500: "1.5µs",
            10_000_000: "10ms",
            4_812_345: "4.812345ms",
            1_204 * 10**6: "1.204s",
        }.items():
            assert go_duration(nanoseconds) == text

    def test_n_is_an_integer_in_range(self) -> None:
        for body in (
            '{"n":10}',
            '{"\\u006e": 10, "x": 1e999999}',
            json.dumps({"n": 10, "x": [[[]]]}),
            '{"n":10,"x":' + "[" * 2_000 + "]" * 2_000 + "}",
        ):
            assert documents.calculate(body.encode(), MAX_N)["prime"] == 29, body
        for n in ("0", "-0", "-1", "1.0", "1e1", "true", "null", '"10"', "[]", "100001", "9" * 4_000):
            with self.subTest(n):
                self.refused(422, documents.calculate, f'{{"n":{n}}}'.encode(), MAX_N)
        self.refused(422, documents.calculate, b'{"N":10}', MAX_N)

    def test_what_is_no_json_object_is_400(self) -> None:
        for body in (
            b"",
            b"{",
            b"[10]",
            b"null",
            b'{"n":10,}',
            b'{"n":010}',
            b'{"n":NaN}',
            b'{"n":10}\0',
            b'{"n":1\xff}',
            b'{"a":' + b"[" * 65_000,
        ):
            with self.subTest(body[:20]):
                self.refused(400, documents.calculate, body, MAX_N)

    def test_items_are_those_of_the_task(self) -> None:
        expected = {
            "id": 7, "name": "item-7", "active": False, "score": 1.75, "quantity": 7, "price_cents": 175, "currency": "EUR",
            "category": "category-7", "sku": "SKU-00000007", "tags": ["t0", "t7", "t7"],
            "dimensions": {"width": 7, "height": 7, "depth": 7}, "weight_g": 8, "rating": 3.5, "reviews": 7, "in_stock": True,
            "supplier": "supplier-2", "description": 'Item 7: "quoted", a back\\slash and a line\nbreak', "note": "Zürich №7",
            "created": 1_700_000_007, "next": "/json/8",
        }  # fmt: skip
        assert documents.item("7") == expected
        last = documents.item("1000000")
        assert (last["supplier"], last["score"], last["sku"], last["next"]) == (None, 250000, "SKU-01000000", "/json/1")
        for text in ("", "0", "-1", "+1", "1000001", "x", "1x", "1.0", " 1", "1_0", "١"):
            with self.subTest(text):
                self.refused(404, documents.item, text)

    def test_an_order_is_added_up(self) -> None:
        items = [
            {"name": "ab", "value": 2**40, "tags": ["x", "y"]},
            {"name": "№", "value": -1, "tags": []},
            {"name": "abc", "value": 3, "tags": ["z"]},
        ]
        body = json.dumps({"order": 5, "items": items, "comment": "", "more": None}).encode()
        assert documents.order(body) == {"order": 5, "count": 3, "sum": 2**40 + 2, "longest": "№", "tags": 3}
        assert documents.order(b'{"order":0,"items":[],"comment":""}')["longest"] == ""

    def test_what_is_no_order_is_refused(self) -> None:
        for body in ("", "{", '{"order":1,}'):
            self.refused(400, documents.order, body.encode())
        for body in (
            "null",
            "[]",
            "{}",
            '{"order":true,"items":[],"comment":""}',
            '{"order":1,"items":{},"comment":""}',
            '{"order":1,"items":[]}',
            '{"order":1,"items":[{"name":"a","value":1}],"comment":""}',
            '{"order":1,"items":[{"name":"a","value":1.5,"tags":[]}],"comment":""}',
            '{"order":1,"items":[{"name":"a","value":1,"tags":[null]}],"comment":""}',
        ):
            with self.subTest(body):
                self.refused(422, documents.order, body.encode())

    def test_flags_are_read(self) -> None:
        flags = ["--host", "::1", "--port", "0", "--threads", "8", "--threads", "2", "--max-n", "10"]
        assert read_settings(flags) == ("::1", 0, 2, 10)


if __name__ == "__main__":
    unittest.main()
