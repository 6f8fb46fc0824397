"""Revoking what was given to a person: tokens and sessions, one or all, and substitutions before their last day."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import and_, select, update

from engine.acts.staff.people import revoke_all
from engine.acts.staff.record import record_staff
from engine.errors import NotFound, wrong
from engine.rules.journal.staff_entries import TOKEN_ID
from engine.store.people import people, substitutes, tokens
from engine.store.staff_journal import substitute_change, token_change
from engine.transaction import UnitOfWork


def revoke_token(unit: UnitOfWork, person: int, token: str, reason: str = "") -> None:
    """Revokes one session or token of a person; ``token`` is its name, the beginning of its hash. Raises NotFound."""
    named = and_(tokens.c.person_id == person, tokens.c.revoked_at.is_(None), tokens.c.hash.startswith(token))
    found = unit.begin().execute(select(tokens.c.hash).where(named)).scalars().all()
    if len(token) != TOKEN_ID or not token.isalnum() or len(found) != 1:
        raise NotFound(what=f"token {token}")
    unit.begin().execute(update(tokens).where(tokens.c.hash == found[0]).values(revoked_at=unit.now))
    record_staff(unit, "revoke-token", person, [token_change(found[0], revoked=unit.now)], reason)


def revoke_tokens(unit: UnitOfWork, person: int, reason: str = "") -> int:
    """Revokes every session and token of a person; returns how many. Raises NotFound."""
    if unit.begin().execute(select(people.c.id).where(people.c.id == person)).first() is None:
        raise NotFound(what=f"person {person}")
    ended = revoke_all(unit, person)
    if ended:
        record_staff(unit, "revoke-tokens", person, ended, reason)
    return len(ended)


def end_substitute(unit: UnitOfWork, absent: int, deputy: int, end: dt.date, reason: str = "") -> None:
    """Ends the substitutions of ``deputy`` for ``absent`` before their last day; ``end`` is the first day without.

    One that has not begun by then never begins. Raises NotFound, InvalidInput.
    """
    if end < unit.today:
        raise wrong("on", "không được là ngày đã qua", "must not lie in the past")
    pair = and_(substitutes.c.absent_id == absent, substitutes.c.deputy_id == deputy, substitutes.c.valid_to > end)
    found = unit.begin().execute(select(substitutes).where(pair)).all()
    if not found:
        raise NotFound(what=f"substitution {deputy} for {absent}")
    changes = []
    for one in found:
        last = max(end, one.valid_from)
        own = and_(pair, substitutes.c.valid_from == one.valid_from)
        unit.begin().execute(update(substitutes).where(own).values(valid_to=last))
        changes.append(substitute_change(one, last))
    record_staff(unit, "end-substitute", absent, changes, reason)
