"""Dated units and successions on small made-up territories: chains, swapped codes, divided and absorbed units."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

import pytest

from engine.rules.territory.addresses import AddressReader
from engine.rules.territory.former_districts import FormerDistricts
from engine.rules.territory.territory import Territory
from engine.rules.territory.units import (
    AmbiguousDistrict,
    BeforeFirstDate,
    BrokenTerritory,
    Change,
    Succession,
    Unit,
    UnknownDistrict,
    UnknownUnit,
)

D24, D25, D26, D27 = (dt.date(year, 1, 1) for year in (2024, 2025, 2026, 2027))


def province(code: str, name: str, start: dt.date = D24, end: dt.date | None = None) -> Unit:
    return Unit(code, "province", "tinh", f"Tỉnh {name}", None, start, end)


def district(code: str, name: str, parent: str, end: dt.date | None = None, kind: str = "huyen") -> Unit:
    words = {"huyen": "Huyện", "thanh_pho": "Thành phố"}[kind]
    return Unit(code, "district", kind, f"{words} {name}", parent, D24, end)


def commune(code: str, name: str, start: dt.date, end: dt.date | None = None, parent: str = "p:01") -> Unit:
    return Unit(code, "commune", "xa", f"Xã {name}", parent, start, end)


def edge(
    source: Unit, target: Unit, kind: Change = "merged", share: str | None = None, default: bool = False
) -> Succession:
    assert source.valid_to is not None
    return Succession(source.id, target.id, kind, source.valid_to, Fraction(share) if share else None, default, "01/QĐ")


A = commune("00001", "An", D24, D25)
B = commune("00002", "Bình", D24, D25)
# From 2025 the two codes are swapped, and in 2026 the unit that then bears A's code is divided.
A_AS_2 = commune("00002", "An", D25)
B_AS_1 = commune("00001", "Bình", D25, D26)
NORTH, SOUTH = commune("00003", "Bắc", D26), commune("00004", "Nam", D26)
SWAP = Territory(
    [province("01", "Một"), A, B, A_AS_2, B_AS_1, NORTH, SOUTH],
    [
        edge(A, A_AS_2, "renamed"),
        edge(B, B_AS_1, "renamed"),
        edge(B_AS_1, NORTH, "divided", "0.75", default=True),
        edge(B_AS_1, SOUTH, "divided", "1/4"),
    ],
)


def test_a_code_means_the_unit_that_bears_it_on_the_day() -> None:
    assert SWAP.at("00001", "commune", dt.date(2024, 12, 31)) == A
    assert SWAP.at("00001", "commune", D25) == B_AS_1
    assert SWAP.find("00001", "commune", D26) is None
    with pytest.raises(UnknownUnit):
        SWAP.at("00001", "commune", D26)


def test_a_chain_of_changes_resolves_over_any_two_dates() -> None:
    assert [(s.unit, s.share) for s in SWAP.successors(A.id, D27)] == [(A_AS_2, 1)]
    found = SWAP.successors(B.id, D27)
    assert [(s.unit, s.share, s.is_default) for s in found] == [
        (NORTH, Fraction(3, 4), True),
        (SOUTH, Fraction(1, 4), False),
    ]
    assert [e.to_id for e in found[0].path] == [B_AS_1.id, NORTH.id]


def test_a_unit_is_its_own_successor_while_it_lives_and_has_none_before() -> None:
    (itself,) = SWAP.successors(A.id, D24)
    assert (itself.unit, itself.share, itself.is_default, itself.path) == (A, 1, True, ())
    assert SWAP.successors(NORTH.id, D24) == ()


def test_predecessors_say_how_much_of_each_came_here() -> None:
    (only,) = SWAP.predecessors(SOUTH.id, D24)
    assert (only.unit, only.share, only.is_default) == (B, Fraction(1, 4), False)
    assert [e.from_id for e in only.path] == [B.id, B_AS_1.id]
    assert SWAP.predecessors(A.id, D25) == ()


def test_parts_that_meet_again_are_added() -> None:
    west, east, again = (
        commune("00003", "Tây", D25, D26),
        commune("00004", "Đông", D25, D26),
        commune("00005", "Lại", D26),
    )
    territory = Territory(
        [A, west, east, again],
        [
            edge(A, west, "divided", "0.4"),
            edge(A, east, "divided", "0.6", default=True),
            edge(west, again),
            edge(east, again),
        ],
    )
    (whole,) = territory.successors(A.id, D27)
    assert (whole.unit, whole.share, whole.is_default) == (again, 1, True)
    assert whole.path[0].to_id == east.id, "the path goes the default way"


def test_an_unpublished_share_stays_unknown() -> None:
    west, east = commune("00003", "Tây", D25), commune("00004", "Đông", D25)
    territory = Territory([A, west, east], [edge(A, west, "divided"), edge(A, east, "divided", default=True)])
    assert [(s.unit, s.share) for s in territory.successors(A.id, D25)] == [(east, None), (west, None)]


def test_a_unit_absorbed_by_one_that_lives_on() -> None:
    large = commune("00009", "Lớn", D24)
    territory = Territory([A, large], [edge(A, large)])
    assert [s.unit for s in territory.successors(A.id, D25)] == [large]
    assert {s.unit for s in territory.predecessors(large.id, D24)} == {A, large}
    assert {s.unit for s in territory.predecessors(large.id, D25)} == {large}


def test_no_day_before_the_first_is_answered() -> None:
    before = dt.date(2023, 12, 31)
    questions = [
        lambda: SWAP.at("01", "province", before),
        lambda: SWAP.units("commune", before),
        lambda: SWAP.successors(A.id, before),
        lambda: SWAP.predecessors(A.id, before),
        lambda: SWAP.children(A.id, before),
        lambda: AddressReader(SWAP).resolve("Xã An", before),
        lambda: FormerDistricts(SWAP).communes("an", before),
    ]
    for ask in questions:
        with pytest.raises(BeforeFirstDate) as refused:
            ask()
        assert "01/01/2024" in refused.value.sentence("vi") and "2023-12-31" in refused.value.sentence("en")


def test_parents_follow_the_day() -> None:
    first, second = province("01", "Một", D24, D26), province("01", "Mới", D26)
    long = commune("00001", "An", D24)
    territory = Territory([first, second, long], [edge(first, second, "renamed")])
    assert territory.parent_chain(long, D24) == (first,)
    assert territory.province_of(long, D27) == second
    assert territory.province_of(long) == second
    assert territory.province_of(first) == first
    assert territory.children(first.id, D25) == (long,)
    assert territory.children(first.id, D27) == ()
    assert set(territory.parents_ever(long)) == {first, second}
    with pytest.raises(UnknownUnit):
        territory.province_of(commune("00007", "Lạc", D24, parent="p:99"))


@pytest.mark.parametrize(
    ("units", "edges", "why"),
    [
        ([A, commune("00001", "Khác", dt.date(2024, 6, 1))], [], "same day"),
        ([commune("00001", "An", D25, D25)], [], "before it begins"),
        ([A], [Succession(A.id, "c:9@2025-01-01", "merged", D25)], "unknown unit"),
        ([A, A_AS_2], [Succession(A.id, A_AS_2.id, "renamed", D26)], "not the day"),
        ([A, NORTH], [Succession(A.id, NORTH.id, "renamed", D25)], "not valid on"),
        ([A, A_AS_2], [edge(A, A_AS_2, share="1.5")], "share 3/2 is not above 0"),
        ([A, A_AS_2], [edge(A, A_AS_2, share="-0.5")], "share -1/2 is not above 0"),
        ([A, A_AS_2], [edge(A, A_AS_2), edge(A, A_AS_2)], "twice"),
        ([A, A_AS_2, B_AS_1], [edge(A, A_AS_2, share="0.6"), edge(A, B_AS_1, share="0.6")], "exceed"),
        ([A, A_AS_2, B_AS_1], [edge(A, A_AS_2, default=True), edge(A, B_AS_1, default=True)], "default"),
    ],
)
def test_contradictions_are_refused(units: list[Unit], edges: list[Succession], why: str) -> None:
    with pytest.raises(BrokenTerritory, match=why):
        Territory(units, edges)


def test_defects_are_what_no_single_line_shows() -> None:
    orphan = commune("00008", "Côi", D24, parent="p:88")
    found = Territory([province("01", "Một"), A, orphan], []).defects()
    assert {(defect.unit, "successor" in defect.en) for defect in found} == {(A, True), (orphan, False)}
    assert SWAP.defects() == ()


def test_a_place_that_ended_without_successor_resolves_to_nothing() -> None:
    found = AddressReader(Territory([province("01", "Một"), A], [])).resolve("Xã An", D25)
    assert (found.outcome, found.understood) == ("none", (A,))


def test_unknown_ids_are_refused() -> None:
    with pytest.raises(UnknownUnit) as refused:
        SWAP.unit("c:77777@2024-01-01")
    assert "c:77777@2024-01-01" in refused.value.sentence("vi")
    assert SWAP.unit(A.id) == A
    assert commune("00001", "An", D24).short_name == "An"
    assert Unit("1", "commune", "xa", "An", None, D24).short_name == "An"


DISTRICTS = Territory(
    [
        province("01", "Đồng Tháp"),
        province("02", "Tiền Giang", D24, D25),
        district("101", "Cao Lãnh", "p:01", D25),
        district("102", "Cao Lãnh", "p:01", D25, kind="thanh_pho"),
        district("103", "Cai Bè", "p:02", D25),
        district("104", "Cồn Đảo", "p:02", D25),
        commune("00001", "An", D24, D25, "d:101"),
        commune("00002", "Bình", D24, D25, "d:102"),
        commune("00003", "Cường", D24, D25, "d:103"),
        commune("00011", "An Bình", D25, D26),
        commune("00012", "Cường", D25),
        commune("00013", "Cồn Đảo", D25),
        commune("00021", "An Bình", D26),
    ],
    [
        Succession("p:02@2024-01-01", "p:01@2024-01-01", "merged", D25),
        *(Succession(f"d:{c}@2024-01-01", "p:01@2024-01-01", "abolished", D25) for c in (101, 102, 103)),
        Succession("d:104@2024-01-01", "c:00013@2025-01-01", "upgraded", D25),
        Succession("c:00001@2024-01-01", "c:00011@2025-01-01", "merged", D25),
        Succession("c:00002@2024-01-01", "c:00011@2025-01-01", "divided", D25, None, True),
        Succession("c:00002@2024-01-01", "c:00012@2025-01-01", "divided", D25),
        Succession("c:00003@2024-01-01", "c:00012@2025-01-01", "merged", D25),
        Succession("c:00011@2025-01-01", "c:00021@2026-01-01", "renamed", D26),
    ],
)


@pytest.mark.parametrize(
    ("written", "on", "codes"),
    [
        ("huyen-cao-lanh", D25, ("00011",)),
        ("dong-thap/thanh-pho-cao-lanh", D26, ("00012", "00021")),
        ("cai-be", D25, ("00012",)),
        ("cai-be", D24, ("00003",)),
        ("tien-giang/cai-be", D25, ("00012",)),
        ("dong-thap/cai-be", D25, ("00012",)),
        ("Cái Bè", D25, ("00012",)),
        ("103", D25, ("00012",)),
        ("d:103@2024-01-01", D25, ("00012",)),
        ("con-dao", D25, ("00013",)),
    ],
)
def test_communes_of_a_former_district(written: str, on: dt.date, codes: tuple[str, ...]) -> None:
    assert FormerDistricts(DISTRICTS).communes(written, on) == codes


def test_communes_of_a_former_district_come_in_order_of_code_and_each_once() -> None:
    codes = [f"{number * 7919 % 100_000:05}" for number in range(1, 30)]
    old = [commune(f"9{number:04}", f"Cũ {number}", D24, D25, "d:101") for number in range(29)]
    new = [commune(code, f"Mới {code}", D25) for code in codes]
    edges = [edge(one, other) for one, other in zip(old, new, strict=True)]
    edges += [edge(old[0], new[1], "divided")]
    above = [province("01", "Một"), district("101", "Xưa", "p:01", D25)]
    found = FormerDistricts(Territory([*above, *old, *new], edges)).communes("xua", D25)
    assert found == tuple(sorted(codes))


def test_a_shared_district_name_is_refused_with_the_ways_to_tell_them_apart() -> None:
    with pytest.raises(AmbiguousDistrict) as refused:
        FormerDistricts(DISTRICTS).communes("cao-lanh", D25)
    assert refused.value.facts["choices"] == ["dong-thap/huyen-cao-lanh", "dong-thap/thanh-pho-cao-lanh"]
    with pytest.raises(UnknownDistrict):
        FormerDistricts(DISTRICTS).communes("ba-vi", D25)


def test_an_abolished_level_is_no_predecessor_of_what_contained_it() -> None:
    assert [s.unit.code for s in DISTRICTS.successors("d:101@2024-01-01", D25)] == ["01"]
    assert {s.unit.level for s in DISTRICTS.predecessors("p:01@2024-01-01", D24)} == {"province"}


@pytest.mark.parametrize(
    ("spans", "whole"),
    [
        ([(D24, None)], True),
        ([(D24, D25), (D25, None)], True),
        ([(D24, D26)], True),  # as long as the unit itself
        ([(D24, D25)], False),
        ([(D25, None)], False),
        ([(D24, D25), (D26, None)], False),  # a gap between
        ([], False),
    ],
)
def test_a_unit_has_a_parent_on_every_day_of_its_being(
    spans: list[tuple[dt.date, dt.date | None]], whole: bool
) -> None:
    lives = commune("00001", "An", D24, D26)
    after = commune("00002", "Sau", D26, parent="p:02")
    above = [province("01", f"Một {start}", start, end) for start, end in spans]
    edges = [edge(one, after) for one in [*above, lives] if one.valid_to == D26]
    found = Territory([lives, after, province("02", "Hai"), *above], edges).defects()
    assert [one.unit.code for one in found if "is missing" in one.en] == ([] if whole else ["00001"])


def test_every_unit_above_is_known_once_even_when_two_ways_lead_to_it() -> None:
    top = province("01", "Một")
    middles = [
        Unit("101", "district", "huyen", "Huyện A", "p:01", D24, D25),
        Unit("101", "district", "huyen", "Huyện B", "p:01", D25),
    ]
    low = commune("00001", "An", D24, parent="d:101")
    found = Territory([top, *middles, low], [edge(middles[0], middles[1], "renamed")]).parents_ever(low)
    assert sorted(one.id for one in found) == sorted(one.id for one in (top, *middles))


def test_units_may_be_given_in_any_order() -> None:
    units = list(DISTRICTS.units())
    for order in (units, units[::-1], sorted(units, key=lambda unit: unit.name_vi)):
        again = Territory(order, reversed(DISTRICTS.successions()))
        assert again.units() == DISTRICTS.units()
        assert again.children("p:01@2024-01-01", D24) == DISTRICTS.children("p:01@2024-01-01", D24)
        assert [unit.code for unit in again.children("p:01@2024-01-01", D24)] == ["101", "102"]
        assert again.successions() == DISTRICTS.successions()
