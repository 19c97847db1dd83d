"""HAR 1.2, what a browser recorded: its distinct requests, how often each came, and no secret."""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from urllib.parse import SplitResult, urlsplit

from pydantic import BaseModel, JsonValue, ValidationError

from loadgen.errors import Error
from loadgen.init.assets import asset_type
from loadgen.init.requests import MOST, Asked, Names, Wanted, checked, named_after, shortened
from loadgen.init.secrets import Secrets, is_secret_name

_KEPT_HEADERS = re.compile(r"accept|content-type|authorization|cookie|x-.+|.*(api-?key|token|version)", re.IGNORECASE)
"""What can change a response and is no matter of the browser; x-forwarded-for and its like never were the browser's."""
_MIME = re.compile(r"[\w.+-]+/[\w.+-]+")


class _Pair(BaseModel):
    name: str
    value: str = ""


class _PostData(BaseModel):
    mimeType: str = ""  # noqa: N815 - HAR's name
    text: str = ""
    encoding: str = ""
    params: list[_Pair] = []


class _Request(BaseModel):
    method: str
    url: str
    headers: list[_Pair] = []
    postData: _PostData | None = None  # noqa: N815


class _Content(BaseModel):
    mimeType: str = ""  # noqa: N815


class _Response(BaseModel):
    status: int
    content: _Content = _Content()


class _Entry(BaseModel):
    request: _Request
    response: _Response


class _Log(BaseModel):
    entries: list[_Entry]


class _Har(BaseModel):
    log: _Log


class _NotTakenOverError(Exception):
    """The reason why a request is left out."""


def read_har(text: str, name: str) -> Asked:
    """Return what is asked of the origin that was asked most; raise Error if the text is no HAR, or has nothing to ask."""
    try:
        entries = _Har.model_validate_json(text).log.entries
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]  # no value: it may be a secret
        key = ".".join(map(str, first["loc"])) or "top level"
        raise Error(f"{name}: expected a HAR 1.2 file: {key}: {first['msg']}") from error
    try:
        urls = [urlsplit(entry.request.url) for entry in entries]
    except ValueError as error:
        raise Error(f"{name}: expected a HAR 1.2 file: {error}") from error
    origins = Counter(_origin(url) for url in urls if url.scheme in ("http", "https"))
    if not origins:
        raise Error(f"{name}: expected entries with requests by HTTP, found none in {len(entries)}")
    (origin, _), *others = origins.most_common()
    left_out = Counter({f"{count} to {other}": 0 for other, count in others})
    own = [(entry, url) for entry, url in zip(entries, urls, strict=True) if _origin(url) == origin]
    wanted = _wanted(own, left_out)
    if not wanted:
        raise Error(f"{name}: none of the {len(own)} requests to {origin} had a response to expect again")
    reasons = [f"{count} x {reason}" if count else reason for reason, count in left_out.items()]
    return Asked(wanted, left_out=shortened(reasons))


def _origin(url: SplitResult) -> str:
    """Return scheme, host and port, without a user and a password."""
    return f"{url.scheme}://{url.netloc.rpartition('@')[2]}"


