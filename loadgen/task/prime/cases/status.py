"""Paths, methods and media types: 200, 404, 405, 415, and which of them wins."""

from loadgen.conformance.case import Case, Receive, Send
from loadgen.conformance.http.expectation import any_answer, no_content, status
from loadgen.task.prime.expectation import allow, answered, healthy
from loadgen.task.prime.request import get, json_n, padded, post

_REQUESTS = "contract: Requests"
_ERRORS = "contract: Errors"
_N10 = json_n(10)


_CORE = {
    "health-get",
    "calculate-query",
    "not-found-root",
    "not-found-longer",
    "method-get-calculate",
    "method-put-calculate",
    "media-type-parameter",
    "unsupported-text",
    "unsupported-form",
    "unsupported-missing",
}
"""What the clients of the task meet; the others are corners."""


def core() -> tuple[Case, ...]:
    """Paths, methods and media types that clients ask for."""
    return tuple(case for case in _all() if case.id in _CORE)


def strict() -> tuple[Case, ...]:
    """Spellings of paths, methods and media types, what Allow names, and the precedence of errors."""
    return tuple(case for case in _all() if case.id not in _CORE)


def _all() -> tuple[Case, ...]:
    return (*_health(), *_targets(), *_unknown_paths(), *_other_methods(), *_allowed(), *_media_types(), *_precedence())


def _case(id_: str, title: str, source: str, request: bytes, expected: Receive) -> Case:
    return Case(id_, "status", title, source, (Send(request), expected))


def _health() -> tuple[Case, ...]:
    return (
        _case("health-get", "GET /health", _REQUESTS, get(), healthy()),
        _case("health-query", "a query is ignored", _REQUESTS, get("/health?x=1"), healthy()),
    )


def _targets() -> tuple[Case, ...]:
    return (
        _case("calculate-query", "a query is ignored", _REQUESTS, post(_N10, target="/calculate?x=1"), answered(10)),
        _case("calculate-empty-query", "an empty query", _REQUESTS, post(_N10, target="/calculate?"), answered(10)),
        _case("target-absolute-no-path", "no path is the path /", "RFC 9110 4.2.3", get("http://primebench.test"), status(404)),
    )


def _unknown_paths() -> tuple[Case, ...]:
    paths = (
        ("root", "/"),
        ("trailing-slash", "/calculate/"),
        ("other-case", "/Calculate"),
        ("upper-case", "/CALCULATE"),
        ("longer", "/calculate/x"),
        ("shorter", "/calculat"),
        ("double-slash", "//calculate"),
        ("path-parameter", "/calculate;x=1"),
    )
    health_paths = (("health-trailing-slash", "/health/"), ("health-other-case", "/Health"))
    return (
        *(_case(f"not-found-{name}", f"POST {path}", _ERRORS, post(_N10, target=path), status(404)) for name, path in paths),
        *(_case(f"not-found-{name}", f"GET {path}", _ERRORS, get(path), status(404)) for name, path in health_paths),
        _case(
            "not-found-head",
            "HEAD of an unknown path",
            _ERRORS,
            get("/nothing", method="HEAD"),
            status(404, method="HEAD"),
        ),
    )


def _other_methods() -> tuple[Case, ...]:
    not_allowed, to_head = status(405), status(405, method="HEAD")
    return (
        *(
            _case(f"method-{name.lower()}-calculate", f"{name} /calculate", _ERRORS, request, not_allowed)
            for name, request in (
                ("GET", get("/calculate")),
                ("PUT", post(_N10, method="PUT")),
                ("PATCH", post(_N10, method="PATCH")),
                ("DELETE", get("/calculate", method="DELETE")),
                ("OPTIONS", get("/calculate", method="OPTIONS")),
            )
        ),
        _case("method-head-calculate", "HEAD /calculate", _ERRORS, get("/calculate", method="HEAD"), to_head),
        *(
            _case(f"method-{name.lower()}-health", f"{name} /health", _ERRORS, request, not_allowed)
            for name, request in (
                ("POST", post(_N10, target="/health")),
                ("PUT", post(_N10, target="/health", method="PUT")),
                ("DELETE", get(method="DELETE")),
                ("OPTIONS", get(method="OPTIONS")),
            )
        ),
        # 501 is what RFC 9110 9.1 has for a method that no resource of the server knows.
        _case("method-unknown", "a method that nobody registered", "RFC 9110 9.1", get(method="BREW"), status(405, 501)),
        _case(
            "method-lower-case",
            "methods are compared with case",
            "RFC 9110 9.1",
            post(_N10, method="post"),
            status(405, 501),
        ),
    )


