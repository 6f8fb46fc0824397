"""Fields: one form for each value, every fault named at once, nothing unreadable let in."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.rules.procedure.definition import Field
from engine.rules.procedure.fields import BadPattern, InvalidFields
from engine.rules.procedure.machine import compile_release
from tests.installation.land_release import FUNCTIONS, land_release
from tests.installation.releases import text

WORKFLOW = compile_release(land_release(), FUNCTIONS)
GOOD = {"land.commune": "26740", "land.area": 120, "owner.name": "Nguyễn An"}


def cleaned(**values: Any) -> dict[str, Any]:
    return WORKFLOW.validate_fields({key.replace("__", "."): value for key, value in values.items()}, partial=True)


def refused(**values: Any) -> InvalidFields:
    with pytest.raises(InvalidFields) as caught:
        cleaned(**values)
    return caught.value


@pytest.mark.parametrize(
    ("key", "given_value", "kept"),
    [
        ("owner__name", "  Nguyễn An ", "Nguyễn An"),
        ("owner__name", "Nguye\u0302\u0303n", "Nguyễn"),
        ("owner__name", "A\u200bn\ufeff", "An"),
        ("owner__id", "001099012345", "001099012345"),
        ("owner__id", "001 099 012 345", "001099012345"),
        ("owner__born", "2000-02-29", "2000-02-29"),
        ("owner__born", dt.date(2000, 2, 29), "2000-02-29"),
        ("owner__kind", "two", "two"),
        ("land__area", "120", 120),
        ("land__tax_due", "true", True),
        ("land__tax_due", False, False),
        ("value", "1.500.000", 1_500_000),
        ("value", "1 500 000", 1_500_000),
        ("value", 0, 0),
        ("note", "dòng một\r\ndòng hai", "dòng một\ndòng hai"),
        ("plot", "12-345", "12-345"),
        ("scan", "9f3a-b", "9f3a-b"),
    ],
)
def test_a_good_value_gets_its_one_form(key: str, given_value: object, kept: object) -> None:
    assert cleaned(**{key: given_value}) == {key.replace("__", "."): kept}


@pytest.mark.parametrize("empty", ["", "   ", None, "\u200b"])
def test_an_empty_value_is_none(empty: object) -> None:
    assert cleaned(owner__name=empty) == {}


@pytest.mark.parametrize(
    ("key", "bad", "says"),
    [
        ("owner__name", "a\x00b", "U+0000"),
        ("owner__name", "a\x1bb", "U+001B"),
        ("owner__name", "a\ud800b", "U+D800"),
        ("owner__name", "a\u202eb", "U+202E"),
        ("owner__name", "a\uffffb", "U+FFFF"),
        ("owner__name", "a\nb", "one line"),
        ("note", "a\x00b", "U+0000"),
        ("note", "x" * 10_001, "at most 10000"),
        ("owner__name", "x" * 501, "at most 500"),
        ("owner__name", 5, "must be text"),
        ("owner__name", ["a"], "must be text"),
        ("owner__id", "12345678901", "exactly 12 digits"),
        ("owner__id", "1234567890123", "exactly 12 digits"),
        ("owner__id", "٠٠١٠٩٩٠١٢٣٤٥", "exactly 12 digits"),
        ("owner__id", "000000000000", "exactly 12 digits"),
        ("owner__id", 123456789012, "exactly 12 digits"),
        ("owner__born", "2001-02-29", "real date"),
        ("owner__born", "29/02/2000", "real date"),
        ("owner__born", "20000229", "real date"),
        ("owner__born", "0001-01-01", "between 1850-01-01"),
        ("owner__born", dt.datetime(2000, 1, 1, tzinfo=dt.UTC), "real date"),
        ("owner__kind", "three", "one of: one, two"),
        ("owner__kind", ["one"], "one of: one, two"),
        ("land__area", 0, "between 1 and 1000000"),
        ("land__area", 1.5, "whole number"),
        ("land__area", float("nan"), "whole number"),
        ("land__area", True, "whole number"),
        ("land__area", "1.500", "whole number"),
        ("land__area", "9" * 400, "whole number"),
        ("land__area", "١٢", "whole number"),
        ("pages", 10**16, "between"),
        ("value", -1, "between 0"),
        ("value", "1.50", "whole number"),
        ("value", "1.500 000", "whole number"),
        ("land__tax_due", 1, "true or false"),
        ("land__tax_due", "on", "true or false"),
        ("land__commune", "2674", "5 digits"),
        ("plot", "12-345x", "like 12-345"),
        ("plot", "x12-345", "like 12-345"),
        ("scan", "../etc", "uploaded file"),
    ],
)
def test_a_bad_value_is_refused_in_both_languages(key: str, bad: object, says: str) -> None:
    refusal = refused(**{key: bad})
    field = key.replace("__", ".")
    assert list(refusal.errors) == [field]
    assert says in refusal.errors_in("en")[field]
    assert refusal.errors_in("vi")[field] != refusal.errors_in("en")[field]
    assert refusal.sentence("vi").startswith(f"Dữ liệu không hợp lệ: {field}: ")


def test_every_fault_is_named_at_once() -> None:
    with pytest.raises(InvalidFields) as caught:
        WORKFLOW.validate_fields({"land.area": "x", "owner.nam": "An"})
    assert caught.value.errors_in("en") == {
        "land.area": "must be a whole number",
        "land.commune": "Commune of the land is missing",
        "owner.name": "Name is missing",
        "owner.nam": 'this procedure has no such field. Did you mean "owner.name"?',
    }


def test_a_required_field_is_asked_for_only_where_its_condition_holds() -> None:
    assert WORKFLOW.validate_fields(GOOD) == GOOD
    with pytest.raises(InvalidFields) as caught:
        WORKFLOW.validate_fields(GOOD | {"land.remeasured": True})
    assert list(caught.value.errors) == ["land.surveyor"]


def test_a_hidden_value_is_dropped_and_so_is_what_follows_from_it() -> None:
    values = GOOD | {"owner.kind": "one", "spouse": "Lê Bình", "spouse_mark": "x"}
    assert WORKFLOW.validate_fields(values) == GOOD | {"owner.kind": "one"}
    values["owner.kind"] = "two"
    assert WORKFLOW.validate_fields(values) == values


def test_a_fault_in_a_hidden_field_is_no_fault() -> None:
    assert WORKFLOW.validate_fields(GOOD | {"spouse": "a\x00b"}) == GOOD


@pytest.mark.parametrize("pattern", ["(", "(?=a)b", r"(a)\1", "a" * 201, "(a{1000}){1000}", "a)|(b"])
def test_a_pattern_that_cannot_be_matched_in_linear_time_is_refused(pattern: str) -> None:
    fields = {"plot": Field("text", text("Số thửa"), pattern=pattern)}
    with pytest.raises(BadPattern, match="plot"):
        compile_release(land_release(fields=fields, **_bare()), FUNCTIONS)


def test_a_pattern_that_would_take_python_for_ever_takes_no_time() -> None:
    fields = {"plot": Field("text", text("Số thửa"), pattern="(a+)+", maximum=5_000)}
    workflow = compile_release(land_release(fields=fields, **_bare()), FUNCTIONS)
    with pytest.raises(InvalidFields):
        workflow.validate_fields({"plot": "a" * 4_000 + "b"})
    assert workflow.validate_fields({"plot": "a" * 4_000})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from([*land_release().fields, "x", "land"]), JSON, max_size=6))
def test_any_json_is_cleaned_or_refused_and_cleaning_twice_changes_nothing(values: dict[str, Any]) -> None:
    try:
        once = WORKFLOW.validate_fields(values, partial=True)
    except InvalidFields as refusal:
        assert refusal.sentence("vi")
        return
    assert WORKFLOW.validate_fields(once, partial=True) == once


def _bare() -> dict[str, Any]:
    """The parts of the release that read other fields, taken away."""
    release = land_release()
    return {
        "actions": {k: v for k, v in release.actions.items() if k not in ("receive", "finish_review")},
        "documents": {k: v for k, v in release.documents.items() if v.when is None},
        "fees": {},
        "children": {},
        "routing": {},
        "sla": type(release.sla)(release.sla.total[-1:]),
    }