def _wanted(entries: Sequence[tuple[_Entry, SplitResult]], left_out: Counter[str]) -> list[Wanted]:
    """Return the distinct requests, those for static files last, the most frequent first; count the others by reason."""
    secrets, counts, seen = Secrets(), Counter[str](), defaultdict[str, list[_Response]](list)
    for entry, url in entries:
        try:
            key = json.dumps(_asked(entry, url, secrets))
        except _NotTakenOverError as reason:
            left_out[str(reason)] += 1
            continue
        counts[key] += 1
        seen[key].append(entry.response)
    if len(counts) > MOST:
        left_out[f"{len(counts) - MOST} distinct requests that came least"] = 0
    names, wanted = Names(), []
    for key, count in counts.most_common(MOST):
        asked = secrets.cleaned(json.loads(key))
        mime = (_MIME.match(seen[key][0].content.mimeType) or [""])[0]
        asset = asset_type(str(asked["path"]), mime)
        text = named_after(str(asked["method"]), str(asked["path"]))
        table: dict[str, JsonValue] = {
            "name": names.name(f"{asset} {text}" if asset else text),
            "weight": count,
            **{name: value for name, value in asked.items() if (name, value) != ("method", "GET")},
            "expect": _expected(seen[key], mime),
        }
        if (fault := checked(table)) is not None:
            left_out[f"{asked['method']} {asked['path']}: {fault}"] += count
            continue
        changes = asked["method"] not in ("GET", "HEAD")
        wanted.append(
            Wanted(table, ["as recorded; it may change data, and be refused when it comes again"] if changes else [], asset)
        )
    return sorted(wanted, key=lambda wanted: wanted.asset)


def _expected(responses: Sequence[_Response], mime: str) -> dict[str, JsonValue]:
    statuses: list[JsonValue] = [*sorted({response.status for response in responses} - {304})]  # it answers a condition
    expected: dict[str, JsonValue] = {"status": statuses or [200]}
    if mime and all(response.content.mimeType.startswith(mime) for response in responses) and statuses in ([], [200]):
        expected["headers"] = {"Content-Type": f"^{re.escape(mime)}"}
    return expected


def _asked(entry: _Entry, url: SplitResult, secrets: Secrets) -> dict[str, JsonValue]:
    """Return what a request asks, without secrets; raise _NotTakenOverError if it cannot be asked again."""
    request, status = entry.request, entry.response.status
    if request.method in ("OPTIONS", "CONNECT", "TRACE"):
        raise _NotTakenOverError(f"{request.method}: a browser's own question")
    if not 200 <= status < 400 or status == 206:
        raise _NotTakenOverError(f"with status {status}")
    headers = _headers(request.headers, secrets)
    asked: dict[str, JsonValue] = {"method": request.method, "path": secrets.target(url.path or "/", url.query)}
    body = "" if request.postData is None else _body(request.postData, secrets)
    return asked | ({"headers": headers} if headers else {}) | ({"body": body} if body else {})


def _headers(pairs: Sequence[_Pair], secrets: Secrets) -> dict[str, JsonValue]:
    headers: dict[str, JsonValue] = {}
    for pair in pairs:
        name = pair.name.title()
        wanted = _KEPT_HEADERS.fullmatch(name) or is_secret_name(name)
        if not wanted or name.startswith(("Sec-", "X-Forwarded", "X-Real")) or (name, pair.value) == ("Accept", "*/*"):
            continue
        value = secrets.header(name, pair.value)
        if value == pair.value and ("{" in value or not value.isprintable()):
            continue  # a brace would be a placeholder
        headers[name] = f"{headers[name]}; {value}" if name in headers and name != "Cookie" else value
    return headers


def _body(data: _PostData, secrets: Secrets) -> str:
    mime = data.mimeType.partition(";")[0].strip().lower()
    if data.encoding:
        raise _NotTakenOverError(f"with a body in {data.encoding}")
    if mime.endswith("json"):
        return _json_body(data.text, secrets)
    if mime == "application/x-www-form-urlencoded":
        return secrets.form(data.text or "&".join(f"{pair.name}={pair.value}" for pair in data.params))
    if not data.text and not data.params:
        return ""
    if not mime.startswith("text/") or is_secret_name(data.text):
        raise _NotTakenOverError(f"with a body of {mime or 'no type'} that may hold secrets")
    return data.text


def _json_body(text: str, secrets: Secrets) -> str:
    try:
        value = json.loads(text)
    except ValueError as error:
        raise _NotTakenOverError("with a body that is not the JSON it claims to be") from error
    hidden = secrets.json(value)
    return text if hidden == value else json.dumps(hidden, ensure_ascii=False)
