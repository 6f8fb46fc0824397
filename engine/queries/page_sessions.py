"""The sessions of a member of staff as their own page lists them, their second factor, and what they prefer."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import Connection, and_, select

from engine.rules.journal.staff_entries import token_id
from engine.rules.procedure.permissions import LEADER, Actor
from engine.store import page_sessions as store
from engine.store.page_sessions import SessionState, page_sessions, provider_subjects
from engine.store.people import people, tokens
from engine.store.second_factors import factor_since, unused_recovery_codes
from engine.transaction import UnitOfWork

__all__ = ["SessionState", "session_state"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionLine:
    """A session or a token of one's own. ``device`` is the browser's User-Agent; ``seen_at`` is None for programs."""

    id: str
    kind: str
    purpose: str | None
    device: str
    way: str | None
    created_at: dt.datetime
    seen_at: dt.datetime | None
    expires_at: dt.datetime
    this: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountView:
    """One's own account: what signing in rests on, and the preferences."""

    username: str
    name: str
    language: str
    has_password: bool
    factor_since: dt.datetime | None
    recovery_codes: int
    providers: tuple[str, ...]
    sessions: tuple[SessionLine, ...]


def session_state(connection: Connection, hashed: str, now: dt.datetime) -> SessionState | None:
    """What each request of a session reads; None for one that was never opened or is over."""
    return store.session_state(connection, hashed, now)


def account_of(unit: UnitOfWork, person: int, session: str | None) -> AccountView:
    """The account of ``person``, who asks from the session with this hash."""
    found = unit.reader().execute(select(people).where(people.c.id == person)).one()
    since = factor_since(unit.reader(), person)
    bound = select(provider_subjects.c.issuer).where(provider_subjects.c.person_id == person)
    return AccountView(
        username=found.username,
        name=found.name,
        language=found.language,
        has_password=found.password is not None,
        factor_since=since,
        recovery_codes=unused_recovery_codes(unit.reader(), person) if since else 0,
        providers=tuple(unit.reader().execute(bound.order_by(provider_subjects.c.issuer)).scalars()),
        sessions=_sessions(unit, person, session),
    )


def must_have_factor(actor: Actor, on: dt.date) -> bool:
    """Whether this person leads or administers, themselves or as a deputy: one factor is too little for that."""
    lent = (one for deputy in actor.substitutions if deputy.valid(on) for one in deputy.memberships)
    return actor.admin or any(one.role == LEADER and one.valid(on) for one in (*actor.memberships, *lent))


def _sessions(unit: UnitOfWork, person: int, session: str | None) -> tuple[SessionLine, ...]:
    valid = and_(tokens.c.person_id == person, tokens.c.revoked_at.is_(None), tokens.c.expires_at > unit.now)
    columns = (tokens, page_sessions.c.seen_at, page_sessions.c.device, page_sessions.c.way)
    found = select(*columns).outerjoin(page_sessions, page_sessions.c.hash == tokens.c.hash).where(valid)
    idle_before = unit.now - unit.runtime.settings.sessions.idle
    return tuple(
        SessionLine(
            id=token_id(one.hash), kind=one.kind or "session", purpose=one.purpose, device=one.device or "",
            way=one.way, created_at=one.created_at, seen_at=one.seen_at, expires_at=one.expires_at,
            this=one.hash == session,
        )
        for one in unit.reader().execute(found.order_by(tokens.c.created_at.desc(), tokens.c.hash))
        if one.seen_at is None or one.seen_at >= idle_before
    )  # fmt: skip
