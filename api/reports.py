"""Operations of reports: the share on time by office, the queue of an office, and the dossier register (Form 07)."""

from __future__ import annotations

from typing import Any

from api import parameters, shapes
from api.answers import answer, moment, page
from api.dossier_json import both, state
from api.forms import PDF, printed
from api.operations import LINK, Gives, Resource
from engine.acts import print_register as printing
from engine.queries import register as registers
from engine.queries import reports as figures
from engine.transaction import UnitOfWork, in_transaction
from server.answer import Answer
from server.context import runtime
from server.identity import Access, actor, reading
from server.paging import key_of, read_after

reports = Resource("reports", __name__, description="Reports over what the caller may see.")


@reports.operation(
    "GET",
    "/reports/on-time",
    access=Access.STAFF,
    query=parameters.ReportPeriod,
    gives=Gives(shape=shapes.OnTime, description="By handling office."),
)
def on_time(query: dict[str, Any]) -> Answer:
    """Report the share of dossiers finished on time, by office and period (Decision 766/QĐ-TTg, indicator 2.1)"""
    with reading() as uow:
        lines = figures.on_time(uow, query["start"], query["end"], query["office"])
    items = [
        {
            "office": line.office,
            "office_name": both(line.office_name),
            "finished": line.finished,
            "on_time": line.on_time,
            "late": line.late,
            "running_late": line.running_late,
            "rate": line.rate,
        }
        for line in lines
    ]
    return answer({"start": query["start"].isoformat(), "end": query["end"].isoformat(), "items": items})


@reports.operation(
    "GET",
    "/reports/intake",
    access=Access.STAFF,
    query=parameters.ReportPeriod,
    gives=Gives(shape=shapes.IntakeReport, description="By receiving office."),
)
def intake(query: dict[str, Any]) -> Answer:
    """Report the online filings that were received, refused or asked about within eight working hours"""
    with reading() as uow:
        lines = figures.intake(uow, query["start"], query["end"], query["office"])
    items = [
        {
            "office": line.office,
            "office_name": both(line.office_name),
            "filed": line.filed,
            "in_time": line.in_time,
            "late": line.late,
            "waiting_late": line.waiting_late,
        }
        for line in lines
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
    """Count the dossiers that an office holds, by procedure, state and portal status"""
    with reading() as uow:
        lines = figures.queue_of(uow, query["office"])
    items = [
        {
            "procedure": line.procedure,
            "procedure_name": both(line.procedure_name),
            **state(line.state),
            "count": line.count,
            "overdue": line.overdue,
        }
        for line in lines
    ]
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
    after = read_after(query["after"])
    with reading() as uow:
        found = registers.register(
            uow, query["office"], query["start"], query["end"], after=after, limit=query["limit"]
        )
    items = [
        {
            "code": line.code,
            "procedure": line.procedure,
            "procedure_name": both(line.procedure_name),
            "applicant": line.applicant,
            "handler_office": line.handler_office,
            "received_at": moment(line.received_at),
            "promised_at": moment(line.promised_at),
            "returned_at": moment(line.returned_at),
        }
        for line in found.lines
    ]
    return page(items, key_of(found.after))


@reports.operation(
    "GET",
    "/reports/register/07.pdf",
    access=Access.STAFF,
    query=parameters.RegisterPrint,
    gives=PDF,
    refuses=(403, 404),
)
def print_register(query: dict[str, Any]) -> Answer:
    """Print the dossier register, masked; with a reason unmasked, and each dossier on it is recorded as a reading"""

    def doing(uow: UnitOfWork) -> dict[str, Any]:
        return printing.print_register(uow, query["office"], query["start"], query["end"], query["reason"])

    data = in_transaction(runtime(), actor(), doing)
    return printed("07", data, f"{query['office']}-07.pdf")
