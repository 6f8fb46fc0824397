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


def ended_last(
    connection: Connection, wanted: Sequence[ColumnElement[bool]], most: int
) -> list[tuple[int, dt.datetime]]:
    """Id and end of the ``most`` dossiers that ended last of those that meet every condition, the newest first."""
    row = dossiers.c
    ended = select(row.id, row.finished_at).where(*wanted).order_by(row.finished_at.desc(), row.id.desc()).limit(most)
    return [(one.id, one.finished_at) for one in connection.execute(ended)]


def histories_of(connection: Connection, ids: Sequence[int]) -> Iterator[History]:
    """These dossiers with their journals, by id."""
    ordered = sorted(ids)
    for start in range(0, len(ordered), PAGE):
        yield from history_page(connection, [dossiers.c.id.in_(ordered[start : start + PAGE])], 0)


def history_page(connection: Connection, wanted: Sequence[ColumnElement[bool]], after: int) -> list[History]:
    """The first ``PAGE`` of these dossiers with an id above ``after``."""
    columns: tuple[Any, ...] = tuple(dossiers.c[name] for name in DossierHead._fields)
    statement = select(*columns).where(dossiers.c.id > after, *wanted).order_by(dossiers.c.id).limit(PAGE)
    heads = [DossierHead(*row) for row in connection.execute(statement)]
    entries = journals(connection, [one.id for one in heads])
    return [History(head, entries[head.id]) for head in heads]
