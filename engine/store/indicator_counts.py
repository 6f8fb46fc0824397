"""Counts and lists of the dossiers of an indicator: the same conditions give the figure and the dossiers behind it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, Connection, and_, case, func, select, true

from engine.store.dossiers import dossiers
from engine.store.indicator_facts import indicator_facts
from engine.store.indicator_rules import COUNTED, RULES, Share, Span, counts_at_all, timed
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


def counted_together(connection: Connection, span: Span, scope: Scope, by: By) -> dict[str, list[Counted]]:
    """How many dossiers count for each indicator, and how many of them as achieved, told apart by ``by``; of the mean
    time ``part`` are the seconds from reception to result.

    The dossiers whose facts are kept are counted from these; the papers and fees of the others are read.
    """
    kept = and_(indicator_facts.c.dossier_id == dossiers.c.id, indicator_facts.c.version == dossiers.c.version)
    sums: dict[str, list[int]] = {}
    for these, whose, only in (
        (replace(span, kept=True), dossiers.join(indicator_facts, kept), true()),
        (span, dossiers.outerjoin(indicator_facts, kept), indicator_facts.c.dossier_id.is_(None)),
    ):
        parts = [func.sum(one) for key in COUNTED for one in _flags(key, these)]
        rules = (counts_at_all(span), only, *scope.rules())
        for within, *row in connection.execute(
            select(COLUMNS[by], *parts).select_from(whose).where(*rules).group_by(COLUMNS[by])
        ):
            before = sums.get(str(within), [0] * len(row))
            sums[str(within)] = [one + int(more) for one, more in zip(before, row, strict=True)]
    found: dict[str, list[Counted]] = {}
    for number, key in enumerate(COUNTED):
        told = (Counted(within, row[2 * number + 1], row[2 * number]) for within, row in sorted(sums.items()))
        found[key] = [one for one in told if one.of]
    return found


def _flags(key: str, span: Span) -> tuple[ColumnElement[int], ColumnElement[int]]:
    """Of a dossier: 1 where it counts, and 1 where it counts as achieved, or the seconds that it took."""
    if key == "mean_time":
        took = func.coalesce(seconds_between(dossiers.c.received_at, dossiers.c.finished_at), 0)
        return case((timed(span), 1), else_=0), case((timed(span), took.cast(BigInteger)), else_=0)
    share = RULES[key](span)
    return case((share.of, 1), else_=0), case((and_(share.of, share.part), 1), else_=0)


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
