"""Operations for applicants, by citizen link or receipt code: reading the status, acting, sending documents."""

from __future__ import annotations

from typing import Any

from api import bodies, dossier_json, shapes
from api.answers import answer, etag
from api.documents import ADDED, added
from api.operations import ETAG, Gives, Resource
from api.versions import version_if_given
from engine.acts.fetch_result import fetch_result
from engine.acts.perform_action import perform_action
from engine.dossier.case import Case, read_case
from engine.dossier.citizen_keys import ReceiptCodeWrong
from engine.dossier.paper_bounds import must_have_room
from engine.dossier.papers import NothingAsked, asks_applicant
from engine.queries.files import file_of
from engine.queries.look_up import NoSuchReceipt, code_of
from engine.queries.look_up import look_up as find_by_receipt
from engine.queries.status import status_of
from engine.rules.file_types import TAKEN
from engine.rules.procedure.permissions import Actor
from engine.transaction import UnitOfWork
from server.answer import Answer
from server.context import reading_connection, runtime, served
from server.identity import Access, actor, dossier_code, reading
from server.limits import REQUESTS_PER_LINK
from server.once import perform, perform_unkept
from server.uploads import Upload, read_upload

status = Resource("status", __name__, description="For citizens, by link or by code and receipt code.")
STATUS = Gives(shape=shapes.Status, headers=ETAG, description="Where the dossier is, when it is due, what to do.")


@status.operation("GET", "/status/<token>", access=Access.LINK, gives=STATUS, refuses=(429,), hot=True)
def by_link(token: str) -> Answer:
    """Read the status of one's dossier"""
    served().limits.hold(REQUESTS_PER_LINK, "link", token)
    return _status(actor(), dossier_code())


@status.operation(
    "POST",
    "/status-lookups",
    access=Access.PUBLIC,
    body=bodies.LookUp,
    gives=STATUS,
    refuses=(404, 429),
)
def look_up(body: dict[str, Any]) -> Answer:
    """Look up a dossier by its code and its receipt code; wrong and unknown codes get the same answer"""
    code = code_of(body["code"])
    with served().limits.guessing("look-up", code, NoSuchReceipt), reading_connection() as connection:
        who, found = find_by_receipt(connection, runtime().settings, code, body["receipt_code"])
    return _status(who, found)


@status.operation(
    "POST",
    "/status/<token>/actions",
    access=Access.LINK,
    body=bodies.CitizenAction,
    gives=STATUS,
    refuses=(403, 404, 409, 429),
    if_match="optional",
    key="optional",
)
def take_action(token: str, body: dict[str, Any]) -> Answer:
    """Take an action that is left to the applicant: supplement, withdraw; an end needs the receipt code"""
    served().limits.hold(REQUESTS_PER_LINK, "link", token)
    # If-Match is optional: the act checks the state, and a colleague's note should not stop the applicant.
    version, code, receipt_code = version_if_given(), dossier_code(), body["receipt_code"]

    def doing(unit: UnitOfWork) -> Answer:
        given = {
            "reason": body["reason"],
            "fields": body["fields_"],
            "children": body["children"],
            "receipt_code": receipt_code,
        }
        case = perform_action(unit, code, body["action"], version=version, **given)
        return _shown(case)

    if receipt_code is None:
        return perform("perform_action", doing)
    with served().limits.guessing("look-up", code, ReceiptCodeWrong):
        return perform("perform_action", doing)


@status.operation(
    "POST",
    "/status/<token>/documents",
    access=Access.LINK,
    upload=Upload,
    gives=ADDED,
    refuses=(403, 404, 409, 422, 429, 503, 507),
    if_match="optional",
    key="required",
)
def add_document(token: str) -> Answer:
    """Send a document that the office requested"""
    served().limits.hold(REQUESTS_PER_LINK, "link", token)
    with reading() as uow:
        case = read_case(uow, dossier_code())
        if not asks_applicant(case):  # before the body is read; the act checks it again
            raise NothingAsked()
        must_have_room(case, 0)
    given = read_upload() | {"reuse": None}
    return added(case.code, f"/api/v1/status/{token}/documents", given)


@status.operation(
    "POST",
    "/status/<token>/result",
    access=Access.LINK,
    body=bodies.ResultWanted,
    gives=Gives(media=[kind.media for kind in TAKEN], description="The result, always as an attachment."),
    refuses=(403, 404, 409, 429),
)
def result(token: str, body: dict[str, Any]) -> Answer:
    """Download the result, with the receipt code; each download is written into the read log"""
    served().limits.hold(REQUESTS_PER_LINK, "link", token)
    code = dossier_code()
    with served().limits.guessing("result", code, NoSuchReceipt), reading_connection() as connection:
        find_by_receipt(connection, runtime().settings, code, body["receipt_code"])
    file = perform_unkept("fetch_result", lambda unit: file_of(*fetch_result(unit, code, body["document"])))
    headers = {"Content-Type": file.media_type, "Content-Disposition": f'attachment; filename="{file.name}"'}
    return Answer(200, runtime().files.read(file.storage_key), headers)


def _status(who: Actor, code: str) -> Answer:
    with reading(who) as unit:
        return _shown(read_case(unit, code, along=("documents", "fees", "ledger", "steps")))


def _shown(case: Case) -> Answer:
    return answer(dossier_json.status(status_of(case)), ETag=etag(case.row["version"]))
