"""Shapes of procedures, administrative units and offices."""

from __future__ import annotations

from marshmallow import fields

from api.shapes.base import Shape, Words, anything, day, many, one, text, whole, yes_no


class Publication(Shape):
    processed = text()
    system = text(True)
    online = text()
    since = day()
    decision = text()
    decided_on = day()
    listed_on = day(True)


class ProcedureLine(Shape):
    procedure = text()
    version = whole()
    name = one(Words)
    short = one(Words)
    sector = text()
    sector_name = one(Words)
    channels = fields.List(fields.String(), required=True)
    applicants = fields.List(fields.String(), required=True)
    effective_from = day()
    effective_until = day(True)
    received_at = one(Words)
    publication = one(Publication, True)


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
    standing = text()


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


class Closure(Shape):
    first = day()
    last = day()
    vi = text()
    en = text()
    legal = text()
    spans = fields.List(fields.String(), required=True)


class ClosureLeft(Shape):
    left = one(Closure, True)


class Week(Shape):
    mon = fields.List(fields.String(), required=True)
    tue = fields.List(fields.String(), required=True)
    wed = fields.List(fields.String(), required=True)
    thu = fields.List(fields.String(), required=True)
    fri = fields.List(fields.String(), required=True)
    sat = fields.List(fields.String(), required=True)
    sun = fields.List(fields.String(), required=True)


class SpecialDay(Shape):
    instead_of = day(True)
    day = day()
    kind = text()
    vi = text()
    en = text()
    legal = text()
    spans = fields.List(fields.String(), required=True)
    source = text()


class OwnHours(Shape):
    first = day()
    last = day(True)
    week = one(Week)
    vi = text()
    en = text()
    legal = text()
    days = many(SpecialDay)
    own_days = yes_no()


class HoursLeft(Shape):
    left = one(OwnHours, True)


class OfficeTimes(Shape):
    closures = many(Closure)
    hours = many(OwnHours)
