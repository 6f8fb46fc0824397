"""Operations on dossiers: filing one, listing them, reading one in full, and explaining its due moment."""

from __future__ import annotations

from typing import Any

from api import bodies, dossier_json, parameters, shapes
from api.answers import answer, etag, page
from api.dossier_act import standing
from api.operations import ETAG, LINK, LOCATION, Gives, Resource
from engine.acts.file_dossier import Filed, Filing, file_dossier
from engine.dossier.case import read_case
from engine.dossier.similar import similar_to
from engine.queries.dossier import clock_of, dossier_of
from engine.queries.lists import Wanted, list_dossiers
from engine.queries.parties import parties_view
from engine.queries.relations import relations_of
from engine.queries.verifications import verifications
from engine.rules.procedure.permissions import Actor
from engine.transaction import UnitOfWork
from server.answer import Answer
from server.identity import Access, reading
from server.once import perform
from server.paging import key_of, read_after

dossiers = Resource("dossiers", __name__, description="Dossiers, from intake to return.")


@dossiers.operation(
    "POST",
    "/dossiers",
    access=Access.STAFF,
    body=bodies.NewDossier,
    gives=Gives(status=201, shape=shapes.Filed, headers={**ETAG, **LOCATION}, description="Filed."),
    refuses=(403, 404, 409),
    key="required",
)
def file(body: dict[str, Any]) -> Answer:
    """File a dossier that was handed in, sent by post, or sent through the portal"""
    filing = Filing(
        procedure=body["procedure"],
        applicant=body["applicant"],
        fields=body["fields_"],
        channel=body["channel"],
        intake_office=body["intake_office"],
        support_office=body["support_office"],
        handler_office=body["handler_office"],
        handler_reason=body["handler_reason"],
        documents=body["documents"],
        filed_at=body["filed_at"],
        receive=body["receive"],
        received_at=body["received_at"],
        received_reason=body["received_reason"],
        note=body["note"],
        parties=body["parties"],
    )

    return perform("file_dossier", lambda uow: filed_answer(uow, file_dossier(uow, filing)), key_required=True)


def filed_answer(uow: UnitOfWork, filed: Filed) -> Answer:
    """The answer to a filing: where the new dossier stands, the applicant's keys, and dossiers that look like it."""
    keys = {
        "link": f"{uow.settings.public_url}/h/{filed.link_token}",
        "link_token": filed.link_token,
        "receipt_code": filed.receipt_code,
        "similar": similar_to(filed.case),
    }
    return standing(filed.case, 201, keys, Location=f"/api/v1/dossiers/{filed.case.code}")


@dossiers.operation(
    "GET",
    "/dossiers",
    access=Access.STAFF,
    query=parameters.DossierList,
    gives=Gives(shape=shapes.DossierPage, headers=LINK, description="One page of what the caller may see."),
)
def find(query: dict[str, Any]) -> Answer:
    """List the dossiers that the caller may see"""
    after, by_due = read_after(query["after"]), query["sort"] == "due_at"
    with reading() as uow:
        found = list_dossiers(uow, _wanted(query, uow.actor), after=after, by_due=by_due, limit=query["limit"])
    return page([dossier_json.listed(line) for line in found.lines], key_of(found.after))


@dossiers.operation(
    "GET",
    "/dossiers/<code>",
    access=Access.STAFF,
    gives=Gives(shape=shapes.Dossier, headers=ETAG, description="The dossier, personal data masked."),
    refuses=(404,),
)
def one(code: str) -> Answer:
    """Read one dossier, with every action and whether the caller may take it, or why not"""
    with reading() as uow:
        case = read_case(uow, code, along=("documents", "fees", "ledger"))
        around = relations_of(case)
        asked = [dossier_json.verification(one) for one in verifications(uow, case)]
        shown = dossier_json.whole(dossier_of(case)) | dossier_json.relations(around) | {"verifications": asked}
        shown["similar"] = similar_to(case)
        shown["parties"] = [dossier_json.party(one) for one in parties_view(case)]
        return answer(shown, ETag=etag(case.row["version"]))


@dossiers.operation(
    "GET",
    "/dossiers/<code>/clock",
    access=Access.STAFF,
    gives=Gives(shape=shapes.ClockAnswer, description="The due moment, and the days that led to it."),
    refuses=(404,),
)
def clock(code: str) -> Answer:
    """Explain the due moment, day by day"""
    with reading() as uow:
        return answer(dossier_json.clock(clock_of(read_case(uow, code))))


def _wanted(query: dict[str, Any], who: Actor) -> Wanted:
    holder = query["holder"]
    return Wanted(
        state=query["state"],
        portal=query["portal"],
        office=query["office"],
        holder_office=query["holder_office"],
        holder=who.person_id if holder == "me" else int(holder) if holder else None,
        procedure=query["procedure"],
        overdue=_flag(query["overdue"]),
        intake_overdue=_flag(query["intake_overdue"]),
        warned=_flag(query["warned"]),
        due_before=query["due_before"],
        text=query["q"],
    )


def _flag(value: str | None) -> bool | None:
    return None if value is None else value == "true"
