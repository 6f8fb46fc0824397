"""What offices were called on a day, and how a paper says that an old and a new name mean one place."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import pytest

from engine.rules.offices.names import name_on, unit_of
from engine.rules.offices.offices import Office
from engine.rules.territory.same_place import same_place
from engine.rules.territory.territory import Territory
from engine.rules.territory.units import Succession, Unit
from engine.text import Text

FIRST, REFORM, CITY = dt.date(2024, 1, 1), dt.date(2025, 7, 1), dt.date(2026, 4, 30)
IN_2024, IN_2025, IN_2026 = dt.date(2024, 6, 1), dt.date(2025, 8, 1), dt.date(2026, 5, 1)
MERGER, UPGRADE = "1662/NQ-UBTVQH15", "30/2026/QH16"
OLD, NEW = "p:75@2025-07-01", "p:75@2026-04-30"

TERRITORY = Territory(
    [
        Unit("75", "province", "tinh", "Tỉnh Đồng Nai", None, FIRST, REFORM),
        Unit("75", "province", "tinh", "Tỉnh Đồng Nai", None, REFORM, CITY),
        Unit("75", "province", "thanh_pho_tw", "Thành phố Đồng Nai", None, CITY),
        Unit("732", "district", "thanh_pho", "Thành phố Long Khánh", "p:75", FIRST, REFORM),
        Unit("1", "commune", "xa", "Xã Bàu Trâm", "d:732", FIRST, REFORM),
        Unit("2", "commune", "xa", "Xã Chia", "d:732", FIRST, REFORM),
        Unit("3", "commune", "xa", "Xã Xuân Lập", "p:75", REFORM, CITY),
        Unit("3", "commune", "phuong", "Phường Xuân Lập", "p:75", CITY),
        Unit("4", "commune", "xa", "Xã Bình Lộc", "p:75", REFORM),
        Unit("5", "commune", "xa", "Xã Mất", "d:732", FIRST, REFORM),
    ],
    [
        Succession("p:75@2024-01-01", OLD, "merged", REFORM, legal="202/2025/QH15"),
        Succession(OLD, NEW, "upgraded", CITY, legal=UPGRADE),
        Succession("d:732@2024-01-01", OLD, "abolished", REFORM, legal="203/2025/QH15; 72/2025/QH15"),
        Succession("c:1@2024-01-01", "c:3@2025-07-01", "merged", REFORM, legal=MERGER),
        Succession("c:2@2024-01-01", "c:3@2025-07-01", "divided", REFORM, default=True, legal=MERGER),
        Succession("c:2@2024-01-01", "c:4@2025-07-01", "divided", REFORM, legal=MERGER),
        Succession("c:3@2025-07-01", "c:3@2026-04-30", "upgraded", CITY, legal=UPGRADE),
    ],
)


def said(unit_id: str, on: dt.date, today: dt.date) -> str:
    return same_place(TERRITORY.unit(unit_id), on, today, TERRITORY)


@pytest.mark.parametrize(
    ("unit_id", "on", "today", "words"),
    [
        (
            "c:1@2024-01-01", IN_2024, IN_2025,
            "Xã Bàu Trâm, Thành phố Long Khánh, Tỉnh Đồng Nai nay là Xã Xuân Lập, Tỉnh Đồng Nai "
            f"(từ ngày 01/07/2025, theo {MERGER})",
        ),
        (
            "c:1@2024-01-01", IN_2024, IN_2026,
            "Xã Bàu Trâm, Thành phố Long Khánh, Tỉnh Đồng Nai nay là Phường Xuân Lập, Thành phố Đồng Nai "
            f"(từ ngày 30/04/2026, theo {MERGER}; {UPGRADE})",
        ),
        (
            "c:3@2025-07-01", IN_2025, IN_2026,
            "Xã Xuân Lập, Tỉnh Đồng Nai nay là Phường Xuân Lập, Thành phố Đồng Nai "
            f"(từ ngày 30/04/2026, theo {UPGRADE})",
        ),
        (
            "c:4@2025-07-01", IN_2025, IN_2026,
            "Xã Bình Lộc, Tỉnh Đồng Nai nay là Xã Bình Lộc, Thành phố Đồng Nai "
            f"(từ ngày 30/04/2026, theo {UPGRADE})",
        ),
        (
            "c:2@2024-01-01", IN_2024, IN_2026,
            "Xã Chia, Thành phố Long Khánh, Tỉnh Đồng Nai nay chia về các đơn vị Phường Xuân Lập, Thành phố Đồng Nai; "
            f"Xã Bình Lộc, Thành phố Đồng Nai (từ ngày 30/04/2026, theo {MERGER}; {UPGRADE})",
        ),
        (
            "d:732@2024-01-01", IN_2024, IN_2025,
            "Thành phố Long Khánh, Tỉnh Đồng Nai nay không còn là đơn vị hành chính, địa bàn thuộc Tỉnh Đồng Nai "
            "(từ ngày 01/07/2025, theo 203/2025/QH15; 72/2025/QH15)",
        ),
        (OLD, IN_2025, IN_2026, f"Tỉnh Đồng Nai nay là Thành phố Đồng Nai (từ ngày 30/04/2026, theo {UPGRADE})"),
    ],
)  # fmt: skip
def test_a_former_name_is_said_to_be_the_present_one_with_the_laws_in_order(
    unit_id: str, on: dt.date, today: dt.date, words: str
) -> None:
    assert said(unit_id, on, today) == words


def test_a_day_outside_the_being_of_a_unit_counts_as_the_nearest_within() -> None:
    assert said("c:1@2024-01-01", IN_2025, IN_2025) == said("c:1@2024-01-01", IN_2024, IN_2025)
    assert said("c:3@2026-04-30", IN_2025, IN_2026) == ""


@pytest.mark.parametrize(
    ("unit_id", "on", "today"),
    [
        ("c:1@2024-01-01", IN_2024, dt.date(2025, 6, 30)),  # on the eve
        ("p:75@2024-01-01", IN_2024, IN_2025),  # grown, under its old name
        ("c:4@2025-07-01", IN_2025, dt.date(2026, 4, 29)),
        ("c:4@2025-07-01", IN_2026, IN_2026),  # named under the new province
        ("c:5@2024-01-01", IN_2024, IN_2025),  # no succession says where it went
    ],
)
def test_nothing_is_said_of_a_name_that_stayed_or_of_what_nobody_wrote_down(
    unit_id: str, on: dt.date, today: dt.date
) -> None:
    assert said(unit_id, on, today) == ""


def office(vi: str, en: str, *area: str) -> Office:
    return Office("UB-75", "authority", OLD, Text(vi, en), "75", REFORM, area=area)


@pytest.mark.parametrize(
    ("on", "vi", "en"),
    [
        (IN_2024, "tỉnh Đồng Nai", "Đồng Nai Province"),
        (dt.date(2026, 4, 29), "tỉnh Đồng Nai", "Đồng Nai Province"),
        (CITY, "thành phố Đồng Nai", "Đồng Nai City"),
    ],
)
def test_an_office_that_lives_on_bears_the_name_of_its_unit_on_that_day(on: dt.date, vi: str, en: str) -> None:
    latest = office("Ủy ban nhân dân thành phố Đồng Nai", "People's Committee of Đồng Nai City", NEW)
    assert name_on(latest, on, TERRITORY) == Text(f"Ủy ban nhân dân {vi}", f"People's Committee of {en}")


def test_a_name_of_its_own_stays_and_the_communes_of_an_area_do_not_name_an_office() -> None:
    branch = office("Chi nhánh khu vực Long Khánh", "Long Khánh Branch", NEW, "c:3@2025-07-01")
    assert name_on(branch, IN_2025, TERRITORY) == branch.name
    assert [unit_of(branch, day, TERRITORY).id for day in (IN_2024, IN_2025, IN_2026)] == [OLD, OLD, NEW]


def test_a_change_by_no_known_law_is_dated_all_the_same_and_the_parts_of_a_unit_come_in_their_order() -> None:
    ended = dt.date(2026, 1, 1)
    old, new = (Unit(code, "commune", "xa", f"Xã {code}", None, *days) for code, days in (
        ("1", (dt.date(2024, 1, 1), ended)), ("2", (ended, None))
    ))  # fmt: skip
    without_law = Territory([old, new], [Succession(old.id, new.id, "merged", ended)])
    words = same_place(old, dt.date(2024, 1, 1), ended, without_law)
    assert words == "Xã 1 nay là Xã 2 (từ ngày 01/01/2026)"
    twice = Territory([old, new], [Succession(old.id, new.id, "merged", ended, legal="A; B; A")])
    assert same_place(old, dt.date(2024, 1, 1), ended, twice).endswith("(từ ngày 01/01/2026, theo A; B)")


def test_an_office_stands_on_the_units_of_one_code_in_order_of_time_however_its_area_lists_them() -> None:
    days = [dt.date(2020 + number, 1, 1) for number in range(8)]
    spans = [*pairwise(days), (days[-1], None)]
    units = [Unit("9", "commune", "xa", f"Xã {start.year}", None, start, end) for start, end in spans]
    country = Territory(units, [])
    others = sorted((unit.id for unit in units[1:]), key=lambda one: one[::-1])
    for area in (tuple(others), tuple(reversed(others))):
        office = Office("X", "authority", units[0].id, Text("Xã 2027", "Commune"), "01", days[0], area=area)
        assert [unit_of(office, day, country).id for day in days] == [unit.id for unit in units]
        assert unit_of(office, dt.date(2019, 1, 1), country) == units[0]
