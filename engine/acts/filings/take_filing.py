"""The act ``take_filing``: opens the dossier of a filing, once; or says that it is processed elsewhere, or queues it.

Whatever repeats or dies: the row is locked, and only one that still waits becomes a dossier, in the transaction that
settles it. ``postpone_filing`` keeps one for later whose papers cannot be fetched now.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from engine.acts.documents import OTHER
from engine.acts.file_dossier import Filed, Filing, file_dossier
from engine.clock import civil_day
from engine.dossier.filing_route import NotHere, Route, route_of
from engine.dossier.filings import UnitDivided, form_of, told_by
from engine.errors import Refusal
from engine.rules.deadlines.due import due_moment
from engine.rules.deadlines.intake import INTAKE_LIMIT
from engine.rules.filings.coming import Coming
from engine.rules.filings.placing import intake_offices
from engine.rules.offices.routing import NeedsAPerson
from engine.store.filings import (
    ELSEWHERE,
    FILED,
    QUEUED,
    WAITING,
    FilingRow,
    add_answer,
    answer_row,
    change_filing,
    filing_row,
)
from engine.transaction import UnitOfWork

TAKEN, ELSEWHERE_TOLD = "taken", "elsewhere"
HANDLER = "handler"


def take_filing(unit: UnitOfWork, number: int, files: Sequence[Mapping[str, Any]]) -> str:
    """Settles a waiting filing; returns its status then. ``files`` are the stored files of its papers, in their order.

    What a person must decide is queued with its cause; a refusal that may pass by itself (status 500 and more) is
    raised, and nothing was changed.
    """
    row = filing_row(unit.begin(), number, lock=True)
    if row is None or row.status != WAITING:
        return row.status if row else "gone"
    told: Coming | None = None
    try:
        told = told_by(unit, row)
        route = route_of(unit, told, row.choices)
        if isinstance(route, NotHere):
            return _not_here(unit, row, route.system)
        with unit.savepoint():
            filed = _open(unit, row, told, route, files)
    except Refusal as refusal:
        if refusal.status >= 500:
            raise
        return _queue(unit, row, told, refusal)
    settled = {"body": None, "settled_at": unit.now, "settled_by": unit.actor.label, "cause": None, "why": None}
    province = filed.case.row["province"]
    change_filing(unit.begin(), number, status=FILED, dossier_id=filed.case.id, province=province, **settled)
    data = {"code": filed.case.code, "portal": filed.case.row["portal"]}
    add_answer(unit.begin(), answer_row(number, 1, TAKEN, data, unit.now))
    return FILED


def postpone_filing(unit: UnitOfWork, number: int, refusal: Refusal, later: dt.datetime | None) -> str:
    """Keeps a waiting filing until ``later``, or (None) puts it into the queue; the cause is told in either case."""
    row = filing_row(unit.begin(), number, lock=True)
    if row is None or row.status != WAITING:
        return row.status if row else "gone"
    if later is None:
        return _queue(unit, row, None, refusal)
    change_filing(unit.begin(), number, next_try_at=later, cause=refusal.code, why=_words(refusal))
    return WAITING


def _not_here(unit: UnitOfWork, row: FilingRow, system: str) -> str:
    settled = {"body": None, "settled_at": unit.now, "settled_by": unit.actor.label, "cause": None, "why": None}
    change_filing(unit.begin(), row.id, status=ELSEWHERE, **settled)
    add_answer(unit.begin(), answer_row(row.id, 0, ELSEWHERE_TOLD, {"system": system}, unit.now))
    return ELSEWHERE


def _open(unit: UnitOfWork, row: FilingRow, told: Coming, route: Route, files: Sequence[Mapping[str, Any]]) -> Filed:
    form, filed_on, release = form_of(unit), civil_day(told.filed_at), route.workflow.release
    keys = [form.paper_key(one.key, filed_on) for one in told.papers]
    papers = [
        {"key": key if key in release.documents else OTHER, "file": file} for key, file in zip(keys, files, strict=True)
    ]
    filing = Filing(
        procedure=release.procedure,
        applicant={**told.applicant, "commune": route.commune},
        intake_office=route.office.code,
        channel=told.channel,
        fields=route.fields,
        documents=papers,
        filed_at=min(told.filed_at, unit.now),
        handler_office=row.choices.get(HANDLER),
        handler_reason=row.choices.get("reason") if HANDLER in row.choices else None,
        inbound=_story(unit, row, told, route),
    )
    return file_dossier(unit, filing)


def _story(unit: UnitOfWork, row: FilingRow, told: Coming, route: Route) -> dict[str, Any]:
    """What the first journal entry says of the filing: when it was made there and came here, and what was followed.

    ``late`` is there where the limit of intake was over before the filing came: nobody here is to blame for that.
    """
    story: dict[str, Any] = {"source": row.source, "key": row.key, "way": row.way}
    story |= {"filed_at": told.filed_at, "came_at": row.came_at}
    if route.passed:
        story["passed"] = [{"what": what, "from": old, "to": new} for what, old, new in route.passed]
    calendar = unit.catalogue.calendar(route.workflow.release.sla.calendar, route.office.code)
    due_at = due_moment(calendar, min(told.filed_at, unit.now), INTAKE_LIMIT)
    if due_at is not None and due_at < row.came_at:
        story["late"] = "synchronisation"
    return story


def _queue(unit: UnitOfWork, row: FilingRow, told: Coming | None, refusal: Refusal) -> str:
    wants, candidates = None, None
    if isinstance(refusal, UnitDivided):
        wants, candidates = refusal.wants, list(refusal.choices)
    elif isinstance(refusal, NeedsAPerson) and refusal.facts["key"] == HANDLER:
        wants, candidates = HANDLER, list(refusal.facts["candidates"])
    elif refusal.code == "filing-unit-unknown":
        wants = "intake"
    why = {"cause": refusal.code, "why": _words(refusal), "wants": wants, "candidates": candidates}
    change_filing(unit.begin(), row.id, status=QUEUED, province=_province(unit, row, told), **why)
    return QUEUED


def _province(unit: UnitOfWork, row: FilingRow, told: Coming | None) -> str | None:
    """The province whose people look after it: that of the office which it names, where one is known."""
    if row.unit is None or row.filed_at is None:
        return None
    known, day = unit.catalogue, civil_day(row.filed_at)
    named = intake_offices(form_of(unit), row.unit, day, unit.today, known.offices, known.territory)
    return named[0].province if named else None


def _words(refusal: Refusal) -> dict[str, str]:
    return {language: refusal.sentence(language)[:1000] for language in ("vi", "en")}
