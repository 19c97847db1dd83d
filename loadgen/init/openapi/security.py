"""Security schemes as header fields, cookies and queries that take their secrets from the environment."""

from dataclasses import dataclass, field
from typing import Any

from loadgen.init.names import variable
from loadgen.init.openapi.document import Document, Node


@dataclass
class Credentials:
    """What a request needs beside itself."""

    headers: dict[str, str] = field(default_factory=dict)
    query: list[str] = field(default_factory=list)


class UnknownSchemeError(Exception):
    """A scheme that no header field or query can satisfy."""


def credentials(document: Document, operation: Node) -> Credentials:
    """Return what the first of the operation's alternatives asks for, nothing if that is one; raise UnknownSchemeError."""
    alternatives: Any = operation.get("security", document.content.get("security", []))
    request_credentials = Credentials()
    if not alternatives or {} in alternatives:
        return request_credentials
    schemes = document.content.get("components", {}).get("securitySchemes", {})
    for name in alternatives[0]:
        _add(request_credentials, name, document.resolved(schemes.get(name)))
    return request_credentials


def _add(request_credentials: Credentials, name: str, scheme: Node) -> None:
    secret = f"{{env.{variable(name)}}}"
    kind, field_name = scheme.get("type"), str(scheme.get("name", ""))
    if kind == "http" and str(scheme.get("scheme", "")).lower() == "basic":
        request_credentials.headers["Authorization"] = f"Basic {secret}"
    elif kind in ("oauth2", "openIdConnect") or (kind == "http" and str(scheme.get("scheme", "")).lower() == "bearer"):
        request_credentials.headers["Authorization"] = f"Bearer {secret}"
    elif kind == "apiKey" and scheme.get("in") == "header":
        request_credentials.headers[field_name] = secret
    elif kind == "apiKey" and scheme.get("in") == "query":
        request_credentials.query.append(f"{field_name}={secret}")
    elif kind == "apiKey" and scheme.get("in") == "cookie":
        before = f"{request_credentials.headers['Cookie']}; " if "Cookie" in request_credentials.headers else ""
        request_credentials.headers["Cookie"] = f"{before}{field_name}={secret}"
    else:
        raise UnknownSchemeError(f"security scheme {name}: no header field, cookie or query")
