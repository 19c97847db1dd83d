"""The JSON body: what is an n, what is ignored, what is malformed."""

from collections.abc import Iterable

from loadgen.conformance.case import Case, Receive, Send
from loadgen.conformance.http.expectation import status
from loadgen.task.prime.expectation import answered
from loadgen.task.prime.request import post

_SOURCE = "contract: The body"
_JSON_SOURCE = "RFC 8259 2"

_ACCEPTED: tuple[tuple[str, bytes], ...] = (
    ("white-space", b' \t\r\n{ \n"n"\t:\r 10 \t} \n'),
    ("no-white-space", b'{"n":10}'),
    ("key-escaped", rb'{"\u006e": 10}'),
    ("key-other-case-too", b'{"N": 5, "n": 10}'),
    ("key-other-case-after", b'{"n": 10, "N": 5}'),
    ("keys-before-and-after", b'{"a": 1, "n": 10, "b": 2}'),
    ("values-of-every-type", b'{"a": null, "b": true, "c": false, "d": "x", "e": [], "f": {}, "g": -1.5e-3, "n": 10}'),
    ("nested-n", b'{"a": {"n": "x"}, "b": [{"n": 1.5}], "n": 10}'),
    ("nested-n-after", b'{"n": 10, "a": {"n": 5}}'),
    ("empty-key", b'{"": 0, "n": 10}'),
    ("longer-keys", b'{"nn": 1, "n ": 2, "\\u0000n": 3, "n\\u0000": 4, "n": 10}'),
    ("deep-arrays", b'{"a": ' + b"[" * 2_000 + b"]" * 2_000 + b', "n": 10}'),
    ("deep-arrays-after", b'{"n": 10, "a": ' + b"[" * 2_000 + b"]" * 2_000 + b"}"),
    ("deep-objects", b'{"n": 10, "a": ' + b'{"":' * 650 + b"0" + b"}" * 650 + b"}"),
    ("huge-exponent", b'{"a": 1e999999, "b": -1e999999, "c": 1e-999999, "n": 10}'),
    ("huge-integer", b'{"a": ' + b"9" * 1_000 + b', "b": -18446744073709551617, "n": 10}'),
    ("huge-fraction", b'{"a": 0.' + b"3" * 1_000 + b', "n": 10}'),
    ("long-string", b'{"a": "' + b"x" * 3_500 + b'", "n": 10}'),
    ("long-key", b'{"' + b"n" * 3_500 + b'": 1, "n": 10}'),
    ("escapes", rb'{"a": "\"\\\/\b\f\n\r\t\u0000\u00e9\ud83d\ude00", "n": 10}'),
    ("utf-8", '{"ключ": "é 日本 😀 \u2028", "n": 10}'.encode()),
)

_MALFORMED: tuple[tuple[str, bytes], ...] = (
    ("empty", b""),
    ("white-space-only", b" \r\n"),
    ("cut-after-brace", b"{"),
    ("cut-in-key", b'{"n'),
    ("cut-after-key", b'{"n"'),
    ("cut-after-colon", b'{"n":'),
    ("cut-after-value", b'{"n": 10'),
    ("cut-after-comma", b'{"n": 10,'),
    ("cut-in-ignored-string", b'{"n": 10, "a": "'),
    ("cut-in-ignored-escape", rb'{"n": 10, "a": "\u12'),
    ("cut-deep", b'{"n": 10, "a": ' + b"[" * 4_000),
    ("comma-trailing", b'{"n": 10,}'),
    ("comma-leading", b'{,"n": 10}'),
    ("comma-double", b'{"n": 10,, "a": 1}'),
    ("comma-missing", b'{"n": 10 "a": 1}'),
    ("comma-in-ignored-array", b'{"n": 10, "a": [1,]}'),
    ("colon-missing", b'{"n" 10}'),
    ("colon-double", b'{"n":: 10}'),
    ("value-missing", b'{"n":}'),
    ("bracket-wrong", b'{"n": 10]'),
    ("bracket-wrong-nested", b'{"n": 10, "a": [1}}'),
    ("comment-line", b'{"n": 10} // ten'),
    ("comment-block", b'{"n": /* ten */ 10}'),
    ("single-quotes", b"{'n': 10}"),
    ("key-unquoted", b"{n: 10}"),
    ("key-number", b'{1: 1, "n": 10}'),
    ("trailing-text", b'{"n": 10} x'),
    ("trailing-object", b'{"n": 10}{"n": 10}'),
    ("trailing-brace", b'{"n": 10}}'),
    ("trailing-nul", b'{"n": 10}\0'),
    ("leading-nul", b'\0{"n": 10}'),
    ("nul-inside", b'{"n": \x0010}'),
    ("leading-zero", b'{"n": 010}'),
    ("leading-zero-negative", b'{"n": -01}'),
    ("leading-zero-ignored", b'{"n": 10, "a": 01}'),
    ("plus-sign", b'{"n": +1}'),
    ("minus-alone", b'{"n": -}'),
    ("point-trailing", b'{"n": 1.}'),
    ("point-leading", b'{"n": .5}'),
    ("exponent-empty", b'{"n": 1e}'),
    ("exponent-sign-only", b'{"n": 1e+}'),
    ("hexadecimal", b'{"n": 0x10}'),
    ("underscore", b'{"n": 1_0}'),
    ("number-then-letters", b'{"n": 10abc}'),
    ("nan", b'{"n": NaN}'),
    ("nan-ignored", b'{"n": 10, "a": NaN}'),
    ("infinity", b'{"n": Infinity}'),
    ("minus-infinity", b'{"n": -Infinity}'),
    ("literal-capital", b'{"n": True}'),
    ("literal-capital-ignored", b'{"n": 10, "a": Null}'),
    ("literal-cut", b'{"n": 10, "a": tru}'),
    ("escape-unknown", rb'{"n": 10, "a": "\x41"}'),
    ("escape-short", rb'{"n": 10, "a": "\u12"}'),
    ("escape-not-hexadecimal", rb'{"n": 10, "a": "\u12g4"}'),
    ("line-feed-in-string", b'{"n": 10, "a": "x\ny"}'),
    ("tab-in-string", b'{"n": 10, "a": "x\ty"}'),
    ("form-feed-as-space", b'{"n":\f10}'),
    ("no-break-space", b'{"n":\xc2\xa010}'),
    ("utf-8-stray-byte", b'{"n": 10, "a": "\xff"}'),
    ("utf-8-continuation-alone", b'{"n": 10, "a": "\x80"}'),
    ("utf-8-cut", b'{"n": 10, "a": "\xe2\x82"}'),
    ("utf-8-overlong", b'{"n": 10, "a": "\xc0\xaf"}'),
    ("utf-8-surrogate", b'{"n": 10, "a": "\xed\xa0\x80"}'),
    ("utf-8-beyond-unicode", b'{"n": 10, "a": "\xf4\x90\x80\x80"}'),
    ("utf-8-in-key", b'{"n": 10, "\xff": 1}'),
    ("utf-8-outside-string", b'{"n": 10}\xff'),
    ("utf-16", '{"n": 10}'.encode("utf-16-le")),
    ("array", b"[10000]"),
    ("array-of-object", b'[{"n": 10}]'),
    ("number", b"5"),
    ("string", b'"x"'),
    ("string-of-object", rb'"{\"n\": 10}"'),
    ("null", b"null"),
    ("true", b"true"),
    ("form", b"n=10"),
)

