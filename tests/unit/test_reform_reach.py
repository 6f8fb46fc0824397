"""What a reform leaves to an earlier one: dossiers that wait for its decision where the new one does not reach.

The country has three provinces. On 1 July 2025 "Phường Chia" of province 1 was divided, and its old office closed. On
1 January 2026 two communes of province 2 merge, and a commune of province 3 gets another kind.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from cli.reform_report import plan_lines
from engine.rules.offices.index import OfficeIndex
from engine.rules.offices.offices import Office
from engine.rules.offices.routing import Map
from engine.rules.reform.plan import Item, Live, Planner
from engine.rules.reform.policy import Policy, Reform
from engine.rules.reform.totals import Totals
from engine.rules.territory.territory import Territory
from engine.rules.territory.units import Level, Succession, Unit
from engine.text import Text
from tests.installation.offices import competence

FIRST, EARLIER, LATER = dt.date(2024, 1, 1), dt.date(2025, 7, 1), dt.date(2026, 1, 1)
PERMIT = "1.013225"


def office(
    code: str, body: str, unit_id: str, area: tuple[str, ...] = (), valid_from: dt.date = FIRST,
    valid_to: dt.date | None = None,
) -> Office:  # fmt: skip
    name = Text(f"Cơ quan {code}", f"Office {code}")
    return Office(code, body, unit_id, name, "01", valid_from, valid_to, False, area)


def unit(code: str, kind: str, name: str, parent: str | None, since: dt.date, until: dt.date | None = None) -> Unit:
    level: Level = "commune" if parent else "province"
    return Unit(code, level, kind, name, parent, since, until)


TERRITORY = Territory(
    [
        unit("01", "tinh", "Tỉnh Một", None, FIRST),
        unit("02", "tinh", "Tỉnh Hai", None, FIRST),
        unit("03", "tinh", "Tỉnh Ba", None, FIRST, LATER),
        unit("03", "thanh_pho_tw", "Thành phố Ba", None, LATER),
        unit("100", "phuong", "Phường Chia", "p:01", FIRST, EARLIER),
        unit("101", "phuong", "Phường Đông", "p:01", EARLIER),
        unit("102", "phuong", "Phường Tây", "p:01", EARLIER),
        unit("200", "xa", "Xã Chia", "p:02", FIRST, EARLIER),
        unit("201", "xa", "Xã Đông", "p:02", EARLIER, LATER),
        unit("202", "xa", "Xã Tây", "p:02", EARLIER, LATER),
        unit("203", "xa", "Xã Chung", "p:02", LATER),
        unit("300", "xa", "Xã Chia Ba", "p:03", FIRST, EARLIER),
        unit("301", "xa", "Xã Lên", "p:03", EARLIER, LATER),
        unit("302", "xa", "Xã Đứng", "p:03", EARLIER),
        unit("301", "phuong", "Phường Lên", "p:03", LATER),
    ],
    [
        *(Succession(f"c:{a}@{FIRST}", f"c:{b}@{EARLIER}", "divided", EARLIER, default=b.endswith("1"))
          for a, b in (("100", "101"), ("100", "102"), ("200", "201"), ("200", "202"), ("300", "301"), ("300", "302"))),
        *(Succession(f"c:{a}@{EARLIER}", f"c:203@{LATER}", "merged", LATER, default=True) for a in ("201", "202")),
        Succession(f"c:301@{EARLIER}", f"c:301@{LATER}", "upgraded", LATER, default=True),
        Succession(f"p:03@{FIRST}", f"p:03@{LATER}", "upgraded", LATER, default=True),
    ],
)  # fmt: skip
CLOSED = [office(f"UB-{code}-C", "authority", f"c:{code}@{FIRST}", valid_to=EARLIER) for code in ("100", "200", "300")]
OFFICES = [
    *CLOSED,
    *(office(f"UB-{one.code}", "authority", one.id, valid_from=one.valid_from, valid_to=one.valid_to)
      for one in TERRITORY.units("commune") if one.valid_from >= EARLIER and one.code != "301"),
    office("UB-301", "authority", f"c:301@{EARLIER}", area=(f"c:301@{LATER}",), valid_from=EARLIER),
]  # fmt: skip
LAWS = [competence(PERMIT, "commune")]
FOLLOW = (Policy("communes", "commune", "authority", "successor", "L", Text("Vì thế", "Because")),)


def decide(place: str | None, code: str, offices: list[Office] | None = None, laws: Any = None) -> Item:
    """The later reform's item of a dossier of the old commune ``place`` that is still at the office ``code``."""
    reform = Reform("later", LATER, Text("Sau", "Later"), (), FOLLOW)
    known = Map(TERRITORY, OfficeIndex(offices or OFFICES), laws or LAWS)
    live = Live(1, "D-1", 3, PERMIT, "citizen", "01", place, FIRST, {"handler": code}, {"handler": PERMIT})
    return Planner(reform, known).decide(live)


