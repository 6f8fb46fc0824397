"""The body of a request that adds a webhook."""

from __future__ import annotations

from marshmallow import fields, validate

from engine.notices.cloud_event import FORMATS, STANDARD
from server.values import CODE, Body, Word

_WEB_ADDRESS = r"^https?://[\x21-\x7e]+$"


class NewWebhook(Body):
    url = Word(
        _WEB_ADDRESS,
        required=True,
        validate=[
            validate.Length(1, 500),
            validate.Regexp(_WEB_ADDRESS.replace("$", r"\Z"), error="Not a valid URL."),
        ],
    )
    office = Word(CODE, allow_none=True, load_default=None)
    format = fields.String(
        validate=validate.OneOf(FORMATS),
        load_default=STANDARD,
        metadata={"description": "How its events are written: see docs/webhooks.md."},
    )
