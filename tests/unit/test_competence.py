"""Competence: exactly one answer a day, and a proof over years that finds every seeded fault and nothing else."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.rules.offices.competence import Competence, NoCompetence, OverlappingCompetence, competent
from engine.rules.offices.competence_proof import Defect, Subject, verify
from engine.rules.offices.index import OfficeIndex
from engine.rules.territory.units import Level, Unit
from engine.text import Text
from tests.installation.offices import COMPETENCES, INDEX, OFFICES, competence, office
from tests.installation.places import FIRST, JULY, JUNE, REFORM, TERRITORY

START, END = dt.date(2024, 6, 1), dt.date(2026, 1, 1)
PERMIT = Subject("1.013225", ("citizen", "business"))


def proved(competences: list[Competence], subject: Subject = PERMIT, offices: OfficeIndex = INDEX) -> list[Defect]:
    return list(verify(competences, [subject], TERRITORY, offices, START, END))


@pytest.mark.parametrize(
    ("on", "level"),
    [(FIRST, "district"), (REFORM - dt.timedelta(1), "district"), (REFORM, "commune"), (JULY, "commune")],
)
def test_the_competence_of_the_day_answers(on: dt.date, level: str) -> None:
    assert competent(COMPETENCES, "1.013225", "citizen", on).level == level


def test_nobody_competent_names_what_is_known() -> None:
    with pytest.raises(NoCompetence) as caught:
        competent(COMPETENCES, "1.013225", "citizen", FIRST - dt.timedelta(1))
    said = caught.value.sentence("vi")
    assert "cấp huyện (authority) từ 2024-01-01 đến 2025-06-30, 50/2014/QH13" in said
    assert "công dân" in said
    with pytest.raises(NoCompetence, match=r"What is known: none\."):
        competent(COMPETENCES, "9.999999", "citizen", JULY)


def test_several_competences_are_never_chosen_from() -> None:
    twice = [*COMPETENCES, competence("1.013225", "province", start=REFORM, kinds="business", legal="X/2025")]
    assert competent(twice, "1.013225", "citizen", JULY).level == "commune"
    assert competent(twice, "1.013225", "business", JUNE).level == "district"
    with pytest.raises(OverlappingCompetence, match=r"140/2025/NĐ-CP; province \(authority\) from 2025-07-01, X/2025"):
        competent(twice, "1.013225", "business", JULY)


def test_a_sound_table_is_proved() -> None:
    assert proved(COMPETENCES) == []
    assert proved(COMPETENCES, Subject("tax", ("citizen",))) == []


def test_a_gap_between_two_texts() -> None:
    late = [COMPETENCES[0], competence("1.013225", "commune", start=JULY, legal="140/2025/NĐ-CP")]
    legal = ("50/2014/QH13", "140/2025/NĐ-CP")
    assert proved(late) == [Defect("gap", "law", "1.013225", ("citizen", "business"), REFORM, JULY, legal)]
    assert "from 2025-07-01 to 2025-07-14" in proved(late)[0].in_words().en


def test_a_gap_for_one_kind_of_applicant() -> None:
    part = [competence("1.013225", "province", kinds="citizen")]
    assert proved(part) == [Defect("gap", "law", "1.013225", ("business",), START, END, ())]


def test_an_overlap_of_two_texts_for_one_kind() -> None:
    more = [*COMPETENCES, competence("1.013225", "province", start=JUNE, end=JULY, kinds="business", legal="X")]
    found = proved(more)
    assert [(d.kind, d.applicant_kinds, d.start, d.end, d.legal) for d in found] == [
        ("overlap", ("business",), JUNE, REFORM, ("50/2014/QH13", "X")),
        ("overlap", ("business",), REFORM, JULY, ("140/2025/NĐ-CP", "X")),
    ]


def test_two_texts_that_say_the_same_still_overlap() -> None:
    assert [d.kind for d in proved([*COMPETENCES, COMPETENCES[0]])] == ["overlap"]


def test_an_office_that_is_missing_names_its_communes() -> None:
    offices = OfficeIndex(one for one in OFFICES if one.code != "UB-103")
    (defect,) = proved(COMPETENCES, offices=offices)
    assert (defect.kind, defect.where, defect.start, defect.end) == ("gap", "offices", REFORM, END)
    assert defect.communes == ("c:103@2025-07-01",)
    assert "no office for 1 communes, such as c:103@2025-07-01 (140/2025/NĐ-CP)" in defect.in_words().en


def test_an_office_that_opens_late_or_closes_early() -> None:
    others = [one for one in OFFICES if one.code != "UB-100"]
    late = office("UB-100", "authority", "c:100@2025-07-01", valid_from=JULY, valid_to=dt.date(2025, 12, 1))
    found = proved(COMPETENCES, offices=OfficeIndex([*others, late]))
    assert [(d.start, d.end) for d in found] == [(REFORM, JULY), (dt.date(2025, 12, 1), END)]


def test_two_offices_for_one_commune() -> None:
    second = office("UB-100B", "authority", "c:100@2025-07-01", valid_to=JULY)
    (defect,) = proved(COMPETENCES, offices=OfficeIndex([*OFFICES, second]))
    assert (defect.kind, defect.offices, defect.start, defect.end) == ("overlap", ("UB-100", "UB-100B"), REFORM, JULY)


def test_a_text_that_names_an_abolished_level() -> None:
    forgotten = [competence("1.013225", "district", legal="50/2014/QH13")]
    found = proved(forgotten)
    assert {(d.kind, d.where, d.start, d.end) for d in found} >= {("gap", "offices", REFORM, END)}
    after = next(d for d in found if d.start == REFORM)
    assert after.communes == ("c:100@2025-07-01", "c:103@2025-07-01", "c:200@2025-07-01")


def test_a_subject_is_looked_at_only_while_it_is_in_force() -> None:
    late = [competence("1.013225", "province", start=REFORM)]
    assert proved(late, Subject("1.013225", ("citizen",), REFORM)) == []
    assert len(proved(late, Subject("1.013225", ("citizen",)))) == 1
    assert proved([], Subject("1.013225", ("citizen",), END)) == []


@pytest.mark.parametrize(
    ("defect", "vi", "en"),
    [
        (
            Defect("gap", "law", "X", ("citizen", "business"), REFORM, JULY, ("A", "B")),
            "X, công dân, doanh nghiệp, từ 2025-07-01 đến 2025-07-14: "
            "không văn bản nào giao thẩm quyền, gần nhất là: A; B",
            "X, citizens, businesses, from 2025-07-01 to 2025-07-14: "
            "no text makes anyone competent, the nearest are: A; B",
        ),
        (
            Defect("overlap", "law", "X", ("??",), REFORM, JULY, ()),
            "X, ??, từ 2025-07-01 đến 2025-07-14: các văn bản chồng nhau: –",
            "X, ??, from 2025-07-01 to 2025-07-14: these texts overlap: –",
        ),
        (
            Defect("gap", "offices", "X", ("citizen",), REFORM, JULY, ("A",), ("c:1", "c:2")),
            "X, công dân, từ 2025-07-01 đến 2025-07-14: không có cơ quan nào cho 2 xã, ví dụ c:1 (A)",
            "X, citizens, from 2025-07-01 to 2025-07-14: there is no office for 2 communes, such as c:1 (A)",
        ),
        (
            Defect("overlap", "offices", "X", ("citizen",), REFORM, JULY, ("A",), ("c:1",), ("U", "V")),
            "X, công dân, từ 2025-07-01 đến 2025-07-14: có nhiều cơ quan (U, V) cho 1 xã, ví dụ c:1 (A)",
            "X, citizens, from 2025-07-01 to 2025-07-14: "
            "there are several offices (U, V) for 1 communes, such as c:1 (A)",
        ),
    ],
)
def test_a_defect_in_words(defect: Defect, vi: str, en: str) -> None:
    assert defect.in_words() == Text(vi, en)


def test_defects_come_by_subject_day_and_kind() -> None:
    subjects = [Subject("B", ("citizen",)), Subject("A", ("citizen", "business"))]
    found = verify([competence("A", "province", end=JULY, kinds="citizen")], subjects, TERRITORY, INDEX, START, END)
    assert [(one.subject, one.start, one.applicant_kinds) for one in found] == [
        ("A", START, ("business",)),
        ("A", JULY, ("citizen",)),
        ("B", START, ("citizen",)),
    ]


def test_a_competence_in_words_names_its_last_day_where_it_has_one() -> None:
    ended, lasting = COMPETENCES[0], COMPETENCES[1]
    assert ended.in_words() == Text(
        "cấp huyện (authority) từ 2024-01-01 đến 2025-06-30, 50/2014/QH13",
        "district (authority) from 2024-01-01 to 2025-06-30, 50/2014/QH13",
    )
    assert lasting.in_words().en == "commune (authority) from 2025-07-01, 140/2025/NĐ-CP"


def serving(level: Level, body: str, commune: str) -> list[str]:
    found = INDEX.serving(level, body, TERRITORY.at(commune, "commune", JULY), TERRITORY, JULY)
    return [one.code for one in found]


def test_a_branch_serves_the_communes_of_its_area_and_nothing_else() -> None:
    assert serving("province", "land", "100") == ["VP-79"]
    assert serving("commune", "land", "100") == ["VP-79"]
    assert serving("province", "land", "103") == []


def test_a_commune_office_with_later_names_is_no_office_of_the_province() -> None:
    renamed = office("UB-100", "authority", "c:100@2024-01-01", area=("c:100@2025-07-01",), valid_to=None)
    index = OfficeIndex([renamed, *(one for one in OFFICES if one.code in ("UB-79", "UB-01"))])
    commune = TERRITORY.at("100", "commune", JULY)
    assert [one.code for one in index.serving("province", "authority", commune, TERRITORY, JULY)] == ["UB-79"]
    assert [one.code for one in index.serving("commune", "authority", commune, TERRITORY, JULY)] == ["UB-100"]


DAYS = st.dates(dt.date(2024, 5, 1), dt.date(2026, 2, 1))
LEVELS: st.SearchStrategy[Level] = st.sampled_from(["commune", "district", "province"])


@st.composite
def texts(draw: st.DrawFn) -> Competence:
    start, end = sorted(draw(st.tuples(DAYS, DAYS)))
    kinds = draw(st.sampled_from(["", "citizen", "business"]))
    return competence("1.013225", draw(LEVELS), start=start, end=end + dt.timedelta(1), kinds=kinds, legal=str(start))


@given(
    known=st.lists(texts(), max_size=5), on=st.dates(START, END - dt.timedelta(1)), kind=st.sampled_from(PERMIT.kinds)
)
def test_the_proof_says_of_every_day_what_asking_on_that_day_says(
    known: list[Competence], on: dt.date, kind: str
) -> None:
    found = [d for d in proved(known) if d.start <= on < d.end and kind in d.applicant_kinds]
    for commune in TERRITORY.units("commune", on):
        about = [d for d in found if not d.communes or commune.id in d.communes]
        assert [d.kind for d in about] == _asked(known, kind, on, commune)


def _asked(known: list[Competence], kind: str, on: dt.date, commune: Unit) -> list[str]:
    try:
        law = competent(known, "1.013225", kind, on)
    except NoCompetence:
        return ["gap"]
    except OverlappingCompetence:
        return ["overlap"]
    offices = INDEX.serving(law.level, law.body, commune, TERRITORY, on)
    return {0: ["gap"], 1: []}.get(len(offices), ["overlap"])
