"""Allocation of the numbers of printed forms, and of a dossier's line in the register of its year."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from sqlalchemy import Column, Connection, Integer, String, Table, and_, func, select, text

from engine.store.dossiers import dossiers
from engine.store.sql.schema import metadata

form_counters = Table(
    "form_counters",
    metadata,
    Column("office", String(40), primary_key=True),
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("form", String(2), primary_key=True),
    Column("last", Integer, nullable=False),
)
"""The last number of a form that an office issued in a year. It rises inside the issue's transaction: no gaps."""


def take_form_number(connection: Connection, office: str, year: int, form: str) -> int:
    """The next number of a form of an office in a year, from 1. The counter stays locked until the transaction ends."""
    values = {"office": office, "year": year, "form": form}
    return int(connection.execute(_NEXT, values).scalar_one())


def register_lines(
    connection: Connection, office: str, start: dt.datetime, end: dt.datetime, ids: Collection[int]
) -> dict[int, int]:
    """The lines of these dossiers among all that ``office`` received in [start, end), from 1, by row id.

    Lines are in order of reception; of two dossiers received at one moment the older one comes first.
    """
    order = func.row_number().over(order_by=(dossiers.c.received_at, dossiers.c.id))
    mine = and_(dossiers.c.intake_office == office, dossiers.c.received_at >= start, dossiers.c.received_at < end)
    book = select(dossiers.c.id, order.label("line")).where(mine).subquery()
    found = connection.execute(select(book.c.id, book.c.line).where(book.c.id.in_(sorted(ids))))
    return {row.id: row.line for row in found}


_NEXT = text(
    "INSERT INTO form_counters (office, year, form, last) VALUES (:office, :year, :form, 1) "
    "ON CONFLICT (office, year, form) DO UPDATE SET last = form_counters.last + 1 RETURNING last"
)
