"""Every published version of every procedure, and where the running dossiers stand by version."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, func, select, union

from engine.store.dossiers import dossiers
from engine.store.releases import releases

LATELY = 10_000
"""Of so many dossiers that ended last the offices are named."""


class PublishedRow(NamedTuple):
    """A row of ``releases`` without its document."""

    digest: str
    procedure: str
    version: int
    start: dt.date
    until: dt.date | None
    name_vi: str
    name_en: str
    published_at: dt.datetime
    publisher: str | None


def published_rows(connection: Connection, procedure: str | None = None) -> Sequence[PublishedRow]:
    """The versions by procedure and number; of one procedure where it is given."""
    wanted = select(*(releases.c[name] for name in PublishedRow._fields))
    if procedure is not None:
        wanted = wanted.where(releases.c.procedure == procedure)
    found = connection.execute(wanted.order_by(releases.c.procedure, releases.c.version))
    return [PublishedRow(*row) for row in found]


def running_by_version(connection: Connection, procedure: str | None = None) -> dict[str, int]:
    """The number of unfinished dossiers by the digest of their version; of one procedure where it is given."""
    counted = select(dossiers.c.release, func.count()).where(dossiers.c.finished_at.is_(None))
    if procedure is not None:
        counted = counted.where(dossiers.c.procedure == procedure)
    return {row[0]: row[1] for row in connection.execute(counted.group_by(dossiers.c.release))}


def handling_offices(connection: Connection, visible: ColumnElement[bool], procedure: str) -> Sequence[str]:
    """The offices that handle running dossiers of a procedure, or handled one of those that ended last, of the dossiers
    which the caller may see."""
    row = dossiers.c
    mine = select(row.handler_office).where(row.procedure == procedure, visible)
    last = mine.where(row.finished_at.is_not(None)).order_by(row.finished_at.desc(), row.id.desc()).limit(LATELY)
    both = union(mine.where(row.finished_at.is_(None)), select(last.subquery().c.handler_office))
    return sorted(connection.execute(both).scalars())
