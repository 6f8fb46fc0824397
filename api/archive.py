"""Operations on packages for the archive: where they stand, receipts, and lists for destruction by two administrators.

Packages are written, and an approved list is carried out, by the commands of the operator, who has the files.
"""

from __future__ import annotations

from typing import Any

from api import archive_bodies as bodies
from api.answers import answer, moment, nothing, page
from api.operations import LINK, LOCATION, Gives, Resource
from api.shapes.archive import ArchiveStatus, DestructionList, DestructionLists, Packages
from engine.acts.archive.destroy import decide_destruction, propose_destruction
from engine.acts.archive.receipt import archive_receipt
from engine.errors import NotFound
from engine.queries import archive as queries
from engine.queries.page import After
from engine.transaction import UnitOfWork
from server.answer import Answer
from server.context import runtime
from server.identity import Access, reading
from server.once import perform
from server.paging import key_of, read_after
from workflows.retention_file import read_retention

archive = Resource("archive", __name__, description="Packages for the archive, receipts, lists for destruction.")


@archive.operation("GET", "/archive", access=Access.ADMIN, gives=Gives(shape=ArchiveStatus))
def status() -> Answer:
    """Read how many dossiers are due, packed, transferred and destroyed"""
    with reading() as uow:
        told = queries.archive_status(uow)
    return answer({name: getattr(told, name) for name in told.__slots__})


@archive.operation(
    "GET",
    "/archive/packages",
    access=Access.ADMIN,
    query=bodies.Packages,
    gives=Gives(shape=Packages, headers=LINK, description="The newest dossiers first."),
)
def packages(query: dict[str, Any]) -> Answer:
    """List the packages; those that are packed wait for a receipt"""
    after = read_after(query["after"])
    with reading() as uow:
        found = queries.bags(uow, query["way"], after.id if after else None, query["limit"])
    following = After(id=found.next) if found.next is not None else None
    return page([_package(one) for one in found.bags], key_of(following))


@archive.operation(
    "POST",
    "/archive/packages/<code>/receipts",
    access=Access.ADMIN,
    body=bodies.NewReceipt,
    gives=Gives(status=204, description="Recorded; the same receipt again changes nothing."),
    refuses=(404, 409),
    key="optional",
)
def receipt(code: str, body: dict[str, Any]) -> Answer:
    """Record the archive's receipt for a package; one for another hash is refused"""

    def doing(uow: UnitOfWork) -> Answer:
        archive_receipt(uow, code, **body)
        return nothing()

    return perform("archive_receipt", doing)


@archive.operation("GET", "/archive/destructions", access=Access.ADMIN, gives=Gives(shape=DestructionLists))
def destructions() -> Answer:
    """List the lists for destruction, newest first"""
    with reading() as uow:
        found = queries.destructions(uow)
    return answer({"items": [_list(one) for one in found]})


@archive.operation(
    "POST",
    "/archive/destructions",
    access=Access.ADMIN,
    body=bodies.NewDestruction,
    gives=Gives(status=201, shape=DestructionList, headers=LOCATION, description="Waits for a second person."),
    refuses=(409,),
    key="required",
)
def propose(body: dict[str, Any]) -> Answer:
    """Propose to destroy what was transferred and is past its term; another administrator decides"""
    terms = read_retention(body["terms"].encode(), "terms")

    def doing(uow: UnitOfWork) -> Answer:
        number = propose_destruction(uow, terms, body["reason"])
        told = _list(queries.destruction(uow, number))
        return answer(told, 201, Location=f"/api/v1/archive/destructions/{number}")

    return perform("propose_destruction", doing, key_required=True)


@archive.operation(
    "GET",
    "/archive/destructions/<int:number>",
    access=Access.ADMIN,
    gives=Gives(shape=DestructionList),
    refuses=(404,),
)
def one(number: int) -> Answer:
    """Read a list for destruction"""
    with reading() as uow:
        return answer(_list(queries.destruction(uow, number)))


@archive.operation(
    "PUT",
    "/archive/destructions/<int:number>/decision",
    access=Access.ADMIN,
    body=bodies.DestructionDecision,
    gives=Gives(status=204, description="Decided; the operator carries an approved list out."),
    refuses=(404, 409),
    key="optional",
)
def decide(number: int, body: dict[str, Any]) -> Answer:
    """Approve or refuse a list, as another administrator than the one who proposed it"""

    def doing(uow: UnitOfWork) -> Answer:
        decide_destruction(uow, number, approve=body["approve"])
        return nothing()

    return perform("decide_destruction", doing)


@archive.operation(
    "GET",
    "/archive/destructions/<int:number>/minutes.pdf",
    access=Access.ADMIN,
    gives=Gives(media=("application/pdf",), description="The minutes of what was destroyed."),
    refuses=(404,),
)
def minutes(number: int) -> Answer:
    """Download the minutes of a list that was carried out"""
    with reading() as uow:
        key = queries.destruction(uow, number).minutes_key
    if key is None:
        raise NotFound(what=f"minutes {number}")
    headers = {"Content-Type": "application/pdf", "Content-Disposition": f'inline; filename="minutes-{number}.pdf"'}
    return Answer(200, runtime().files.read(key), headers)


def _package(told: queries.Bag) -> dict[str, Any]:
    same = ("code", "sha256", "bytes", "way", "receipt", "archive")
    moments = ("exported_at", "transferred_at", "destroyed_at")
    days = ("finished", "receipt_day")
    return (
        {name: getattr(told, name) for name in same}
        | {name: moment(getattr(told, name)) for name in moments}
        | {name: day.isoformat() if (day := getattr(told, name)) else None for name in days}
        | {"procedure": {"vi": told.procedure.vi, "en": told.procedure.en}}
    )


def _list(told: queries.Destruction) -> dict[str, Any]:
    same = ("status", "dossiers", "done", "reason", "proposed_by", "decided_by", "mine")
    moments = ("proposed_at", "decided_at", "done_at")
    return (
        {name: getattr(told, name) for name in same}
        | {name: moment(getattr(told, name)) for name in moments}
        | {"id": told.number, "has_minutes": told.minutes_key is not None}
    )
