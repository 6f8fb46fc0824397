"""Until which journal entry each side has read the messages of a dossier. The messages themselves are journal entries.

What a message says is in the entry's private part, so that erasing a person's data erases it too.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    ForeignKey,
    Integer,
    String,
    Table,
    and_,
    insert,
    select,
    update,
)

from engine.store.dossier_parts import journal_entries_of
from engine.store.rows import ReadableEntry
from engine.store.sql.schema import BigId, Moment, metadata

SENT, WRITTEN = "send_message", "write_message"
"""The acts of a message by staff, and of one by the applicant."""

message_reads = Table(
    "message_reads",
    metadata,
    Column("dossier_id", BigId, ForeignKey("dossiers.id"), primary_key=True, autoincrement=False),
    Column("side", String(10), primary_key=True),
    Column("number", Integer, nullable=False),  # of the last journal entry that was read
    Column("at", Moment, nullable=False),
    CheckConstraint("side IN ('office', 'applicant')", name="side"),
)


def messages_of(connection: Connection, dossier_id: int) -> Sequence[ReadableEntry]:
    """The messages of a dossier, oldest first."""
    return journal_entries_of(connection, dossier_id, (SENT, WRITTEN))


def read_until(connection: Connection, dossier_id: int) -> dict[str, tuple[int, dt.datetime]]:
    """By side, the last entry that was read, and when."""
    rows = connection.execute(select(message_reads).where(message_reads.c.dossier_id == dossier_id))
    return {row.side: (row.number, row.at) for row in rows}


def note_read(connection: Connection, dossier_id: int, side: str, number: int, at: dt.datetime) -> None:
    """A side has read the messages up to an entry. The caller holds the dossier's row."""
    mine = and_(message_reads.c.dossier_id == dossier_id, message_reads.c.side == side)
    known = connection.execute(select(message_reads.c.number).where(mine)).scalar_one_or_none()
    if known is None:
        row = {"dossier_id": dossier_id, "side": side, "number": number, "at": at}
        connection.execute(insert(message_reads), row)
    elif known < number:
        connection.execute(update(message_reads).where(mine).values(number=number, at=at))
