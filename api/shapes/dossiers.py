"""Shapes of dossiers and their parts: documents, fees, actions, verifications, clock, journal."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from api.shapes.base import Shape, State, Words, anything, many, one, text, when, whole, yes_no


class Holder(Shape):
    office = text(True)
    role = text(True)
    role_name = one(Words, True)
    person = whole(True)


class HolderInList(Shape):
    office = text(True)
    role = text(True)
    person = whole(True)


class DossierLine(State):
    code = text()
    procedure = text()
    procedure_name = one(Words)
    version = whole()
    applicant = text(True)
    channel = text()
    intake_office = text()
    handler_office = text()
    holder = one(HolderInList)
    received_at = when(True)
    due_at = when(True)
    promised_at = when(True)
    clock = text()
    overdue = yes_no()
    intake_due_at = when(True)
    intake_overdue = yes_no()
    warned = yes_no()
    finished_at = when(True)


class DossierPage(Shape):
    items = many(DossierLine)
    next = text(True)


class Warned(Words):
    code = text()


class DossierShort(State):
    code = text()
    version = whole()
    procedure = text()
    holder = one(Holder)
    clock = text()
    received_at = when(True)
    due_at = when(True)
    promised_at = when(True)
    finished_at = when(True)
    supplements = whole()
    warnings = many(Warned)


def _similar() -> fields.List[Any]:
    words = "Running dossiers that look like the same filing and that the caller may see. A hint, never a refusal."
    return fields.List(fields.String(), required=True, metadata={"description": words})


class Party(Shape):
    """A representative, co-applicant or collector of the result, or a consignment by post."""

    id = whole()
    kind = text()
    name = text(True)
    identity_number = text(True)
    phone = text(True)
    address = text(True)
    authority = text(True)
    tracking = text(True)
    document = whole(True)
    since = when()
    until = when(True)


class PartyAdded(DossierShort):
    party = whole()


class Filed(DossierShort):
    link = text(metadata={"description": "The citizen's link; shown this once."})
    link_token = text()
    receipt_code = text()
    similar = _similar()


class Applicant(Shape):
    kind = text()
    name = text(True)
    identity_number = text(True)
    phone = text(True)
    email = text(True)
    address = text(True)
    commune = text(True)
    verified = yes_no()
    language = text()
    masked = yes_no()


class Document(Shape):
    id = whole()
    key = text()
    name = one(Words)
    original = whole()
    certified = whole()
    copy = whole()
    digitised = yes_no()
    file_name = text(True)
    media_type = text(True)
    size = whole(True)
    sha256 = text(True)
    reused_from = whole(True)
    accepted = yes_no(True)
    checked_at = when(True)
    checked_by = whole(True)
    signed = yes_no()
    added_at = when()
    late = yes_no()


class Documents(Shape):
    items = many(Document)
    missing = fields.List(fields.String(), required=True)


class DocumentAdded(DossierShort):
    document = whole()


class Fee(Shape):
    key = text()
    name = one(Words)
    vnd = whole()
    collect = text()
    settled_at = when(True)
    method = text(True)
    receipt = text(True)
    owed = whole()
    paid = whole()
    waived = whole()
    moved = whole()
    due = whole()
    refund = whole()


class LedgerEntry(Shape):
    number = whole()
    key = text()
    kind = text()
    vnd = whole()
    method = text(True)
    receipt = text(True)
    corrects = whole(True)
    at = when()
    by = whole(True)
    journal = whole(True)


class Fees(Shape):
    items = many(Fee)
    total = whole()
    owed = whole()
    paid = whole()
    waived = whole()
    due = whole()
    refund = whole()
    ledger = many(LedgerEntry)


class Needs(Shape):
    reason = yes_no()
    attach = text(True)
    signature = yes_no()


class Action(Shape):
    action = text()
    name = one(Words)
    allowed = yes_no()
    why = one(Words, True)
    role = text(True)
    behalf_of = whole(True)
    needs = one(Needs)
    form = text(True)
    warning = one(Words, True)


class OfficeNamed(Shape):
    office = text()
    name = one(Words, True)


class Routed(OfficeNamed):
    key = text()
    reason = one(Words, True)
    before = many(OfficeNamed)


class Relative(State):
    code = text()
    procedure = text()
    procedure_name = one(Words)


class Child(Relative):
    child_key = text(True)
    child_name = one(Words, True)
    asked = text(True, metadata={"description": "What its office asks of the applicant, in its own words."})


class Linked(Relative):
    kind = text()
    since = when()


class Verification(Shape):
    id = whole()
    office = text()
    question = text()
    asked_by = whole(True)
    asked_at = when()
    due_at = when()
    answered_at = when(True)
    answered_by = whole(True)
    answer = text(True)
    confirmed = yes_no(True)
    documents = many(Document)


class Verifications(Shape):
    items = many(Verification)


class Dossier(DossierShort):
    procedure_name = one(Words)
    release = text()
    release_version = whole()
    channel = text()
    applicant = one(Applicant)
    fields_ = fields.Dict(required=True, data_key="fields")
    place = text(True)
    province = text()
    intake_office = text()
    support_office = text(True)
    handler_office = text()
    entered_at = when()
    opened_at = when(True)
    step_due_at = when(True)
    filed_at = when()
    started_at = when(True)
    returned_at = when(True)
    overdue = yes_no()
    intake_due_at = when(True)
    intake_done_at = when(True)
    intake_overdue = yes_no()
    warned_at = when(True)
    time_left = one(Words, True)
    extensions = fields.List(fields.Dict(), required=True)
    pauses = fields.List(fields.Dict(), required=True)
    documents = many(Document)
    missing_documents = fields.List(fields.String(), required=True)
    fees = many(Fee)
    actions = many(Action)
    offices = many(Routed)
    parent = one(Relative, True)
    children = many(Child)
    links = many(Linked)
    verifications = many(Verification)
    similar = _similar()
    parties = many(Party)


class PersonalData(Shape):
    code = text()
    applicant = one(Applicant)
    parties = many(Party)
    fields_ = fields.Dict(required=True, data_key="fields")


class TraceLine(Shape):
    kind = text()
    start = when()
    end = when(True)
    minutes = whole()
    vi = text()
    en = text()
    legal = text()


class IntakeClock(Shape):
    since = when()
    due_at = when()
    done_at = when(True)
    overdue = yes_no()
    remaining_minutes = whole(True)
    time_left = one(Words, True)
    provisional = yes_no()
    trace = many(TraceLine)


class ClockAnswer(Shape):
    clock = text()
    term = fields.Dict(required=True, allow_none=True)
    due_at = when(True)
    promised_at = when(True)
    started_at = when(True)
    paused_since = when(True)
    remaining_minutes = whole(True)
    time_left = one(Words, True)
    overdue = yes_no()
    provisional = yes_no()
    trace = many(TraceLine)
    intake = one(IntakeClock, True)


class CorrectedField(Shape):
    key = text()
    name = one(Words)
    before = fields.Raw(required=True, allow_none=True)
    after = fields.Raw(required=True, allow_none=True)


class JournalEntry(Shape):
    number = whole()
    at = when()
    act = text()
    act_name = one(Words)
    actor = text()
    name = text(True)
    data = anything()
    changes = anything()
    reason = text(True)
    note = text(True)
    corrected = many(CorrectedField)
    hash = text()
    previous = text()


class EntriesAway(Shape):
    month = text()
    first = whole()
    last = whole()
    told = one(Words)


class JournalPage(Shape):
    items = many(JournalEntry)
    next = whole(True)
    away = one(EntriesAway, True)
