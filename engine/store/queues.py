"""Which dossiers an actor may see, and the queues that clerks work from: keyset pages, never a whole-table count."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple, cast
from zoneinfo import ZoneInfo

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Row,
    RowMapping,
    Select,
    and_,
    bindparam,
    case,
    exists,
    false,
    func,
    literal_column,
    or_,
    select,
    true,
    tuple_,
    union,
)

from engine.rules.permissions import Actor
from engine.store.dossiers import applicants, dossier_offices, dossiers
from engine.store.search import keys_asked, province_scope, scopes_read, search_keys

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
    select(applicants.c.name).where(applicants.c.dossier_id == dossiers.c.id).scalar_subquery().label("applicant"),
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
        rules.append(has_part(offices))
    if sight.by_province:
        rules.append(dossiers.c.province.in_(provinces))
    return or_(*rules) if rules else false()


_PART = dossier_offices.alias("part")


def has_part(offices: Any) -> ColumnElement[bool]:
    """One of the offices ever had a part in the dossier; office codes, or a gap for them.

    Looked up dossier by dossier, which OFFSET makes PostgreSQL do: left free, it reads all that an office ever had a
    part in beforehand, and puts that in order, for the fifty rows of a page.
    """
    of_this = select(1).where(_PART.c.dossier_id == dossiers.c.id, _PART.c.office.in_(offices))
    return exists(of_this.correlate(dossiers).offset(literal_column("0")))


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
    on = _civil_day(now)
    wanted = [visible_dossiers(actor, on), *_conditions(filters, now)]
    ways = _ways(connection, actor, filters, on)
    if not by_due:
        return _page(connection, ways, wanted, _NEWEST, after and (after[1],), limit)
    found: list[RowMapping] = []
    if after is None or after[0] is not None:
        later = after and (dt.datetime.fromisoformat(str(after[0])), after[1])
        found += _page(connection, ways, [*wanted, dossiers.c.due_at.is_not(None)], _DUE, later, limit)
    if len(found) < limit:
        undated = [*wanted, dossiers.c.due_at.is_(None)]
        last = after[1:] if after and after[0] is None else None
        found += _page(connection, ways, undated, _UNDATED, last, limit - len(found))
    return found


def queue_counts(connection: Connection, actor: Actor, office: str, now: dt.datetime) -> Sequence[Row[Any]]:
    """How many dossiers an office holds, by procedure, state and portal status, and how many of them are overdue."""
    overdue = func.sum(case((_is_overdue(now), 1), else_=0)).label("overdue")
    state = (dossiers.c.release, dossiers.c.state)  # these two settle the procedure and the portal status
    settled = (func.max(dossiers.c.procedure).label("procedure"), func.max(dossiers.c.portal).label("portal"))
    columns: tuple[Any, ...] = (*state, *settled, func.count().label("count"), overdue)
    return connection.execute(
        select(*columns)
        .where(dossiers.c.holder_office == office, visible_dossiers(actor, _civil_day(now)))
        .group_by(*state)
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
        wanted.append(has_part([filters.office]))
    if filters.overdue is not None:
        wanted.append(_is_overdue(now) if filters.overdue else ~_is_overdue(now))
    if filters.due_before is not None:
        wanted.append(and_(dossiers.c.due_at < filters.due_before, dossiers.c.finished_at.is_(None)))
    return wanted


class _Way(NamedTuple):
    """A list of dossiers that a page is read along: its column of ids, its table joined to the dossiers, and what picks
    the list."""

    id: ColumnElement[int]
    source: FromClause
    conditions: tuple[ColumnElement[bool], ...] = ()


class _Order(NamedTuple):
    """In which order a page is read, and by which columns it goes on after a row."""

    by: tuple[Any, ...]
    key: tuple[Any, ...]
    falls: bool = False


_NEWEST = _Order((), (dossiers.c.id,), falls=True)
_DUE = _Order((dossiers.c.due_at, dossiers.c.id), (dossiers.c.due_at, dossiers.c.id))
_UNDATED = _Order((dossiers.c.due_at, dossiers.c.id), (dossiers.c.id,))


def _ways(connection: Connection, actor: Actor, filters: Filters, on: dt.date) -> list[_Way]:
    """Lists that together hold every dossier that the actor may see and the filters leave, each served by an index.

    They only narrow: whether a dossier is shown is said by ``visible_dossiers`` and the filters all the same.
    """
    offices, provinces = sorted(actor.offices(on)), sorted(actor.monitored_provinces(on))
    text = filters.text
    if text and text.strip():
        asked = [office for office in offices if office in (filters.office, filters.holder_office)]
        scopes = asked[:1] or [*offices, *map(province_scope, provinces)]
        return [_found(keys) for scope in scopes_read(connection, scopes) for keys in keys_asked(scope, text)]
    if filters.holder_office is not None or filters.holder is not None or actor.kind != "staff":
        return [_Way(dossiers.c.id, dossiers)]
    if filters.office is not None:
        return [_seen_by(filters.office)]
    return [_seen_by(office) for office in offices] + [
        _Way(dossiers.c.id, dossiers, (dossiers.c.province == province,)) for province in provinces
    ]


def _seen_by(office: str) -> _Way:
    part = dossier_offices.c.dossier_id
    return _Way(part, dossier_offices.join(dossiers, part == dossiers.c.id), (dossier_offices.c.office == office,))


@cache
def _word(number: int) -> FromClause:
    return search_keys.alias(f"word_{number}")


def _found(keys: Sequence[int]) -> _Way:
    """Dossiers that stand under all of the keys of a search."""
    first, *others = (_word(number) for number in range(len(keys)))
    conditions = [first.c.key == keys[0]]
    for other, key in zip(others, keys[1:], strict=True):
        both = and_(other.c.key == key, other.c.dossier_id == first.c.dossier_id)
        conditions.append(exists(select(1).where(both).correlate(first)))
    found = first.c.dossier_id
    return _Way(found, first.join(dossiers, found == dossiers.c.id), tuple(conditions))


def _page(
    connection: Connection,
    ways: Sequence[_Way],
    wanted: Sequence[ColumnElement[bool]],
    order: _Order,
    after: tuple[Any, ...] | None,
    limit: int,
) -> list[RowMapping]:
    """The first rows after a key along every way, put together."""
    if not ways:
        return []
    if len(ways) > 1:
        ids = [_along(way, (dossiers.c.id,), wanted, order, after, limit).subquery() for way in ways]
        ways, wanted, after = [_Way(dossiers.c.id, dossiers)], [dossiers.c.id.in_(union(*map(select, ids)))], None
    return list(connection.execute(_along(ways[0], LIST_COLUMNS, wanted, order, after, limit)).mappings())


def _along(
    way: _Way,
    columns: Sequence[Any],
    wanted: Sequence[ColumnElement[bool]],
    order: _Order,
    after: tuple[Any, ...] | None,
    limit: int,
) -> Select[Any]:
    """One page along one way; ordered by the way's own column of ids where ids are the order, so its index serves."""
    statement = select(*columns).select_from(way.source).where(*way.conditions, *wanted)
    if order.falls:
        statement = statement.order_by(way.id.desc())
        return (statement if after is None else statement.where(way.id < after[0])).limit(limit)
    if after is not None:
        statement = statement.where(tuple_(*order.key) > tuple_(*after))
    return statement.order_by(*order.by).limit(limit)


def _civil_day(now: dt.datetime) -> dt.date:
    """Memberships are dated by days in Viet Nam."""
    return now.astimezone(LOCAL).date()


def _is_overdue(now: dt.datetime) -> ColumnElement[bool]:
    """Open and past its due moment; a paused clock is not overdue."""
    return and_(
        dossiers.c.clock == literal_column("'running'"), dossiers.c.due_at.is_not(None), dossiers.c.due_at < now
    )
