"""Reform files: the shipped ones fit the map they are made for; every mistake is one sentence with its place."""

from __future__ import annotations

import datetime as dt
from functools import cache

import pytest

from engine.rules.offices.index import OfficeIndex
from engine.rules.offices.routing import Map
from engine.rules.reform.members import Held, members_that_follow
from engine.rules.reform.plan import Live, Planner, subjects_of
from engine.rules.reform.policy import closing_kinds
from engine.rules.reform.words import passage_in_words
from workflows.competence_files import read_competences
from workflows.loader import load
from workflows.offices import generate_offices
from workflows.problems import render_text
from workflows.reform_files import REFORMS, ReformRefused, check_reform, read_reform
from workflows.territory.reader import read_territory

HEAD = "reform: thu\ndate: {date}\nvi: Thử\nen: Trial\nlegal:\n  - {{text: 1/2025/X, vi: Một, en: One}}\n"
REAL = dt.date(2025, 7, 1)
LAST = dt.date(2025, 6, 30)


@cache
def country() -> Map:
    territory = read_territory()
    return Map(territory, OfficeIndex(generate_offices(territory)), read_competences())


def findings(text: str) -> list[tuple[str, int, int]]:
    reform, problems = check_reform(text, "thu.yaml", country())
    assert (reform is None) == bool(problems)
    for problem in problems:
        assert problem.vi and problem.en and problem.vi != problem.en
        assert f"thu.yaml:{problem.line}:{problem.column}: " in render_text([problem], "vi")
    return [(problem.rule, problem.line, problem.column) for problem in problems]


def test_the_shipped_reforms_are_clean_and_every_closing_kind_of_office_has_a_policy() -> None:
    for path in sorted(REFORMS.glob("*.yaml")):
        reform = read_reform(path, country())
        assert path.name == f"{reform.date}.yaml"
    assert closing_kinds(country().offices.all(), dt.date(2026, 4, 30)) == {}
    assert closing_kinds(country().offices.all(), REAL)["district", "authority"] == 696


def entry(**parts: str) -> str:
    told = {
        "name": "a",
        "from": "{level: commune, body: police}",
        "to": "competent",
        "legal": "L",
        "vi": "V",
        "en": "E",
    }
    lines = [f"{key}: {value}" for key, value in (told | parts).items()]
    return "  - " + "\n    ".join(lines) + "\n"


def quiet() -> str:
    """A day on which units change and no office closes, so that no entry is missing."""
    return HEAD.format(date="2026-04-30")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("reform: a\n", [("missing-key", 1, 1)] * 4),
        (HEAD.format(date="2025-07-02"), [("nothing-changes", 2, 7)]),
        (HEAD.format(date="2023-07-01"), [("before-first-date", 2, 7)]),
        (HEAD.format(date="01/07/2025"), [("bad-date", 2, 7)]),
        (quiet() + "moved: maybe\n", [("bad-value", 7, 8)]),
        (quiet() + "closes: all\n", [("unknown-key", 7, 1)]),
        (quiet() + "offices:\n" + entry(), [("nothing-closes", 9, 11)]),
        (
            quiet() + "offices:\n" + entry(**{"from": "{level: commune, body: polise}"}),
            [("unknown-body", 9, 34)],
        ),
        (quiet() + 'contacts:\n  - {office: UB-99999, hotline: "1900"}\n', [("unknown-office", 8, 14)]),
        (quiet() + "contacts:\n  - {office: UB-26740}\n", [("contact-of-what", 8, 5)]),
        (
            quiet() + 'divisions:\n  - {commune: "26740", hamlet: Khu 1, to: "26743", legal: L}\n',
            [("not-a-part", 8, 43)],
        ),
        (
            quiet() + 'divisions:\n  - {commune: "26740", hamlet: Khu 1, parcel: "3", to: "26740", legal: L}\n',
            [("one-of", 8, 39)],
        ),
        (quiet() + 'divisions:\n  - {commune: 26740, hamlet: A, to: "26740", legal: L}\n', [("wrong-type", 8, 15)]),
    ],
)
def test_a_mistake_is_told_with_its_place(text: str, wanted: list[tuple[str, int, int]]) -> None:
    assert findings(text) == wanted


