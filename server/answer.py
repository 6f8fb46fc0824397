"""An answer as bytes: what is sent back, and what is kept under an Idempotency-Key to be sent again."""

from __future__ import annotations

from dataclasses import dataclass, field

from flask import Response

JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent back: kept as bytes, so that a repeated request can be given exactly the same."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)

    def response(self, **more: str) -> Response:
        made = Response(self.body, self.status, {**self.headers, **more})
        made.headers.setdefault("Content-Type", JSON)
        return made
