"""Noting that a notice in the inbox was read, by the person or for the role that it was addressed to."""

from __future__ import annotations

from engine.errors import NotFound
from engine.notices.recipients import inbox_recipients
from engine.store import inbox
from engine.transaction import UnitOfWork


def mark_read(unit: UnitOfWork, number: int) -> None:
    """Notes when the notice with this id was first read. Raises NotFound, also for a notice to somebody else."""
    if not inbox.mark_read(unit.begin(), inbox_recipients(unit.actor, unit.today), number, unit.now):
        raise NotFound(what=f"notice {number}")
