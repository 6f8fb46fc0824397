"""The table of sealed forms: each issue whose PDF is to carry the office's seal, and the file that was sealed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any, NamedTuple, cast

from sqlalchemy import Column, Connection, ForeignKey, Index, Integer, String, Table, Text, and_, exists, select, update
from sqlalchemy import text as sql

from engine.store.dossiers import dossiers
from engine.store.sql.schema import BigId, Moment, metadata

_UNSEALED, _KEPT = sql("why IS NOT NULL"), sql("storage_key IS NOT NULL")

form_seals = Table(
    "form_seals",
    metadata,
    Column("dossier_id", BigId, ForeignKey("dossiers.id"), primary_key=True, autoincrement=False),
    Column("entry", Integer, primary_key=True, autoincrement=False),  # of the journal, which says what the form said
    Column("form", String(2), nullable=False),
    Column("storage_key", String(80)),  # the sealed PDF
    Column("sha256", String(64)),  # of the content in the store of files
    Column("ended_at", Moment),  # when its first file was made, with the seal or without
    Column("why", Text),  # why it went out without the seal
    Index("ix_form_seals_unsealed", "ended_at", sqlite_where=_UNSEALED, postgresql_where=_UNSEALED),
    Index("ix_form_seals_storage_key", "storage_key", sqlite_where=_KEPT, postgresql_where=_KEPT),
)
"""A row is written with the issue, where forms are sealed then; an issue without a row was never to be sealed."""


class FormSeal(NamedTuple):
    """What is known of the seal of one issue; neither ``storage_key`` nor ``why``: no file of it was made yet."""

    entry: int
    form: str
    storage_key: str | None
    sha256: str | None
    ended_at: dt.datetime | None
    why: str | None


_COLUMNS: tuple[Any, ...] = tuple(form_seals.c[name] for name in FormSeal._fields)


def seal_of(connection: Connection, dossier_id: int, entry: int) -> FormSeal | None:
    """The seal of one issue; None where it was not to be sealed."""
    found = select(*_COLUMNS).where(form_seals.c.dossier_id == dossier_id, form_seals.c.entry == entry)
    row = connection.execute(found).one_or_none()
    return FormSeal(*row) if row else None


def seals_of(connection: Connection, dossier_id: int) -> dict[int, FormSeal]:
    """The seals of a dossier's issues, by the number of their entry."""
    rows = connection.execute(select(*_COLUMNS).where(form_seals.c.dossier_id == dossier_id))
    return {row.entry: FormSeal(*row) for row in rows}


def end_seal(connection: Connection, dossier_id: int, entry: int, values: dict[str, Any]) -> bool:
    """Writes how the first file of an issue was made; False where another process was first."""
    mine = and_(form_seals.c.dossier_id == dossier_id, form_seals.c.entry == entry, form_seals.c.ended_at.is_(None))
    return bool(connection.execute(update(form_seals).where(mine).values(values)).rowcount)


def unsealed_forms(connection: Connection, most: int) -> list[tuple[int, int, str, dt.datetime, str]]:
    """Issues that went out without their seal and were not issued again, oldest first.

    Each as the dossier's row id, entry, code, moment, reason.
    """
    later = form_seals.alias()
    again = exists().where(
        later.c.dossier_id == form_seals.c.dossier_id,
        later.c.form == form_seals.c.form,
        later.c.entry > form_seals.c.entry,
    )
    columns: tuple[Any, ...] = (
        form_seals.c.dossier_id,
        form_seals.c.entry,
        dossiers.c.code,
        form_seals.c.ended_at,
        form_seals.c.why,
    )
    found = select(*columns).join(dossiers, dossiers.c.id == form_seals.c.dossier_id)
    rows = connection.execute(found.where(_UNSEALED, ~again).order_by(form_seals.c.ended_at).limit(most))
    return [cast(tuple[int, int, str, dt.datetime, str], tuple(row)) for row in rows]


def seal_again(connection: Connection, keys: Iterable[tuple[Any, ...]]) -> int:
    """Lets the next file of issues that went out without a seal be sealed; returns how many."""
    count = 0
    for dossier_id, entry in keys:
        mine = and_(form_seals.c.dossier_id == dossier_id, form_seals.c.entry == entry, _UNSEALED)
        count += connection.execute(update(form_seals).where(mine).values(why=None, ended_at=None)).rowcount
    return count
