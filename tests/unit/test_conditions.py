"""Conditions: what compiles never fails; what could fail does not compile, and the error says where and why."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import NotFound
from engine.rules.procedure.conditions import (
    BadCondition,
    Condition,
    ConditionRefused,
    FactOfWrongType,
    UnknownName,
    WrongType,
    compile_condition,
)
from engine.rules.procedure.facts import BOOL, BUILT_IN, DATE, INT, INT_LIMIT, STRING, FactType, nested

DECLARED = BUILT_IN | {
    "land.commune": STRING,
    "land.remeasured": BOOL,
    "land.kind": FactType("string", ("rice", "forest")),
    "born": DATE,
    "people": INT,
}
DISTRICTS = {"long-khanh": ["26080", "26083"], "hon-quan": ["25320"]}
FUNCTIONS = {"former_district": DISTRICTS.__getitem__}


def compiled(source: str) -> Condition:
    return compile_condition(source, DECLARED, FUNCTIONS)


@pytest.mark.parametrize(
    ("source", "facts", "answer"),
    [
        ('applicant.kind == "organisation"', {"applicant.kind": "organisation"}, True),
        ('applicant.kind == "organisation"', {"applicant.kind": "citizen"}, False),
        ('land.commune in former_district("long-khanh")', {"land.commune": "26083"}, True),
        ('land.commune in former_district("long-khanh")', {"land.commune": "25320"}, False),
        ("land.remeasured", {"land.remeasured": True}, True),
        ("land.remeasured", {}, False),
        ("!land.remeasured", {}, True),
        ('"don" in documents.missing', {"documents.missing": ["don"]}, True),
        ("size(documents.missing) > 1", {"documents.missing": ["a", "b"]}, True),
        ("documents.missing.size() > 1", {"documents.missing": ["a"]}, False),
        ('born >= "2008-02-29"', {"born": "2010-01-01"}, True),
        ('born != "" && born < "2008-02-29"', {}, False),
        ("people * 3 - 1 - 1 == 1", {"people": 1}, True),
        ("people * (3 - (1 - 1)) == 3", {"people": 1}, True),
        ("people + 2 * 3 == 7", {"people": 1}, True),
        ("people in [1, -2]", {"people": -2}, True),
        ("-people > 3", {"people": -4}, True),
        ("(people > 1 ? 2 : 3) == 2", {"people": 2}, True),
        ('land.commune.startsWith("26") && land.commune.size() == 5', {"land.commune": "26080"}, True),
        ("size(land.commune) == 8", {"land.commune": "Lộc Ninh"}, True),  # characters, not bytes
        ('size("Đồng Nai") == 8', {}, True),
        ('size(land.remeasured ? land.commune : "Đa Kao") * 2 == 12', {}, True),
        (
            '(land.remeasured ? land.commune : "Đa Kao").size() == 8',
            {"land.remeasured": True, "land.commune": "Lộc Ninh"},
            True,
        ),
        ('land.commune.endsWith("80") && land.commune.contains("608")', {"land.commune": "26080"}, True),
        ('land.commune.endsWith("26") || land.commune.contains("1")', {"land.commune": "26080"}, False),
        ("land.kind == 'rice' || fees.settled && people > 3", {"land.kind": "rice"}, True),
        ("(land.kind == 'rice' || fees.settled) && people > 3", {"land.kind": "rice"}, False),
        ("days_since(born) > 60", {"born": "2026-01-01", "dossier.filed_on": "2026-03-02"}, False),
        ("days_since(born) > 60", {"born": "2026-01-01", "dossier.filed_on": "2026-03-03"}, True),
        ("days_since(born) < 0", {"born": "2026-03-03", "dossier.filed_on": "2026-03-02"}, True),
        ("days_since(born) == 366", {"born": "2024-01-01", "dossier.filed_on": "2025-01-01"}, True),
        ("days_since(born) == 0", {"born": "", "dossier.filed_on": "2026-03-02"}, True),
        ("age(born) < 16", {"born": "2010-03-02", "dossier.filed_on": "2026-03-01"}, True),
        ("age(born) < 16", {"born": "2010-03-02", "dossier.filed_on": "2026-03-02"}, False),
        ("age(born) < 0", {"born": "2027-03-02", "dossier.filed_on": "2026-03-02"}, True),
        ("age(born) == 17", {"born": "2008-02-29", "dossier.filed_on": "2026-02-28"}, True),
        (
            "age(born) == 1 && days_since(born) == 366",
            {"born": "2024-01-01", "dossier.filed_on": "2025-01-01"},
            True,
        ),
        ("days_since(born) + days_since(born) == 2", {"born": "2026-03-01", "dossier.filed_on": "2026-03-02"}, True),
        ('land.commune == "xã Đắk"', {"land.commune": "xã Đắk"}, True),
    ],
)
def test_a_condition_answers_as_cel_does(source: str, facts: dict[str, Any], answer: bool) -> None:
    assert compiled(source)(nested(facts)) is answer


@pytest.mark.parametrize(
    ("source", "error", "column", "says"),
    [
        ("documents.complet", UnknownName, 11, '"documents" has no property "complet". Did you mean "complete"?'),
        ("documents.complet", UnknownName, 11, "Available: complete, missing"),
        ("fees.settled && dokuments.complete", UnknownName, 17, 'Did you mean "documents"?'),
        ("documents", BadCondition, 1, "documents.complete, documents.missing"),
        ("land.remeasured.x", UnknownName, 17, '"land.remeasured" has no property "x"'),
        ('applicant.kind == "organization"', UnknownName, 19, 'Did you mean "organisation"?'),
        ('"organization" == applicant.kind', UnknownName, 1, 'Did you mean "organisation"?'),
        ('land.kind in ["rice", "forrest"]', UnknownName, 23, 'Did you mean "forest"?'),
        ('former_distict("x") == 1', UnknownName, 1, 'Did you mean "former_district"?'),
        ('land.commune in former_district("x")', UnknownName, 33, 'former_district does not know "x"'),
        ("land.commune in former_district(land.kind)", BadCondition, 17, "exactly one quoted text"),
        ('land.commune.matches("(a+)+")', UnknownName, 14, "Available: startsWith"),
        ("documents.missing.exists(x, x == 'a')", BadCondition, 27, 'expected ")"'),
        ("people", WrongType, 1, "must answer yes or no, but this is a number"),
        ('people == "3"', WrongType, 8, "cannot compare a number with text"),
        ("land.commune == 26740", WrongType, 14, "cannot compare text with a number"),
        ("land.commune < land.kind", WrongType, 14, '"<" does not work on text'),
        ('born < "1/7/2025"', WrongType, 8, 'a date is written "2025-07-01"'),
        ('born < "2025-02-30"', WrongType, 8, 'a date is written "2025-07-01"'),
        ("born < land.commune", WrongType, 8, 'a date is written "2025-07-01"'),
        ("!people == 1", WrongType, 2, "expected yes or no here, not a number"),
        ("land.remeasured && people", WrongType, 20, "expected yes or no here"),
        ("people in [1, 'a']", WrongType, 15, "mixes"),
        ("people in documents.missing", WrongType, 1, "expected text here"),
        ('land.commune in "26740"', WrongType, 17, "must be a list"),
        ("land.commune in [land.kind]", BadCondition, 18, "quoted texts or numbers only"),
        ("people in []", BadCondition, 11, "empty list"),
        ("people / 2 == 1", BadCondition, 8, "division"),
        ("people % 2 == 1", BadCondition, 8, "remainder"),
        ("people * people > 1", BadCondition, 8, "64 bits"),
        ("people * 10000 > 1", BadCondition, 8, "64 bits"),
        ("people > 1000000000000001", BadCondition, 10, "larger than"),
        ("people > 1.5", BadCondition, 10, "whole numbers"),
        ("people > 1e9", BadCondition, 10, "whole numbers"),
        ("people = 1", BadCondition, 8, 'write "=="'),
        ("land.remeasured & fees.settled", BadCondition, 17, 'written "&&"'),
        ("1 < people < 3", BadCondition, 12, "cannot be chained"),
        ("land.commune == null", BadCondition, 17, "null"),
        ("documents.missing[0] == 'a'", BadCondition, 18, "did not expect"),
        ("'a'.1", BadCondition, 5, "did not expect"),
        ("'a'.(1)", BadCondition, 5, "did not expect"),
        ("'a'.", BadCondition, 5, "did not expect"),
        ("land.commune == 'a", BadCondition, 17, "no closing quote"),
        ("land.commune == 'a\\n'", BadCondition, 17, "backslash"),
        ("land.commune == 'a\u202eb'", BadCondition, 17, "cannot be printed"),
        ("land.remeasured ? 1", BadCondition, 20, 'expected ":"'),
        ("land.remeasured ? 1 : true", WrongType, 23, "expected a number"),
        ("(land.remeasured", BadCondition, 17, 'expected ")" but found the end'),
        ("", BadCondition, 1, "empty"),
        ("   ", BadCondition, 1, "empty"),
        ("xã == 1", BadCondition, 2, "cannot read"),
        ("(" * 30 + "true" + ")" * 30, BadCondition, 22, "nested deeper than 20"),
        ("!" * 30 + "true", BadCondition, 22, "nested deeper than 20"),
        ("true" + " " * 1000, BadCondition, 1001, "longer than 1000"),
        ("1" + "+1" * 150 + ">1", BadCondition, 201, "more than 200"),
    ],
)
def test_what_could_fail_is_refused_where_it_stands(
    source: str, error: type[ConditionRefused], column: int, says: str
) -> None:
    with pytest.raises(ConditionRefused) as caught:
        compiled(source)
    assert type(caught.value) is error
    assert caught.value.column == column
    assert says in caught.value.sentence("en")
    assert caught.value.sentence("vi") != caught.value.sentence("en")


def test_a_refusal_of_a_function_keeps_its_own_sentence() -> None:
    def former_district(slug: str) -> list[str]:
        raise NotFound(what=f"huyện {slug}")

    with pytest.raises(UnknownName) as caught:
        compile_condition('land.commune in former_district("x")', DECLARED, {"former_district": former_district})
    assert caught.value.sentence("vi") == "Không tìm thấy huyện x."


def test_a_function_may_give_one_kind_of_quotes_but_nothing_that_cannot_be_written() -> None:
    def asked(given: str) -> Condition:
        return compile_condition("land.commune in f('x')", DECLARED, {"f": lambda _: [given]})

    for text in ('"', "'", "xã Đắk"):
        assert asked(text)({"land": {"commune": text}})
    for text in ("\\", "\u202e", "a\nb", "'\""):
        with pytest.raises(ValueError, match="cannot be written"):
            asked(text)


def test_a_function_is_called_once_and_then_never_again() -> None:
    calls: list[str] = []

    def former_district(slug: str) -> list[str]:
        calls.append(slug)
        return ["26080"]

    condition = compile_condition(
        'land.commune in former_district("x")', DECLARED, {"former_district": former_district}
    )
    assert condition({"land": {"commune": "26080"}})
    assert condition({"land": {"commune": "26080"}})
    assert calls == ["x"]


def test_a_condition_knows_which_of_its_parts_do_not_hold() -> None:
    condition = compiled("documents.complete && (fees.settled || people > 3) && land.remeasured")
    failing = condition.failing({"documents": {"complete": True}})
    assert [(part.source, part.names) for part in failing] == [
        ("(fees.settled || people > 3)", ("fees.settled", "people")),
        ("land.remeasured", ("land.remeasured",)),
    ]
    assert condition.names == ("documents.complete", "fees.settled", "people", "land.remeasured")


@pytest.mark.parametrize("value", ["1", 1.0, True, 2 * INT_LIMIT])
def test_a_fact_of_another_type_is_named(value: object) -> None:
    with pytest.raises(FactOfWrongType, match="people"):
        compiled("people > 1")({"people": value})


def test_a_long_chain_is_evaluated() -> None:
    assert compiled("&&".join(["true"] * 100))({})
    assert compiled("+".join(["people"] * 99) + ">98")({"people": 1})


_WORDS = st.sampled_from(["rice", "forest", "", "26080", "a'b", "2025-01-01", "organisation"])
_BOOLS = st.sampled_from(["documents.complete", "land.remeasured", "true", "fees.settled"])
_INTS = st.one_of(st.sampled_from(["people", "fees.due", "size(documents.missing)"]), st.integers(0, 2**70).map(str))
_TEXTS = st.one_of(
    st.sampled_from(["land.commune", "land.kind", "born", "applicant.kind"]), _WORDS.map(lambda w: f'"{w}"')
)
_LISTS = st.sampled_from(["documents.missing", 'former_district("long-khanh")', '["rice", "26080"]', "[1, 2]", "[]"])


def _sources(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    any_ = st.one_of(inner, _BOOLS, _INTS, _TEXTS, _LISTS)
    operator = st.sampled_from(["&&", "||", "==", "!=", "<", "<=", ">", ">=", "in", "+", "-", "*", "/", "%", "?", "."])
    return st.one_of(
        st.builds("{} {} {}".format, any_, operator, any_),
        st.builds("({})".format, any_),
        st.builds("!({})".format, any_),
        st.builds("-{}".format, any_),
        st.builds("{} ? {} : {}".format, any_, any_, any_),
        st.builds("{}.{}({})".format, any_, st.sampled_from(["size", "contains", "startsWith", "matches"]), any_),
        st.builds("{}[{}]".format, any_, any_),
    )


_VALUES = {
    "bool": st.booleans(),
    "int": st.integers(-INT_LIMIT, INT_LIMIT),
    "string": st.text(st.characters(exclude_categories=["Cs"]), max_size=8) | _WORDS,
    "date": st.dates().map(str) | st.just(""),
    "list": st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=5), max_size=4),
}
_FACTS = st.fixed_dictionaries({}, optional={name: _VALUES[type_.kind] for name, type_ in DECLARED.items()}).map(nested)


@given(source=st.recursive(st.one_of(_BOOLS, _INTS, _TEXTS), _sources, max_leaves=12), facts=_FACTS)
def test_what_compiles_never_fails(source: str, facts: dict[str, Any]) -> None:
    try:
        condition = compiled(source)
    except ConditionRefused as refusal:
        assert 1 <= refusal.column <= len(source) + 1
        return
    answer = condition(facts)
    assert isinstance(answer, bool)
    assert answer is not bool(condition.failing(facts))


@given(source=st.text(max_size=60) | st.text("()[]!&|=<>+-*?:.,'\" 0123456789abepl_", max_size=60))
def test_any_text_at_all_is_compiled_or_refused(source: str) -> None:
    try:
        compiled(source)
    except ConditionRefused as refusal:
        assert refusal.sentence("vi")


def test_threads_share_a_condition() -> None:
    condition = compiled('land.commune in former_district("long-khanh") && people > 10')
    wrong: list[int] = []

    def ask(number: int) -> None:
        for _ in range(300):
            if condition({"land": {"commune": "26080"}, "people": number}) is not (number > 10):
                wrong.append(number)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(6, 14)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
