"""Reports, and where reorganisations stand."""

from __future__ import annotations

from marshmallow import fields

from api.shapes.base import Shape, State, Words, day, many, one, text, when, whole


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
