"""The queue of inbound filings that wait for a person, and how the exchange with the other system goes."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select

from engine.dossier.case import Case
from engine.dossier.filings import settled_provinces, told_by
from engine.errors import Forbidden, NotFound, Refusal
from engine.rules.filings.coming import Coming
from engine.rules.procedure.definition import ONLINE
from engine.store.filings import QUEUED, FilingRow, filing_answers, filing_feeds, filing_row, filings
from engine.text import Text
from engine.transaction import UnitOfWork

MOST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An office or a commune to choose, with its name."""

    code: str
    name: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuedFiling:
    """A filing that waits for a person. ``wants`` is what is to be chosen: intake, handler, or the name of a field with
    a commune; None where nothing is. ``procedure`` and ``unit`` are the codes of the other side."""

    id: int
    source: str
    key: str
    way: str
    came_at: dt.datetime
    filed_at: dt.datetime | None
    procedure: str | None
    procedure_name: Text | None
    unit: str | None
    channel: str | None
    cause: str
    why: Text
    wants: str | None
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FilingDetail:
    """A filing of the queue with what a choice needs: address and commune of the applicant, and the number of papers.

    Administrators, who see no dossier, get no address.
    """

    filing: QueuedFiling
    address: str | None
    commune: str | None
    papers: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkedAnswer:
    """An answer that was given up, with its cause; it holds back those after it."""

    key: str
    kind: str
    made_at: dt.datetime
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """How the exchange goes: how many filings stand where, answers that wait, those given up, and when each feed moved
    on last."""

    waiting: int
    queued: int
    filed: int
    refused: int
    elsewhere: int
    answers_waiting: int
    parked: tuple[ParkedAnswer, ...]
    filings_at: dt.datetime | None
    mirrors_at: dt.datetime | None


def filing_queue(unit: UnitOfWork, cause: str | None = None) -> tuple[QueuedFiling, ...]:
    """The filings that the actor may settle, those that wait longest first, ``MOST`` at most. Raises Forbidden."""
    which = [filings.c.status == QUEUED, _seen(unit)]
    which += [filings.c.cause == cause] if cause else []
    oldest = select(filings).where(*which).order_by(func.coalesce(filings.c.filed_at, filings.c.came_at), filings.c.id)
    return tuple(_queued(unit, row) for row in unit.reader().execute(oldest.limit(MOST)).all())


def one_queued(unit: UnitOfWork, number: int) -> FilingDetail:
    """One filing of the queue with what it says, where that can be read. Raises Forbidden, NotFound."""
    seen = and_(filings.c.id == number, filings.c.status == QUEUED, _seen(unit))
    if unit.reader().execute(select(filings.c.id).where(seen)).first() is None:
        raise NotFound(what=f"filing {number}")
    row = filing_row(unit.reader(), number)
    if row is None:
        raise NotFound(what=f"filing {number}")
    told: Coming | None = None
    with contextlib.suppress(Refusal):
        told = told_by(unit, row)
    near = told.applicant if told is not None else {}
    return FilingDetail(
        filing=_queued(unit, row),
        address=near.get("address") if not unit.actor.admin else None,
        commune=near.get("commune"),
        papers=len(told.papers) if told is not None else None,
    )


def queued_count(unit: UnitOfWork) -> int:
    """How many filings the actor may settle; 0 for everybody else."""
    seen = settled_provinces(unit.catalogue, unit.actor, unit.today)
    if seen is not None and not seen:
        return 0
    wanted = select(func.count()).select_from(filings).where(filings.c.status == QUEUED, _seen(unit))
    return int(unit.reader().execute(wanted).scalar_one())


