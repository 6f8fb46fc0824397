"""Responses to bytes that the web server cannot parse as a request, so that they never reach the application."""

from __future__ import annotations

import secrets

import orjson
import structlog

from api.problems import PROBLEM, document
from engine.errors import Refusal
from server.refusals import InternalError
from server.request_limits import BadRequest, HeaderTooLong, TooSlow, UrlTooLong

log = structlog.get_logger("motcua.api")


def unparsable(status: int, reason: str) -> bytes:
    """The whole HTTP response, after which the connection is closed: problem details (RFC 9457) in Vietnamese.

    ``status`` and ``reason`` come from the web server.
    """
    request = secrets.token_hex(12)
    refusal: Refusal = BadRequest()
    if status == UrlTooLong.status:
        refusal = UrlTooLong()
    elif status == HeaderTooLong.status:
        refusal = HeaderTooLong(header="HTTP")
    elif status == TooSlow.status:
        refusal = TooSlow()
    elif status == InternalError.status:
        refusal = InternalError(request=request)
    log.warning("request_unread", status=status, refused=refusal.code, request=request)
    body = orjson.dumps(document(refusal, "vi", request) | {"status": status})
    head = f"HTTP/1.1 {status} {reason}\r\nConnection: close\r\nContent-Type: {PROBLEM}\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body
