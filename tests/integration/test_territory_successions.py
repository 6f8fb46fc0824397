"""The successions of 1 July 2025: communes of one name told apart, the whole table against another one, and doubts."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
from collections import Counter, defaultdict
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from engine.rules.territory.addresses import AddressReader
from engine.rules.territory.place_names import slug
from engine.rules.territory.same_place import same_place
from engine.rules.territory.territory import Territory
from engine.rules.territory.units import Succession, Unit
from tests.installation import content
from workflows.territory import FOLDER, read_successions
from workflows.territory.corrections import CORRECTIONS
from workflows.territory.later_orders import ORDERS, Order, with_orders

FIRST, LAST_OLD, REFORM = dt.date(2024, 1, 1), dt.date(2025, 6, 30), dt.date(2025, 7, 1)
DAY = dt.timedelta(days=1)
CITY, TWO_CITIES, THREE_CITIES = dt.date(2026, 4, 30), dt.date(2026, 9, 1), dt.date(2026, 9, 20)

# SHA-256, first 16 digits, of the lines "old>new" of each new province, in order, in the table of old and new communes
# that the Statistics Office published in July 2025. The table is made by codes, ours from the resolutions' names.
PUBLISHED = {
    "01": "908bd719a6be3a5b", "04": "dd533851f05a2dde", "08": "b4fafa17ffa98c22", "11": "f19c73f491a15ec6",
    "12": "ee9ced655462dc79", "14": "05d6c5ea8b390062", "15": "ab210528939d06b6", "19": "8c773ef0732c8164",
    "20": "b2ac4d764d2b22b9", "22": "9883cff2eec038b5", "24": "e7a2fe366c826acf", "25": "e99f18686f41cc2c",
    "31": "451ede7158e96dee", "33": "097f0fb7f49af047", "37": "a3158d692b9ecb63", "38": "c85e9de1eb6660a1",
    "40": "861ed666d947a188", "42": "8250ec19512ad702", "44": "c49bf51e739a8c65", "46": "1022f0265374ab1f",
    "48": "47e9b8d2588111b7", "51": "bc0eecd946c0c95f", "52": "bd8e907a9098a4e0", "56": "a2b8db221fe9e8fa",
    "66": "defd342f8e5c448d", "68": "af07b81c8f7130f2", "75": "853b8d74fffd6b0f", "79": "4f77213ab4c834a8",
    "80": "83ce443c0c9463dc", "82": "5316a8e92c226d06", "86": "dbc2daee78fcc4cf", "91": "77c987b3a6a079d9",
    "92": "359c8c7af3a28b5f", "96": "9ff82b7804b6d552",
}  # fmt: skip
ABSENT_THERE = {("00556", "00562"), ("23053", "23041")}
DOUBTFUL = {("00553", "00562"), ("23053", "23041")}


@cache
def country() -> Territory:
    return content.country()


@cache
def reader() -> AddressReader:
    return AddressReader(country())


def code(unit_id: str) -> str:
    return unit_id[2:].partition("@")[0]


def communes() -> list[Succession]:
    edges = (edge for edge in country().successions() if edge.date == REFORM)
    return [edge for edge in edges if edge.from_id[0] == edge.to_id[0] == "c"]


def test_the_whole_table_equals_the_one_of_the_statistics_office_but_for_two_lines() -> None:
    lines: dict[str, list[str]] = defaultdict(list)
    for edge in communes():
        pair = code(edge.from_id), code(edge.to_id)
        assert (edge.standing == "doubtful") == (pair in DOUBTFUL)
        if pair not in ABSENT_THERE:
            lines[country().province_of(country().unit(edge.to_id), REFORM).code].append(">".join(pair))
    found = {key: hashlib.sha256(" ".join(sorted(ones)).encode()).hexdigest()[:16] for key, ones in lines.items()}
    assert found == PUBLISHED


def test_no_new_commune_was_formed_of_two_of_one_name() -> None:
    """A resolution that names one "Xã Tân Long" means one. Spellings of one name are the same (Hòa, Hoà)."""
    names: dict[str, Counter[str]] = defaultdict(Counter)
    for edge in communes():
        unit = country().unit(edge.from_id)
        names[edge.to_id][f"{unit.kind} {unit.short_name.casefold()}"] += 1
    assert {to_id: name for to_id, counted in names.items() for name, times in counted.items() if times > 1} == {}


def test_the_list_of_namesakes_has_each_of_them_with_its_own_successors() -> None:
    with (FOLDER / "namesakes.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    went: dict[str, set[str]] = defaultdict(set)
    together: dict[tuple[str, str], set[str]] = defaultdict(set)
    for edge in communes():
        old, new = country().unit(edge.from_id), country().unit(edge.to_id)
        went[old.code].add(new.code)
        together[(new.parent or "")[2:], slug(old.name_vi)].add(old.code)
    for row in rows:
        unit = country().at(row["old"], "commune", LAST_OLD)
        assert (unit.name_vi, unit.parent) == (row["name"], f"d:{row['district']}")
        assert set(row["new"].split()) == went[row["old"]]
    listed = {(row["province"], row["old"]) for row in rows}
    assert {province for province, _ in listed} <= set(PUBLISHED) and len(rows) == len(listed) == 711
    # Without accents more names are equal; each of the list is among them, and whoever shares the very name is listed.
    same = {(province, one) for (province, _), ones in together.items() if len(ones) > 1 for one in ones}
    assert listed <= same
    for (province, _), ones in together.items():
        exact = Counter(country().at(one, "commune", LAST_OLD).name_vi for one in ones)
        alike = {one for one in ones if exact[country().at(one, "commune", LAST_OLD).name_vi] > 1}
        assert {(province, one) for one in alike} <= listed
    assert Counter(row["decided"] for row in rows) == {
        "by name": 676, "by district": 33, "by district; by province": 2,
    }  # fmt: skip


ONE = """
Phường 4, Thành phố Mỹ Tho, Tiền Giang > 28249
Phường 6, Thành phố Mỹ Tho, Tiền Giang > 28270
Phường 1, Thành phố Mỹ Tho, Tiền Giang > 28261
Phường 3, Thị xã Cai Lậy, Tiền Giang > 28435
Phường 4, Thị xã Cai Lậy, Tiền Giang > 28439
Phường 3, Thành phố Cao Lãnh, Đồng Tháp > 29869
Phường 4, Thành phố Cao Lãnh, Đồng Tháp > 29869
Phường 6, Thành phố Cao Lãnh, Đồng Tháp > 29869
Phường 3, Thành phố Sa Đéc, Đồng Tháp > 29905
Phường 4, Thành phố Sa Đéc, Đồng Tháp > 29905
Phường 4, Thành phố Tây Ninh, Tây Ninh > 25459
Phường 4, Thành phố Tân An, Long An > 27694
Thị trấn Thủ Thừa, Huyện Thủ Thừa, Long An > 28036
Xã Hồng Phong, Huyện Bình Gia, Lạng Sơn > 06079
Xã Hồng Phong, Huyện Cao Lộc, Lạng Sơn > 06184
Xã Hòa Bình, Huyện Vĩnh Bảo, Hải Phòng > 11911
Xã Hòa Lộc, Huyện Mỏ Cày Bắc, Bến Tre > 28921
Xã Hòa Lộc, Huyện Tam Bình, Vĩnh Long > 29734
Xã Mỹ An, Huyện Mang Thít, Vĩnh Long > 29623
Xã Mỹ An, Huyện Thạnh Phú, Bến Tre > 29182
Xã Thạnh Quới, Huyện Vĩnh Thạnh, Cần Thơ > 31246
Xã Thạnh Quới, Huyện Mỹ Xuyên, Sóc Trăng > 31726
Xã Tân Thạnh, Huyện Thới Lai, Cần Thơ > 31288
Xã Tân Thạnh, Huyện Long Phú, Sóc Trăng > 31666
Xã Phú Hữu, Huyện Châu Thành, Hậu Giang > 31378
Xã Phú Hữu, Huyện Long Phú, Sóc Trăng > 31654
Xã Phú Tân, Huyện Châu Thành, Hậu Giang > 31378
Xã Phú Tân, Huyện Châu Thành, Sóc Trăng > 31582
Xã Tân Long, Huyện Phụng Hiệp, Hậu Giang > 31408
Xã Tân Long, Thị xã Ngã Năm, Sóc Trăng > 31741
Xã Long Bình, Thị xã Long Mỹ, Hậu Giang > 31473
Xã Long Bình, Thị xã Ngã Năm, Sóc Trăng > 31741
Xã Long Phú, Thị xã Long Mỹ, Hậu Giang > 31480
Xã Long Phú, Huyện Long Phú, Sóc Trăng > 31639
Xã Thuận Hưng, Huyện Long Mỹ, Hậu Giang > 31495
Xã Thuận Hưng, Huyện Mỹ Tú, Sóc Trăng > 31591
"""


@pytest.mark.parametrize("line", ONE.strip().splitlines())
def test_a_commune_that_passed_whole_has_one_successor_whatever_its_namesakes_have(line: str) -> None:
    address, wanted = line.split(" > ")
    for on in (REFORM, dt.date(2026, 11, 1)):
        found = reader().resolve(address, on)
        assert found.unit is not None and found.unit.code == wanted, found.reason_en


PARTS = [
    ("Xã Văn Khê, Huyện Mê Linh, Hà Nội", {"08980", "08995", "09022", "09817"}, set()),
    ("Xã Hòa Bình, Huyện Kim Thành, Hải Dương", {"10804", "10843"}, set()),
    ("Phường Đa Kao, Quận 1, TP.HCM", {"26737", "26740"}, set()),
    ("Xã Hòa Thắng, Huyện Bắc Bình, Bình Thuận", {"23053", "23041"}, {"23041"}),
    ("Xã Đặng Xá, Huyện Gia Lâm, Hà Nội", {"00541", "00562"}, set()),
    ("Xã Cổ Bi, Huyện Gia Lâm, Hà Nội", {"00136", "00541", "00565", "00562"}, {"00562"}),
]


@pytest.mark.parametrize(("address", "parts", "doubtful"), PARTS)
def test_what_is_doubtful_is_a_candidate_and_says_so(address: str, parts: set[str], doubtful: set[str]) -> None:
    found = reader().resolve(address, REFORM)
    assert (found.outcome, {one.unit.code for one in found.candidates}) == ("candidates", parts)
    assert {one.unit.code for one in found.candidates if one.standing == "doubtful"} == doubtful
    assert [one.standing for one in found.candidates if one.is_default] == [""], "a doubt is never suggested"
    assert ("Còn nghi vấn" in found.reason_vi, "In doubt" in found.reason_en) == (bool(doubtful),) * 2
    origin = found.candidates[0].origin
    said = same_place(origin, LAST_OLD, REFORM, country())
    assert said.count("(các nguồn chưa thống nhất)") == len(doubtful)


def test_a_commune_with_one_certain_successor_is_not_said_to_be_divided() -> None:
    found = reader().resolve("Xã Hòa Thắng, Huyện Bắc Bình, Bình Thuận", REFORM)
    assert "từ 01/07/2025 thuộc Xã Hòa Thắng, Tỉnh Lâm Đồng" in found.reason_vi
    assert "đã được chia" not in found.reason_vi and "was divided" not in found.reason_en


def test_a_doubtful_successor_is_never_the_one_answer_even_alone() -> None:
    edges = [replace(edge, standing="doubtful") if edge.from_id[0] == "c" else edge for edge in LONELY.successions()]
    for known, outcome in ((LONELY, "one"), (Territory(LONELY.units(), edges), "candidates")):
        found = AddressReader(known).resolve("Phường Cũ", REFORM)
        assert (found.outcome, [one.unit.name_vi for one in found.candidates]) == (outcome, ["Phường Mới"])


LONELY = Territory(
    [
        Unit("1", "province", "tinh", "Tỉnh Một", None, FIRST),
        Unit("2", "commune", "phuong", "Phường Cũ", "p:1", FIRST, REFORM),
        Unit("3", "commune", "phuong", "Phường Mới", "p:1", REFORM),
    ],
    [Succession("c:2@2024-01-01", "c:3@2025-07-01", "merged", REFORM, default=True)],
)


def test_every_doubt_stands_in_the_shipped_list_with_its_reason() -> None:
    with CORRECTIONS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {(row["from"], row["to"]) for row in rows if row["what"] == "doubtful"} == DOUBTFUL
    edges = {(code(edge.from_id), code(edge.to_id)) for edge in communes()}
    assert {row["what"] for row in rows if (row["from"], row["to"]) not in edges} == {"removed"}
    assert all(len(row["why"]) > 40 for row in rows)
    assert {(code(e.from_id), code(e.to_id)) for e in country().standing("doubtful")} == DOUBTFUL


CITY_24, CITY_22 = "Thành phố Bắc Ninh", "Thành phố Quảng Ninh"
SIDES = [
    ("Xã Bố Hạ, Bắc Ninh", "07294", "Xã Bố Hạ, Tỉnh Bắc Ninh", f"Phường Bố Hạ, {CITY_24}", "2026-09-20"),
    ("Xã Hiệp Hoà, Bắc Ninh", "07840", "Xã Hiệp Hòa, Tỉnh Bắc Ninh", f"Phường Hiệp Hòa, {CITY_24}", "2026-09-20"),
    ("Lương Tài, Bắc Ninh", "09496", "Xã Lương Tài, Tỉnh Bắc Ninh", f"Phường Lương Tài, {CITY_24}", "2026-09-20"),
    ("tỉnh Quảng Ninh", "22", "Tỉnh Quảng Ninh", CITY_22, "2026-09-01"),
    ("Phường Hồng Gai, Quảng Ninh", "06685", "Phường Hồng Gai, Tỉnh Quảng Ninh", f"Phường Hồng Gai, {CITY_22}",
     "2026-09-01"),
    ("tỉnh Bắc Ninh", "24", "Tỉnh Bắc Ninh", CITY_24, "2026-09-20"),
]  # fmt: skip


@pytest.mark.parametrize(("address", "unit", "before", "after", "day"), SIDES)
def test_an_address_and_its_paper_on_both_sides_of_a_change(
    address: str, unit: str, before: str, after: str, day: str
) -> None:
    change = dt.date.fromisoformat(day)
    was, now = reader().resolve(address, change - DAY), reader().resolve(address, change)
    assert was.unit is not None and now.unit is not None, (was.reason_en, now.reason_en)
    assert (was.unit.code, was.candidates[0].full_name) == (unit, before)
    assert (now.unit.code, now.candidates[0].full_name) == (unit, after)
    assert (was.candidates[0].standing, now.candidates[0].standing) == ("", "unread")
    assert "Chưa đối chiếu với Công báo" in now.reason_vi and "Not read in the official gazette" in now.reason_en
    said = same_place(was.unit, change - DAY, change, country())
    assert said.startswith(f"{before} nay là {after} (từ ngày {change:%d/%m/%Y}, theo ")


def test_a_commune_of_2024_resolves_through_both_later_orders() -> None:
    found = reader().resolve("Thị trấn Chờ, Huyện Yên Phong, Bắc Ninh", dt.date(2026, 12, 1))
    assert found.unit is not None and found.unit.name_vi == "Phường Yên Phong"
    assert [edge.legal for edge in found.candidates[0].path] == ["1658/NQ-UBTVQH15", "388/NQ-UBTVQH16"]


def test_the_orders_of_september_2026_are_unread_and_the_one_of_april_is_not() -> None:
    unread = {edge.legal for edge in country().standing("unread")}
    assert unread == {"36/2026/QH16", "39/2026/QH16", "388/NQ-UBTVQH16"}
    assert sum(len(order.codes) for order in ORDERS if order.standing) == 14 == len(country().standing("unread"))


def test_an_order_about_a_code_that_no_unit_has_is_refused() -> None:
    units, edges = country().units(), country().successions()
    for wrong in (Order(dt.date(2027, 1, 1), "c", ("99999",), "phuong", "1"), ORDERS[0]):
        with pytest.raises(ValueError, match="not found for the change"):
            with_orders(units, edges, [wrong])


@pytest.mark.parametrize(
    ("on", "wards", "communes", "cities"),
    [
        (REFORM, 687, 2_621, 6),
        (CITY - DAY, 687, 2_621, 6),
        (CITY, 697, 2_611, 7),
        (TWO_CITIES - DAY, 697, 2_611, 7),
        (TWO_CITIES, 697, 2_611, 8),
        (THREE_CITIES - DAY, 697, 2_611, 8),
        (THREE_CITIES, 709, 2_599, 9),
        (dt.date(2027, 1, 1), 709, 2_599, 9),
    ],
)
def test_units_by_kind_on_both_sides_of_every_change(on: dt.date, wards: int, communes: int, cities: int) -> None:
    assert Counter(u.kind for u in country().units("commune", on)) == {"phuong": wards, "xa": communes, "dac_khu": 13}
    assert Counter(u.kind for u in country().units("province", on)) == {"thanh_pho_tw": cities, "tinh": 34 - cities}


def test_the_table_without_standing_is_still_read(tmp_path: Path) -> None:
    """A file of an earlier version has no such column: nothing in it is doubtful."""
    lines = (FOLDER / "successions.csv").read_text("utf-8").splitlines()
    (tmp_path / "successions.csv").write_text("\n".join(line.rpartition(",")[0] for line in lines) + "\n", "utf-8")
    read = read_successions(tmp_path / "successions.csv")
    assert len(read) == len(lines) - 1 and {edge.standing for edge in read} == {""}
