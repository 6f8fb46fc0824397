"""The citizen's side: what the link shows, looking up by dossier and receipt code, what the applicant may do."""

from __future__ import annotations

from typing import Any

from flask import redirect
from werkzeug.wrappers import Response

from api import bodies, dossier_json, shapes
from api.answers import answer, etag, moment
from api.documents import ADDED, added
from api.dossier_act import act
from api.operations import ETAG, Gives, Resource
from api.versions import version_if_given
from engine.acts.perform_action import perform_action
from engine.dossier.case import Case, open_case
from engine.errors import Conflict, NotFound
from engine.rules.deadlines.timing import is_overdue
from engine.rules.procedure.definition import APPLICANT
from engine.rules.procedure.permissions import Actor
from engine.rules.procedure.portal_status import PortalStatus
from engine.security.citizen_link import receipt_matches
from engine.store.sessions import dossier_keys
from server.answer import Answer
from server.context import reading_connection, runtime, served
from server.identity import Access, actor, dossier_code, reading
from server.limits import LINK_PER_ADDRESS, LOOK_UP_PER_ADDRESS, LOOK_UP_PER_CODE
from server.uploads import Upload, read_upload

status = Resource("status", __name__, description="For citizens, by link or by code and receipt code.")
STATUS = Gives(shape=shapes.Status, headers=ETAG, description="Where the dossier is, when it is due, what to do.")
_NOBODY = "0" * 32  # a nonce that no dossier has


class NoSuchReceipt(NotFound):
    """The dossier code or the receipt code is wrong; it is not said which."""

    code = "no-such-receipt"
    vi = "Mã hồ sơ hoặc mã biên nhận không đúng."
    en = "The dossier code or the receipt code is wrong."


class NothingAsked(Conflict):
    """The office waits for nothing from the applicant, so nothing is taken from them now."""

    code = "nothing-asked"
    vi = "Hiện không có yêu cầu nào đối với người nộp hồ sơ, nên chưa thể gửi thêm giấy tờ."
    en = "Nothing is asked of the applicant at present, so no document can be sent."


@status.operation("GET", "/status/<token>", access=Access.LINK, gives=STATUS, refuses=(429,))
def by_link(token: str) -> Answer:
    """Read the status of one's dossier"""
    served().limits.hold(LINK_PER_ADDRESS, "link")
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
    """Look up a dossier by its code and the receipt code; a wrong one and an absent one are answered alike"""
    code = body["code"].upper()
    served().limits.hold(LOOK_UP_PER_ADDRESS, "look-up-address")
    served().limits.hold(LOOK_UP_PER_CODE, "look-up-code", code)
    with reading_connection() as connection:
        found = dossier_keys(connection, code)
    # The same work whether the dossier exists or not: the time must not tell.
    nonce = found.link_nonce if found is not None else _NOBODY
    right = receipt_matches(runtime().settings.secret_keys, nonce, body["receipt_code"])
    if found is None or not right:
        raise NoSuchReceipt()
    return _status(Actor("citizen", "citizen", dossier_id=found.id), found.code)


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
    """Take an action that is left to the applicant: supplement, withdraw"""
    served().limits.hold(LINK_PER_ADDRESS, "link")
    # A citizen decides on what the page says, not on the office's latest note: the state is checked in any case.
    version, code = version_if_given(), dossier_code()

    def doing(uow: Any) -> Case:
        return perform_action(uow, code, body["action"], version=version, reason=body["reason"], fields=body["fields_"])

    return act("perform_action", doing, shown=_shown)


@status.operation(
    "POST",
    "/status/<token>/documents",
    access=Access.LINK,
    upload=Upload,
    gives=ADDED,
    refuses=(403, 404, 409, 422, 429, 507),
    if_match="optional",
    key="required",
)
def add_document(token: str) -> Answer:
    """Send a document that was asked for"""
    served().limits.hold(LINK_PER_ADDRESS, "link")
    with reading() as uow:
        case = open_case(uow, dossier_code(), lock=False, along=("documents", "fees"))
        if not _tasks(case):
            raise NothingAsked()
    given = read_upload() | {"reuse": None}
    return added(case.code, f"/api/v1/status/{token}/documents", given)


def _status(who: Actor, code: str) -> Answer:
    with reading(who) as uow:
        case = open_case(uow, code, lock=False, along=("documents", "fees", "steps"))
        return answer(_shown(case), ETag=etag(case.row["version"]))


def _shown(case: Case) -> dict[str, Any]:
    row = case.row
    office = case.unit.catalogue.offices.get(row["holder_office"] or row["handler_office"])
    state = dossier_json.state_of(case.release, row["state"], row["portal"])
    del state["state"]  # the house's own name of the step means nothing to its reader
    steps, asked = _steps(case)
    names = case.release.documents
    missing = case.facts["documents"]["missing"]
    return {
        "code": case.code,
        "version": row["version"],
        "procedure": row["procedure"],
        "procedure_name": dossier_json.both(case.release.name),
        **state,
        "office": row["holder_office"] or row["handler_office"],
        "office_name": dossier_json.both(office.name) if office else None,
        "hotline": office.hotline if office else None,
        "received_at": moment(row["received_at"]),
        "due_at": moment(row["due_at"]),
        "promised_at": moment(row["promised_at"]),
        "clock": row["clock"],
        "overdue": is_overdue(row["clock"], row["due_at"], case.unit.now),
        "time_left": dossier_json.time_left(case),
        "asked": asked if PortalStatus(row["portal"]).asks else None,
        "missing_documents": [
            {"key": key, "name": dossier_json.both(names[key].name)} for key in missing if key in names
        ],
        "fees": [dossier_json.fee(owed, case.release) for owed in case.fees],
        "tasks": _tasks(case),
        "steps": steps,
    }


def _tasks(case: Case) -> list[dict[str, Any]]:
    """What the applicant may do now."""
    return [
        {"action": one.action, "name": dossier_json.both(one.name), "needs": dossier_json.needs(one)}
        for one in case.left_to(APPLICANT)
    ]


def _steps(case: Case) -> tuple[list[dict[str, Any]], str | None]:
    """The states the dossier went through, with when; and the reason given with the last step."""
    steps: list[dict[str, Any]] = []
    asked: str | None = None
    portal = 1
    for entry in case.steps:
        changes = entry["changes"]
        portal = changes.get("portal", portal)
        if "state" in changes:
            named = dossier_json.state_of(case.release, changes["state"], portal)
            del named["state"]
            steps.append({"at": moment(entry["at"]), **named})
            asked = entry["reason"]
    return steps, asked


def short_link(token: str) -> Response:
    """The link on receipts and in notices: leads to the status."""
    return redirect(f"/api/v1/status/{token}", 302)
