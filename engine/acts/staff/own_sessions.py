"""What people do with their own sessions, password and preferences."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import and_, select, update

from engine.acts.staff.record import record_staff
from engine.errors import NotFound, wrong
from engine.rules.journal.staff_entries import TOKEN_ID, Change
from engine.store.page_sessions import mark_proven, page_sessions, preferences, touch
from engine.store.people import people, tokens
from engine.store.sql.put import put
from engine.store.staff_journal import token_change
from engine.transaction import UnitOfWork


def end_session(unit: UnitOfWork, person: int, name: str) -> str:
    """Ends one session of a person, named by the beginning of its hash; returns the whole hash. Raises NotFound."""
    named = and_(tokens.c.person_id == person, tokens.c.revoked_at.is_(None), tokens.c.hash.startswith(name))
    found = unit.begin().execute(select(tokens.c.hash).where(named)).scalars().all()
    if len(name) != TOKEN_ID or not name.isalnum() or len(found) != 1:
        raise NotFound(what=f"session {name}")
    record_staff(unit, "sign-out", person, _revoked(unit, found))
    return str(found[0])


def end_sessions(unit: UnitOfWork, person: int, kept: str | None = None) -> int:
    """Ends every session of a person but ``kept``; tokens for programs stay. Returns how many."""
    ended = end_others(unit, person, kept)
    if ended:
        record_staff(unit, "sign-out-everywhere", person, ended)
    return len(ended)


def end_others(unit: UnitOfWork, person: int, kept: str | None) -> list[Change]:
    """Ends every session of a person but ``kept``; gives the changes to whoever records them."""
    valid = and_(tokens.c.person_id == person, tokens.c.revoked_at.is_(None), tokens.c.kind == "session")
    found = unit.begin().execute(select(tokens.c.hash).where(valid, tokens.c.hash != (kept or ""))).scalars().all()
    return _revoked(unit, found)


def keep_seen(unit: UnitOfWork, session: str) -> None:
    """Keeps that a session was used now."""
    touch(unit.begin(), session, unit.now)


def keep_proven(unit: UnitOfWork, session: str) -> None:
    """Keeps that the person of a session has just proven who they are."""
    mark_proven(unit.begin(), session, unit.now)


def prefer(unit: UnitOfWork, person: int, *, keys_off: bool, language: str) -> None:
    """Keeps a person's language, also for notices, and whether single keys do nothing."""
    if language not in ("vi", "en"):
        raise wrong("language", "vi hoặc en", "vi or en")
    switch_keys(unit, person, off=keys_off)
    # Any UPDATE of people, also of no row, makes PostgreSQL count a change of staff: every remembered actor is void.
    other = select(people.c.id).where(people.c.id == person, people.c.language != language).with_for_update()
    if unit.begin().execute(other).first() is not None:
        unit.begin().execute(update(people).where(people.c.id == person).values(language=language))
        record_staff(unit, "set-language", person, [])


def switch_keys(unit: UnitOfWork, person: int, *, off: bool) -> None:
    """Keeps whether single keys do nothing for a person (WCAG 2.1.4)."""
    put(unit.begin(), preferences, {"person_id": person, "keys_off": int(off)})


def _revoked(unit: UnitOfWork, hashes: Iterable[str]) -> list[Change]:
    """Revokes sessions, and removes what pages keep of them; the caller records the changes."""
    ended = sorted(hashes)
    unit.begin().execute(update(tokens).where(tokens.c.hash.in_(ended)).values(revoked_at=unit.now))
    unit.begin().execute(page_sessions.delete().where(page_sessions.c.hash.in_(ended)))
    return [token_change(one, revoked=unit.now) for one in ended]
