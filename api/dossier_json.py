"""Dossiers as JSON: one function for each dataclass of ``engine.queries``, which makes a plain dictionary of it.

The dictionaries are written out by hand, because a schema would copy each value at several times the cost.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from api.answers import moment
from engine.queries.applicant import Applicant
from engine.queries.clock import IntakeView
from engine.queries.dossier import ClockView, DossierView, Fee, Needs, Offer, Paper, Standing
from engine.queries.lists import DossierLine
from engine.queries.parties import PartyView
from engine.queries.relations import NamedOffice, Relations, Relative
from engine.queries.state import StateView
from engine.queries.status import ChildStatus, Requested, Status
from engine.queries.verifications import VerificationView
from engine.rules.procedure.balance import Balance
from engine.text import Text

Json = dict[str, Any]


def both(text: Text | None) -> dict[str, str] | None:
    """A text by language: ``vi`` and ``en``."""
    return None if text is None else {"vi": text.vi, "en": text.en}


def state(view: StateView) -> Json:
    """A state with the portal status that it maps to."""
    return {"state": view.key, "state_name": both(view.name), **portal(view)}


def portal(view: StateView) -> Json:
    """The portal status alone, for citizens, to whom the key of a state means nothing."""
    return {"portal": view.status.value, "portal_name": both(view.status.text)}


def standing(view: Standing) -> Json:
    """The short form of a dossier, with which every act answers."""
    holder = view.holder
    return {
        "code": view.code,
        "version": view.version,
        "procedure": view.procedure,
        **state(view.state),
        "holder": {
            "office": holder.office,
            "role": holder.role,
            "role_name": both(holder.role_name),
            "person": holder.person,
        },
        "clock": view.clock,
        "received_at": moment(view.received_at),
        "due_at": moment(view.due_at),
        "promised_at": moment(view.promised_at),
        "finished_at": moment(view.finished_at),
        "supplements": view.supplements,
        "warnings": [{"code": one.code, "vi": one.text.vi, "en": one.text.en} for one in view.warnings],
    }


def whole(view: DossierView) -> Json:
    """The full form of a dossier, without its offices and the dossiers related to it (``relations``)."""
    return standing(view.standing) | {
        "procedure_name": both(view.procedure_name),
        "release": view.release,
        "release_version": view.release_version,
        "channel": view.channel,
        "applicant": applicant(view.applicant),
        "fields": dict(view.fields),
        "place": view.place,
        "province": view.province,
        "intake_office": view.intake_office,
        "support_office": view.support_office,
        "handler_office": view.handler_office,
        "entered_at": moment(view.entered_at),
        "opened_at": moment(view.opened_at),
        "step_due_at": moment(view.step_due_at),
        "filed_at": moment(view.filed_at),
        "started_at": moment(view.started_at),
        "returned_at": moment(view.returned_at),
        "overdue": view.overdue,
        "intake_due_at": moment(view.intake_due_at),
        "intake_done_at": moment(view.intake_done_at),
        "intake_overdue": view.intake_overdue,
        "warned_at": moment(view.warned_at),
        "time_left": both(view.time_left),
        "extensions": list(view.extensions),
        "pauses": list(view.pauses),
        "documents": [paper(one) for one in view.documents],
        "missing_documents": list(view.missing_documents),
        "fees": [fee(one) for one in view.fees],
        "actions": [offer(one) for one in view.actions],
    }


def relations(view: Relations) -> Json:
    """The offices of a dossier, its parent, its children and the dossiers linked with it."""
    return {
        "offices": [
            {
                "key": one.key,
                **_office(one.office),
                "reason": both(one.reason),
                "before": [_office(before) for before in one.before],
            }
            for one in view.offices
        ],
        "parent": relative(view.parent) if view.parent is not None else None,
        "children": [
            relative(one) | {"child_key": one.child_key, "child_name": both(one.child_name), "asked": one.asked}
            for one in view.children
        ],
        "links": [relative(one) | {"kind": one.kind, "since": moment(one.since)} for one in view.links],
    }


def relative(view: Relative) -> Json:
    """A related dossier: its code, procedure and state."""
    return {
        "code": view.code,
        "procedure": view.procedure,
        "procedure_name": both(view.procedure_name),
        **state(view.state),
    }


def clock(view: ClockView) -> Json:
    """The clock, and the trace of days that explains the due moment."""
    return {
        "clock": view.clock,
        "term": view.term,
        "due_at": moment(view.due_at),
        "promised_at": moment(view.promised_at),
        "started_at": moment(view.started_at),
        "paused_since": moment(view.paused_since),
        "remaining_minutes": view.remaining_minutes,
        "time_left": both(view.time_left),
        "overdue": view.overdue,
        "provisional": view.provisional,
        "trace": list(view.trace),
        "intake": _intake(view.intake) if view.intake else None,
    }


def _intake(view: IntakeView) -> Json:
    return {
        "since": moment(view.since),
        "due_at": moment(view.due_at),
        "done_at": moment(view.done_at),
        "overdue": view.overdue,
        "remaining_minutes": view.remaining_minutes,
        "time_left": both(view.time_left),
        "provisional": view.provisional,
        "trace": list(view.trace),
    }


def offer(view: Offer) -> Json:
    """An action: whether the actor may take it now, or why not."""
    return {
        "action": view.action,
        "name": both(view.name),
        "allowed": view.allowed,
        "why": both(view.why),
        "role": view.role,
        "behalf_of": view.behalf_of,
        "needs": needs(view.needs),
        "form": view.form,
        "warning": both(view.warning),
    }


def needs(view: Needs) -> Json:
    """The inputs that an action requires: a reason, a document, a signature."""
    return {"reason": view.reason, "attach": view.attach, "signature": view.signature}


def applicant(view: Applicant) -> Json:
    """The applicant; the query decided whether it is masked."""
    return {
        "kind": view.kind,
        "name": view.name,
        "identity_number": view.identity_number,
        "phone": view.phone,
        "email": view.email,
        "address": view.address,
        "commune": view.commune,
        "verified": view.verified,
        "language": view.language,
        "masked": view.masked,
    }


def paper(view: Paper) -> Json:
    """A document of the dossier."""
    return {
        "id": view.id,
        "key": view.key,
        "name": both(view.name),
        "original": view.original,
        "certified": view.certified,
        "copy": view.copy,
        "digitised": view.digitised,
        "file_name": view.file_name,
        "media_type": view.media_type,
        "size": view.size,
        "sha256": view.sha256,
        "reused_from": view.reused_from,
        "accepted": view.accepted,
        "checked_at": moment(view.checked_at),
        "checked_by": view.checked_by,
        "signed": view.signed,
        "added_at": moment(view.added_at),
        "late": view.late,
    }


def fee(view: Fee) -> Json:
    """A fee, in đồng."""
    return {
        "key": view.key,
        "name": both(view.name),
        "vnd": view.vnd,
        "collect": view.collect,
        "settled_at": moment(view.settled_at),
        "method": view.method,
        "receipt": view.receipt,
        "owed": view.vnd,
        "paid": view.paid,
        "waived": view.waived,
        "moved": view.moved,
        "due": view.due,
        "refund": view.refund,
    }


def money(view: Balance) -> Json:
    """The sums of a dossier's fees, in đồng, and its ledger; ``total`` is what is owed."""
    ledger = [
        {
            "number": entry.number,
            "key": entry.key,
            "kind": entry.kind,
            "vnd": entry.vnd,
            "method": entry.method,
            "receipt": entry.receipt,
            "corrects": entry.corrects,
            "at": moment(entry.at),
            "by": entry.by,
            "journal": entry.journal,
        }
        for entry in view.ledger
    ]
    sums = {"total": view.owed, "owed": view.owed, "paid": view.paid, "waived": view.waived, "due": view.due}
    return {**sums, "refund": view.refund, "ledger": ledger}


