"""Counts and lists of the dossiers of an indicator: the same conditions give the figure and the dossiers behind it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, Connection, and_, case, func, select

from engine.store.dossiers import dossiers
from engine.store.indicator_rules import Share, Span, timed
from engine.store.releases import releases
from engine.store.sql.seconds import seconds_between

By = Literal["office", "procedure", "province"]
COLUMNS: Mapping[str, Any] = {
    "office": dossiers.c.handler_office,
    "procedure": dossiers.c.procedure,
    "province": dossiers.c.province,
}
"""The columns by which dossiers are told apart."""


class Scope(NamedTuple):
    """The dossiers that are asked about: those that the caller may see, of one office (that handles them), procedure or
    province where these are given."""

    visible: ColumnElement[bool]
    office: str | None = None
    procedure: str | None = None
    province: str | None = None

    def rules(self) -> list[ColumnElement[bool]]:
        """The conditions on ``dossiers``."""
        office = [] if self.office is None else [dossiers.c.handler_office == self.office]
        procedure = [] if self.procedure is None else [dossiers.c.procedure == self.procedure]
        province = [] if self.province is None else [dossiers.c.province == self.province]
        return [self.visible, *office, *procedure, *province]


class Counted(NamedTuple):
    """``part`` of ``of`` dossiers; ``within`` is the office, procedure or province, None for all together."""

    within: str | None
    part: int
    of: int


class ListedRow(NamedTuple):
    """A dossier behind a figure; no personal data."""

    id: int
    code: str
    procedure: str
    release: str
    state: str
    portal: int
    handler_office: str
    received_at: dt.datetime | None
    promised_at: dt.datetime | None
    finished_at: dt.datetime | None


class PublishedRow(NamedTuple):
    """A release with the moment of its publication here."""

    digest: str
    procedure: str
    version: int
    start: dt.date
    published_at: dt.datetime


def counted(connection: Connection, share: Share, scope: Scope, by: By | None = None) -> list[Counted]:
    """How many dossiers count, and how many of them as achieved; one line for all, or one for each value of ``by``."""
    achieved = func.coalesce(func.sum(case((share.part, 1), else_=0)), 0)
    return _grouped(connection, (achieved, func.count()), [share.of, *scope.rules()], by)


def seconds_taken(connection: Connection, span: Span, scope: Scope, by: By | None = None) -> list[Counted]:
    """The seconds from reception to result in all (``part``), and the number of dossiers (``of``)."""
    took = func.coalesce(func.sum(seconds_between(dossiers.c.received_at, dossiers.c.finished_at)), 0)
    return _grouped(connection, (took.cast(BigInteger), func.count()), [timed(span), *scope.rules()], by)


def listed(
    connection: Connection, share: Share, scope: Scope, *, achieved: bool, after: int = 0, limit: int = 50
) -> list[ListedRow]:
    """The dossiers that count, by id from above ``after``; with ``achieved`` those of them that count as achieved."""
    columns: tuple[Any, ...] = tuple(dossiers.c[name] for name in ListedRow._fields)
    wanted = [share.of, *([share.part] if achieved else []), *scope.rules(), dossiers.c.id > after]
    found = select(*columns).where(*wanted).order_by(dossiers.c.id).limit(limit)
    return [ListedRow(*row) for row in connection.execute(found)]


def procedures_with(connection: Connection, share: Share, scope: Scope, *, achieved: bool) -> set[str]:
    """The procedures of the dossiers that count, or with ``achieved`` of those that count as achieved."""
    wanted = [share.of, *([share.part] if achieved else []), *scope.rules()]
    found = select(dossiers.c.procedure).where(*wanted).distinct()
    return set(connection.execute(found).scalars())


def releases_ended_under(connection: Connection, span: Span, scope: Scope) -> list[str]:
    """The releases of the dossiers whose result was ready in the period."""
    found = select(dossiers.c.release).where(timed(span), *scope.rules()).distinct()
    return sorted(connection.execute(found).scalars())


def published_between(connection: Connection, start: dt.date, end: dt.date) -> list[PublishedRow]:
    """The releases that came into force on the days ``start`` to ``end``, by procedure and version."""
    columns: tuple[Any, ...] = tuple(releases.c[name] for name in PublishedRow._fields)
    found = select(*columns).where(releases.c.start >= start, releases.c.start <= end, releases.c.public == 1)
    rows = connection.execute(found.order_by(releases.c.procedure, releases.c.version))
    return [PublishedRow(*row) for row in rows]


def last_release_of(connection: Connection, procedure: str) -> str:
    """The digest of the highest version of a procedure that was ever published here."""
    found = select(releases.c.digest).where(releases.c.procedure == procedure).order_by(releases.c.version.desc())
    return str(connection.execute(found.limit(1)).scalar_one())


def _grouped(
    connection: Connection, figures: Sequence[ColumnElement[int]], wanted: Sequence[ColumnElement[bool]], by: By | None
) -> list[Counted]:
    if by is None:
        row = connection.execute(select(*figures).select_from(dossiers).where(and_(*wanted))).one()
        return [Counted(None, int(row[0]), int(row[1]))]
    column = COLUMNS[by]
    found = connection.execute(
        select(column, *figures).select_from(dossiers).where(*wanted).group_by(column).order_by(column)
    )
    return [Counted(str(row[0]), int(row[1]), int(row[2])) for row in found]
