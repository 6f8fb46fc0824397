# ruff: noqa: E501  lists of words read better unbroken
"""Each shape of the format, one by one: what it reads and what its JSON Schema accepts are the same, at every bound."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import combinations
from typing import Any

import jsonschema
import pytest

from workflows.problems import Report
from workflows.schema import FILE
from workflows.shape_groups import ByKey, ByKind, ListOf, MapOf, Record, Single
from workflows.shapes import AllOr, Code, Day, Flag, Form, OneOf, Quarters, Shape, Whole, Words, matches
from workflows.table_shapes import Anything
from workflows.yaml_reader import read

WORDS = [
    "x", "on", "no", "Đơn", "a" * 40, "a" * 41, "a1_b", "1.012783", "12", "7", "true", "2027-01-01", "2027-02-30", "1900-01-01", "competent",
    'competent_unit("tax", land.commune)', "15:00", "25:00", "5 working days", "8 working hours", "0 working days", "5 days", "overdue",
    "entered(new)", "due_in(1)", "due_in(100)", "due_in()", "mau-01", "land.commune", "a.b.c.d", ".a", "a.", "da-tiep-nhan", "VPDK-TINH", "A" * 61, " ", "a b",
]  # fmt: skip
ANYTHING: list[Any] = [None, True, False, 0, 1, -1, 1.5, 10**13, "", [], {}, ["x"], ["x", "x"], [[]], {"x": 1}, *WORDS]


def _inner(shape: Shape) -> list[Shape]:
    if isinstance(shape, Record):
        return [key.shape for key in shape.keys.values()] + ([shape.extra] if shape.extra else [])
    if isinstance(shape, (ListOf, MapOf, Single)):
        return [shape.each]
    if isinstance(shape, ByKind):
        return [one for one in (shape.scalar, shape.items, shape.group) if one]
    return [shape.present, shape.absent] if isinstance(shape, ByKey) else []


def _all(shape: Shape) -> Iterator[Shape]:
    yield shape
    for one in _inner(shape):
        yield from _all(one)


SHAPES = list({json.dumps(shape.json_schema(), sort_keys=True): shape for shape in _all(FILE)}.values())


def _sample(shape: Shape) -> Any:
    """A value that the shape accepts."""
    if isinstance(shape, Form):
        return next(word for word in [*WORDS, shape.example.strip('"')] if matches(shape.pattern, word))
    if isinstance(shape, ListOf):
        return [_sample(shape.each)]
    if isinstance(shape, MapOf):
        return {_name(shape.name): _sample(shape.each)}
    if isinstance(shape, Record):
        return {name: _sample(key.shape) for name, key in shape.keys.items() if key.required}
    if isinstance(shape, (ByKind, ByKey, Single)):
        return _sample(_inner(shape)[-1])
    plain = {Words: "x", Flag: True, Day: "2027-01-01", Quarters: 0.25, AllOr: "all", Anything: "x"}
    if isinstance(shape, Whole):
        return shape.least
    return shape.words[0] if isinstance(shape, OneOf) else plain[type(shape)]


def _name(pattern: str) -> str:
    return next(word for word in ["new", "75", "land.commune", "link"] if matches(pattern, word))


def _candidates(shape: Shape) -> Iterator[Any]:
    """Values on both sides of every bound of this shape."""
    yield from ANYTHING
    good = _sample(shape)
    yield good
    if isinstance(shape, Whole):
        yield from (
            shape.least - 1,
            shape.least,
            shape.most,
            shape.most + 1,
            str(shape.least),
            float(shape.least) + 0.5,
        )
    if isinstance(shape, Quarters):
        yield from (-0.25, 0, 2, 2.0, 2.5, 2.75, 0.3, 1.125, "2.5", shape.most, shape.most + 0.25)
    if isinstance(shape, AllOr):
        yield from (shape.least - 1, shape.least, shape.most, shape.most + 1, "2", "ALL", 2.5)
    if isinstance(shape, Anything):
        yield from ("a" * 200, "a" * 201, "null", "~", "true")
    if isinstance(shape, Words):
        yield from ("a" * shape.most, "a" * (shape.most + 1))
    if isinstance(shape, OneOf):
        yield from (*shape.words, shape.words[0].upper(), shape.words[0] + " ")
    if isinstance(shape, ListOf):
        yield from ([], good * 2, [*good, None], [None])
    if isinstance(shape, MapOf):
        yield from ({word: _sample(shape.each) for word in [name]} for name in WORDS)
        yield from ({}, {_name(shape.name): None})
    if isinstance(shape, Record):
        optional = [name for name in shape.keys if name not in good]
        for several in [*combinations(optional, 1), *combinations(optional, 2), tuple(optional)]:
            yield {**good, **{name: _sample(shape.keys[name].shape) for name in several}}
        for name in shape.keys:
            yield {key: value for key, value in good.items() if key != name}
            yield {**good, name: None}
        for word in WORDS:
            yield {**good, word: _sample(shape.extra) if shape.extra else "x"}
    for one in _inner(shape) if isinstance(shape, (ByKind, ByKey, Single)) else ():
        yield from _candidates(one)


def _accepts(shape: Shape, value: Any) -> bool:
    text = '{"a": ' + json.dumps(value, ensure_ascii=False) + "}"
    report = Report("a.yaml", text)
    root = read(text, report)
    assert root is not None, report.problems()
    shape.read(root.entries["a"][1], ("a",), report)
    return not any(problem.severity == "error" for problem in report.problems())


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: type(shape).__name__)
def test_the_shape_and_its_json_schema_accept_the_same(shape: Shape) -> None:
    schema = jsonschema.Draft202012Validator(
        shape.json_schema(), format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    )
    differing = [
        value
        for value in {json.dumps(one, sort_keys=True): one for one in _candidates(shape)}.values()
        if _accepts(shape, value) != schema.is_valid(value)
    ]
    assert differing == []


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: type(shape).__name__)
def test_each_shape_accepts_something_and_refuses_something(shape: Shape) -> None:
    assert _accepts(shape, _sample(shape))
    assert not all(_accepts(shape, value) for value in ANYTHING)


def test_a_code_must_be_quoted_even_where_it_would_fit() -> None:
    shape = next(shape for shape in SHAPES if isinstance(shape, Code))
    report = Report("a.yaml")
    root = read("a: 1.012790\n", report)
    assert root is not None
    shape.read(root.entries["a"][1], ("a",), report)
    assert [problem.rule for problem in report.problems()] == ["quoted-code"]
