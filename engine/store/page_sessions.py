"""The tables beside a person's sign-in to the pages: the session's state, second factor, recovery codes, preferences.

A session's own row is that of its token (``engine.store.people``), which is evidence. What changes with every page
stands here, and is removed when the session is over.
"""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    bindparam,
    insert,
    select,
    update,
)

from engine.store.actors import STANDS, Claim, claim_values
from engine.store.people import people, tokens
from engine.store.sql.question import PreparedSelect
from engine.store.sql.schema import BigId, Moment, metadata

page_sessions = Table(
    "page_sessions",
    metadata,
    Column("hash", String(64), ForeignKey("tokens.hash"), primary_key=True),
    Column("seen_at", Moment, nullable=False, index=True),
    Column("proven_at", Moment, nullable=False),  # the last moment at which a password or a code was given
    Column("way", String(10), nullable=False),  # password or provider
    Column("device", Text, nullable=False),  # the browser's User-Agent, shortened
)

second_factors = Table(
    "second_factors",
    metadata,
    Column("person_id", BigId, ForeignKey("people.id"), primary_key=True, autoincrement=False),
    Column("secret", LargeBinary, nullable=False),  # sealed under MOTCUA_SECRET_KEYS
    Column("last_step", BigInteger, nullable=False),  # the 30 seconds of the last code: no code is good twice
    Column("created_at", Moment, nullable=False),
)

recovery_codes = Table(
    "recovery_codes",
    metadata,
    Column("person_id", BigId, ForeignKey("people.id"), primary_key=True, autoincrement=False),
    Column("hash", String(64), primary_key=True),  # SHA-256 of a random code of 80 bits
    Column("used_at", Moment),
)

provider_subjects = Table(
    "provider_subjects",
    metadata,
    Column("issuer", String(200), primary_key=True),
    Column("subject", String(255), primary_key=True),
    Column("person_id", BigId, ForeignKey("people.id"), nullable=False, index=True),
    Column("created_at", Moment, nullable=False),
)
"""Whom an identity provider means by a subject. A subject never changes; an e-mail address may."""

preferences = Table(
    "preferences",
    metadata,
    Column("person_id", BigId, ForeignKey("people.id"), primary_key=True, autoincrement=False),
    Column("keys_off", Integer, nullable=False),
)


class SessionState(NamedTuple):
    """A session of pages as each of its requests reads it. ``changes`` is None when the token opens nothing now."""

    changes: int | None
    hash: str
    person_id: int
    created_at: dt.datetime
    seen_at: dt.datetime
    proven_at: dt.datetime
    way: str
    factor_of: int | None
    keys_off: int | None


_STATE = PreparedSelect(
    select(
        STANDS.label("changes"),
        page_sessions.c.hash,
        tokens.c.person_id,
        tokens.c.created_at,
        page_sessions.c.seen_at,
        page_sessions.c.proven_at,
        page_sessions.c.way,
        second_factors.c.person_id.label("factor_of"),
        preferences.c.keys_off,
    )
    .select_from(page_sessions)
    .join(tokens, tokens.c.hash == page_sessions.c.hash)
    .outerjoin(second_factors, second_factors.c.person_id == tokens.c.person_id)
    .outerjoin(preferences, preferences.c.person_id == tokens.c.person_id)
    .where(page_sessions.c.hash == bindparam("session"))
)
"""One statement for everything that a page must know of its session, with the proof of a cached actor."""


def session_state(connection: Connection, hashed: str, now: dt.datetime) -> SessionState | None:
    """The session with this hash; None if there is none."""
    found = _STATE.fetch(connection, {"session": hashed, **claim_values(Claim(hashed, 0), now)})
    return SessionState(*found[0]) if found else None


def add_page_session(connection: Connection, hashed: str, now: dt.datetime, way: str, device: str) -> None:
    """Stores the state of a session that begins."""
    row = {"hash": hashed, "seen_at": now, "proven_at": now, "way": way, "device": device}
    connection.execute(insert(page_sessions), row)


def touch(connection: Connection, hashed: str, now: dt.datetime) -> None:
    """Keeps that the session was used."""
    later = page_sessions.c.hash == hashed, page_sessions.c.seen_at < now
    connection.execute(update(page_sessions).where(*later).values(seen_at=now))


def mark_proven(connection: Connection, hashed: str, now: dt.datetime) -> None:
    """Keeps that the person has just proven who they are."""
    connection.execute(update(page_sessions).where(page_sessions.c.hash == hashed).values(proven_at=now, seen_at=now))


def person_of_subject(connection: Connection, issuer: str, subject: str) -> int | None:
    """The active person whom a provider means, or None."""
    bound = provider_subjects.c.issuer == issuer, provider_subjects.c.subject == subject
    this = select(provider_subjects.c.person_id).join(people, people.c.id == provider_subjects.c.person_id)
    return connection.execute(this.where(*bound, people.c.active == 1)).scalar_one_or_none()
