"""The table of the numbers called at the counters: the last one of each office and day."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Column, Connection, Date, Integer, String, Table, bindparam, text

from engine.store.sql.schema import metadata

counter_calls = Table(
    "counter_calls",
    metadata,
    Column("office", String(40), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("called", Integer, nullable=False),
)


def take_next_number(connection: Connection, office: str, day: dt.date) -> int:
    """The next number of an office on a day, from 1. It stays locked until the transaction ends."""
    return int(connection.execute(_NEXT, {"office": office, "day": day}).scalar_one())


_NEXT = text(
    "INSERT INTO counter_calls (office, day, called) VALUES (:office, :day, 1) "
    "ON CONFLICT (office, day) DO UPDATE SET called = counter_calls.called + 1 RETURNING called"
).bindparams(bindparam("day", type_=Date))
