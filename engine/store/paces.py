"""The table ``paces``: within how many working days nine of ten dossiers of a procedure were ready at a centre.

The job ``count_paces`` counts it anew from the finished dossiers; nothing else writes it, so it may be emptied.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Column, Connection, Date, Integer, String, Table, bindparam, delete, select

from engine.rules.dossier_row import PauseData
from engine.rules.procedure.portal_status import PortalStatus
from engine.store.dossiers import dossiers
from engine.store.installation import keep
from engine.store.sql.put import put
from engine.store.sql.question import PreparedSelect
from engine.store.sql.schema import metadata

paces = Table(
    "paces",
    metadata,
    Column("procedure", String(20), primary_key=True),
    Column("office", String(40), primary_key=True),  # the centre that received them
    Column("dossiers", Integer, nullable=False),
    Column("days", Integer, nullable=False),  # nine of ten were ready within so many working days
    Column("until", Date, nullable=False),  # the last day of the twelve months that were counted
)

COUNTED = "paces-counted-until"
"""What the installation calls the last day that was counted (``engine.store.installation``)."""
_AT_ONCE = 2_000  # rows in memory
READY = (PortalStatus.READY.value, PortalStatus.RETURNED.value)


class Pace(NamedTuple):
    """A row of ``paces``."""

    procedure: str
    office: str
    dossiers: int
    days: int
    until: dt.date


class FinishedTime(NamedTuple):
    """What counts of a finished dossier: its kind, who received and who handled it, and its moments."""

    procedure: str
    release: str
    intake_office: str
    handler_office: str
    started_at: dt.datetime
    finished_at: dt.datetime
    pauses: Sequence[PauseData]


def pace_of(connection: Connection, procedure: str, office: str) -> Pace | None:
    """The pace of a procedure at a centre; None where it is not known."""
    found = _PACE.fetch(connection, {"procedure": procedure, "office": office})
    return Pace(*found[0]) if found else None


def finished_times(connection: Connection, start: dt.datetime, end: dt.datetime) -> Iterator[FinishedTime]:
    """The dossiers that were brought to a result in [start, end) and whose clock had started."""
    columns: tuple[Any, ...] = tuple(dossiers.c[name] for name in FinishedTime._fields)
    ended = (dossiers.c.finished_at >= start, dossiers.c.finished_at < end, dossiers.c.portal.in_(READY))
    statement = select(dossiers.c.id, *columns).where(*ended, dossiers.c.started_at.is_not(None))
    statement, after = statement.order_by(dossiers.c.id).limit(_AT_ONCE), 0
    while found := connection.execute(statement.where(dossiers.c.id > after)).all():
        after = found[-1].id
        yield from (FinishedTime(*row[1:]) for row in found)


def replace_paces(connection: Connection, rows: Sequence[Pace], until: dt.date) -> None:
    """Replaces the paces by those counted up to ``until``, row by row, so that two that count at once agree."""
    for row in rows:
        put(connection, paces, row._asdict())
    connection.execute(delete(paces).where(paces.c.until < until))
    keep(connection, COUNTED, until.isoformat(), instead=True)


_PACE = PreparedSelect(
    select(*(paces.c[name] for name in Pace._fields)).where(
        paces.c.procedure == bindparam("procedure"), paces.c.office == bindparam("office")
    )
)
