"""Counts and lists of the dossiers of an indicator: the same conditions give the figure and the dossiers behind it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, Subquery, and_, case, func, or_, select, union_all

from engine.store.dossiers import dossiers
from engine.store.indicator_facts import BITS, indicator_facts
from engine.store.indicator_rules import COUNTED, RULES, Share, timed
from engine.store.indicator_traits import Span, Traits, as_number, live_facts, rating_traits, row_traits, traits_in
from engine.store.ratings import ratings
from engine.store.releases import releases
from engine.store.sql.fence import AT_ITS_START
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

    The dossiers are read and grouped by their traits, of which some hundred combinations occur; the rules are then
    asked of these groups.
    """
    groups = _grouped(span, scope, by)
    one = traits_in(groups.c.traits)
    sums = [func.sum(figure) for key in COUNTED for figure in _figures(key, one, groups)]
    counted = select(groups.c.within, *sums).group_by(groups.c.within).order_by(groups.c.within)
    rows = connection.execute(counted).all()
    found: dict[str, list[Counted]] = {}
    for number, key in enumerate(COUNTED):
        told = (Counted(str(row[0]), int(row[2 * number + 2]), int(row[2 * number + 1])) for row in rows)
        found[key] = [line for line in told if line.of]
    return found


def _grouped(span: Span, scope: Scope, by: By) -> Subquery:
    """The number of dossiers of each combination of traits, and the seconds that those with a result took.

    The facts are those that are kept for a dossier's version; the papers and fees of a dossier without are read. It is
    one statement, so that no act beside it moves a dossier from one part to the other.
    """
    kept, row = indicator_facts.c, dossiers.c
    same = and_(kept.dossier_id == row.id, kept.version == row.version)
    of_kept = _read(span, scope, by, kept.bits).select_from(dossiers.join(indicator_facts, same))
    live = as_number(live_facts(span.results))
    others = _read(span, scope, by, live).select_from(dossiers.outerjoin(indicator_facts, same))
    parts = (of_kept, others.where(kept.dossier_id.is_(None)))
    return union_all(*map(_by_traits, parts)).subquery()


def _read(span: Span, scope: Scope, by: By, facts: ColumnElement[int]) -> Select[Any]:
    """A row for each dossier that was received, filed, ready or rated in the period: its traits as one number."""
    row, own = dossiers.c, [*row_traits(span), *rating_traits(span)]
    received, filed, resulted, *_, rated, _ = own
    took = func.coalesce(seconds_between(row.received_at, row.finished_at), 0)
    told = (
        COLUMNS[by].label("within"),
        (facts + as_number(own, len(BITS))).label("traits"),
        case((resulted, took), else_=0).label("seconds"),
    )
    counts = or_(received, filed, resulted, rated)
    return select(*told).outerjoin(ratings, ratings.c.dossier_id == row.id).where(counts, *scope.rules())


def _by_traits(read: Select[Any]) -> Select[Any]:
    """OFFSET keeps PostgreSQL from expecting as many combinations of traits as there are moments that they are told
    from, and from sorting a million dossiers by them."""
    one = read.offset(AT_ITS_START).subquery()
    keys = (one.c.within, one.c.traits)
    told = select(*keys, func.count().label("dossiers"), func.sum(one.c.seconds).label("seconds"))
    return told.group_by(*keys)


def _figures(key: str, one: Traits, groups: Subquery) -> tuple[ColumnElement[int], ColumnElement[int]]:
    """Of a group: its dossiers where they count, and where they count as achieved, or the seconds that they took."""
    if key == "mean_time":
        return case((timed(one), groups.c.dossiers), else_=0), groups.c.seconds
    share = RULES[key](one)
    counts, achieved = share.of, and_(share.of, share.part)
    return case((counts, groups.c.dossiers), else_=0), case((achieved, groups.c.dossiers), else_=0)


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