def _allowed() -> tuple[Case, ...]:
    """That a 405 says what is allowed (RFC 9110 15.5.6); which requests get one is said by other cases."""
    source = "RFC 9110 15.5.6"
    to_head = Receive(any_answer().statuses, (allow("POST"), no_content), "HEAD")
    return (
        _case("allow-calculate", "GET /calculate", source, get("/calculate"), any_answer(allow("POST"))),
        _case("allow-calculate-head", "HEAD /calculate", source, get("/calculate", method="HEAD"), to_head),
        _case("allow-health", "DELETE /health", source, get(method="DELETE"), any_answer(allow("GET", "HEAD"))),
    )


def _media_types() -> tuple[Case, ...]:
    accepted = (
        ("other-case", "Application/JSON"),
        ("parameter", "application/json; charset=utf-8"),
        ("parameter-no-space", "application/json;charset=utf-8"),
        ("parameter-spaces", "application/json \t; charset=utf-8"),
        ("parameter-quoted", 'application/json; profile="a;b, c"'),
    )
    others = (
        ("text", "text/plain"),
        ("longer", "application/jsonp"),
        ("shorter", "application/jso"),
        ("suffix", "application/problem+json"),
        ("text-json", "text/json"),
        ("form", "application/x-www-form-urlencoded"),
        ("no-subtype", "application"),
        ("wildcard", "application/*"),
        ("empty", ""),
    )
    return (
        *(
            _case(f"media-type-{name}", f"Content-Type: {value}", _REQUESTS, post(_N10, content_type=value), answered(10))
            for name, value in accepted
        ),
        *(
            _case(f"unsupported-{name}", f"Content-Type: {value}", _ERRORS, post(_N10, content_type=value), status(415))
            for name, value in others
        ),
        _case("unsupported-missing", "no Content-Type", _ERRORS, post(_N10, content_type=None), status(415)),
    )


def _precedence() -> tuple[Case, ...]:
    def case(name: str, title: str, request: bytes, expected: Receive) -> Case:
        return _case(f"precedence-{name}", title, _ERRORS, request, expected)

    text, broken = "text/plain", b'{"n": '
    malformed = get("/nothing", "Bad Field: x")
    return (
        case("malformed-over-404", "malformed HTTP to an unknown path", malformed, status(400)),
        case("404-over-405", "unknown path, method of no path", get("/nothing", method="DELETE"), status(404)),
        case("404-over-415", "unknown path, other type", post(_N10, target="/nothing", content_type=text), status(404)),
        case("404-over-400", "unknown path, malformed JSON", post(broken, target="/nothing"), status(404)),
        case("404-over-413", "unknown path, large body", post(padded(10, 5_000), target="/nothing"), status(404)),
        case("405-over-415", "other method, other type", post(_N10, method="PUT", content_type=text), status(405)),
        case("405-over-413", "other method, large body", post(padded(10, 5_000), method="PUT"), status(405)),
        case("415-over-400", "other type, malformed JSON", post(broken, content_type=text), status(415)),
        case("415-over-422", "other type, n out of range", post(json_n(0), content_type=text), status(415)),
        # "A 413 known from Content-Length may come before 415."
        case(
            "415-with-413",
            "other type, large body",
            post(padded(10, 5_000), content_type=text),
            status(413, 415),
        ),
        case("413-over-400", "large body that is not JSON", post(b"x" * 5_000), status(413)),
        case("400-over-422", "malformed JSON, n out of range", post(b'{"n": 0,}'), status(400)),
    )
