"""The act ``mark_read``: records that a notice in the inbox was read by its person, or by one in its role."""

from __future__ import annotations

from engine.errors import NotFound
from engine.notices.recipients import inbox_recipients
from engine.store import inbox
from engine.transaction import UnitOfWork


def mark_read(unit: UnitOfWork, number: int) -> None:
    """Records the moment at which the notice was first read. Raises NotFound, also for another person's notice."""
    if not inbox.mark_read(unit.begin(), inbox_recipients(unit.actor, unit.today), number, unit.now):
        raise NotFound(what=f"notice {number}")
