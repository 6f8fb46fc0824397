"""The act that ends sessions of pages which nobody uses, and forgets what is kept of those that are over."""

from __future__ import annotations

from sqlalchemy import delete, or_, select, update

from engine.acts.staff.record import record_staff
from engine.store.page_sessions import page_sessions
from engine.store.people import tokens
from engine.store.staff_journal import token_change
from engine.transaction import UnitOfWork

MOST = 500


def end_idle_sessions(unit: UnitOfWork) -> int:
    """Revokes the idle sessions, and removes the state of all that are over; their tokens stay as evidence."""
    idle_before = unit.now - unit.runtime.settings.sessions.idle
    over = or_(page_sessions.c.seen_at < idle_before, tokens.c.revoked_at.is_not(None), tokens.c.expires_at <= unit.now)
    found = select(tokens.c.hash, tokens.c.revoked_at).join(page_sessions, page_sessions.c.hash == tokens.c.hash)
    ended = unit.begin().execute(found.where(over).order_by(tokens.c.hash).limit(MOST)).all()
    unit.begin().execute(delete(page_sessions).where(page_sessions.c.hash.in_([one.hash for one in ended])))
    idle = [one.hash for one in ended if one.revoked_at is None]
    if idle:
        unit.begin().execute(update(tokens).where(tokens.c.hash.in_(idle)).values(revoked_at=unit.now))
        record_staff(unit, "end-idle-sessions", None, [token_change(one, revoked=unit.now) for one in idle])
    return len(ended)
