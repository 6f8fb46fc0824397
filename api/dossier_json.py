"""Dossiers as plain dictionaries, made by hand and lean; personal data masked unless a reason was given."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row

from api.answers import moment
from engine.catalogue import Catalogue
from engine.dossier.case import Case
from engine.queries.lists import DossierLine
from engine.queries.state import StateView
from engine.queries.verifications import VerificationView
from engine.rules.deadlines.due import remaining_in_words
from engine.rules.deadlines.timing import is_overdue
from engine.rules.offices.history import Held
from engine.rules.procedure.definition import Release
from engine.rules.procedure.machine import Option
from engine.rules.procedure.portal_status import PortalStatus
from engine.text import Text

MASK = "•••"


def both(text: Text | None) -> dict[str, str] | None:
    return None if text is None else {"vi": text.vi, "en": text.en}


def masked_number(value: str | None) -> str | None:
    """``•••456``: enough to tell two people apart, not enough to be one."""
    return None if not value else MASK + value[-3:]


def masked_email(value: str | None) -> str | None:
    return None if not value else re.sub(r"^(.).*@", rf"\1{MASK}@", value)


def state_of(release: Release, state: str, portal: int) -> dict[str, Any]:
    known = release.states.get(state)
    return {
        "state": state,
        "state_name": both(known.name if known else Text(state, state)),
        "portal": portal,
        "portal_name": both(PortalStatus(portal).text),
    }


def state_json(state: StateView) -> dict[str, Any]:
    return {
        "state": state.key,
        "state_name": both(state.name),
        "portal": state.status.value,
        "portal_name": both(state.status.text),
    }


def listed(line: DossierLine) -> dict[str, Any]:
    """A dossier as one line of a list."""
    return {
        "code": line.code,
        "procedure": line.procedure,
        "procedure_name": both(line.procedure_name),
        **state_json(line.state),
        "version": line.version,
        "applicant": line.applicant,
        "channel": line.channel,
        "intake_office": line.intake_office,
        "handler_office": line.handler_office,
        "holder": {"office": line.holder_office, "role": line.holder_role, "person": line.holder_id},
        "received_at": moment(line.received_at),
        "due_at": moment(line.due_at),
        "promised_at": moment(line.promised_at),
        "clock": line.clock,
        "overdue": line.overdue,
        "finished_at": moment(line.finished_at),
    }


def relative(row: Row[Any], catalogue: Catalogue) -> dict[str, Any]:
    """Another dossier, as far as one that names it tells."""
    release = catalogue.workflow(row.release).release
    return {
        "code": row.code,
        "procedure": row.procedure,
        "procedure_name": both(release.name),
        **state_of(release, row.state, row.portal),
    }


def short(case: Case) -> dict[str, Any]:
    """What an act answers: where the dossier stands now. Reads nothing further."""
    row = case.row
    return {
        "code": row["code"],
        "version": row["version"],
        "procedure": row["procedure"],
        **state_of(case.release, row["state"], row["portal"]),
        "holder": _holder(case),
        "clock": row["clock"],
        "received_at": moment(row["received_at"]),
        "due_at": moment(row["due_at"]),
        "promised_at": moment(row["promised_at"]),
        "finished_at": moment(row["finished_at"]),
        "supplements": row["supplements"],
    }


def whole(case: Case) -> dict[str, Any]:
    """Everything that stands in the dossier's own rows, personal data masked."""
    row, now = case.row, case.unit.now
    return short(case) | {
        "procedure_name": both(case.release.name),
        "release": row["release"],
        "release_version": case.release.version,
        "channel": row["channel"],
        "applicant": applicant(case),
        "fields": form(case),
        "place": row["place"],
        "province": row["province"],
        "intake_office": row["intake_office"],
        "support_office": row["support_office"],
        "handler_office": row["handler_office"],
        "entered_at": moment(row["entered_at"]),
        "opened_at": moment(row["opened_at"]),
        "step_due_at": moment(row["step_due_at"]),
        "filed_at": moment(row["filed_at"]),
        "started_at": moment(row["started_at"]),
        "returned_at": moment(row["returned_at"]),
        "overdue": is_overdue(row["clock"], row["due_at"], now),
        "time_left": time_left(case),
        "extensions": list(row["extensions"]),
        "pauses": list(row["pauses"]),
        "documents": [document(paper, case.release) for paper in case.documents],
        "missing_documents": list(case.facts["documents"]["missing"]),
        "fees": [fee(owed, case.release) for owed in case.fees],
        "actions": actions(case),
    }


def actions(case: Case) -> list[dict[str, Any]]:
    """Every action of the release: allowed to this actor now, or the reason why not."""
    offered = []
    for option, verdict in case.options():
        allowed = option.allowed and verdict is not None and verdict.allowed
        why = option.why if verdict is None else None if allowed else verdict.why
        offered.append(
            {
                "action": option.action,
                "name": both(option.name),
                "allowed": allowed,
                "why": both(why),
                "role": verdict.role if verdict is not None and allowed else None,
                "behalf_of": verdict.behalf_of if verdict is not None and allowed else None,
                "needs": needs(option),
            }
        )
    return offered