def party(view: PartyView) -> Json:
    """A person beside the applicant; the query decided whether it is masked."""
    return {
        "id": view.id,
        "kind": view.kind,
        "name": view.name,
        "identity_number": view.identity_number,
        "phone": view.phone,
        "address": view.address,
        "authority": view.authority,
        "tracking": view.tracking,
        "document": view.document,
        "since": moment(view.since),
        "until": moment(view.until),
    }


def _requested(named: Sequence[Requested]) -> list[Json]:
    return [{"key": one.key, "name": both(one.name)} for one in named]


def _child(view: ChildStatus) -> Json:
    return {
        "code": view.code,
        "name": both(view.name),
        "state_name": both(view.state.name),
        **portal(view.state),
        "asked": view.asked,
        "asked_documents": _requested(view.asked_documents),
        "asked_fields": _requested(view.asked_fields),
        "stops_at": moment(view.stops_at),
    }


def status(view: Status) -> Json:
    """The status of a dossier for its applicant."""
    return {
        "code": view.code,
        "version": view.version,
        "procedure": view.procedure,
        "procedure_name": both(view.procedure_name),
        "state_name": both(view.state.name),
        **portal(view.state),
        "office": view.office,
        "office_name": both(view.office_name),
        "hotline": view.hotline,
        "received_at": moment(view.received_at),
        "due_at": moment(view.due_at),
        "promised_at": moment(view.promised_at),
        "clock": view.clock,
        "overdue": view.overdue,
        "provisional": view.provisional,
        "time_left": both(view.time_left),
        "stops_at": moment(view.stops_at),
        "asked": view.asked,
        "asked_documents": _requested(view.asked_documents),
        "asked_fields": _requested(view.asked_fields),
        "children": [_child(one) for one in view.children],
        "missing_documents": [{"key": one.key, "name": both(one.name)} for one in view.missing_documents],
        "fees": [fee(one) for one in view.fees],
        "tasks": [{"action": one.action, "name": both(one.name), "needs": needs(one.needs)} for one in view.tasks],
        "steps": [
            {"at": moment(one.at), "state_name": both(one.state.name), **portal(one.state)} for one in view.steps
        ],
        "steps_away": view.steps_away,
    }


def personal(code: str, known: Applicant, fields: Mapping[str, Any]) -> Json:
    """The applicant unmasked, with every form value."""
    return {"code": code, "applicant": applicant(known), "fields": dict(fields)}


def _office(view: NamedOffice) -> Json:
    return {"office": view.office, "name": both(view.name)}


def listed(line: DossierLine) -> dict[str, Any]:
    """A dossier as one line of a list."""
    return {
        "code": line.code,
        "procedure": line.procedure,
        "procedure_name": both(line.procedure_name),
        **state(line.state),
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
        "intake_due_at": moment(line.intake_due_at),
        "intake_overdue": line.intake_overdue,
        "warned": line.warned,
        "finished_at": moment(line.finished_at),
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
        "documents": [paper(one) for one in view.documents],
    }
