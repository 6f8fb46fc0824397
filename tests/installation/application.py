"""The application over the runtime of a test. Its routes are the same for every test, and are made once a process."""

from __future__ import annotations

import copy
from functools import cache
from typing import Any

import orjson
from flask import Flask

from api.app import RegisterPages, create_app
from engine.settings import Settings
from engine.transaction import Runtime
from server.context import RenderForm, Served
from server.limits import Limits
from server.metrics import Metrics
from web.app import PAGES

_MADE: dict[tuple[Any, ...], Flask] = {}


def application(
    runtime: Runtime, *, render_form: RenderForm | None = None, pages: RegisterPages | None = None
) -> Flask:
    """What ``create_app`` makes, over this runtime.

    Declaring the routes and their documentation takes longer than most tests. So applications with the same settings
    share them; each has its own runtime, limits and counters. A test that adds routes calls ``create_app``.
    """
    settings = runtime.settings
    if settings.proxy_hops:  # the middleware holds the application that it was put around
        return create_app(runtime, render_form=render_form, pages=pages)
    key = (pages, *PAGES, *_depended_on(settings))  # a test may add pages
    if key not in _MADE:
        _MADE[key] = create_app(runtime, render_form=render_form, pages=pages)
        del _MADE[key].extensions["motcua"]
    app = copy.copy(_MADE[key])
    app.config = copy.copy(app.config)
    app.extensions = {**app.extensions, "motcua": Served(runtime, render_form, Limits(settings), Metrics())}
    return app


def document_of(app: Flask) -> dict[str, Any]:
    """The OpenAPI document of an application."""
    return _read(app.test_client().get("/api/v1/openapi.json").data)


def _depended_on(settings: Settings) -> tuple[Any, ...]:
    """The settings that ``create_app`` itself reads."""
    return settings.max_upload_bytes, settings.public_url, settings.fast_path


@cache
def _read(document: bytes) -> dict[str, Any]:
    read: dict[str, Any] = orjson.loads(document)
    return read
