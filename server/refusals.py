"""Error handling: turns every exception that leaves a view into a refusal, with a stable code and no traceback.

``register_refusals`` takes the function that renders a refusal: as JSON, or as a page.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import structlog
from flask import Flask, Response, g, request
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, MethodNotAllowed, RequestEntityTooLarge

from engine.errors import Refusal
from server.context import request_id, served
from server.request_limits import BadRequest, TooLarge

Show = Callable[[Refusal], Response]
log = structlog.get_logger("motcua.api")


class NoSuchAddress(Refusal):
    """Nothing exists at this address."""

    code = "no-such-address"
    status = 404
    vi = "Không có gì ở địa chỉ này."
    en = "There is nothing at this address."


class WrongMethod(Refusal):
    """The address exists, but does not take this method."""

    code = "wrong-method"
    status = 405
    vi = "Địa chỉ này không nhận phương thức {method}; được phép: {allowed}."
    en = "This address does not take {method}; allowed: {allowed}."


class Unavailable(Refusal):
    """The database does not answer; nothing was changed."""

    code = "unavailable"
    status = 503
    vi = "Hệ thống tạm thời không phục vụ được. Xin thử lại sau."
    en = "The system cannot answer at present. Please try again."


class InternalError(Refusal):
    """The program has a fault; it is logged under the request's id."""

    code = "internal-error"
    status = 500
    vi = "Hệ thống gặp lỗi; mã yêu cầu {request} giúp người quản trị tìm nguyên nhân."
    en = "The system has failed; the request id {request} lets the administrator find the cause."


def register_refusals(app: Flask, show: Show) -> None:
    """Registers the error handlers: an exception of a view becomes a refusal, is counted, and rendered by ``show``."""

    def refused(refusal: Refusal) -> Response:
        served().metrics.refusals.labels(refusal.code).inc()
        g.refusal = refusal.code
        return show(refusal)

    def failed(error: Exception) -> Response:
        if isinstance(error, HTTPException) and error.code is not None and 300 <= error.code < 400:
            return Response(status=error.code, headers=dict(error.get_response().headers))
        return refused(refusal_of(error))

    app.register_error_handler(Refusal, refused)
    app.register_error_handler(HTTPException, failed)
    app.register_error_handler(Exception, failed)


def refusal_of(error: Exception) -> Refusal:
    """The refusal that the caller gets for an exception of Werkzeug, of the database or of the program's own code."""
    if isinstance(error, MethodNotAllowed):
        return WrongMethod(method=request.method[:20], allowed=sorted(error.valid_methods or ()))
    if isinstance(error, RequestEntityTooLarge):
        return TooLarge()
    if isinstance(error, HTTPException) and error.code is not None and error.code < 500:
        return NoSuchAddress() if error.code == 404 else BadRequest()
    if isinstance(error, PoolTimeout | OperationalError | InterfaceError) or (
        isinstance(error, DBAPIError) and error.connection_invalidated
    ):
        log.error("database_unavailable", exc_info=error, request=request_id())
        return Unavailable()
    log.error("internal_error", exc_info=error, request=request_id(), path=request.url_rule and request.url_rule.rule)
    return InternalError(request=request_id())


def every_code() -> list[dict[str, Any]]:
    """Every code of a refusal in this program, with status, sentences and meaning, sorted by code."""
    known: dict[str, type[Refusal]] = {}
    waiting = [Refusal]
    while waiting:
        one = waiting.pop()
        known.setdefault(one.code, one)
        waiting.extend(one.__subclasses__())
    return [
        {"code": code, "status": one.status, "vi": one.vi, "en": one.en, "meaning": (one.__doc__ or "").strip()}
        for code, one in sorted(known.items())
    ]
