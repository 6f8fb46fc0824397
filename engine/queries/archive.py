"""What stands where on the way to the archive: due, packed, transferred, past its term, destroyed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Literal, cast

from sqlalchemy import ColumnElement, Select, and_, func, select

from engine.clock import LOCAL, civil_day
from engine.errors import Forbidden, NotFound
from engine.store.archive import (
    DestructionRow,
    PackedRow,
    archive_bags,
    archive_destruction_items,
    archive_destructions,
    destruction_numbered,
    ended_count,
    file_removals,
)
from engine.store.dossiers import dossiers
from engine.store.people import people
from engine.text import Text
from engine.transaction import UnitOfWork

Way = Literal["packed", "transferred", "destroyed"]
WAYS: tuple[Way, ...] = ("packed", "transferred", "destroyed")
PAGE = 50

__all__ = ["WAYS", "ArchiveStatus", "Bag", "Bags", "Destruction", "Way"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveStatus:
    """How many dossiers stand where. ``due`` ended and have no package; ``bytes`` are those of all packages."""

    due: int
    packed: int
    transferred: int
    destroyed: int
    bytes: int
    files_to_remove: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Bag:
    """A package, and what the archive said of it."""

    id: int
    code: str
    procedure: Text
    finished: dt.date | None
    sha256: str
    bytes: int
    way: Way
    exported_at: dt.datetime
    receipt: str | None
    receipt_day: dt.date | None
    archive: str | None
    transferred_at: dt.datetime | None
    destroyed_at: dt.datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bags:
    """A page of packages, the newest dossiers first; ``next`` is the ``before`` of the next page, None on the last."""

    bags: tuple[Bag, ...]
    next: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Destruction:
    """A list for destruction. ``mine``: the person who asks has proposed it."""

    number: int
    status: str
    dossiers: int
    done: int
    reason: str
    proposed_by: str
    proposed_at: dt.datetime
    decided_by: str | None
    decided_at: dt.datetime | None
    done_at: dt.datetime | None
    minutes_key: str | None
    mine: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Minutes:
    """What the minutes of a list say, ready for paper. A line is place, code, procedure, end, term, receipt."""

    number: str
    at: str
    proposed_by: str
    proposed_at: str
    decided_by: str
    decided_at: str
    reason: str
    schedule: str
    count: str
    lines: tuple[tuple[str, str, str, str, str, str], ...]


def archive_status(unit: UnitOfWork) -> ArchiveStatus:
    """The numbers, as of now. Raises Forbidden."""
    _must_look(unit)
    connection = unit.reader()
    counts = {way: connection.execute(_count().where(_stands(way))).scalar_one() for way in WAYS}
    size = connection.execute(select(func.coalesce(func.sum(archive_bags.c.bytes), 0))).scalar_one()
    left = connection.execute(select(func.count()).select_from(file_removals)).scalar_one()
    return ArchiveStatus(due=ended_count(connection, unit.now), bytes=int(size), files_to_remove=left, **counts)


def bags(unit: UnitOfWork, way: Way | None = None, before: int | None = None, limit: int = PAGE) -> Bags:
    """The packages that stand at ``way`` (None: all). Raises Forbidden."""
    _must_look(unit)
    statement = (
        select(archive_bags, dossiers.c.code, dossiers.c.release, dossiers.c.finished_at)
        .join(dossiers, dossiers.c.id == archive_bags.c.dossier_id)
        .order_by(archive_bags.c.dossier_id.desc())
        .limit(limit + 1)
    )
    if way is not None:
        statement = statement.where(_stands(way))
    if before is not None:
        statement = statement.where(archive_bags.c.dossier_id < before)
    rows = unit.reader().execute(statement).all()
    shown = tuple(_bag(unit, cast(PackedRow, row)) for row in rows[:limit])
    return Bags(bags=shown, next=shown[-1].id if len(rows) > limit else None)


def destructions(unit: UnitOfWork) -> tuple[Destruction, ...]:
    """The lists for destruction, newest first. Raises Forbidden."""
    _must_look(unit)
    rows = unit.reader().execute(select(archive_destructions).order_by(archive_destructions.c.id.desc()).limit(PAGE))
    return tuple(_destruction(unit, cast(DestructionRow, row)) for row in rows.all())


def destruction(unit: UnitOfWork, number: int) -> Destruction:
    """One list. Raises Forbidden, NotFound."""
    _must_look(unit)
    found = destruction_numbered(unit.reader(), number)
    if found is None:
        raise NotFound(what=f"destruction {number}")
    return _destruction(unit, found)


def waiting_items(unit: UnitOfWork, number: int) -> tuple[int, ...]:
    """The row ids of a list's dossiers that were not destroyed yet. Raises Forbidden."""
    _must_look(unit)
    items = archive_destruction_items
    wanted = select(items.c.dossier_id).where(items.c.destruction_id == number, items.c.done_at.is_(None))
    return tuple(unit.reader().execute(wanted.order_by(items.c.dossier_id)).scalars())


