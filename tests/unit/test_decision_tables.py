"""Decision tables: what their cells accept, what the proof finds, and what the engine answers by them."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.rules.procedure.conditions import ConditionRefused, compile_condition
from engine.rules.procedure.definition import Field, Term, release_from_bytes
from engine.rules.procedure.facts import facts_of_fields, nested
from engine.rules.procedure.machine import Workflow, compile_release
from engine.rules.procedure.parts import Cell
from engine.rules.procedure.table_cells import Accepted, BadCell, read_cell
from engine.rules.procedure.table_inputs import Input, read_input
from engine.rules.procedure.table_proof import prove
from engine.text import Text
from tests.workflow_samples.surroundings import CORRECT, surroundings
from workflows.loader import load

NAME = Text("Tên", "Name")
CHOICES = {"home": NAME, "farm": NAME, "shop": NAME}
FIELDS = {
    "plot.area": Field(type="number", name=NAME, required=True, minimum=0, maximum=9),
    "plot.size": Field(type="number", name=NAME, decimals=1),
    "plot.use": Field(type="choice", name=NAME, required=True, choices=CHOICES),
    "plot.hint": Field(type="text", name=NAME),
    "plot.wet": Field(type="boolean", name=NAME),
    "plot.since": Field(type="date", name=NAME, not_after=("today",)),
}
FUNCTIONS = {"area": lambda name: {"hills": ["00001", "00002"]}[name]}


def asked(source: str) -> Input:
    return read_input(source, facts_of_fields(FIELDS), FIELDS, FUNCTIONS)


def cell(source: str, *items: str, inverted: bool = False) -> Accepted:
    return read_cell(Cell(items, inverted), asked(source), FUNCTIONS)


def holds(condition: str, facts: Mapping[str, Any]) -> bool:
    return compile_condition(condition, facts_of_fields(FIELDS), FUNCTIONS)(nested(facts))


@pytest.mark.parametrize(
    ("items", "taken"),
    [
        (("3",), {3}),
        (("< 3",), {0, 1, 2}),
        (("<= 3",), {0, 1, 2, 3}),
        (("> 7",), {8, 9}),
        ((">= 7",), {7, 8, 9}),
        (("!= 4",), {0, 1, 2, 3, 5, 6, 7, 8, 9}),
        (("2..4",), {2, 3, 4}),
        (("[2..4]",), {2, 3, 4}),
        (("(2..4]",), {3, 4}),
        (("[2..4)",), {2, 3}),
        (("( 2 .. 4 )",), {3}),
        (("1", "> 7", "3..4"), {1, 3, 4, 8, 9}),
    ],
)
def test_a_cell_of_numbers_is_the_same_as_values_and_as_a_condition(items: tuple[str, ...], taken: set[int]) -> None:
    accepted = cell("plot.area", *items)
    besides = cell("plot.area", *items, inverted=True)
    for number in range(10):
        assert accepted.takes(number) is (number in taken)
        assert holds(accepted.condition, {"plot.area": number}) is (number in taken)
        assert besides.takes(number) is (number not in taken)
        assert holds(besides.condition, {"plot.area": number}) is (number not in taken)


@pytest.mark.parametrize(
    ("source", "items", "facts", "expected"),
    [
        ("plot.size", ("2.5",), {"plot.size": "2.5"}, True),
        ("plot.size", ("2.50..3",), {"plot.size": "2.6"}, True),
        ("plot.size", ("< 2.5",), {"plot.size": "2.5"}, False),
        ("plot.use", ("home", "farm"), {"plot.use": "farm"}, True),
        ("plot.use", ("!= home",), {"plot.use": "home"}, False),
        ("plot.hint", ('"- x"',), {"plot.hint": "- x"}, True),
        ("plot.hint", ('area("hills")', "9"), {"plot.hint": "00002"}, True),
        ("plot.hint", ('area("hills")', "9"), {"plot.hint": "9"}, True),
        ("plot.hint", ('area("hills")',), {"plot.hint": ""}, False),
        ("plot.wet", ("true",), {"plot.wet": True}, True),
        ("plot.wet", ("false",), {"plot.wet": True}, False),
        ("plot.since", (">= 2024-07-01",), {"plot.since": "2024-07-01"}, True),
        ("plot.since", ("2024-01-01..2024-06-30",), {"plot.since": "2024-07-01"}, False),
        ("plot.wet && plot.area > 3", ("false",), {"plot.wet": True, "plot.area": 3}, True),
        ("plot.area + plot.area", ("> 7",), {"plot.area": 4}, True),
        ("age(plot.since)", (">= 18",), {"plot.since": "2000-01-01", "dossier.filed_on": "2026-01-01"}, True),
    ],
)
def test_cells_of_other_kinds(source: str, items: tuple[str, ...], facts: dict[str, Any], expected: bool) -> None:
    assert holds(cell(source, *items).condition, facts) is expected


@pytest.mark.parametrize(
    ("source", "item", "vi", "en"),
    [
        ("plot.area", "many", "không phải số", "is no number"),
        ("plot.area", "2.5", "chữ số lẻ", "decimal places"),
        ("plot.area", "4..2", "không chứa giá trị", "holds no value"),
        ("plot.area", "(3..4)", "không chứa giá trị", "holds no value"),
        ("plot.area", "(3..4", "thiếu một dấu ngoặc", "lacks a bracket"),
        ("plot.use", "castle", "home", "available"),
        ("plot.hint", 'a"b', "dấu", "sign"),
        ("plot.hint", 'area("coast")', "coast", "coast"),
        ("plot.wet", "maybe", "true hoặc false", "true or false"),
        ("plot.since", "2024-02-30", "không phải ngày", "is no date"),
    ],
)
def test_a_cell_that_does_not_fit_says_why(source: str, item: str, vi: str, en: str) -> None:
    with pytest.raises(BadCell) as refused:
        cell(source, item)
    assert vi in refused.value.sentence("vi") and en in refused.value.sentence("en")


@pytest.mark.parametrize(
    "source", ["plot.area * 2", "documents.missing", "plot.area + 1", "plot.nothing", "plot.wet ? 1 : 2"]
)
def test_an_input_of_which_nothing_could_be_proven_is_refused(source: str) -> None:
    with pytest.raises(ConditionRefused):
        asked(source)


def test_values_that_cannot_be_are_no_gap() -> None:
    """A number within its bounds, a choice that must be given, and an age of somebody who is born."""
    use, area = asked("plot.use"), asked("plot.area")
    rules = [[cell("plot.use", "home", "farm"), None], [cell("plot.use", "shop"), cell("plot.area", "0..9")]]
    assert prove([use, area], rules).gap is None
    assert prove([asked("age(plot.since)")], [[cell("age(plot.since)", ">= 0")]]).gap is None
    assert prove([asked("plot.since")], [[cell("plot.since", ">= 0001-01-01")]]).gap == (0,)  # a date may be missing
    assert prove([asked("plot.size")], [[cell("plot.size", ">= 0")]]).gap is not None  # it has no least value


_AREAS = st.one_of(
    st.none(),
    st.lists(
        st.one_of(
            st.integers(0, 9).map(str),
            st.builds("{} {}".format, st.sampled_from(("<", "<=", ">", ">=", "!=")), st.integers(0, 9)),
            st.tuples(st.integers(0, 4), st.integers(5, 9)).map(lambda ends: f"{ends[0]}..{ends[1]}"),
        ),
        min_size=1,
        max_size=2,
    ),
)
_USES = st.one_of(st.none(), st.lists(st.sampled_from((*CHOICES, "!= home")), min_size=1, max_size=2))
_WET = st.one_of(st.none(), st.sampled_from((["true"], ["false"])))
_RULES = st.lists(st.tuples(_AREAS, _USES, _WET, st.booleans()), min_size=1, max_size=6)


@given(_RULES)
def test_the_proof_agrees_with_asking_every_case(rules: list[Any]) -> None:
    sources = ("plot.area", "plot.use", "plot.wet")
    read = [
        [
            None if items is None else cell(source, *items, inverted=inverted)
            for source, items in zip(sources, row, strict=True)
        ]
        for *row, inverted in rules
    ]
    proof = prove([asked(source) for source in sources], read)
    gaps, pairs, used = set(), set(), set()
    for case in product(range(10), CHOICES, (0, 1)):
        found = [
            i
            for i, row in enumerate(read)
            if all(one is None or one.takes(v) for one, v in zip(row, case, strict=True))
        ]
        if found:
            used.add(found[0])
            pairs |= {(found[0], other) for other in found[1:]}
        else:
            gaps.add(case)
    assert (proof.gap in gaps) if gaps else proof.gap is None
    assert proof.overlaps.keys() == pairs and proof.used == used


@pytest.fixture(scope="module")
def sample() -> Workflow:
    return compile_release(load(CORRECT, context=surroundings()), {"former_district": lambda name: []})


@pytest.mark.parametrize(
    ("commune", "area", "vnd"), [("25270", 900, 0), ("26080", 500, 100_000), ("26080", 501, 200_000)]
)
def test_a_fee_by_a_table(sample: Workflow, commune: str, area: int, vnd: int) -> None:
    facts = {"land": {"commune": commune, "area": area}}
    assert sample.fees_due(facts, "75")["tham_dinh"] == vnd


TABLES = """
tables:
  term:
    vi: Thời hạn
    en: Term
    inputs: {place: land.commune, again: land.remeasured}
    rules:
      - {place: 'area("mountain")', then: 30 calendar days}
      - {place: {not: 'area("mountain")'}, again: true, then: 2.5}
      - {place: {not: 'area("mountain")'}, again: false, then: 6 working hours}
  office:
    vi: Cơ quan
    en: Office
    hit: first
    inputs: {who: applicant.kind}
    rules: [{who: organisation, then: VPDK-TINH}, {else: VPDK-CN-LONGKHANH}]
  next:
    vi: Bước sau
    en: Next step
    inputs: {due: fees.due}
    rules: [{due: "> 0", then: finance}, {due: 0, then: signing}]
