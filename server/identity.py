"""Authentication: resolves the sender of a request to an actor, and verifies that the actor is current.

Every operation and every page declares an ``Access``; a test walks all of them.

Resolving a token to an actor costs a query over memberships and substitutions, so actors are cached by the hash of
their token. A cached actor comes with a claim: the token, and the number of staff changes at that time. An act verifies
the claim with its own first query (docs/adr/0011); everything else calls ``Identity.prove`` first.

Rights within one dossier are decided by the engine (``visible_dossiers`` and the acts), never here.
"""

from __future__ import annotations

import enum
import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import cast

import structlog
from flask import g

from engine.errors import Forbidden, NotFound, Refusal
from engine.rules.procedure.permissions import Actor
from engine.security.citizen_link import link_hash
from engine.store.actors import Claim, actor_by_token, claim_stands
from engine.store.sessions import Keys, dossier_by_link
from engine.transaction import UnitOfWork
from server.context import reading_connection, runtime, served, this_request

MOST_CACHED = 20_000
"""Actors kept in the cache of a process."""
_TOKEN = re.compile(r"[A-Za-z0-9_\-]{20,200}")


class Access(enum.Enum):
    """PUBLIC: anyone. LINK: the holder of a citizen's link. STAFF: a signed-in person. ADMIN: an administrator."""

    PUBLIC = "public"
    LINK = "link"
    STAFF = "staff"
    ADMIN = "admin"


class NotSignedIn(Refusal):
    """The request carries no valid token."""

    code = "not-signed-in"
    status = 401
    vi = "Cần đăng nhập: hãy gửi Authorization: Bearer <mã> còn hiệu lực."
    en = "Sign in first: send Authorization: Bearer <token> with a valid token."


class NoSuchLink(NotFound):
    """The link opens no dossier: it was never issued, is mistyped, or was revoked."""

    code = "no-such-link"
    vi = "Đường dẫn tra cứu không đúng hoặc đã bị thu hồi."
    en = "This link is not valid, or was revoked."


@dataclass(slots=True)
class Identity:
    """The sender of a request. ``claimed`` is the cached actor, which may be stale; ``prove`` gives the current one."""

    claimed: Actor
    claim: Claim | None = None
    """The evidence behind a cached ``claimed``; None once it is verified. Only this package reads it."""
    token: str | None = None
    """The hash of the bearer token; None for a citizen."""
    dossier: str | None = None
    """The code of the dossier that the citizen's link opens."""

    def prove(self) -> Actor:
        """The current actor: a cached one is verified against the database first. Raises NotSignedIn."""
        if self.claim is not None:
            with reading_connection() as connection:
                stands = claim_stands(connection, self.claim, runtime().now())
            if not stands:
                return self.refresh()
            self.claim = None
        return self.claimed

    def refresh(self) -> Actor:
        """Resolves the token again, and caches the actor for the next request.

        Raises NotSignedIn; a claim that did not stand is kept, so that nothing later takes the cached actor as proven.
        """
        cache = served().identities
        if self.token is None:
            raise NotSignedIn()
        with reading_connection() as connection:
            found = actor_by_token(connection, self.token, runtime().now())
        if found is None:
            cache.pop(self.token, None)
            raise NotSignedIn()
        if len(cache) >= MOST_CACHED:
            cache.clear()
        cache[self.token] = found
        self.claimed, self.claim = found[0], None
        return self.claimed


def identify(access: Access, link: str | None) -> None:
    """Resolves the sender as ``access`` requires, and keeps the identity for the rest of the request.

    ``link`` is the token of a citizen's link, from the address. Raises NotSignedIn, NoSuchLink, Forbidden.
    """
    if access is Access.PUBLIC:
        return
    _keep(_citizen(link or "") if access is Access.LINK else _person(access, bearer_hash()))


def identity() -> Identity:
    """The sender of the request. Only in operations and pages that are not public."""
    return cast(Identity, g.identity)


def actor() -> Actor:
    """The sender as a verified actor. It may take a connection, so acts use the actor of their unit of work instead.

    Raises NotSignedIn.
    """
    return identity().prove()


def dossier_code() -> str:
    """The code of the dossier that the citizen's link opens. Only behind ``Access.LINK``."""
    return cast(str, identity().dossier)


@contextmanager
def reading(as_actor: Actor | None = None) -> Iterator[UnitOfWork]:
    """A read-only unit of work for queries, as the sender or as ``as_actor``."""
    running = runtime()
    # Resolved before the connection is taken: waiting for a second connection while holding the first can deadlock.
    who = as_actor if as_actor is not None else actor()
    with reading_connection() as connection:
        yield UnitOfWork(running, connection, who, running.now(), begun=False, read_only=True)


def bearer_hash() -> str | None:
    """SHA-256 of the bearer token in hex, as it is stored; None without a token, or when it has not a token's form."""
    scheme, _, token = this_request().headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not _TOKEN.fullmatch(token.strip()):
        return None
    return hashlib.sha256(token.strip().encode()).hexdigest()


def identify_session(access: Access, token: str | None, proven_at: int | None = None) -> None:
    """Resolves the member of staff behind a page's session, by the hash of its token. Raises NotSignedIn, Forbidden.

    ``proven_at`` is the number of changes to staff that was just read together with a valid token: a cached actor of
    this number needs no other proof. None where an act will verify the claim.
    """
    who = _person(access, token)
    if who.claim is not None and who.claim.changes == proven_at:
        who.claim = None
    _keep(who)


def identify_applicant(keys: Keys) -> None:
    """Keeps the applicant of a dossier, whose keys the cookie of a page has proven."""
    _keep(Identity(Actor("citizen", "citizen", dossier_id=keys.id), dossier=keys.code))


def _keep(who: Identity) -> None:
    g.identity = who
    structlog.contextvars.bind_contextvars(actor=who.claimed.label)


def _person(access: Access, token: str | None) -> Identity:
    if access is Access.STAFF and (cached := served().identities.get(token or "")):
        return Identity(*cached, token=token)
    who = Identity(_UNKNOWN, token=token)
    if not who.refresh().admin and access is Access.ADMIN:
        raise Forbidden(why_vi="chỉ dành cho người quản trị", why_en="administrators only")
    return who


def _citizen(link: str) -> Identity:
    if not _TOKEN.fullmatch(link):
        raise NoSuchLink()
    with served().limits.guessing_links(NoSuchLink):
        with reading_connection() as connection:
            found = dossier_by_link(connection, link_hash(link))
        if found is None:
            raise NoSuchLink()
    return Identity(Actor("citizen", "citizen", dossier_id=found.id), dossier=found.code)


_UNKNOWN = Actor("staff", "")
