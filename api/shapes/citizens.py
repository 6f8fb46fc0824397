"""Shapes of the status of a dossier, as its applicant sees it."""

from __future__ import annotations

from marshmallow import fields

from api.shapes.base import Shape, Words, many, one, text, when, whole, yes_no
from api.shapes.dossiers import Fee, Needs


class StatusStep(Shape):
    state_name = one(Words)
    portal = whole()
    portal_name = one(Words)
    at = when()


class StatusTask(Shape):
    action = text()
    name = one(Words)
    needs = one(Needs)


class ChildStatus(Shape):
    """A linked dossier (liên thông) on its parent's page, with what its office asks of the applicant."""

    code = text()
    name = one(Words)
    state_name = one(Words)
    portal = whole()
    portal_name = one(Words)
    asked = text(True)
    asked_documents = fields.List(fields.Dict(), required=True)
    asked_fields = fields.List(fields.Dict(), required=True)
    stops_at = when(True)


class Status(Shape):
    """The status for the applicant: where the dossier is, when it will be ready, what to do.

    ``stops_at`` is when processing stops by itself unless the applicant acts; ``promised_at`` is history.
    """

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
    provisional = yes_no()
    time_left = one(Words, True)
    stops_at = when(True)
    asked = text(True, metadata={"description": "What the office asked for last, in its own words."})
    asked_documents = fields.List(fields.Dict(), required=True)
    asked_fields = fields.List(fields.Dict(), required=True)
    missing_documents = fields.List(fields.Dict(), required=True)
    fees = many(Fee)
    tasks = many(StatusTask)
    steps = many(StatusStep)
    steps_away = yes_no()
    children = many(ChildStatus)
