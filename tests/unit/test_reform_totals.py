"""Totals, groups, lines and digest of a plan, worked out by hand for a few dossiers."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import replace
from fractions import Fraction

import orjson
import pytest

from engine.rules.journal.entries import canonical
from engine.rules.reform.plan import Candidate, Item, Passage
from engine.rules.reform.policy import Basis, Reform
from engine.rules.reform.totals import _MOST_WITHOUT, Group, PlanDigest, Totals, group_from_data
from engine.text import Text

REFORM = Reform(
    "2025", dt.date(2025, 7, 1), Text("Sắp xếp", "Reform"), (Basis("72/2025/QH15", Text("Luật", "The law")),)
)
MOVES = Passage("handler", "UB-1", "UB-9", "closes", "p", "L1; L2")
TAX = Passage("tax", "T-1", "T-9", "closes")
CANDIDATES = (Candidate("TT-9", "009", Fraction(3, 4), True), Candidate("TT-8", "008", None, False))
PERSON = Passage("intake", "MC-1", None, "closes", "c", "L1", CANDIDATES)
NOWHERE = Passage("handler", "UB-2", None, "no-policy")
ASKED_7 = Passage("verification:7", "UB-1", "UB-9", "closes")
ASKED_8 = replace(ASKED_7, desk="verification:8")


def item(number: int, outcome: str, *passages: Passage, **more: object) -> Item:
    parts: dict[str, object] = {"procedure": "P", "province": "79", "place": None} | more
    return Item(number, f"D-{number}", number + 10, outcome=outcome, passages=passages, **parts)  # type: ignore[arg-type]


ITEMS = [
    item(1, "stays", old_unit="c:1", new_units=("c:1",)),
    item(2, "moves", TAX, MOVES, place="009", old_unit="c:1", new_units=("c:9",)),
    item(3, "moves", MOVES, province="01", procedure="A", old_unit="c:0", new_units=("c:8", "c:9")),
    item(4, "person", PERSON),
    item(5, "without", NOWHERE, PERSON, procedure="A"),
    item(6, "moves", ASKED_7, ASKED_8),
    item(7, "stays", old_unit="c:1", new_units=("c:9",), province="01"),
]


def whole_plan(reform: Reform, items: list[Item]) -> tuple[Totals, list[bytes]]:
    totals = Totals(reform)
    lines = [line for item in items if (line := totals.add(item)) is not None]
    return totals, lines


def totals_of(items: list[Item], running: frozenset[int] = frozenset()) -> Totals:
    totals = Totals(REFORM, hours={"UB-1": "closed in May"})
    for one in items:
        totals.add(one, one.id in running)
    return totals


def test_every_total_of_a_few_dossiers() -> None:
    totals = totals_of(ITEMS, running=frozenset({1, 2, 4}))
    totals.members.append({"person": 1})
    assert totals.summary() == {
        "reform": {
            "code": "2025",
            "date": "2025-07-01",
            "vi": "Sắp xếp",
            "en": "Reform",
            "legal": [{"text": "72/2025/QH15", "vi": "Luật", "en": "The law"}],
        },
        "digest": totals.digest,
        "dossiers": {"stays": 2, "moves": 3, "person": 1, "without": 1},
        "procedures": {"A": {"moves": 1, "without": 1}, "P": {"moves": 2, "person": 1, "stays": 2}},
        "provinces": {"01": {"moves": 1}, "79": {"moves": 2, "person": 1, "without": 1}},
        "deadlines": {"restarted": 0, "running": 2, "other_closures": 2},
        "names": [
            {"old": "c:0", "new": ["c:8", "c:9"], "dossiers": 1},
            {"old": "c:1", "new": ["c:9"], "dossiers": 2},
        ],
        "members": [{"person": 1}],
        "without": [{"code": "D-5", "desk": "handler", "cause": "no-policy", "office": "UB-2", "detail": ""}],
        "left_behind": 0,
    }
    assert list(totals.summary()["dossiers"]) == ["stays", "moves", "person", "without"]
    assert list(totals.summary()["procedures"]) == ["A", "P"]
    assert totals.changes == 5
    assert totals.flow == {("UB-1", "UB-9"): 3, ("MC-1", None): 1, ("UB-2", None): 1}


def test_dossiers_that_pass_alike_share_a_group_numbered_by_appearance() -> None:
    totals = totals_of(ITEMS)
    told = [(one["procedure"], one["desk"], one["from"], one["to"], one["dossiers"]) for one in totals.groups_data()]
    assert told == [
        ("P", "tax", "T-1", "T-9", 1),
        ("P", "handler", "UB-1", "UB-9", 1),
        ("A", "handler", "UB-1", "UB-9", 1),
        ("P", "intake", "MC-1", None, 1),
        ("A", "handler", "UB-2", None, 1),
        ("A", "intake", "MC-1", None, 1),
        ("P", "verification", "UB-1", "UB-9", 2),
    ]


def test_a_group_as_data_and_back() -> None:
    group = Group("P", replace(PERSON, detail="why"))
    assert group.to_data() == {
        "procedure": "P",
        "desk": "intake",
        "from": "MC-1",
        "to": None,
        "cause": "closes",
        "policy": "c",
        "legal": "L1",
        "detail": "why",
        "candidates": [
            {"office": "TT-9", "commune": "009", "share": "3/4", "default": True},
            {"office": "TT-8", "commune": "008", "share": None, "default": False},
        ],
    }
    assert group_from_data(group.to_data()) == group


def test_the_line_of_a_dossier_that_changes_and_none_of_one_that_stays() -> None:
    totals, lines = whole_plan(REFORM, ITEMS[:3])
    assert totals.changes == len(lines) == 2
    assert totals.running == 0, "no clock is said to run"
    assert lines[0] == canonical(
        {
            "id": 2,
            "code": "D-2",
            "version": 12,
            "outcome": "moves",
            "province": "79",
            "place": "009",
            "passages": {"tax": 0, "handler": 1},
        }
    )
    assert orjson.loads(lines[1])["passages"] == {"handler": 2}


@pytest.mark.parametrize("code", ["100%", "%d", '"@id"', "Đ-1"])
def test_whatever_a_code_holds_stays_itself_in_its_line(code: str) -> None:
    (line,) = whole_plan(REFORM, [replace(ITEMS[1], code=code, province="50%")])[1]
    assert (orjson.loads(line)["code"], orjson.loads(line)["province"]) == (code, "50%")


def test_the_digest_is_of_the_reform_then_lines_groups_and_members() -> None:
    totals = totals_of(ITEMS)
    totals.members.append({"b": 1, "a": 2})
    by_hand = hashlib.sha256(canonical({"reform": "2025", "date": "2025-07-01"}))
    for line in whole_plan(REFORM, ITEMS)[1]:
        by_hand.update(line)
    for group in totals.groups:
        by_hand.update(canonical(group.to_data()))
    by_hand.update(b'{"a":2,"b":1}')
    assert totals.digest == by_hand.hexdigest()
    assert totals.digest == totals.digest, "asking changes nothing"
    assert PlanDigest(REFORM).of([], []) != PlanDigest(replace(REFORM, code="2026")).of([], [])


def test_noting_many_dossiers_at_once_counts_what_one_by_one_counts() -> None:
    one_by_one, at_once = Totals(REFORM), Totals(REFORM)
    for kind in ITEMS:
        alike = at_once.alike(kind)
        for number in (1, 2, 3):
            one_by_one.add(replace(kind, id=number, code=f"C-{number}"), number == 2)
            at_once.one_of(alike, number, f"C-{number}", kind.version, number == 2)
        at_once.count(alike)
        at_once.count(alike)  # what was counted is not counted again
    assert at_once.summary() == one_by_one.summary()
    assert at_once.groups_data() == one_by_one.groups_data()
    assert at_once.running == 5
    assert at_once.flow == one_by_one.flow


def test_other_closures_count_where_the_deciding_office_has_others() -> None:
    same = totals_of([item(1, "moves", replace(MOVES, source="UB-3"))])
    assert same.other_hours == 0, "neither has closures of its own"
    nobody = totals_of([item(1, "person", replace(MOVES, target=None, candidates=CANDIDATES))])
    assert nobody.other_hours == 0, "nothing is decided yet"
    assert totals_of([item(1, "moves", replace(MOVES, desk="tax"))]).other_hours == 0, "the tax office decides nothing"
    assert totals_of([item(1, "moves", MOVES)]).other_hours == 1
    assert Totals(REFORM).other_hours == 0


def test_a_thousand_dossiers_without_an_office_are_named_and_all_are_counted() -> None:
    totals = totals_of([item(number, "without", NOWHERE) for number in range(_MOST_WITHOUT + 2)])
    assert len(totals.without) == _MOST_WITHOUT == 1000
    assert totals.summary()["dossiers"]["without"] == _MOST_WITHOUT + 2