def real_file(change: str = "") -> str:
    """The shipped file of 1 July 2025; ``change`` is ``old => new``."""
    text = (REFORMS / "2025-07-01.yaml").read_text()
    if change:
        old, new = change.split(" => ")
        assert old in text
        text = text.replace(old, new)
    return text


def test_contradictions_within_the_policy_are_found() -> None:
    text = real_file("name: tax-of-districts => name: communes")
    assert [rule for rule, _, _ in findings(text)] == ["policy-twice"]
    text = real_file("from: {level: district, body: tax} => from: {level: district, body: tax, applicants: [citizen]}")
    assert [rule for rule, _, _ in findings(text)] == ["closing-without-policy"]
    text = real_file('body: authority, procedures: ["1.001612"]} => body: authority}')
    assert [rule for rule, _, _ in findings(text)] == ["never-reached", "never-reached"]
    text = real_file('"1.001612" => "1.001613"')
    assert [rule for rule, _, _ in findings(text)] == ["unknown-procedure"]
    text = real_file("to: place => to: competent")
    assert [rule for rule, _, _ in findings(text)] == ["body-not-used"]
    with pytest.raises(ReformRefused) as caught:
        read_reform(REFORMS / "1900-01-01.yaml", country())
    assert caught.value.problems[0].rule == "no-file"


def permit(place: str, on: dt.date, **desks: str) -> Live:
    """A building permit, whose procedure the districts decided."""
    release = load(REFORMS.parent / "procedures" / "1.013225.yaml")
    subjects = subjects_of(release)
    assert subjects == {"handler": "1.013225"}
    return Live(1, "D-1", 4, "1.013225", "citizen", "79", place, on, desks, subjects)


def planner(divisions: str = "") -> Planner:
    reform, problems = check_reform(real_file() + divisions, "r.yaml", country())
    assert reform is not None, problems
    return Planner(reform, country())


def test_a_permit_of_a_district_goes_to_the_commune_of_the_plot() -> None:
    """Phường Bến Nghé, Quận 1 (26740) is wholly in Phường Sài Gòn."""
    live = permit("26740", LAST, handler="UB-760-C", intake="MC-760-C")
    item = planner().decide(live)
    assert item.outcome == "moves" and item.place == "26740"
    assert {one.desk: one.target for one in item.passages} == {"handler": "UB-26740", "intake": "TT-26740"}
    handler = item.passages[0]
    assert (handler.policy, handler.legal) == ("permits-to-commune", "140/2025/NĐ-CP")
    words = passage_in_words(handler, planner()._reform, country())
    assert "Ủy ban nhân dân quận 1 sang Ủy ban nhân dân phường Sài Gòn (140/2025/NĐ-CP)" in words.vi


def test_a_divided_commune_is_left_to_a_person_with_a_marked_suggestion_until_the_hamlet_tells() -> None:
    """Phường Đa Kao (26737 until 30 June 2025) lies in Sài Gòn and in Tân Định, which bears 26737 now."""
    live = permit("26737", LAST, handler="UB-760-C", intake="MC-26737-C")
    item = planner().decide(live)
    assert item.outcome == "person" and item.place is None
    for passage, prefix in zip(item.passages, ("UB", "TT"), strict=True):
        assert passage.target is None
        assert {one.office for one in passage.candidates} == {f"{prefix}-26740", f"{prefix}-26737"}
        assert [one.is_default for one in passage.candidates].count(True) == 1
    told = planner('divisions:\n  - {commune: "26737", hamlet: Khu phố Một, to: "26737", legal: 1685/NQ-UBTVQH15}\n')
    known = told.decide(Live(**{**_parts(live), "hamlet": "khu pho  MỘT"}))
    assert (known.outcome, known.place) == ("moves", "26737")
    assert {one.target for one in known.passages} == {"UB-26737", "TT-26737"}
    assert told.decide(Live(**{**_parts(live), "hamlet": "Khu phố Hai"})).outcome == "person"
    chosen = planner().decide(Live(**{**_parts(live), "chosen": frozenset({"26740"})}))
    assert {one.target for one in chosen.passages} == {"UB-26740", "TT-26740"}


