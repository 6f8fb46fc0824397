"""Shapes of sessions, the signed-in person, the inbox and webhooks."""

from __future__ import annotations

from marshmallow import fields

from api.shapes.base import Shape, Words, day, many, one, text, when, whole, yes_no


class Session(Shape):
    token = text()
    expires_at = when()


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
    form = text(True)
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
    format = text()


class WebhookMade(Webhook):
    secret = text(metadata={"description": "For checking signatures (Standard Webhooks); shown this once."})


class Webhooks(Shape):
    items = many(Webhook)


class FilingTaken(Shape):
    """A filing that was pushed: its key, and whether it was not known yet."""

    key = text()
    new = yes_no()


class EventData(Shape):
    """What an event tells (docs/webhooks.md)."""

    code = text()
    procedure = text()
    release = text()
    state = text()
    portal = whole(True)
    due = when(True)
    office = text(True)
    entry = whole()
    version = whole()
    template = fields.String()


class CloudEvent(Shape):
    """An event of a dossier by CloudEvents 1.0, with the documented extension ``sequence``."""

    specversion = text()
    id = text()
    source = text()
    type = text()
    subject = text()
    time = when()
    datacontenttype = text()
    sequence = text()
    data = one(EventData)


class PaymentTaken(Shape):
    outcome = text()
    again = yes_no()


class EventPage(Shape):
    items = many(CloudEvent)
    next = whole()
    more = yes_no()
