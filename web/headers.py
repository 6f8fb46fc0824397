"""Security headers of pages: nothing inline, nothing from another host, no script that writes markup by itself."""

from __future__ import annotations

from flask import Response, g, request

REPORTS_TO = "/bao-cao-chinh-sach"
"""Where browsers report what a page asked for against its policy (``web.policy_reports``)."""
_COMMON = (
    "default-src 'none'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; require-trusted-types-for 'script'; "
    f"report-uri {REPORTS_TO}; "
)
CITIZEN = _COMMON + "script-src 'none'; trusted-types 'none'"
DESK = _COMMON + "script-src 'self'; trusted-types desk"
_HEADERS = (
    # Without a referrer a browser also hides the origin of a post, by which posts of other sites are told apart.
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    (
        "Permissions-Policy",
        "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=(), clipboard-read=()",
    ),
)


def protect(response: Response) -> Response:
    """Adds the headers that a page's response does not set itself."""
    headers = response.headers
    headers.setdefault("Content-Security-Policy", CITIZEN if g.get("audience") == "citizen" else DESK)
    for name, value in _HEADERS:
        headers.setdefault(name, value)
    if request.is_secure:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    headers.setdefault("Cache-Control", "no-store")
    return response
