"""Reports that are small but true: on time by office, what lies in a queue, and the register (Form 07)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import insert

from api import dossier_json, parameters, shapes
from api.answers import answer, moment, page
from api.forms import PDF, printed
from api.operations import LINK, Gives, Resource
from engine.clock import midnight
from engine.errors import InvalidInput, NotFound
from engine.forms.data import register_data
from engine.store import reports as figures
from engine.store.dossier_lists import queue_counts
from engine.store.journal import reads
from engine.store.visibility import visible_dossiers
from engine.transaction import UnitOfWork, in_transaction
from server.answer import Answer
from server.context import runtime
from server.identity import Access, actor, reading
from server.paging import page_key, read_moment_key

reports = Resource("reports", __name__, description="Reports over what the caller may see.")
LONGEST_REGISTER = 1000


@reports.operation(
    "GET",
    "/reports/on-time",
    access=Access.STAFF,
    query=parameters.ReportPeriod,
    gives=Gives(shape=shapes.OnTime, description="By handling office."),
)
def on_time(query: dict[str, Any]) -> Answer:
    """Share of dossiers finished on time, by office and period (Decision 766/QĐ-TTg, indicator 2.1)"""
    period_of(query)
    with reading() as uow:
        rows = figures.on_time(uow.connection, uow.actor, query["start"], query["end"], uow.now, query["office"])
        known = uow.catalogue.offices
        items = [
            {
                "office": row.office,
                "office_name": dossier_json.both(known[row.office].name) if row.office in known else None,
                "finished": row.finished,
                "on_time": row.finished - row.late,
                "late": row.late,
                "running_late": row.running_late,
                "rate": rate_of(row.finished - row.late, row.finished + row.running_late),
            }
            for row in rows
        ]
    return answer({"start": query["start"].isoformat(), "end": query["end"].isoformat(), "items": items})


@reports.operation(
    "GET",
    "/reports/queues",
    access=Access.STAFF,
    query=parameters.QueueCounts,
    gives=Gives(shape=shapes.Queues, description="What an office holds now."),
)
def queue(query: dict[str, Any]) -> Answer:
    """Count what an office holds, by procedure, state and portal status"""
    with reading() as uow:
        items = []
        for row in queue_counts(uow.connection, uow.actor, query["office"], uow.now):
            release = uow.catalogue.workflow(row.release).release
            items.append(
                {
                    "procedure": row.procedure,
                    "procedure_name": dossier_json.both(release.name),
                    **dossier_json.state_of(release, row.state, row.portal),
                    "count": row.number,
                    "overdue": row.overdue,
                }
            )
    return answer({"office": query["office"], "items": items})


@reports.operation(
    "GET",
    "/reports/register",
    access=Access.STAFF,
    query=parameters.Register,
    gives=Gives(shape=shapes.Register, headers=LINK, description="In order of receipt."),
)
def register(query: dict[str, Any]) -> Answer:
    """Read the dossier register of a receiving office (Form 07)"""
    limit, after = query["limit"], read_moment_key(query["after"])
    with reading() as uow:
        rows = _rows(uow, query, limit + 1, after)
        items = [
            {
                "code": row.code,
                "procedure": row.procedure,
                "procedure_name": dossier_json.both(uow.catalogue.workflow(row.release).release.name),
                "applicant": row.name,
                "handler_office": row.handler_office,
                "received_at": moment(row.received_at),
                "promised_at": moment(row.promised_at),
                "returned_at": moment(row.returned_at),
            }
            for row in rows[:limit]
        ]
    last = rows[limit - 1] if len(rows) > limit else None
    return page(items, page_key(moment(last.received_at), last.id) if last is not None else None)


@reports.operation(
    "GET",
    "/reports/register/07.pdf",
    access=Access.STAFF,
    query=parameters.RegisterPrint,
    gives=PDF,
    refuses=(404,),
)
def print_register(query: dict[str, Any]) -> Answer:
    """Print the dossier register; the personal data on it are noted as seen"""

    def doing(uow: UnitOfWork) -> dict[str, Any]:
        office = uow.catalogue.offices.get(query["office"])
        if office is None:
            raise NotFound(what=query["office"])
        rows = _rows(uow, query, LONGEST_REGISTER, None)
        _note_reads(uow, [row.id for row in rows])
        return register_data(uow, office, rows, query["start"], query["end"])

    data = in_transaction(runtime(), actor(), doing)
    return printed("07", data, f"{query['office']}-07.pdf")


def _rows(uow: UnitOfWork, query: dict[str, Any], limit: int, after: tuple[str | None, int] | None) -> Any:
    start, end = period_of(query)
    key = (dt.datetime.fromisoformat(after[0]), after[1]) if after and after[0] else None
    visible = visible_dossiers(uow.actor, uow.today)
    return figures.register(uow.connection, visible, query["office"], start, end, after=key, limit=limit)


def _note_reads(uow: UnitOfWork, ids: list[int]) -> None:
    looks = [
        {
            "at": uow.now,
            "actor": uow.actor.label,
            "dossier_id": one,
            "what": "form-07",
            "reason": "in sổ theo dõi hồ sơ",
        }
        for one in ids
    ]
    if looks:
        uow.connection.execute(insert(reads), looks)


def period_of(query: dict[str, Any]) -> tuple[dt.datetime, dt.datetime]:
    """Civil days in Viet Nam as moments: from the first midnight to the one after the last day."""
    if query["end"] < query["start"]:
        raise InvalidInput({"end": f"Must be greater than or equal to {query['start']}."})
    return midnight(query["start"]), midnight(query["end"] + dt.timedelta(days=1))


def rate_of(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
