"""The shapes of a person's consents to the reuse of papers."""

from __future__ import annotations

from api.shapes.base import Shape, many, text, when


class Consent(Shape):
    given_at = when()
    office = text()
    purpose = text()
    withdrawn_at = when(True)


class Consents(Shape):
    items = many(Consent)
