"""The inbox: reading the notices of a member of staff or of a role in an office, and marking them as read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any, cast

from sqlalchemy import ColumnElement, Connection, and_, select, update

from engine.store.dossiers import dossiers
from engine.store.outbox import outbox
from engine.store.rows import InboxRow


def inbox_of(
    connection: Connection,
    recipients: Collection[str],
    visible: ColumnElement[bool],
    *,
    unread: bool = False,
    before: int | None = None,
    limit: int = 50,
) -> Sequence[InboxRow]:
    """The inbox notices of these recipients, newest first; ``before`` is the id of the previous page's last row.

    ``visible`` is the visibility rule for their dossiers; ``unread`` leaves out notices that were read.
    """
    columns: tuple[Any, ...] = (
        outbox.c.id,
        outbox.c.template,
        outbox.c.data,
        outbox.c.created_at,
        outbox.c.read_at,
        dossiers.c.code,
    )
    mine = and_(outbox.c.channel == "inbox", outbox.c.recipient.in_(sorted(recipients)), visible)
    statement = select(*columns).join(dossiers, dossiers.c.id == outbox.c.dossier_id).where(mine)
    if unread:
        statement = statement.where(outbox.c.read_at.is_(None))
    if before is not None:
        statement = statement.where(outbox.c.id < before)
    found = connection.execute(statement.order_by(outbox.c.id.desc()).limit(limit)).all()
    return cast(Sequence[InboxRow], found)


def mark_read(connection: Connection, recipients: Collection[str], number: int, now: dt.datetime) -> bool:
    """Records when a notice was first read; False if these recipients have no such notice."""
    mine = and_(outbox.c.id == number, outbox.c.channel == "inbox", outbox.c.recipient.in_(sorted(recipients)))
    if connection.execute(select(outbox.c.id).where(mine)).first() is None:
        return False
    connection.execute(update(outbox).where(mine, outbox.c.read_at.is_(None)).values(read_at=now))
    return True
