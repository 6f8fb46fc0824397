"""Request ids, and one log line a request: actor, route, status, duration.

No personal data is logged: an address is logged as its route, because the address itself may hold a link or a name.
What stands in the place of a dossier's code is logged where it can be one.
"""

from __future__ import annotations

import random
import re
import time

import structlog
from flask import Flask, Request, Response
from flask.globals import app_ctx

from server.context import served, this_request
from server.values import CODE

_CODE = re.compile(CODE.replace("$", r"\Z"))
_REQUEST_ID = re.compile(r"[A-Za-z0-9._\-]{8,80}")
log = structlog.get_logger("motcua.api")


def register_logs(app: Flask) -> None:
    """Gives each request an id (the caller's X-Request-Id where it is well-formed), counts it and logs its end."""

    @app.before_request
    def begin() -> None:
        given, g = this_request().environ.get("HTTP_X_REQUEST_ID", ""), app_ctx.g
        g.began = time.perf_counter()
        g.request_id = given if _REQUEST_ID.fullmatch(given) else f"{random.getrandbits(96):024x}"
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request=g.request_id)

    @app.after_request
    def end(response: Response) -> Response:
        request, g = this_request(), app_ctx.g
        route, method = request.url_rule.rule if request.url_rule is not None else "-", _method(request)
        seconds = time.perf_counter() - g.get("began", time.perf_counter())
        response.headers["X-Request-Id"] = g.get("request_id", "")
        served().metrics.answered(route, method, response.status_code, seconds)
        if not route.startswith(("/healthz", "/readyz", "/metrics")):
            log.info(
                "request",
                method=method,
                route=route,
                dossier=_dossier(request),
                status=response.status_code,
                ms=round(seconds * 1000, 1),
                refused=g.get("refusal"),
            )
        return response

    @app.teardown_request
    def forget(_error: BaseException | None = None) -> None:
        # The thread's next line may be about bytes that are no request, which nothing of this one is told with.
        structlog.contextvars.clear_contextvars()


def _dossier(request: Request) -> str | None:
    told = (request.view_args or {}).get("code")
    return told if told is not None and _CODE.match(told) else None


def _method(request: Request) -> str:
    return request.method if request.method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS") else "OTHER"
