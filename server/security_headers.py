"""Security headers of every response: they keep personal data out of caches and out of other sites' reach."""

from __future__ import annotations

from flask import Flask, Response

from server.context import this_request

DOCUMENTATION = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
NOTHING = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

ALWAYS = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Frame-Options", "DENY"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Content-Security-Policy", NOTHING),
    ("Cache-Control", "no-store"),  # public resources set their own; everything else may be personal
)
"""The headers of a response that does not set them itself."""
ON_DOCUMENTATION = tuple((name, DOCUMENTATION if value == NOTHING else value) for name, value in ALWAYS)


def register_security(app: Flask) -> None:
    @app.after_request
    def protect(response: Response) -> Response:
        headers = response.headers
        said = {name.lower() for name, _ in headers}
        for name, value in ALWAYS if not this_request().path.startswith("/docs") else ON_DOCUMENTATION:
            if name.lower() not in said:
                headers.add(name, value)
        if response.mimetype == "application/problem+json" and "Accept-Language" not in headers.get("Vary", ""):
            headers.add("Vary", "Accept-Language")
        return response