def test_a_dossier_of_another_province_waits_on_and_blocks_nothing() -> None:
    item = decide("100", "UB-100-C")
    assert (item.outcome, item.passages, item.left_behind) == ("stays", (), ("handler",))


def test_one_in_a_place_that_merges_must_be_decided_first() -> None:
    item = decide("200", "UB-200-C")
    assert (item.outcome, item.left_behind) == ("without", ())
    assert [(one.cause, one.detail) for one in item.passages] == [("closed-earlier", "2025-07-01")]


@pytest.mark.parametrize(("place", "code"), [("200", "UB-100-C"), ("100", "UB-200-C"), (None, "UB-200-C")])
def test_the_dossiers_commune_and_the_unit_of_the_office_are_both_looked_at(place: str | None, code: str) -> None:
    assert decide(place, code).outcome == "without"


def test_a_place_that_only_gets_another_kind_is_not_reached() -> None:
    item = decide("300", "UB-300-C")
    assert (item.outcome, item.left_behind) == ("stays", ("handler",))


def test_an_unknown_office_blocks_only_where_the_reform_reaches_or_nothing_is_known() -> None:
    assert decide("100", "??").outcome == "stays"
    assert decide("200", "??").outcome == decide(None, "??").outcome == "without"


def test_an_office_there_that_closes_on_the_day_reaches_it() -> None:
    closing = [
        office(one.code, one.body, one.unit_id, valid_from=one.valid_from, valid_to=LATER)
        if one.code == "UB-101" else one for one in OFFICES
    ]  # fmt: skip
    assert decide("100", "UB-100-C", closing).outcome == "without"
    other_body = [*OFFICES, office("CA-101", "police", f"c:101@{EARLIER}", valid_from=EARLIER, valid_to=LATER)]
    assert decide("100", "UB-100-C", other_body).outcome == "stays"


def test_a_law_that_moves_the_competence_on_the_day_reaches_every_place() -> None:
    moved = [competence(PERMIT, "commune", end=LATER), competence(PERMIT, "province", start=LATER)]
    assert decide("100", "UB-100-C", laws=moved).outcome == "without"
    ended = [competence(PERMIT, "commune", end=LATER)]
    assert decide("100", "UB-100-C", laws=ended).outcome == "without"


def test_an_open_office_of_the_same_dossier_still_moves() -> None:
    reform = Reform("later", LATER, Text("Sau", "Later"), (), FOLLOW)
    desks = {"handler": "UB-100-C", "archive": "UB-201"}
    live = Live(1, "D-1", 3, PERMIT, "citizen", "01", "100", FIRST, desks, {"handler": PERMIT})
    item = Planner(reform, Map(TERRITORY, OfficeIndex(OFFICES), LAWS)).decide(live)
    assert (item.outcome, item.left_behind) == ("moves", ("handler",))
    assert [(one.desk, one.target) for one in item.passages] == [("archive", "UB-203")]


@pytest.mark.parametrize("vi", [True, False])
def test_the_plan_counts_them_and_says_when_the_office_of_a_blocking_one_closed(vi: bool) -> None:
    reform = Reform("later", LATER, Text("Sau", "Later"), (), FOLLOW)
    totals = Totals(reform)
    for item in (decide("100", "UB-100-C"), decide("200", "UB-200-C")):
        totals.add(item)
    summary = totals.summary()
    assert (summary["left_behind"], summary["dossiers"]["stays"], summary["dossiers"]["without"]) == (1, 1, 1)
    assert summary["without"][0]["detail"] == "2025-07-01"
    lines = "\n".join(plan_lines(totals, Map(TERRITORY, OfficeIndex(OFFICES), LAWS), vi))
    assert ("1 hồ sơ còn chờ quyết định" if vi else "1 wait for a decision of an earlier reform") in lines
    assert ("đã đóng từ 2025-07-01 do" if vi else "closed on 2025-07-01 by") in lines
    assert "  do một" not in lines


def test_nobody_competent_is_told_with_its_reason() -> None:
    """A sibling: the line of a blocking dossier names the law that is missing, and leaves no empty place."""
    reform = Reform("later", LATER, Text("Sau", "Later"), (), (Policy("c", "commune", "authority", "competent", "L",
                    Text("Vì thế", "Because")),))  # fmt: skip
    known = Map(TERRITORY, OfficeIndex(OFFICES), [competence(PERMIT, "commune", end=LATER)])
    live = Live(1, "D-1", 3, PERMIT, "citizen", "02", "201", EARLIER, {"handler": "UB-201"}, {"handler": PERMIT})
    totals = Totals(reform)
    totals.add(Planner(reform, known).decide(live))
    said = "\n".join(plan_lines(totals, known, vi=False))
    assert f"nobody is competent: No text makes anyone competent for “{PERMIT}”" in said
