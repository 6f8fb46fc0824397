"""Headers that every answer carries, and that keep what is personal out of caches and other sites' reach."""

from __future__ import annotations

from flask import Flask, Response, request

DOCUMENTATION = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
NOTHING = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"


def register_security(app: Flask) -> None:
    @app.after_request
    def protect(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("Referrer-Policy", "no-referrer")
        headers.setdefault("X-Frame-Options", "DENY")
        headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        headers.setdefault("Content-Security-Policy", DOCUMENTATION if request.path.startswith("/docs") else NOTHING)
        # What is public says so itself; everything else may be personal.
        headers.setdefault("Cache-Control", "no-store")
        if "Accept-Language" not in headers.get("Vary", "") and response.mimetype == "application/problem+json":
            headers.add("Vary", "Accept-Language")
        return response
