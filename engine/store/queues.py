"""Which dossiers an actor may see, and the queues that clerks work from: keyset pages, never a whole-table count."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, cast
from zoneinfo import ZoneInfo

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    RowMapping,
    and_,
    bindparam,
    case,
    exists,
    false,
    func,
    or_,
    select,
    true,
)

from engine.rules.permissions import Actor
from engine.rules.plain_text import plain_text
from engine.store.dossiers import applicants, dossier_offices, dossiers

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")
LIST_COLUMNS = (
    dossiers.c.id,
    dossiers.c.code,
    dossiers.c.procedure,
    dossiers.c.release,
    dossiers.c.state,
    dossiers.c.portal,
    dossiers.c.version,
    dossiers.c.channel,
    dossiers.c.intake_office,
    dossiers.c.handler_office,
    dossiers.c.holder_office,
    dossiers.c.holder_role,
    dossiers.c.holder_id,
    dossiers.c.received_at,
    dossiers.c.due_at,
    dossiers.c.promised_at,
    dossiers.c.clock,
    dossiers.c.finished_at,
    applicants.c.name.label("applicant"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What a queue is narrowed to; None leaves a thing open. ``text`` is searched without accents, word by word."""

    state: str | None = None
    portal: int | None = None
    office: str | None = None
    holder_office: str | None = None
    holder: int | None = None
    procedure: str | None = None
    overdue: bool | None = None
    due_before: dt.datetime | None = None
    text: str | None = None


def visible_dossiers(actor: Actor, on: dt.date) -> ColumnElement[bool]:
    """The one rule for what may be seen: a condition on ``dossiers`` for every list, count, search and single read.

    Staff see the dossiers in which one of their offices ever had a part; a monitor those of the province; a citizen the
    one that the link belongs to; a timer all; anyone else none.
    """
    sight, values = sight_of(actor, on)
    return _rule(sight, values.get("seen_offices"), values.get("seen_provinces"), values.get("seen_dossier"))


class Sight(NamedTuple):
    """By what an actor sees dossiers; the values stand beside it, so that one statement serves all who see alike."""

    kind: str
    by_office: bool
    by_province: bool

    def rule(self) -> ColumnElement[bool]:
        """``visible_dossiers`` with gaps for the values that ``sight_of`` gives beside it."""
        return _rule(
            self,
            bindparam("seen_offices", expanding=True),
            bindparam("seen_provinces", expanding=True),
            bindparam("seen_dossier"),
        )


def sight_of(actor: Actor, on: dt.date) -> tuple[Sight, dict[str, Any]]:
    """By what an actor sees dossiers on a day, and the values to fill into the rule."""
    if actor.kind == "system":
        return Sight("system", False, False), {}
    if actor.kind == "citizen":
        return Sight("citizen", False, False), {"seen_dossier": actor.dossier_id}
    offices, provinces = sorted(actor.offices(on)), sorted(actor.monitored_provinces(on))
    values = {"seen_offices": offices, "seen_provinces": provinces}
    return Sight("staff", bool(offices), bool(provinces)), {name: value for name, value in values.items() if value}


def _rule(sight: Sight, offices: Any, provinces: Any, dossier: Any) -> ColumnElement[bool]:
    """The values may be given, or gaps for them."""
    if sight.kind == "system":
        return true()
    if sight.kind == "citizen":
        return cast(ColumnElement[bool], dossiers.c.id == dossier)
    rules: list[ColumnElement[bool]] = []
    if sight.by_office:
        has_part = and_(dossier_offices.c.dossier_id == dossiers.c.id, dossier_offices.c.office.in_(offices))
        rules.append(exists(select(1).where(has_part).correlate(dossiers)))
    if sight.by_province:
        rules.append(dossiers.c.province.in_(provinces))
    return or_(*rules) if rules else false()


def list_dossiers(
    connection: Connection,
    actor: Actor,
    filters: Filters,
    now: dt.datetime,
    *,
    after: tuple[str | None, int] | None = None,
    by_due: bool = False,
    limit: int = 50,
) -> Sequence[RowMapping]:
    """One keyset page: newest first, or by due moment with ``by_due`` (those without one last).

    ``after`` is (due moment as ISO text or None, id) of the last row of the page before. At most ``limit`` rows.
    """
    statement = select(*LIST_COLUMNS).join(applicants, applicants.c.dossier_id == dossiers.c.id)
    statement = statement.where(visible_dossiers(actor, _civil_day(now)), *_conditions(filters, now))
    if by_due:
        if after:
            statement = statement.where(_later(after))
        statement = statement.order_by(dossiers.c.due_at.is_(None), dossiers.c.due_at, dossiers.c.id)
    else:
        if after:
            statement = statement.where(dossiers.c.id < after[1])
        statement = statement.order_by(dossiers.c.id.desc())
    return connection.execute(statement.limit(limit)).mappings().all()


def queue_counts(connection: Connection, actor: Actor, office: str, now: dt.datetime) -> Sequence[Row[Any]]:
    """How many dossiers an office holds, by procedure, state and portal status, and how many of them are overdue."""
    overdue = func.sum(case((_is_overdue(now), 1), else_=0)).label("overdue")
    columns = (dossiers.c.procedure, dossiers.c.release, dossiers.c.state, dossiers.c.portal)
    return connection.execute(
        select(*columns, func.count().label("count"), overdue)
        .where(dossiers.c.holder_office == office, visible_dossiers(actor, _civil_day(now)))
        .group_by(*columns)
    ).all()


def _conditions(filters: Filters, now: dt.datetime) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    for column, value in (
        (dossiers.c.state, filters.state),
        (dossiers.c.portal, filters.portal),
        (dossiers.c.holder_office, filters.holder_office),
        (dossiers.c.holder_id, filters.holder),
        (dossiers.c.procedure, filters.procedure),
    ):
        if value is not None:
            wanted.append(column == value)
    if filters.office is not None:
        part = and_(dossier_offices.c.dossier_id == dossiers.c.id, dossier_offices.c.office == filters.office)
        wanted.append(exists(select(1).where(part).correlate(dossiers)))
    if filters.overdue is not None:
        wanted.append(_is_overdue(now) if filters.overdue else ~_is_overdue(now))
    if filters.due_before is not None:
        wanted.append(and_(dossiers.c.due_at < filters.due_before, dossiers.c.finished_at.is_(None)))
    for word in plain_text(filters.text).split():
        wanted.append(dossiers.c.search.contains(word, autoescape=True))
    return wanted


def _civil_day(now: dt.datetime) -> dt.date:
    """Memberships are dated by days in Viet Nam."""
    return now.astimezone(LOCAL).date()


def _is_overdue(now: dt.datetime) -> ColumnElement[bool]:
    """Open and past its due moment; a paused clock is not overdue."""
    return and_(dossiers.c.clock == "running", dossiers.c.due_at.is_not(None), dossiers.c.due_at < now)


def _later(after: tuple[str | None, int]) -> ColumnElement[bool]:
    moment, last = after
    if moment is None:
        return and_(dossiers.c.due_at.is_(None), dossiers.c.id > last)
    told = dt.datetime.fromisoformat(moment)
    return or_(
        dossiers.c.due_at > told, and_(dossiers.c.due_at == told, dossiers.c.id > last), dossiers.c.due_at.is_(None)
    )