def minutes_of(unit: UnitOfWork, number: int) -> Minutes:
    """What the minutes of a list say: texts alone, in Vietnamese, in the order of the list. Raises Forbidden,
    NotFound."""
    told = destruction(unit, number)
    row = destruction_numbered(unit.reader(), number)
    items = archive_destruction_items
    statement = (
        select(dossiers.c.code, dossiers.c.release, dossiers.c.finished_at, items.c.term, archive_bags)
        .join(items, items.c.dossier_id == dossiers.c.id)
        .join(archive_bags, archive_bags.c.dossier_id == dossiers.c.id)
        .where(items.c.destruction_id == number, items.c.done_at.is_not(None))
        .order_by(dossiers.c.id)
    )
    lines = tuple(
        (
            str(place),
            one.code,
            unit.catalogue.workflow(one.release).release.name.vi,
            f"{civil_day(one.finished_at):%d/%m/%Y}",
            one.term,
            f"{one.receipt}, {one.receipt_day:%d/%m/%Y}, {one.archive}",
        )
        for place, one in enumerate(unit.reader().execute(statement).all(), 1)
    )
    return Minutes(
        number=str(number),
        at=_told(unit.now),
        proposed_by=told.proposed_by,
        proposed_at=_told(told.proposed_at),
        decided_by=told.decided_by or "",
        decided_at=_told(told.decided_at) if told.decided_at else "",
        reason=told.reason,
        schedule=row.schedule if row else "",
        count=str(len(lines)),
        lines=lines,
    )


def _must_look(unit: UnitOfWork) -> None:
    if unit.actor.kind not in ("admin", "system"):
        raise Forbidden(why_vi="chỉ dành cho người quản trị", why_en="administrators only")


def _count() -> Select[Any]:
    return select(func.count()).select_from(archive_bags)


def _stands(way: Way) -> ColumnElement[bool]:
    gone, there = archive_bags.c.destroyed_at.is_not(None), archive_bags.c.transferred_at.is_not(None)
    return {"packed": and_(~there, ~gone), "transferred": and_(there, ~gone), "destroyed": gone}[way]


def _bag(unit: UnitOfWork, row: PackedRow) -> Bag:
    way: Way = "destroyed" if row.destroyed_at else "transferred" if row.transferred_at else "packed"
    same = ("sha256", "bytes", "exported_at", "receipt", "receipt_day", "archive", "transferred_at", "destroyed_at")
    return Bag(
        id=row.dossier_id,
        code=row.code,
        procedure=unit.catalogue.workflow(row.release).release.name,
        finished=civil_day(row.finished_at) if row.finished_at else None,
        way=way,
        **{name: getattr(row, name) for name in same},
    )


def _destruction(unit: UnitOfWork, row: DestructionRow) -> Destruction:
    items, connection = archive_destruction_items, unit.reader()
    mine = items.c.destruction_id == row.id
    number, done = connection.execute(select(func.count(), func.count(items.c.done_at)).where(mine)).one()
    ids = [one for one in (row.proposed_by, row.decided_by) if one is not None]
    found = connection.execute(select(people.c.id, people.c.name).where(people.c.id.in_(ids)))
    names: dict[int, str] = {one.id: one.name for one in found}
    return Destruction(
        number=row.id,
        status=row.status,
        dossiers=number,
        done=done,
        reason=row.reason,
        proposed_by=names.get(row.proposed_by, ""),
        proposed_at=row.proposed_at,
        decided_by=names.get(row.decided_by) if row.decided_by else None,
        decided_at=row.decided_at,
        done_at=row.done_at,
        minutes_key=row.minutes_key,
        mine=row.proposed_by == unit.actor.person_id,
    )


def _told(moment: dt.datetime) -> str:
    return f"{moment.astimezone(LOCAL):%H:%M ngày %d/%m/%Y}"