_NO_INTEGER: tuple[tuple[str, bytes], ...] = (
    ("null", b"null"),
    ("true", b"true"),
    ("false", b"false"),
    ("string", b'"5"'),
    ("array", b"[]"),
    ("array-of-integer", b"[5]"),
    ("object", b"{}"),
    ("object-with-n", b'{"n": 5}'),
    ("fraction", b"1.5"),
    ("fraction-zero", b"1.0"),
    ("fraction-of-zero", b"0.0"),
    ("exponent", b"1e4"),
    ("exponent-capital", b"1E4"),
    ("exponent-plus", b"1e+4"),
    ("exponent-zero", b"10e0"),
    ("exponent-negative", b"100e-1"),
    ("exponent-hidden", b"12.000000000000000e-2147483639"),
    ("exponent-huge", b"1e999999"),
    ("exponent-tiny", b"1e-999999"),
    ("zero", b"0"),
    ("minus-zero", b"-0"),
    ("minus-one", b"-1"),
    ("2-to-31", b"2147483648"),
    # Each of these is 10 in an integer type that is too small.
    ("2-to-32-and-10", b"4294967306"),
    ("2-to-64-and-10", b"18446744073709551626"),
    ("minus-2-to-64-and-10", b"-18446744073709551606"),
    ("2-to-63", b"9223372036854775808"),
    ("minus-2-to-63", b"-9223372036854775808"),
    ("2-to-64-and-1", b"18446744073709551617"),
    ("a-hundred-nines", b"9" * 100),
    ("minus-a-hundred-nines", b"-" + b"9" * 100),
    ("4000-digits", b"1" * 4_000),
)


_CORE = {
    "body-white-space",
    "body-no-white-space",
    "body-keys-before-and-after",
    "body-values-of-every-type",
    "malformed-empty",
    "malformed-cut-after-brace",
    "malformed-cut-after-value",
    "malformed-comma-trailing",
    "malformed-trailing-text",
    "malformed-single-quotes",
    "malformed-key-unquoted",
    "malformed-array",
    "malformed-string",
    "malformed-null",
    "malformed-form",
    "n-null",
    "n-true",
    "n-string",
    "n-array",
    "n-object",
    "n-fraction",
    "n-zero",
    "n-minus-one",
    "n-2-to-31",
    "n-2-to-64-and-10",
    "n-above-max",
    "n-missing",
    "n-other-key",
}
"""What clients really send; the others are corners of JSON, where parsers that many people use disagree."""


def core(max_n: int) -> tuple[Case, ...]:
    """Bodies that clients send, and the status of each; `n` above the service's max-n among them."""
    return tuple(case for case in _all(max_n) if case.id in _CORE)


def strict(max_n: int) -> tuple[Case, ...]:
    """Corners of JSON."""
    return tuple(case for case in _all(max_n) if case.id not in _CORE)


def _all(max_n: int) -> tuple[Case, ...]:
    above = b"%d" % (max_n + 1)
    return (
        *_cases("body", _SOURCE, _ACCEPTED, answered(10)),
        *_cases("malformed", _JSON_SOURCE, _MALFORMED, status(400)),
        *_cases("n", _SOURCE, ((name, b'{"n": %s}' % value) for name, value in _NO_INTEGER), status(422)),
        *_cases("n", _SOURCE, (("above-max", b'{"n": %s}' % above), ("missing", b"{}")), status(422)),
        *_cases("n", _SOURCE, (("other-key", b'{"m": 10}'), ("other-case", b'{"N": 10}')), status(422)),
    )


def _cases(prefix: str, source: str, rows: Iterable[tuple[str, bytes]], expected: Receive) -> Iterable[Case]:
    (code,) = expected.statuses
    for name, body in rows:
        title = f"body {_title(body)}: {code}"
        yield Case(f"{prefix}-{name}", "body", title, source, (Send(post(body)), expected))


def _title(body: bytes) -> str:
    shown = body.decode("utf-8", "backslashreplace").encode("unicode_escape").decode("ascii")
    return shown if len(shown) <= 60 else f"{shown[:57]}..."
