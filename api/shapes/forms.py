"""Shapes of the forms that were issued."""

from __future__ import annotations

from marshmallow import fields, validate

from api.shapes.base import Shape, Words, many, one, text, when, whole


class FormSealTold(Shape):
    state = fields.String(
        required=True,
        validate=validate.OneOf(("waiting", "sealed", "unsealed")),
        metadata={
            "description": "`waiting`: the first download seals the PDF; `sealed`: every download is the sealed file; "
            "`unsealed`: the PDF went out without the seal."
        },
    )
    at = when(True)
    sha256 = text(True, metadata={"description": "Of the sealed PDF; null where it is kept encrypted (Form 01)."})
    why = one(Words, True)


class FormIssue(Shape):
    form = text()
    issue = whole()
    number = text(metadata={"description": "The number on the paper."})
    issued_at = when()
    about = whole(metadata={"description": "The journal entry of the event that the form tells of."})
    entry = whole(metadata={"description": "The journal entry that holds what the form said."})
    replaces = whole(True, metadata={"description": "The issue that this one corrects."})
    seal = one(
        FormSealTold,
        True,
        metadata={"description": "The office's seal on the PDF; null where the issue was never to carry one."},
    )


class Forms(Shape):
    items = many(FormIssue)
