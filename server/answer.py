"""The response of an operation as bytes: it is sent, and stored under the Idempotency-Key to be replayed."""

from __future__ import annotations

from dataclasses import dataclass, field

from flask import Response
from werkzeug.datastructures import Headers

JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Answer:
    """A response. Its body is bytes, so that a repeated request gets exactly the same ones."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)

    def response(self, **more: str) -> Response:
        made = _Response(self.body, self.status, {**self.headers, **more})
        made.headers.setdefault("Content-Type", JSON)
        return made


class _Response(Response):
    """A response whose headers are whole before it is sent, for most answers."""

    def get_wsgi_headers(self, environ: dict[str, object]) -> Headers:
        """The headers themselves, where Werkzeug would copy them one by one and find nothing to correct: the length of
        the body is among them, and no address."""
        if self.status_code == 200 and _ADDRESSES.isdisjoint(name.lower() for name, _ in self.headers):
            return self.headers
        return super().get_wsgi_headers(environ)


_ADDRESSES = frozenset({"location", "content-location"})