def _parts(live: Live) -> dict[str, object]:
    return {name: getattr(live, name) for name in Live.__slots__}


def test_a_code_that_was_given_out_again_means_the_unit_of_the_dossiers_own_day() -> None:
    """Filed on 1 July, 26737 is Tân Định, and the new offices keep it."""
    item = planner().decide(permit("26737", REAL, handler="UB-26737", intake="TT-26737"))
    assert item.outcome == "stays" and item.old_unit == "c:26737@2025-07-01"


LATER = ("2026-04-30.yaml", "2026-09-01.yaml", "2026-09-20.yaml")


@pytest.mark.parametrize("name", LATER)
def test_what_an_earlier_reform_left_behind_blocks_no_later_one_that_does_not_reach_it(name: str) -> None:
    later = Planner(read_reform(REFORMS / name, country()), country())
    item = later.decide(permit("26737", LAST, handler="UB-760-C", intake="MC-26737-C"))
    assert (item.outcome, item.left_behind) == ("stays", ("handler", "intake"))


def test_the_orders_of_2026_change_names_and_move_nothing() -> None:
    for name, code in zip(LATER[::2], ("26248", "07294"), strict=True):
        reform = read_reform(REFORMS / name, country())
        item = Planner(reform, country()).decide(permit(code, REAL, handler=f"UB-{code}", intake=f"TT-{code}"))
        assert (item.outcome, item.left_behind) == ("stays", ())
        assert (item.old_unit, item.new_units) == (f"c:{code}@2025-07-01", (f"c:{code}@{reform.date}",))
        offices = [country().offices.get(f"{prefix}-{code}") for prefix in ("UB", "TT", "CA")]
        assert [one.valid_to for one in offices if one is not None] == [None] * 3
    verified = {basis.text: basis.verified for name in LATER for basis in read_reform(REFORMS / name, country()).legal}
    assert verified == {
        "30/2026/QH16": True, "36/2026/QH16": False, "39/2026/QH16": False, "388/NQ-UBTVQH16": False,
    }  # fmt: skip


def test_a_dossier_of_dong_nai_stays_where_it_is() -> None:
    later = Planner(read_reform(REFORMS / "2026-04-30.yaml", country()), country())
    moved = later.decide(permit("26248", REAL, handler="UB-26248", intake="TT-26248"))
    assert moved.outcome == "stays"
    assert (moved.old_unit, moved.new_units) == ("c:26248@2025-07-01", ("c:26248@2026-04-30",))


def test_clerks_follow_where_one_office_succeeds_and_wait_for_a_person_elsewhere() -> None:
    reform = read_reform(REFORMS / "2025-07-01.yaml", country())
    since = dt.date(2024, 1, 1)
    held = [
        Held(1, "MC-26740-C", "counter", since, None),
        Held(2, "MC-26737-C", "counter", since, None),  # divided
        Held(3, "UB-760-C", "specialist", since, None),  # a district
        Held(4, "UB-79-C", "monitor", since, None),
        Held(5, "UB-79-C", "leader", since, LAST),  # ended by itself
        Held(6, "TT-26740", "counter", REAL, None),  # not closing
    ]
    found = {one.held.person_id: one for one in members_that_follow(reform, country(), held)}
    assert found.keys() == {1, 2, 3, 4}
    assert (found[1].target, found[4].target) == ("TT-26740", "UB-79")
    assert found[2].target is None and set(found[2].candidates) == {"TT-26740", "TT-26737"}
    assert found[3].target is None and {"UB-26740", "UB-26737", "UB-26743", "UB-26758"} <= set(found[3].candidates)
