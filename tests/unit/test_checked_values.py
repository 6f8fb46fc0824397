"""``checked`` gives what marshmallow's own ``load`` gives, for every schema of the interface."""

from __future__ import annotations

from typing import Any

import pytest
from marshmallow import Schema, ValidationError, fields

from api import bodies, parameters
from engine.errors import InvalidInput
from server.values import Body, checked, flat_errors

SCHEMAS = sorted(
    {
        one
        for module in (bodies, parameters)
        for one in vars(module).values()
        if isinstance(one, type) and issubclass(one, Body) and one.__module__ == module.__name__
    },
    key=lambda one: one.__name__,
)
VALUES: tuple[Any, ...] = (
    None,
    "",
    "a",
    "7",
    "2026-03-02",
    "2026-03-02T08:00:00Z",
    "true",
    7,
    7.0,
    -1,
    True,
    [],
    ["a"],
    {},
    {"a": "b"},
)


def _by_marshmallow(schema: Schema, given: dict[str, Any]) -> Any:
    try:
        return schema.load(given)
    except ValidationError as error:
        return flat_errors(error.messages)


def _by_us(schema: Schema, given: dict[str, Any]) -> Any:
    try:
        return checked(schema, given)
    except InvalidInput as refusal:
        return refusal.errors


@pytest.mark.parametrize("kind", SCHEMAS, ids=lambda one: one.__name__)
def test_values_are_checked_as_by_marshmallow(kind: type[Schema]) -> None:
    schema = kind()
    names = [field.data_key or name for name, field in schema.load_fields.items()]
    fitting = {
        name: value for name in names for value in VALUES if name not in str(_by_marshmallow(schema, {name: value}))
    }
    tried: list[dict[str, Any]] = [{}, {"unknown": 1}, fitting, fitting | {"unknown": 1}]
    tried += [fitting | {name: value} for name in names for value in VALUES]
    tried += [{name: value} for name in names for value in VALUES]
    tried += [{name: fitting[name] for name in fitting if name != left} for left in fitting]
    for given in tried:
        assert _by_us(schema, given) == _by_marshmallow(schema, given)


def test_no_default_is_shared_between_two_requests() -> None:
    class Many(Body):
        lines = fields.List(fields.String(), load_default=list)

    schema = Many()
    checked(schema, {})["lines"].append("one")
    assert checked(schema, {}) == {"lines": []}


def test_there_are_schemas() -> None:
    assert len(SCHEMAS) > 20
