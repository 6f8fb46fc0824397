"""Reads whole histories: the rows of many dossiers with their journals, page by page, in order of their ids.

Each page is a statement of its own, so a reading of millions holds neither memory nor a lock.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, select

from engine.store.dossiers import dossiers
from engine.store.statistics import journals

PAGE = 500
"""Dossiers that are read at a time."""


class DossierHead(NamedTuple):
    """What a history needs of a dossier's row; no personal data."""

    id: int
    code: str
    procedure: str
    release: str
    channel: str
    province: str
    applicant_kind: str
    intake_office: str
    handler_office: str
    filed_at: dt.datetime
    received_at: dt.datetime | None
    finished_at: dt.datetime | None
    promised_at: dt.datetime | None
    parent_id: int | None


class History(NamedTuple):
    """A dossier, and the bodies of its journal entries in order."""

    head: DossierHead
    entries: Sequence[dict[str, Any]]


def histories(connection: Connection, wanted: Sequence[ColumnElement[bool]]) -> Iterator[History]:
    """The dossiers that meet every condition with their journals, by id."""
    after: int | None = 0
    while after is not None:
        page = history_page(connection, wanted, after)
        yield from page
        after = page[-1].head.id if len(page) == PAGE else None


def last_left_out(
    connection: Connection, wanted: Sequence[ColumnElement[bool]], most: int
) -> tuple[dt.datetime, int] | None:
    """End and id of the dossier after which only ``most`` ended of those that meet every condition; None where there
    are no more than these in all."""
    place = (dossiers.c.finished_at, dossiers.c.id)
    ended = select(*place).where(*wanted).order_by(*(column.desc() for column in place)).offset(most).limit(1)
    row = connection.execute(ended).first()
    return (row.finished_at, row.id) if row else None


def history_page(connection: Connection, wanted: Sequence[ColumnElement[bool]], after: int) -> list[History]:
    """The first ``PAGE`` of these dossiers with an id above ``after``."""
    columns: tuple[Any, ...] = tuple(dossiers.c[name] for name in DossierHead._fields)
    statement = select(*columns).where(dossiers.c.id > after, *wanted).order_by(dossiers.c.id).limit(PAGE)
    heads = [DossierHead(*row) for row in connection.execute(statement)]
    entries = journals(connection, [one.id for one in heads])
    return [History(head, entries[head.id]) for head in heads]
