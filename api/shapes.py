"""What answers look like: for the OpenAPI document, and for the tests, which hold every answer to them.

Nothing is dumped through these."""

from __future__ import annotations

from typing import Any

from marshmallow import RAISE, Schema, fields


class Shape(Schema):
    class Meta:
        unknown = RAISE


def text(nullable: bool = False, **options: Any) -> fields.String:
    return fields.String(required=True, allow_none=nullable, **options)


def whole(nullable: bool = False) -> fields.Integer:
    return fields.Integer(required=True, allow_none=nullable)


def yes_no(nullable: bool = False) -> fields.Boolean:
    return fields.Boolean(required=True, allow_none=nullable)


def when(nullable: bool = False) -> fields.String:
    return fields.String(required=True, allow_none=nullable, metadata={"format": "date-time"})


def day(nullable: bool = False) -> fields.String:
    return fields.String(required=True, allow_none=nullable, metadata={"format": "date"})


def one(shape: type[Schema], nullable: bool = False) -> fields.Nested:
    return fields.Nested(shape, required=True, allow_none=nullable)


def many(shape: type[Schema]) -> fields.List[Any]:
    return fields.List(fields.Nested(shape), required=True)


def anything() -> fields.Dict:
    return fields.Dict(required=True)


class Words(Shape):
    vi = text()
    en = text()


class Problem(Shape):
    """RFC 9457 problem details."""

    type = text()
    title = text()
    status = whole()
    code = text()
    detail = text()
    detail_vi = text()
    detail_en = text()
    instance = text()
    errors = fields.Dict(keys=fields.String(), values=fields.String())
    facts = fields.Dict()


class ProblemKind(Shape):
    code = text()
    status = whole()
    vi = text()
    en = text()
    meaning = text()


class ProblemKinds(Shape):
    items = many(ProblemKind)


class Session(Shape):
    token = text()
    expires_at = when()


class Holder(Shape):
    office = text(True)
    role = text(True)
    role_name = one(Words, True)
    person = whole(True)


class HolderInList(Shape):
    office = text(True)
    role = text(True)
    person = whole(True)


class State(Shape):
    state = text()
    state_name = one(Words)
    portal = whole()
    portal_name = one(Words)


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
    finished_at = when(True)


class DossierPage(Shape):
    items = many(DossierLine)
    next = text(True)


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


class Filed(DossierShort):
    link = text(metadata={"description": "The citizen's link; shown this once."})
    link_token = text()
    receipt_code = text()


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


class Fees(Shape):
    items = many(Fee)
    total = whole()
    due = whole()


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


class Routed(Shape):
    key = text()
    office = text()
    name = one(Words, True)
    reason = one(Words, True)


class Relative(State):
    code = text()
    procedure = text()
    procedure_name = one(Words)


class Child(Relative):
    child_key = text(True)


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


class PersonalData(Shape):
    code = text()
    applicant = one(Applicant)
    fields_ = fields.Dict(required=True, data_key="fields")


class TraceLine(Shape):
    kind = text()
    start = when()
    end = when(True)
    minutes = whole()
    vi = text()
    en = text()
    legal = text()


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
    trace = many(TraceLine)


class JournalEntry(Shape):
    number = whole()
    at = when()
    act = text()
    actor = text()
    name = text(True)
    data = anything()
    changes = anything()
    reason = text(True)
    note = text(True)
    hash = text()
    previous = text()


class JournalPage(Shape):
    items = many(JournalEntry)
    next = whole(True)


class StatusStep(Shape):
    state_name = one(Words)
    portal = whole()
    portal_name = one(Words)
    at = when()


class StatusTask(Shape):
    action = text()
    name = one(Words)
    needs = one(Needs)


class Status(Shape):
    """What a citizen sees: where the dossier is, when it will be ready, what to do."""

    code = text()
    version = whole()
    procedure = text()
    procedure_name = one(Words)
    state_name = one(Words)
    portal = whole()
    portal_name = one(Words)
    office = text()
    office_name = one(Words, True)
    hotline = text(True)
    received_at = when(True)
    due_at = when(True)
    promised_at = when(True)
    clock = text()
    overdue = yes_no()
    time_left = one(Words, True)
    asked = text(True, metadata={"description": "What the office asked for last, in its own words."})
    missing_documents = fields.List(fields.Dict(), required=True)
    fees = many(Fee)
    tasks = many(StatusTask)
    steps = many(StatusStep)


class ProcedureLine(Shape):
    procedure = text()
    version = whole()
    name = one(Words)
    sector = text()
    channels = fields.List(fields.String(), required=True)
    applicants = fields.List(fields.String(), required=True)


class Procedures(Shape):
    items = many(ProcedureLine)


class Procedure(ProcedureLine):
    release = text()
    legal = fields.List(fields.String(), required=True)
    fields_ = fields.List(fields.Dict(), required=True, data_key="fields")
    documents = fields.List(fields.Dict(), required=True)
    fees = fields.List(fields.Dict(), required=True)
    states = fields.List(fields.Dict(), required=True)
    actions = fields.List(fields.Dict(), required=True)
    roles = fields.List(fields.Dict(), required=True)
    sla = anything()


class Unit(Shape):
    id = text()
    code = text()
    level = text()
    kind = text()
    name = text()
    full_name = text(True)
    valid_from = day()
    valid_to = day(True)


class Candidate(Shape):
    unit = one(Unit)
    origin = one(Unit)
    share = fields.Float(required=True, allow_none=True)
    default = yes_no()


class Resolution(Shape):
    asked = text()
    on = day()
    outcome = text()
    unit = one(Unit, True)
    candidates = many(Candidate)
    also = many(Candidate)
    reason = one(Words)
    leftover = text()


class Office(Shape):
    code = text()
    name = one(Words)
    body = text()
    unit = text()
    province = text()
    receives = yes_no()
    address = text(True)
    hotline = text(True)
    valid_from = day()
    valid_to = day(True)


class Offices(Shape):
    items = many(Office)
    next = text(True)


class Membership(Shape):
    office = text()
    role = text()
    valid_from = day()
    valid_to = day(True)
    behalf_of = whole(True)


class Me(Shape):
    id = whole(True)
    name = text()
    admin = yes_no()
    offices = fields.List(fields.String(), required=True)
    memberships = many(Membership)


class InboxLine(Shape):
    id = whole()
    dossier = text()
    template = text()
    subject = one(Words, True)
    body = one(Words, True)
    at = when()
    read_at = when(True)


class Inbox(Shape):
    items = many(InboxLine)
    next = text(True)


class Webhook(Shape):
    id = whole()
    url = text()
    office = text(True)
    active = yes_no()
    created_at = when()


class WebhookMade(Webhook):
    secret = text(metadata={"description": "For checking signatures (Standard Webhooks); shown this once."})


class Webhooks(Shape):
    items = many(Webhook)


class OnTimeLine(Shape):
    office = text()
    office_name = one(Words, True)
    finished = whole()
    on_time = whole()
    late = whole()
    running_late = whole()
    rate = fields.Float(required=True, allow_none=True)


class OnTime(Shape):
    start = day()
    end = day()
    items = many(OnTimeLine)


class QueueLine(State):
    procedure = text()
    procedure_name = one(Words)
    count = whole()
    overdue = whole()


class Queues(Shape):
    office = text()
    items = many(QueueLine)


class RegisterLine(Shape):
    code = text()
    procedure = text()
    procedure_name = one(Words)
    applicant = text(True)
    handler_office = text()
    received_at = when(True)
    promised_at = when(True)
    returned_at = when(True)


class Register(Shape):
    items = many(RegisterLine)
    next = text(True)
