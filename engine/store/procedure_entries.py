"""The table of the catalogue of procedures: from which day on each is processed where, and how it was published.

Rows are only added: the last one made for a day says what holds, and the earlier ones what was said before.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import CheckConstraint, Column, Connection, Date, ForeignKey, Index, Integer, String, Table, select

from engine.store.people import people
from engine.store.sql.schema import BigId, Moment, metadata

procedure_entries = Table(
    "procedure_entries",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("procedure", String(20), nullable=False),
    Column("version", Integer),  # None: whatever the version
    Column("since", Date, nullable=False),  # the first day on which this holds
    Column("processed", String(12), nullable=False),
    Column("system", String(200)),  # the name of the other system
    Column("online", String(8), nullable=False),
    Column("decision", String(200), nullable=False),  # the number of the decision that publishes the procedure
    Column("decided_on", Date, nullable=False),
    Column("listed_on", Date),  # the day on which it stood in the national database
    Column("made_at", Moment, nullable=False),
    Column("made_by", BigId, ForeignKey("people.id"), nullable=False),
    CheckConstraint("processed IN ('here', 'ministry', 'specialised')", name="processed"),
    CheckConstraint("online IN ('no', 'partial', 'full')", name="online"),
    Index("ix_procedure_entries_procedure", "procedure", "since"),
    sqlite_autoincrement=True,
)


class EntryRow(NamedTuple):
    """A row of ``procedure_entries``, with the name of who made it."""

    procedure: str
    version: int | None
    since: dt.date
    processed: str
    system: str | None
    online: str
    decision: str
    decided_on: dt.date
    listed_on: dt.date | None
    made_at: dt.datetime
    made_by: str


def entry_rows(connection: Connection, procedure: str | None = None) -> Sequence[EntryRow]:
    """The entries in the order in which they hold: by first day, and of one day as they were made."""
    names = [name for name in EntryRow._fields if name != "made_by"]
    joined = procedure_entries.join(people, people.c.id == procedure_entries.c.made_by)
    wanted = select(*(procedure_entries.c[name] for name in names), people.c.name).select_from(joined)
    if procedure is not None:
        wanted = wanted.where(procedure_entries.c.procedure == procedure)
    ordered = wanted.order_by(procedure_entries.c.since, procedure_entries.c.id)
    return [EntryRow._make(row) for row in connection.execute(ordered)]
