"""Shapes of the forms that were issued."""

from __future__ import annotations

from api.shapes.base import Shape, many, text, when, whole


class FormIssue(Shape):
    form = text()
    issue = whole()
    number = text(metadata={"description": "The number on the paper."})
    issued_at = when()
    about = whole(metadata={"description": "The journal entry of the event that the form tells of."})
    entry = whole(metadata={"description": "The journal entry that holds what the form said."})
    replaces = whole(True, metadata={"description": "The issue that this one corrects."})


class Forms(Shape):
    items = many(FormIssue)
