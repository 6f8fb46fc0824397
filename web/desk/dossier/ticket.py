"""Tickets: short permissions to see again what was just opened, so that a reload or a picture is no further look.

A look at personal data is a post, which writes the read log. It leads to an address with a ticket, sealed for the
person, the dossier and the thing that was opened. What the ticket shows still passes the rights of the person.
"""

from __future__ import annotations

import base64
import datetime as dt

import orjson
from flask import request

from engine.security.sealing import seal, unseal
from server.context import runtime
from server.identity import identity

LASTS = dt.timedelta(minutes=10)
_PURPOSE = b"a look that was written down"


def ticket(code: str, what: str) -> str:
    """A ticket for ``what`` of the dossier, for the person who asks."""
    until = (runtime().now() + LASTS).timestamp()
    told = orjson.dumps([identity().claimed.label, code, what, until])
    sealed = seal(runtime().settings.secret_keys[0], told, _PURPOSE)
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def shown(code: str, what: str) -> bool:
    """Whether the request carries a ticket (``?xem=``) for ``what`` of the dossier that still holds."""
    given = request.args.get("xem", "")
    try:
        raw = base64.urlsafe_b64decode(given.encode() + b"=" * (-len(given) % 4))
    except ValueError:
        return False
    plain = unseal(runtime().settings.secret_keys, raw, _PURPOSE)
    if plain is None:
        return False
    who, dossier, thing, until = orjson.loads(plain)
    now = runtime().now().timestamp()
    return (who, dossier, thing) == (identity().claimed.label, code, what) and bool(until > now)
