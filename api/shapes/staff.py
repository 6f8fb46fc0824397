"""Shapes of the staff as administrators see it, and of the journal of staff."""

from __future__ import annotations

from marshmallow import fields

from api.shapes.base import Shape, day, many, text, when, whole, yes_no


class Role(Shape):
    office = text()
    role = text()
    valid_from = day()
    valid_to = day(True)


class StaffLine(Shape):
    id = whole()
    username = text()
    name = text()
    email = text(True)
    phone = text(True)
    admin = yes_no()
    active = yes_no()
    roles = many(Role)


class Staff(Shape):
    items = many(StaffLine)
    next = text(True)


class Token(Shape):
    id = text(metadata={"description": "Names the token; it opens nothing."})
    kind = text(True, metadata={"description": "session or token; null: of an earlier version."})
    purpose = text(True)
    created_at = when()
    expires_at = when()


class DeputyShape(Shape):
    absent = whole()
    deputy = whole()
    office = text(True)
    legal = text()
    start = day()
    end = day()


class StaffMember(StaffLine):
    tokens = many(Token)
    deputies = many(DeputyShape)


class Revoked(Shape):
    revoked = whole()


class ProposalMade(Shape):
    id = whole()


class Proposal(Shape):
    id = whole()
    person = whole()
    proposed_by = whole(True)
    proposed_at = when()
    reason = text()
    status = text()
    decided_by = whole(True)
    decided_at = when(True)


class Proposals(Shape):
    items = many(Proposal)


class StaffChange(Shape):
    table = text()
    key = fields.List(fields.Raw(), required=True)
    columns = fields.Dict(required=True, allow_none=True)


class StaffEntry(Shape):
    number = whole()
    at = when()
    act = text()
    actor = text()
    operator = text(True, metadata={"description": "The account of the machine behind a command."})
    subject = whole(True)
    reason = text()
    changes = many(StaffChange)


class StaffEntries(Shape):
    items = many(StaffEntry)
    next = text(True)