def exchange(unit: UnitOfWork) -> Exchange:
    """How the exchange goes. The caller admits administrators and those who settle filings."""
    connection = unit.reader()
    by_status = select(filings.c.status, func.count()).group_by(filings.c.status)
    counts: dict[str, int] = {row[0]: row[1] for row in connection.execute(by_status)}
    waiting = select(func.count()).select_from(filing_answers).where(filing_answers.c.status == "waiting")
    columns = (filings.c.key, filing_answers.c.kind, filing_answers.c.made_at, filing_answers.c.error)
    parked = select(*columns).join(filings, filings.c.id == filing_answers.c.filing_id)
    parked = parked.where(filing_answers.c.status == "parked").order_by(filing_answers.c.id).limit(MOST)
    moved = {row.feed: row.moved_at for row in connection.execute(select(filing_feeds)).all()}
    return Exchange(
        waiting=counts.get("waiting", 0),
        queued=counts.get(QUEUED, 0),
        filed=counts.get("filed", 0),
        refused=counts.get("refused", 0),
        elsewhere=counts.get("elsewhere", 0),
        answers_waiting=int(connection.execute(waiting).scalar_one()),
        parked=tuple(
            ParkedAnswer(key=row.key, kind=row.kind, made_at=row.made_at, error=row.error or "")
            for row in connection.execute(parked)
        ),
        filings_at=moved.get("filings"),
        mirrors_at=moved.get("mirrors"),
    )


def _seen(unit: UnitOfWork) -> ColumnElement[bool]:
    """The filings that the actor may settle. Raises Forbidden for whoever settles none."""
    seen = settled_provinces(unit.catalogue, unit.actor, unit.today)
    if seen is None:
        return filings.c.id > 0
    if not seen:
        raise Forbidden(
            why_vi="chỉ trung tâm cấp tỉnh, người giám sát và người quản trị",
            why_en="for the centre of the province, those who oversee it, and administrators",
        )
    return filings.c.province.in_(sorted(seen))


def _queued(unit: UnitOfWork, row: FilingRow | Any) -> QueuedFiling:
    why = row.why or {}
    return QueuedFiling(
        id=row.id,
        source=row.source,
        key=row.key,
        way=row.way,
        came_at=row.came_at,
        filed_at=row.filed_at,
        procedure=row.procedure,
        procedure_name=_procedure_name(unit, row.procedure),
        unit=row.unit,
        channel=row.channel,
        cause=row.cause or "",
        why=Text(str(why.get("vi", "")), str(why.get("en", ""))),
        wants=row.wants,
        candidates=_candidates(unit, row.wants, row.candidates or ()),
    )


def _procedure_name(unit: UnitOfWork, theirs: str | None) -> Text | None:
    form = unit.runtime.filing_form
    if theirs is None or form is None:
        return None
    try:
        return unit.catalogue.current(form.procedure(theirs, unit.today), unit.today).release.in_lists
    except Refusal:
        return None


def _candidates(unit: UnitOfWork, wants: str | None, codes: Sequence[str]) -> tuple[Candidate, ...]:
    """The candidates with their names: offices, or communes."""
    known = unit.catalogue
    found = []
    for code in codes:
        office = known.offices.get(code) if wants in ("intake", "handler") else None
        place = known.territory.find(code, "commune", unit.today) if office is None else None
        name = office.name if office else Text(place.name_vi, place.name_vi) if place else Text(code, code)
        found.append(Candidate(code=code, name=name))
    return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbound:
    """The filing that a dossier was opened from. ``late`` says that the limit of intake was over before it came here:
    the synchronisation was late, and nobody of the office."""

    source: str
    key: str
    filed_at: dt.datetime
    came_at: dt.datetime
    late: bool


def inbound_of(case: Case) -> Inbound | None:
    """The filing of an open case; None for a dossier of a counter, without a query."""
    if case.row["channel"] not in ONLINE:
        return None
    of_this = select(filings).where(filings.c.dossier_id == case.id)
    found = case.unit.reader().execute(of_this).one_or_none()
    if found is None or found.filed_at is None:
        return None
    due_at = case.row["intake_due_at"]
    late = due_at is not None and due_at < found.came_at
    return Inbound(source=found.source, key=found.key, filed_at=found.filed_at, came_at=found.came_at, late=late)
