"""Shapes of reports and of reorganisations."""

from __future__ import annotations

from marshmallow import fields

from api.shapes.base import Shape, State, Words, day, many, one, text, when, whole, yes_no


class Look(Shape):
    """One reading of unmasked personal data; ``person`` and ``name`` are of the member of staff who read."""

    id = whole()
    at = when()
    person = whole(True)
    name = text(True)
    dossier = text()
    what = text()
    reason = text()


class LookPage(Shape):
    items = many(Look)
    next = whole(True)


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


class HeldBy(Shape):
    office = text()
    office_name = one(Words, True)
    minutes = whole()


class HeldLongest(Shape):
    office = text()
    office_name = one(Words, True)
    dossiers = whole()


class LateDossier(Shape):
    code = text()
    procedure = text()
    procedure_name = one(Words)
    promised_at = when()
    finished_at = when()
    came_at = when()
    came_late = yes_no()
    held = many(HeldBy)
    longest = text()


class HeldTime(Shape):
    office = text()
    start = day()
    end = day()
    finished = whole()
    on_time = whole()
    late = whole()
    came_late = whole()
    longest = many(HeldLongest)
    items = many(LateDossier)
    next = text(True)


class UnitLine(Shape):
    unit = text(True)
    code = text(True)
    level = text(True)
    name = text(True)
    certain = yes_no()
    finished = whole()
    on_time = whole()
    late = whole()
    rate = fields.Float(required=True, allow_none=True)


class OnTimeByUnit(Shape):
    start = day()
    end = day()
    on = day()
    level = text()
    items = many(UnitLine)


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


class ReformLine(Shape):
    number = whole()
    code = text()
    name = one(Words)
    date = day()
    digest = text()
    state = text()
    dossiers = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)


class Reforms(Shape):
    items = many(ReformLine)


class TriageCandidate(Shape):
    commune = text()
    office = text()
    office_name = one(Words, True)
    share = fields.Float(required=True, allow_none=True)
    suggested = fields.Boolean(required=True)


class TriageLine(Shape):
    province = text()
    commune = text(True)
    commune_name = text(True)
    dossiers = whole()
    candidates = many(TriageCandidate)


class Triage(Shape):
    items = many(TriageLine)


class Decided(Shape):
    asked = whole()
    moved = whole()
    left = whole()


class IntakeLine(Shape):
    office = text()
    office_name = one(Words, True)
    filed = whole()
    in_time = whole()
    late = whole()
    waiting_late = whole()


class IntakeReport(Shape):
    start = day()
    end = day()
    items = many(IntakeLine)
