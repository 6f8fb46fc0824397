"""Who may call an operation. Every operation declares one of these; a test walks all of them.

What the caller may then see or do with one dossier is decided by the engine (``visible_dossiers`` and the acts), never
here.
"""

from __future__ import annotations

import enum
import hashlib
import re
from functools import partial

import structlog
from flask import g, request

from api.context import api, reading_connection, runtime
from engine.errors import Forbidden, NotFound, Refusal
from engine.rules.procedure.permissions import Actor
from engine.security.citizen_link import link_hash
from engine.store.actors import actor_by_token, claim_stands
from engine.store.sessions import dossier_by_link

MOST_KNOWN = 20_000
"""People remembered by their tokens. A remembered one is a claim only: every act proves it in its own reading."""
_TOKEN = re.compile(r"[A-Za-z0-9_\-]{20,200}")


class Access(enum.Enum):
    """PUBLIC: anyone. LINK: whoever holds the citizen's link. STAFF: a signed-in person. ADMIN: one who administers."""

    PUBLIC = "public"
    LINK = "link"
    STAFF = "staff"
    ADMIN = "admin"


class NotSignedIn(Refusal):
    """No valid token was sent."""

    code = "not-signed-in"
    status = 401
    vi = "Cần đăng nhập: hãy gửi Authorization: Bearer <mã> còn hiệu lực."
    en = "Sign in first: send Authorization: Bearer <token> with a valid token."


class NoSuchLink(NotFound):
    """The link opens no dossier: never given out, mistyped, or revoked."""

    code = "no-such-link"
    vi = "Đường dẫn tra cứu không đúng hoặc đã bị thu hồi."
    en = "This link is not valid, or was revoked."


def establish(access: Access, token: str | None) -> None:
    """Finds out who asks and puts the actor into ``g``. Raises NotSignedIn, NoSuchLink, Forbidden."""
    if access is Access.PUBLIC:
        return
    if access is Access.LINK:
        g.actor = _citizen(token or "")
    elif access is Access.STAFF and (known := api().known.get(bearer_hash() or "")):
        g.actor, g.claim = known
        g.actor_anew = partial(_prove, access)
    else:
        _sign_in(access)
    structlog.contextvars.bind_contextvars(actor=g.actor.label)


def bearer_hash() -> str | None:
    """The stored form of the token that was sent; None when there is none or it cannot be one of ours."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not _TOKEN.fullmatch(token.strip()):
        return None
    return hashlib.sha256(token.strip().encode()).hexdigest()


def _prove(access: Access) -> None:
    """The remembered person, if all on which that rests still stands; else found out anew."""
    with reading_connection() as connection:
        stands = claim_stands(connection, g.claim, runtime().now())
    if stands:
        g.claim = None
    else:
        _sign_in(access)


def _sign_in(access: Access) -> None:
    """Puts the person whose token was sent into ``g``, and remembers them for their next act."""
    g.claim = None
    hashed = bearer_hash()
    if hashed is None:
        raise NotSignedIn()
    with reading_connection() as connection:
        found = actor_by_token(connection, hashed, runtime().now())
    known = api().known
    if found is None:
        known.pop(hashed, None)
        raise NotSignedIn()
    if len(known) >= MOST_KNOWN:
        known.clear()
    known[hashed] = found
    g.actor = found[0]
    if access is Access.ADMIN and not g.actor.admin:
        raise Forbidden(why_vi="chỉ dành cho người quản trị", why_en="administrators only")


def _citizen(token: str) -> Actor:
    if not _TOKEN.fullmatch(token):
        raise NoSuchLink()
    with reading_connection() as connection:
        found = dossier_by_link(connection, link_hash(token))
    if found is None:
        raise NoSuchLink()
    g.dossier_code = found.code
    return Actor("citizen", "citizen", dossier_id=found.id)