"""


@pytest.fixture(scope="module")
def decided() -> Workflow:
    """The sample with a table for the term, the office and the next step."""
    text = CORRECT.read_text(encoding="utf-8").replace("\ntables:\n", TABLES)
    handler = text.index("  handler:\n")
    text = text[:handler] + "  handler: {table: office}\n" + text[text.index("  tax: {by:") :]
    text = text.replace("total: [{when: land.remeasured, days: 10}, {else: 5}]", "total: {table: term}")
    text = text.replace("to: [{when: fees.due > 0, to: finance}, {else: signing}]", "to: {table: next}")
    text = (
        text.replace("days: 2}", "hours: 1}")
        .replace("days: 1}", "hours: 1}")
        .replace("warn: {before: 1}", "extensions: 1")
    )
    return compile_release(load(text, context=surroundings()), {})


def test_a_term_by_a_table(decided: Workflow) -> None:
    for commune, again, term in (
        ("25270", True, Term(30, "calendar_day")),
        ("26080", True, Term(2.5, "working_day")),
        ("26080", False, Term(6, "working_hour")),
    ):
        assert decided.total_term({"land": {"commune": commune, "remeasured": again}}) == term


def test_a_route_and_a_next_step_by_a_table(decided: Workflow) -> None:
    assert decided.route_branch("handler", {"applicant": {"kind": "organisation"}}) == "VPDK-TINH"
    assert decided.route_branch("handler", {"applicant": {"kind": "citizen"}}) == "VPDK-CN-LONGKHANH"
    assert decided.advance("checking", "submit", {"fees": {"due": 5}}).target == "finance"
    assert decided.advance("checking", "submit", {"fees": {"due": 0}}).target == "signing"


def test_a_release_with_tables_is_read_again_as_it_was(decided: Workflow) -> None:
    again = release_from_bytes(decided.release.to_bytes())
    assert again == decided.release and again.digest() == decided.digest
    assert again.tables["term"].rules[1].cells["place"] == Cell(('area("mountain")',), inverted=True)
