"""The response of an operation as bytes: it is sent, and stored under the Idempotency-Key to be replayed."""

from __future__ import annotations

from dataclasses import dataclass, field

from flask import Response

JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Answer:
    """A response. Its body is bytes, so that a repeated request gets exactly the same ones."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)

    def response(self, **more: str) -> Response:
        made = Response(self.body, self.status, {**self.headers, **more})
        made.headers.setdefault("Content-Type", JSON)
        return made
