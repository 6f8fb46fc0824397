"""Shapes of procedures, administrative units and offices."""

from __future__ import annotations

from marshmallow import fields

from api.shapes.base import Shape, Words, anything, day, many, one, text, whole, yes_no


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
