"""Secrets in what was recorded: found by the names of fields and the forms of values, replaced by `{env.NAME}`."""

import json
import re
from typing import Any
from urllib.parse import quote, unquote_plus

from pydantic import JsonValue

from loadgen.init.names import variable

_NAME = re.compile(
    r"token|secret|passw|pwd|passphrase|api[-_.]?key|access[-_.]?key|private|auth(?!or)|session|credential|signature|jwt|csrf|xsrf"
    r"|^(key|sid|sig|code|otp|pin|cookie)$",
    re.IGNORECASE,
)
_VALUE = re.compile(
    r"eyJ[\w-]+\.[\w-]+\.[\w-]*|(sk|pk|rk)_(live|test)_\w+|gh[pousr]_\w+|github_pat_\w+|glpat-[\w-]+|xox[abeprs]-[\w-]+"
    r"|AKIA[0-9A-Z]{16}|AIza[\w-]{30,}"
)
"""JSON Web Tokens, and keys that say whose they are by how they begin."""
_LEAST_CHARACTERS = 12
"""A shorter value is not looked for elsewhere: it would be found in what has nothing to do with it."""
_IN_PATHS = "/%:@!$&'()*+,;=~-._?"


def is_secret_name(name: str) -> bool:
    """Return whether a field of that name holds a secret."""
    return _NAME.search(name) is not None


class Secrets:
    """The secrets of one recording, and the variables that take their places."""

    def __init__(self) -> None:
        self._variables: dict[str, str] = {}

    def hide(self, name: str, value: str) -> str:
        """Return the placeholder for a secret value of a field of that name; it is looked for elsewhere, too."""
        self.know(name, value)
        return f"{{env.{variable(name)}}}"

    def know(self, name: str, value: str) -> None:
        """Take the value for a secret wherever `without` finds it."""
        if len(value) >= _LEAST_CHARACTERS:
            self._variables.setdefault(value, variable(name))

    def field(self, name: str, value: str) -> str | None:
        """Return the placeholder if the field is secret by its name or its value; None if it is not."""
        if value and (is_secret_name(name) or _VALUE.fullmatch(value)):
            return self.hide(name, value)
        return None

    def header(self, name: str, value: str) -> str:
        """Return a header field's value without secrets: of credentials the scheme stays, of cookies nothing."""
        if name.lower() == "cookie":
            for pair in value.split(";"):
                cookie, _, content = pair.strip().partition("=")
                if not unquote_plus(content).startswith(("/", "http")):  # a place, which requests name for themselves
                    self.know(cookie, content)
            return self.hide(name, value)
        scheme, _, rest = value.partition(" ")
        if name.lower() in ("authorization", "proxy-authorization") and rest:
            return f"{scheme} {self.hide(name, rest)}"
        return self.field(name, value) or value

    def target(self, path: str, query: str) -> str:
        """Return path and query with placeholders; what a URI may not have, braces among it, is percent-encoded."""
        parts = [self.hide("path_token", part) if _VALUE.fullmatch(part) else _quoted(part) for part in path.split("/")]
        return "/".join(parts) + (f"?{self.form(query)}" if query else "")

    def form(self, text: str) -> str:
        """Return the pairs of a query, or of a form, likewise."""
        pairs = []
        for pair in text.split("&"):
            name, sign, value = pair.partition("=")
            hidden = self.field(unquote_plus(name), unquote_plus(value))
            pairs.append(f"{_quoted(name)}{sign}{hidden or _quoted(value)}")
        return "&".join(pairs)

    def json(self, value: JsonValue, name: str = "") -> JsonValue:
        """Return a JSON value with placeholders for its secret texts and numbers."""
        if isinstance(value, dict):
            return {inner: self.json(item, inner) for inner, item in value.items()}
        if isinstance(value, list):
            return [self.json(item, name) for item in value]
        if isinstance(value, bool) or value is None:
            return value
        hidden = self.field(name, str(value))
        return value if hidden is None else hidden

    def cleaned(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Return a request likewise as `without` does its texts, those of its header fields among them."""
        return {name: self.cleaned(value) if isinstance(value, dict) else self.without(value) for name, value in asked.items()}

    def without(self, text: str) -> str:
        """Return the text with placeholders for all secrets that are known by now, in whatever form they stand in it."""
        for value in sorted(self._variables, key=len, reverse=True):
            forms = {value, quote(value, safe="", errors="replace"), json.dumps(value)[1:-1]}
            for form in sorted(forms, key=len, reverse=True):
                text = text.replace(form, f"{{env.{self._variables[value]}}}")
        return text


def _quoted(text: str) -> str:
    """A part of a path or query, with what a URI may not have percent-encoded."""
    return quote(text, safe=_IN_PATHS, errors="replace")
