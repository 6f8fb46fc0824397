"""The application: one Flask app around one runtime. ``wsgi`` and the tests make it."""

from __future__ import annotations

from flask import Flask, Response, request
from flask_smorest import Api as Documentation  # type: ignore[import-untyped]
from werkzeug.middleware.proxy_fix import ProxyFix

from api import door, operating, problems, shapes
from api.addresses import Number
from api.context import Api, RenderForm
from api.documentation import register_documentation
from api.fields import documented
from api.lean_flask import LeanFlask
from api.limits import Limits
from api.logs import register_logs
from api.metrics import Metrics
from api.resources import RESOURCES
from api.security import register_security
from engine.transaction import Runtime

PREFIX = "/api/v1"


def create_app(runtime: Runtime, *, render_form: RenderForm | None = None) -> Flask:
    """The REST interface over ``runtime``. ``render_form`` makes PDFs of the forms; without it they are refused."""
    app = LeanFlask("motcua", static_folder=None)
    most = runtime.settings.max_upload_bytes + door.MULTIPART_OVERHEAD
    app.config.update(
        MAX_CONTENT_LENGTH=max(most, door.MAX_JSON_BYTES + 1),
        MAX_FORM_MEMORY_SIZE=door.MULTIPART_OVERHEAD,
        MAX_FORM_PARTS=20,
        PROPAGATE_EXCEPTIONS=False,
        TRAP_HTTP_EXCEPTIONS=False,
    )
    app.url_map.strict_slashes = True
    app.url_map.merge_slashes = False
    app.url_map.converters["int"] = Number
    metrics = Metrics()
    app.extensions["motcua"] = Api(runtime, render_form, Limits(runtime.settings), metrics)
    register_logs(app, metrics)
    app.before_request(_check_address)
    register_security(app)
    problems.register_problems(app)
    _register_resources(app)
    app.register_blueprint(operating.operating)
    if hops := runtime.settings.proxy_hops:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    return app


def _check_address() -> Response | None:
    door.check_address(request)
    return None


class _Documented(Documentation):  # type: ignore[misc]
    """Gathers the OpenAPI document; errors are answered by ``api.problems``, and the document by its own page."""

    ERROR_SCHEMA = shapes.Problem

    def _register_error_handlers(self) -> None:
        return None


def _register_resources(app: Flask) -> None:
    app.config.update(
        API_TITLE="Một Cửa",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
    )
    gathered = _Documented(app)
    gathered.ma_plugin.converter.add_attribute_function(documented)
    register_documentation(app, gathered.spec)
    for resource in RESOURCES:
        gathered.register_blueprint(resource, url_prefix=PREFIX)
