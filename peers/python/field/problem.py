"""Error answers: RFC 9457 problem details."""

from http import HTTPStatus

MEDIA_TYPE = b"application/problem+json"


class ProblemError(Exception):
    """What was wrong with a request. Details are fixed texts, so that no byte of the request is sent back."""

    def __init__(self, status: HTTPStatus, detail: str, *headers: tuple[bytes, bytes]) -> None:
        super().__init__(detail)
        self.status, self.detail, self.headers = status, detail, headers

    def body(self) -> dict[str, object]:
        """Return the members of the problem, without `type`: about:blank, the status says it all."""
        return {"title": self.status.phrase, "status": int(self.status), "detail": self.detail}
