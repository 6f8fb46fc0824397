"""The application factory: one Flask app around one runtime. ``wsgi`` and the tests call it."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask, Response
from flask_smorest import Api as Documentation

from api import shapes
from api.openapi import register_documentation, register_start
from api.operations import Resource
from api.path_parameters import Number
from api.problems import problem
from api.resources import RESOURCES
from api.unparsable import unparsable
from engine.transaction import Runtime
from server import health, request_limits
from server.context import RenderForm, Served, this_request
from server.direct import direct_routes
from server.internal import register_internal
from server.lean_flask import LeanFlask
from server.limits import Limits
from server.logs import register_logs
from server.metrics import Metrics
from server.refusals import Show, register_refusals
from server.request_body import register_body
from server.security_headers import register_security
from server.strict_json import MAX_JSON_BYTES
from server.values import documented

PREFIX = "/api/v1"


RegisterPages = Callable[[Flask, Show], Show]
"""Adds pages to the application; returns how a refusal is shown, given how the API shows it."""


def create_app(
    runtime: Runtime, *, render_form: RenderForm | None = None, pages: RegisterPages | None = None
) -> LeanFlask:
    """The REST interface over ``runtime``, and ``pages`` beside it where they are given.

    ``render_form`` renders forms as PDF; without it they are refused (503).
    """
    app = LeanFlask("motcua", static_folder=None)
    app.unparsable = unparsable
    most = runtime.settings.max_upload_bytes + request_limits.MULTIPART_OVERHEAD
    app.config.update(
        MAX_CONTENT_LENGTH=max(most, MAX_JSON_BYTES + 1),
        MAX_FORM_MEMORY_SIZE=request_limits.MULTIPART_OVERHEAD,
        MAX_FORM_PARTS=20,
        PROPAGATE_EXCEPTIONS=False,
        TRAP_HTTP_EXCEPTIONS=False,
    )
    app.url_map.strict_slashes = True
    app.url_map.merge_slashes = False
    app.url_map.converters["int"] = Number
    app.extensions["motcua"] = Served(runtime, render_form, Limits(runtime.settings), Metrics())
    register_logs(app)
    app.before_request(_check_address)
    register_body(app)
    register_internal(app)
    register_security(app)
    _register_resources(app, runtime.settings.public_url)
    if pages is None:
        register_start(app)
    show = pages(app, problem) if pages else problem
    register_refusals(app, show)  # after flask-smorest, whose own answers to errors they replace
    app.register_blueprint(health.operating)
    app.hot, app.fast_path = direct_routes(app, Resource.HOT), runtime.settings.fast_path
    if hops := runtime.settings.proxy_hops:
        app.stand_behind_proxies(hops)
    return app


def _check_address() -> Response | None:
    request_limits.check_address(this_request())
    return None


class _Documented(Documentation):  # type: ignore[misc]  # its base has no types
    """Collects the OpenAPI document; ``api.openapi`` serves it."""

    ERROR_SCHEMA = shapes.Problem


def _register_resources(app: Flask, public_url: str) -> None:
    app.config.update(
        API_TITLE="Một Cửa",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
    )
    gathered = _Documented(app)
    gathered.ma_plugin.converter.add_attribute_function(documented)
    register_documentation(app, gathered.spec, public_url)
    for resource in RESOURCES:
        gathered.register_blueprint(resource, url_prefix=PREFIX)
