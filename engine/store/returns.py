"""Reads of the dossiers whose result is ready and waits to be collected, longest waiting first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, NamedTuple, cast

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from engine.rules.procedure.portal_status import PortalStatus
from engine.store.dossiers import dossiers
from engine.store.parties import parties


class ReadyRow(NamedTuple):
    """A dossier whose result is ready, with the nonce behind its receipt code."""

    id: int
    code: str
    finished_at: dt.datetime
    link_nonce: str


_READY: tuple[Any, ...] = (dossiers.c.id, dossiers.c.code, dossiers.c.finished_at, dossiers.c.link_nonce)


def ready_results(
    connection: Connection,
    visible: ColumnElement[bool],
    offices: Sequence[str],
    *,
    since: dt.datetime | None = None,
    after: tuple[dt.datetime, int] | None = None,
    limit: int,
) -> list[ReadyRow]:
    """The visible dossiers that these offices must return; with ``since`` those that were ready before it."""
    at, number = dossiers.c.finished_at, dossiers.c.id
    wanted = [_ready(offices), visible]
    wanted += [at < since] if since is not None else []
    wanted += [or_(at > after[0], and_(at == after[0], number > after[1]))] if after is not None else []
    found = connection.execute(select(*_READY).where(*wanted).order_by(at, number).limit(limit)).all()
    return [ReadyRow(*row) for row in cast(Sequence[Any], found)]


def count_ready(
    connection: Connection, visible: ColumnElement[bool], offices: Sequence[str], since: dt.datetime
) -> tuple[int, int]:
    """How many results wait, and how many of them were ready before ``since``."""
    long = func.count().filter(dossiers.c.finished_at < since)
    row = connection.execute(select(func.count(), long).select_from(dossiers).where(_ready(offices), visible)).one()
    return int(row[0]), int(row[1])


def people_of(connection: Connection, ids: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    """The people beside the applicants of these dossiers who were not erased, oldest first."""
    named = select(parties).where(parties.c.dossier_id.in_(list(ids)), parties.c.erased_at.is_(None))
    found: dict[int, list[dict[str, Any]]] = {one: [] for one in ids}
    for row in connection.execute(named.order_by(parties.c.id)).mappings():
        found[row["dossier_id"]].append(dict(row))
    return found


def _ready(offices: Sequence[str]) -> ColumnElement[bool]:
    ready = dossiers.c.portal == int(PortalStatus.READY)
    return and_(dossiers.c.holder_office.in_(list(offices)), ready, dossiers.c.finished_at.is_not(None))
