"""The building blocks of all shapes, and the shape of problem details."""

from __future__ import annotations

from typing import Any

from marshmallow import RAISE, Schema, fields


class Shape(Schema):
    class Meta:
        unknown = RAISE


def text(nullable: bool = False, **options: Any) -> fields.String:
    return fields.String(required=True, allow_none=nullable, **options)


def whole(nullable: bool = False, **options: Any) -> fields.Integer:
    return fields.Integer(required=True, allow_none=nullable, **options)


def yes_no(nullable: bool = False) -> fields.Boolean:
    return fields.Boolean(required=True, allow_none=nullable)


def when(nullable: bool = False) -> fields.String:
    return fields.String(required=True, allow_none=nullable, metadata={"format": "date-time"})


def day(nullable: bool = False) -> fields.String:
    return fields.String(required=True, allow_none=nullable, metadata={"format": "date"})


def one(shape: type[Schema], nullable: bool = False, **options: Any) -> fields.Nested:
    return fields.Nested(shape, required=True, allow_none=nullable, **options)


def many(shape: type[Schema]) -> fields.List[Any]:
    return fields.List(fields.Nested(shape), required=True)


def anything() -> fields.Dict:
    return fields.Dict(required=True)


class Words(Shape):
    vi = text()
    en = text()


class Problem(Shape):
    """RFC 9457 problem details."""

    type = text()
    title = text()
    status = whole()
    code = text()
    detail = text()
    detail_vi = text()
    detail_en = text()
    instance = text()
    errors = fields.Dict(keys=fields.String(), values=fields.String())
    facts = fields.Dict()


class ProblemKind(Shape):
    code = text()
    status = whole()
    vi = text()
    en = text()
    meaning = text()


class ProblemKinds(Shape):
    items = many(ProblemKind)


class State(Shape):
    state = text()
    state_name = one(Words)
    portal = whole()
    portal_name = one(Words)
