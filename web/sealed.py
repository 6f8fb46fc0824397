"""Cookies that the browser keeps and cannot read or change: sealed facts that end after some minutes."""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Mapping

import orjson
from flask import Response, request

from engine.security.sealing import seal, unseal
from server.context import runtime
from web.cookies import end_cookie, set_cookie

LASTS = dt.timedelta(minutes=10)


def keep_sealed(response: Response, name: str, facts: Mapping[str, object]) -> None:
    """Lets the browser keep ``facts`` for ``LASTS``."""
    until = (runtime().now() + LASTS).timestamp()
    sealed = seal(runtime().settings.secret_keys[0], orjson.dumps({**facts, "until": until}), name.encode())
    set_cookie(response, name, base64.urlsafe_b64encode(sealed).decode(), seconds=int(LASTS.total_seconds()))


def sealed_facts(name: str) -> dict[str, str]:
    """What the browser kept; empty when it kept nothing, or too long, or something else."""
    try:
        raw = base64.urlsafe_b64decode(request.cookies.get(name, "").encode())
    except ValueError:
        return {}
    plain = unseal(runtime().settings.secret_keys, raw, name.encode())
    facts = orjson.loads(plain) if plain else {}
    return (
        {key: str(value) for key, value in facts.items()} if facts.get("until", 0) > runtime().now().timestamp() else {}
    )


def forget_sealed(response: Response, name: str) -> None:
    """Removes it from the browser."""
    end_cookie(response, name)
