"""What a reform says (policies, moved competences) and what it does to clerks, on the small country of places.py."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from fractions import Fraction
from itertools import permutations

import pytest

from engine.rules.offices.index import OfficeIndex
from engine.rules.offices.routing import Map
from engine.rules.reform.members import Follows, Held, members_that_follow
from engine.rules.reform.plan import Candidate, Passage
from engine.rules.reform.policy import (
    Basis,
    Division,
    MovedCompetence,
    Policy,
    Reform,
    changed_units,
    closing,
    closing_kinds,
    moved_competences,
)
from engine.rules.reform.words import legal_of, office_name, passage_in_words
from engine.rules.territory.units import Level
from engine.text import Text
from tests.installation.offices import COMPETENCES, INDEX, OFFICES, competence, office
from tests.installation.places import FIRST, REFORM, SUCCESSIONS, TERRITORY

DAY = dt.timedelta(days=1)
WHY = Text("Vì thế", "Because")
KNOWN = Map(TERRITORY, INDEX, COMPETENCES)
BY_CODE = {one.code: one for one in OFFICES}


def policy(name: str, level: Level, body: str, to: str = "successor", **more: object) -> Policy:
    return Policy(name, level, body, to, f"L-{name}", WHY, **more)  # type: ignore[arg-type]


def reform(*policies: Policy, **more: object) -> Reform:
    legal = (Basis("72/2025/QH15", Text("Luật", "Law")), Basis("73", Text("Hai", "Two")))
    return Reform("r", REFORM, Text("Sắp xếp", "Reform"), legal, policies, **more)  # type: ignore[arg-type]


def test_a_policy_fits_by_body_level_part_procedure_and_kind() -> None:
    old = BY_CODE["UB-100-C"]
    wide = policy("w", "commune", "authority")
    assert wide.fits(old, "handler", "P", "citizen")
    assert not wide.fits(BY_CODE["UB-760"], "handler", "P", "citizen"), "another level"
    assert not wide.fits(BY_CODE["MC-100-C"], "handler", "P", "citizen"), "another body"
    narrow = replace(wide, keys=frozenset({"verification"}), procedures=frozenset({"P"}), kinds=frozenset({"citizen"}))
    assert narrow.fits(old, "verification:7", "P", "citizen")
    for key, procedure, kind in (
        ("handler", "P", "citizen"),
        ("verification", "Q", "citizen"),
        ("verification", "P", "x"),
    ):
        assert not narrow.fits(old, key, procedure, kind)


def test_the_first_policy_that_fits_decides() -> None:
    first, second = policy("a", "commune", "authority", keys=frozenset({"tax"})), policy("b", "commune", "authority")
    told = reform(first, second)
    assert told.policy_for(BY_CODE["UB-100-C"], "tax", "P", "citizen") == first
    assert told.policy_for(BY_CODE["UB-100-C"], "handler", "P", "citizen") == second
    assert told.policy_for(BY_CODE["UB-760"], "handler", "P", "citizen") is None


def test_a_policy_covers_another_that_says_no_more() -> None:
    wide = policy("w", "commune", "authority")
    narrow = replace(wide, keys=frozenset({"tax"}))
    narrower = replace(narrow, kinds=frozenset({"citizen"}))
    assert wide.covers(narrow) and narrow.covers(narrower) and narrow.covers(narrow)
    assert not narrow.covers(wide) and not narrower.covers(narrow)
    assert not narrow.covers(replace(narrow, keys=frozenset({"handler", "tax"})))
    assert not wide.covers(replace(narrow, level="district")) and not wide.covers(replace(narrow, body="centre"))


def test_the_last_day_of_the_old_order_and_the_offices_that_close_on_it() -> None:
    assert reform().last_day == dt.date(2025, 6, 30)
    closed = {one.code for one in closing(OFFICES, REFORM)}
    assert closed == {"UB-760", "UB-100-C", "UB-101-C", "UB-102-C", "UB-010", "MC-760", "MC-100-C"}
    assert list(closing(OFFICES, REFORM + DAY)) == []
    assert closing_kinds(OFFICES, REFORM) == {
        ("district", "authority"): 2,
        ("commune", "authority"): 3,
        ("district", "one_stop"): 1,
        ("commune", "one_stop"): 1,
    }


def test_competences_that_change_hands_are_paired_by_subject_and_kind_of_applicant() -> None:
    before, after = COMPETENCES[:2]
    ended = competence("A", "district", end=REFORM, kinds="citizen|organisation")
    begun = competence("B", "commune", start=REFORM)
    other = competence("A", "commune", start=REFORM, kinds="citizen")
    elsewhen = competence("C", "commune", start=REFORM + DAY)
    for order in permutations([before, after, ended, begun, other]):
        assert moved_competences([*order, elsewhen, COMPETENCES[2]], REFORM) == (
            MovedCompetence("1.013225", (before,), (after,)),
            MovedCompetence("A", (), (other,)),
            MovedCompetence("A", (ended,), ()),
            MovedCompetence("B", (), (begun,)),
        )


def test_the_units_that_change_on_a_day() -> None:
    assert set(changed_units(TERRITORY, REFORM)) == set(SUCCESSIONS)
    assert changed_units(TERRITORY, REFORM + DAY) == ()


def test_the_name_of_a_part_is_compared_without_accents_and_case() -> None:
    assert Division("102", "hamlet", "Khu  Phố ĐÔNG", "103", "L").asked == ("102", "hamlet", "khu pho dong")


def held(person: int, code: str, role: str = "clerk", start: dt.date = FIRST, end: dt.date | None = None) -> Held:
    return Held(person, code, role, start, end)


FOLLOW = (
    policy("communes", "commune", "authority", members="follow"),
    policy("counters", "commune", "one_stop", to_body="centre", members="follow"),
    policy("districts", "district", "authority", to="competent", members="person"),
)


@pytest.mark.parametrize(
    ("code", "target", "candidates"),
    [
        ("UB-100-C", "UB-100", ("UB-100",)),
        ("UB-102-C", None, ("UB-100", "UB-103")),  # divided: a person says
        ("MC-100-C", "TT-100", ("TT-100",)),  # to the body that the policy names
        ("UB-760", None, ("UB-79", "UB-100", "UB-103")),  # a district: those in its communes too
        ("MC-760", None, ()),  # no policy, and no other counter of its body
    ],
)
def test_clerks_follow_to_the_one_successor(code: str, target: str | None, candidates: tuple[str, ...]) -> None:
    one = held(1, code)
    assert members_that_follow(reform(*FOLLOW), KNOWN, [one]) == [Follows(one, target, candidates)]


def test_clerks_do_not_follow_where_the_policy_leaves_it_to_a_person() -> None:
    one = held(1, "UB-100-C")
    left = reform(policy("communes", "commune", "authority", members="person"))
    assert members_that_follow(left, KNOWN, [one]) == [Follows(one, None, ("UB-100",))]
    other = reform(policy("districts", "district", "authority", members="follow"))
    assert members_that_follow(other, KNOWN, [one]) == [Follows(one, None, ("UB-100",))]


@pytest.mark.parametrize(
    ("start", "end", "follows"),
    [
        (FIRST, None, True),
        (REFORM - DAY, None, True),
        (REFORM, None, False),  # begins with the new order
        (FIRST, REFORM + DAY, True),
        (FIRST, REFORM, False),  # ends with the old order
        (FIRST, REFORM - DAY, False),
    ],
)
def test_only_memberships_over_both_orders_follow(start: dt.date, end: dt.date | None, follows: bool) -> None:
    found = members_that_follow(reform(*FOLLOW), KNOWN, [held(1, "UB-100-C", start=start, end=end)])
    assert bool(found) == follows


def test_members_of_offices_that_live_on_or_are_unknown_are_left_alone() -> None:
    assert members_that_follow(reform(*FOLLOW), KNOWN, [held(1, "UB-79"), held(1, "UB-100"), held(1, "??")]) == []


def test_members_come_in_order_of_office_person_role_and_first_day() -> None:
    ordered = [
        held(2, "UB-100-C", "a"),
        held(2, "UB-100-C", "a", FIRST + DAY),
        held(2, "UB-100-C", "b"),
        held(3, "UB-100-C", "a"),
        held(1, "UB-101-C", "a"),
    ]
    for order in permutations(ordered):
        assert [one.held for one in members_that_follow(reform(*FOLLOW), KNOWN, order)] == ordered


def test_a_passage_in_words() -> None:
    told = reform(*FOLLOW)

    def words(passage: Passage) -> tuple[str, str]:
        found = passage_in_words(passage, told, KNOWN)
        return found.vi, found.en

    moved = Passage("handler", "UB-100-C", "UB-100", "closes", "communes", "L1")
    assert words(moved) == (
        "Vì thế: cơ quan giải quyết chuyển từ Cơ quan UB-100-C sang Cơ quan UB-100 (L1).",
        "Because: the office that decides changes from Office UB-100-C to Office UB-100 (L1).",
    )
    assert words(replace(moved, policy=None, legal="", desk="verification:7")) == (
        "Thẩm quyền nay thuộc cơ quan khác: nơi được hỏi xác minh chuyển từ Cơ quan UB-100-C sang Cơ quan UB-100.",
        "The competence is another's now: the office asked to verify changes from Office UB-100-C to Office UB-100.",
    )
    parts = (Candidate("UB-100", "100", Fraction(3, 4), True), Candidate("UB-103", "103", Fraction(1, 4), False))
    parts += (Candidate("UB-79", "79", None, False),)
    assert words(Passage("intake", "UB-102-C", None, "closes", candidates=parts)) == (
        "nơi tiếp nhận và trả kết quả: Cơ quan UB-102-C có nhiều nơi kế thừa, cần người chọn: "
        "Cơ quan UB-100 (75%, gợi ý, chưa chọn); Cơ quan UB-103 (25%); Cơ quan UB-79",
        "the office that receives and returns: Office UB-102-C has several successors, a person chooses: "
        "Office UB-100 (75%, suggested, not chosen); Office UB-103 (25%); Office UB-79",
    )
    assert words(Passage("archive", "??", None, "unknown-office")) == (
        "archive: không có cơ quan mã ??.",
        "archive: no office has the code ??.",
    )
    closed = Passage("tax", "UB-760", None, "closed-earlier", detail="2025-01-01")
    assert "Cơ quan UB-760 đã đóng từ 2025-01-01 do" in words(closed)[0]
    assert "Office UB-760 closed on 2025-01-01 by" in words(closed)[1]


@pytest.mark.parametrize("cause", ["no-policy", "no-place", "no-competence", "no-office", "closes", "moved"])
def test_every_cause_has_words_of_its_own(cause: str) -> None:
    passage = Passage("handler", "UB-760", None, cause, detail="DETAIL")  # type: ignore[arg-type]
    found = passage_in_words(passage, reform(), KNOWN)
    assert ("DETAIL" in found.vi) == (cause == "no-competence")
    assert ("UB-760" in found.vi) == (cause != "no-competence")
    assert found.vi != found.en and "{" not in found.vi + found.en


def test_legal_texts_once_each_and_those_of_the_reform_where_there_are_none() -> None:
    passages = [Passage("a", "x", "y", "closes", legal=legal) for legal in ("L1; L2", "", "L2; L3")]
    assert legal_of(passages, reform()) == "L1; L2; L3"
    assert legal_of(passages[1:2], reform()) == "72/2025/QH15; 73"


def test_an_unknown_office_is_called_by_its_code() -> None:
    assert office_name("??", INDEX) == Text("??", "??")
    assert office_name("UB-79", OfficeIndex([office("UB-79", "authority", "p:79@2024-01-01")])).en == "Office UB-79"
