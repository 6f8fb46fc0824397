"""Writes the journal of staff: one entry for each act on people, memberships, substitutes, tokens and flags."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import insert

from engine.rules.journal.staff_entries import Change, staff_entry
from engine.store.staff_journal import last_entry, lock_staff, staff_journal
from engine.transaction import UnitOfWork

LONGEST_REASON = 1000


def record_staff(unit: UnitOfWork, act: str, subject: int | None, changes: Iterable[Change], reason: str = "") -> None:
    """Appends an entry in the act's own transaction: who, when, what and why.

    ``subject`` is the id of the person concerned. The actor ``system`` is told by the name of its operator.
    """
    connection = unit.begin()
    lock_staff(connection)
    number, previous = last_entry(connection)
    operator = unit.actor.name if unit.actor.kind == "system" and unit.actor.name != "system" else None
    made = staff_entry(
        number=number + 1,
        previous=previous,
        at=unit.now,
        act=act,
        actor=unit.actor.label,
        operator=operator,
        subject=subject,
        changes=changes,
        reason=reason.strip()[:LONGEST_REASON],
    )
    row = {"number": made.number, "at": unit.now, "act": act, "actor": unit.actor.label, "subject": subject}
    connection.execute(insert(staff_journal), row | {"body": made.body, "hash": made.hash})