def needs(option: Option) -> dict[str, Any]:
    """What has to be handed over with an action."""
    return {"reason": option.needs.reason, "attach": option.needs.attach, "signature": option.needs.signature}


def applicant(case: Case) -> dict[str, Any]:
    """The applicant's name is shown to the dossier's offices; what identifies or reaches the person is masked."""
    known = case.applicant
    return {
        "kind": case.row["applicant_kind"],
        "name": known["name"],
        "identity_number": masked_number(known["identity_number"]),
        "phone": masked_number(known["phone"]),
        "email": masked_email(known["email"]),
        "address": MASK if known["address"] else None,
        "commune": known["commune"],
        "verified": bool(known["verified"]),
        "language": known["language"],
        "masked": True,
    }


def personal(case: Case) -> dict[str, Any]:
    """The same, unmasked, with every form value."""
    known = case.applicant
    shown = {key: known[key] for key in ("name", "identity_number", "phone", "email", "address", "commune", "language")}
    return {
        "code": case.code,
        "applicant": {
            "kind": case.row["applicant_kind"],
            **shown,
            "verified": bool(known["verified"]),
            "masked": False,
        },
        "fields": dict(known["form"] or {}),
    }


def form(case: Case) -> dict[str, Any]:
    """Form values by key; those that the release marks as personal, and identity numbers, are masked."""
    values: Mapping[str, Any] = case.applicant["form"] or {}
    return {key: MASK if _is_personal(case.release, key) and value else value for key, value in values.items()}


def document(row: Mapping[str, Any], release: Release) -> dict[str, Any]:
    known = release.documents.get(row["key"])
    return {
        "id": row["id"],
        "key": row["key"],
        "name": both(known.name if known else Text("Giấy tờ khác", "Other document")),
        "original": row["original"],
        "certified": row["certified"],
        "copy": row["copy"],
        "digitised": bool(row["digitised"]),
        "file_name": row["file_name"],
        "media_type": row["media_type"],
        "size": row["size"],
        "sha256": row["sha256"],
        "reused_from": row["reused_from"],
        "accepted": None if row["accepted"] is None else bool(row["accepted"]),
        "checked_at": moment(row["checked_at"]),
        "checked_by": row["checked_by"],
        "signed": row["signature"] is not None,
        "added_at": moment(row["added_at"]),
    }


def fee(row: Mapping[str, Any], release: Release) -> dict[str, Any]:
    known = release.fees.get(row["key"])
    return {
        "key": row["key"],
        "name": both(known.name if known else Text(row["key"], row["key"])),
        "vnd": row["vnd"],
        "collect": known.collect if known else "during",
        "settled_at": moment(row["settled_at"]),
        "method": row["method"],
        "receipt": row["receipt"],
    }


def verification(view: VerificationView) -> dict[str, Any]:
    return {
        "id": view.id,
        "office": view.office,
        "question": view.question,
        "asked_by": view.asked_by,
        "asked_at": moment(view.asked_at),
        "due_at": moment(view.due_at),
        "answered_at": moment(view.answered_at),
        "answered_by": view.answered_by,
        "answer": view.answer,
        "confirmed": view.confirmed,
    }


def offices(case: Case, history: Mapping[str, Held]) -> list[dict[str, Any]]:
    """The offices by routing key, with why they have it and which had it before, the latest first."""

    def named(code: str) -> dict[str, Any]:
        known = case.unit.catalogue.offices.get(code)
        return {"office": code, "name": both(known.name if known else None)}

    told = []
    for key, code in sorted(case.row["offices"].items()):
        held = history.get(key, Held())
        before = [named(one) for one in held.before]
        told.append({"key": key, **named(code), "reason": both(held.reason), "before": before})
    return told


def time_left(case: Case) -> dict[str, str] | None:
    """“Còn 1 ngày 3 giờ làm việc”, while the clock runs."""
    if case.row["clock"] != "running" or case.row["due_at"] is None:
        return None
    return both(remaining_in_words(case.calendar, case.row["due_at"], case.unit.now))


def relatives(rows: Sequence[Row[Any]], catalogue: Catalogue, *more: str) -> list[dict[str, Any]]:
    return [relative(row, catalogue) | {key: getattr(row, key) for key in more} for row in rows]


def _holder(case: Case) -> dict[str, Any]:
    row = case.row
    role = case.release.roles.get(row["holder_role"] or "")
    return {
        "office": row["holder_office"],
        "role": row["holder_role"],
        "role_name": both(role.name if role else None),
        "person": row["holder_id"],
    }


def _is_personal(release: Release, key: str) -> bool:
    field = release.fields.get(key)
    return field is None or field.personal or field.type in ("identity_number", "person")
