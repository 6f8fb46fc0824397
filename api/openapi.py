"""Serves the OpenAPI document and Swagger UI, whose files come from this server (strict content security policy)."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import orjson
from apispec import APISpec
from flask import Flask, Response, abort, redirect
from werkzeug.wrappers import Response as AnyResponse

from api import shapes
from api.openapi_links import add_links
from api.openapi_words import add_words, drop_unused
from api.path_parameters import add_patterns
from server.internal import is_internal

PUBLIC = "public, max-age=300"
ASSETS = {
    "swagger-ui.css": "text/css",
    "swagger-ui-bundle.js": "text/javascript",
    "favicon-32x32.png": "image/png",
}
DESCRIPTION = """Receives, routes and processes administrative dossiers.

Staff sign in with `POST /sessions` and send `Authorization: Bearer <token>`. Citizens hold a link. Every change of a
dossier names the version it was decided on (`If-Match`, from the `ETag` of what was read); requests that make
something new carry an `Idempotency-Key`. Refusals are problem details (RFC 9457) with a stable `code` and a sentence in
Vietnamese and English."""

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Một Cửa: API</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/docs/swagger-ui.css"><link rel="icon" href="/docs/favicon-32x32.png">
</head><body><div id="swagger-ui"></div>
<script src="/docs/swagger-ui-bundle.js"></script><script src="/docs/start.js"></script></body></html>
"""
_START = """window.onload = function () {
  SwaggerUIBundle({ url: "/api/v1/openapi.json", dom_id: "#swagger-ui", deepLinking: true, validatorUrl: null,
    docExpansion: "none", persistAuthorization: false, displayRequestDuration: true });
};
"""


def register_start(app: Flask) -> None:
    """Makes ``/`` lead to the documentation, for an application without pages."""

    @app.get("/")
    def start() -> AnyResponse:
        return redirect("/docs" if is_internal() else "/api/v1/openapi.json", 302)


def register_documentation(app: Flask, spec: APISpec, public_url: str) -> None:
    """Adds ``/docs`` and ``/api/v1/openapi.json``. The document is built once, at the first request for it.

    ``public_url`` is where its readers turn to with questions: the installation itself.
    """
    _describe(spec, public_url)
    made: list[bytes] = []

    @app.get("/api/v1/openapi.json")
    def openapi() -> Response:
        if not made:
            made.append(orjson.dumps(document_of(spec)))
        return _public(made[0], "application/json")

    @app.get("/docs")
    def docs() -> Response:
        return _public(_PAGE.encode(), "text/html; charset=utf-8")

    @app.get("/docs/<name>")
    def asset(name: str) -> Response:
        if name == "start.js":
            return _public(_START.encode(), "text/javascript")
        if name not in ASSETS:
            abort(404)
        return _public((files("flask_swagger_ui") / "dist" / name).read_bytes(), ASSETS[name])


def document_of(spec: APISpec) -> dict[str, Any]:
    """The OpenAPI document as plain data."""
    document: dict[str, Any] = orjson.loads(orjson.dumps(spec.to_dict()))
    add_patterns(document)
    add_links(document)
    add_words(document)
    drop_unused(document)
    return document


def _describe(spec: APISpec, public_url: str) -> None:
    spec.options["info"] = {
        "description": DESCRIPTION,
        "contact": {"name": "The office that runs this installation", "url": public_url},
        "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
    }
    spec.options["servers"] = [{"url": "/"}]
    spec.components.security_scheme("bearer", {"type": "http", "scheme": "bearer"})
    spec.components.response(
        "Problem",
        {
            "description": "Refused; `code` says why (GET /api/v1/problems lists all codes).",
            "content": {"application/problem+json": {"schema": shapes.Problem}},
        },
    )


def _public(body: bytes, media: str) -> Response:
    return Response(body, headers={"Content-Type": media, "Cache-Control": PUBLIC})
