"""What browsers tell of a page that asked for something that its content policy forbids: a fault of ours, or an attack.

Nobody signs such a report, and it carries no token: it is counted and logged, a few a minute, and changes nothing.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

import structlog
from flask import Flask, Response, request
from limits import parse
from orjson import JSONDecodeError, loads

from server.context import served
from web.headers import REPORTS_TO, protect

log = structlog.get_logger("motcua.pages")
AT_MOST = parse("30 per minute")
"""Reports from one address."""
_LONGEST = 16_000
_DIRECTIVES = re.compile(
    r"(default|script|style|img|connect|font|media|object|frame|child|worker|manifest)-src(-elem|-attr)?"
    r"|form-action|base-uri|frame-ancestors|trusted-types|require-trusted-types-for"
)
_PLAIN = re.compile(r"[^\x21-\x7e]")


def register_policy_reports(app: Flask) -> None:
    app.add_url_rule(REPORTS_TO, "web_policy_report", _take, methods=["POST"])


def _take() -> Response:
    """Count and log a report"""
    request.max_content_length = _LONGEST
    served().limits.hold(AT_MOST, "policy-reports")
    told = _report(request.get_data())
    directive = str(told.get("effective-directive") or told.get("violated-directive") or "").split(" ")[0]
    known = directive if _DIRECTIVES.fullmatch(directive) else "other"
    served().metrics.violations.labels(known).inc()
    page, blocked = _split(told.get("document-uri")), _split(told.get("blocked-uri"))
    # The page's address may name a dossier; what was blocked may be an address with somebody's data in it.
    log.warning("policy-violated", directive=known, page=page[2], blocked=f"{blocked[0]}:{blocked[1]}".strip(":"))
    return protect(Response(status=204))


def _report(body: bytes) -> dict[str, Any]:
    try:
        told = loads(body)
    except JSONDecodeError:
        return {}
    found = told.get("csp-report") if isinstance(told, dict) else None
    return found if isinstance(found, dict) else {}


def _split(address: object) -> tuple[str, str, str]:
    """Scheme, host and path of an address; a word such as ``inline`` is a path, and stands for the scheme too."""
    try:
        parts = urlsplit(_PLAIN.sub("", str(address or ""))[:2_000])
    except ValueError:
        return "", "", ""
    return (parts.scheme or parts.path)[:20], parts.netloc[:100], parts.path[:100]
