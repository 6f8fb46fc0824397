"""The shipped territory: published totals, facts checked by hand, addresses as people type them, the strict reader."""

from __future__ import annotations

import datetime as dt
import shutil
import unicodedata
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.errors import Refusal
from engine.rules.territory.addresses import AddressReader
from engine.rules.territory.former_districts import FormerDistricts
from engine.rules.territory.territory import Territory
from engine.rules.territory.units import AddressTooLong, BrokenTerritory, Level, Unit
from tests.installation import content
from workflows.territory import (
    FOLDER,
    SUCCESSION_COLUMNS,
    UNIT_COLUMNS,
    MalformedTerritoryFile,
    read_successions,
    read_territory,
    read_units,
    succession_row,
    unit_row,
)

FIRST, LAST_OLD, REFORM, CITY, TWO_CITIES, THREE_CITIES = (
    dt.date.fromisoformat(d)
    for d in ("2024-01-01", "2025-06-30", "2025-07-01", "2026-04-30", "2026-09-01", "2026-09-20")
)


@pytest.fixture(scope="module")
def country() -> Territory:
    return content.country()


@cache
def reader(country: Territory) -> AddressReader:
    return AddressReader(country)


@pytest.mark.parametrize(
    ("on", "counts"),
    [
        (FIRST, (63, 696, 10_035)),
        (LAST_OLD, (63, 696, 10_035)),
        *((day, (34, 0, 3_321)) for day in (REFORM, CITY, TWO_CITIES, THREE_CITIES)),
    ],
)
def test_published_totals(country: Territory, on: dt.date, counts: tuple[int, int, int]) -> None:
    levels: tuple[Level, ...] = ("province", "district", "commune")
    assert tuple(len(country.units(level, on)) for level in levels) == counts


def test_how_the_old_communes_passed(country: Territory) -> None:
    old = [edge for edge in country.successions() if edge.date == REFORM and edge.to_id.startswith("c:")]
    assert len(old) == 10_572
    assert Counter(Counter(edge.from_id for edge in old).values()) == {1: 9_599, 2: 369, 3: 54, 4: 17, 5: 1}
    assert {edge.to_id for edge in old} == {unit.id for unit in country.units("commune", REFORM)}
    assert all(edge.legal for edge in country.successions())


def test_no_defects_and_exactly_one_default_for_every_unit_on_every_later_day(country: Territory) -> None:
    assert country.defects() == ()
    for unit in country.units(None, FIRST):
        for on in (LAST_OLD, REFORM, CITY, TWO_CITIES, THREE_CITIES):
            found = country.successors(unit.id, on)
            assert sum(there.is_default for there in found) == 1, unit.id


def codes(country: Territory, unit_id: str, on: dt.date) -> list[str]:
    return sorted(there.unit.code for there in country.successors(unit_id, on))


def test_checked_lookups(country: Territory) -> None:
    assert codes(country, "c:26740@2024-01-01", REFORM) == ["26740"]
    assert codes(country, "c:26737@2024-01-01", REFORM) == ["26737", "26740"]
    assert codes(country, "c:26752@2024-01-01", REFORM) == ["26743", "26758"]
    assert country.at("26737", "commune", LAST_OLD).name_vi == "Phường Đa Kao"
    assert country.at("26737", "commune", REFORM).name_vi == "Phường Tân Định"
    cang_long = next(u for u in country.units("district", FIRST) if u.name_vi == "Huyện Càng Long")
    assert len(country.children(cang_long.id, FIRST)) == 14
    communes = FormerDistricts(country).communes("cang-long", REFORM)
    assert communes == ("29266", "29275", "29278", "29287", "29302")
    assert {country.province_of(country.at(c, "commune", REFORM)).name_vi for c in communes} == {"Tỉnh Vĩnh Long"}


def test_vinh_long_is_three_provinces(country: Territory) -> None:
    new = country.at("86", "province", REFORM)
    assert len(country.children(new.id, REFORM)) == 124
    sizes = {}
    for there in country.predecessors(new.id, FIRST):
        districts = country.children(there.unit.id, FIRST)
        sizes[there.unit.short_name] = sum(len(country.children(d.id, FIRST)) for d in districts)
    assert sizes == {"Trà Vinh": 104, "Bến Tre": 148, "Vĩnh Long": 102}


def test_a_commune_of_2024_resolves_through_2025_and_2026(country: Territory) -> None:
    town = next(
        u
        for u in country.units("commune", FIRST)
        if u.name_vi == "Thị trấn Lộc Ninh" and country.province_of(u, FIRST).code == "70"
    )
    (there,) = country.successors(town.id, CITY)
    assert there.unit.id == "c:25270@2026-04-30" and there.unit.name_vi == "Phường Lộc Ninh"
    assert [edge.kind for edge in there.path] == ["merged", "upgraded"]
    assert there.path[1].legal == "30/2026/QH16"
    assert country.province_of(there.unit).name_vi == "Thành phố Đồng Nai"
    untouched = country.at("26104", "commune", CITY)
    assert untouched.valid_from == REFORM
    assert country.province_of(untouched, REFORM).name_vi == "Tỉnh Đồng Nai"
    assert country.province_of(untouched, CITY).name_vi == "Thành phố Đồng Nai"


def test_five_island_districts_are_special_zones(country: Territory) -> None:
    edges = [e for e in country.successions() if e.from_id.startswith("d:") and e.to_id.startswith("c:")]
    names = {(country.unit(e.from_id).name_vi, country.unit(e.to_id).name_vi) for e in edges}
    islands = ("Bạch Long Vĩ", "Cồn Cỏ", "Hoàng Sa", "Lý Sơn", "Côn Đảo")
    assert names == {(f"Huyện {name}", f"Đặc khu {name}") for name in islands}
    assert FormerDistricts(country).communes("con-dao", REFORM) == (
        reader(country).resolve("Đặc khu Côn Đảo", REFORM).candidates[0].unit.code,
    )


ONE = [
    ("Phường Đa Kao, Quận 1, TP.HCM", LAST_OLD, "c:26737@2024-01-01"),
    ("Phường Bến Nghé, Quận 1, TP.HCM", REFORM, "c:26740@2025-07-01"),
    ("p.bến nghé q.1 tphcm", REFORM, "c:26740@2025-07-01"),
    ("Hồ Chí Minh, Quận 1, Phường Bến Nghé", REFORM, "c:26740@2025-07-01"),
    ("12 Lê Lợi, P. Bến Thành, Q.1, T.P. Hồ Chí Minh", LAST_OLD, "c:26743@2024-01-01"),
    ("Phường Sài Gòn, Quận 1, TP.HCM", REFORM, "c:26740@2025-07-01"),
    ("Quận 1", REFORM, "p:79@2025-07-01"),
    ("Q1", LAST_OLD, "d:760@2024-01-01"),
    ("Phường 01, Gò Vấp, HCM", LAST_OLD, "c:26890@2024-01-01"),
    ("Ward 5, District 3, Ho Chi Minh City", LAST_OLD, "c:27151@2024-01-01"),
    ("Xã Hoà Bình, Vĩnh Long", REFORM, "c:29830@2025-07-01"),
    ("Đặc khu Phú Quí, Lâm Đồng", REFORM, "c:23272@2025-07-01"),
    ("Ea H’leo, Đăk Lăk", REFORM, "c:24184@2025-07-01"),
    ("Phường Thục Phán, Tỉnh Cao Bằng", REFORM, "c:01273@2025-07-01"),
    ("bà rịa - vũng tàu", REFORM, "p:79@2025-07-01"),
    ("Tỉnh lộ 8, xã Hòa Phú, huyện Củ Chi", LAST_OLD, "c:27544@2024-01-01"),
    ("Phường Nguyễn Trung Trực, Ba Đình, Hà Nội", REFORM, "c:00004@2025-07-01"),
    ("Quận 9, TP HCM", LAST_OLD, "d:769@2024-01-01"),
    ("phuong sai, nha trang, khanh hoa", LAST_OLD, "c:22351@2024-01-01"),
    ("Thừa Thiên Huế", LAST_OLD, "p:46@2024-01-01"),
    ("Huyện Lý Sơn, Quảng Ngãi", REFORM, "c:21548@2025-07-01"),
    ("Xã Lộc Ninh, huyện Lộc Ninh, Bình Phước", CITY, "c:25270@2026-04-30"),
    ("tỉnh Đồng Nai", CITY, "p:75@2026-04-30"),
    ("26737", REFORM, "c:26737@2025-07-01"),
    ("26737", LAST_OLD, "c:26737@2024-01-01"),
    ("760", REFORM, "p:79@2025-07-01"),
    ("p:75", CITY, "p:75@2026-04-30"),
    ("c:26740@2024-01-01", REFORM, "c:26740@2025-07-01"),
]


@pytest.mark.parametrize(("text", "on", "unit_id"), ONE)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_one_unit(country: Territory, text: str, on: dt.date, unit_id: str, form: str) -> None:
    found = reader(country).resolve(unicodedata.normalize(form, text), on)  # type: ignore[arg-type]
    assert found.outcome == "one", found.reason_en
    assert found.unit is not None and found.unit.id == unit_id
    assert found.reason("vi") and found.reason("en")


CANDIDATES = [
    ("Phường Đa Kao, Quận 1, TP.HCM", REFORM, {"26740", "26737"}, "26740", "divided on 2025-07-01 (1685/NQ-UBTVQH15)"),
    ("phuong da kao quan 1 tphcm", REFORM, {"26740", "26737"}, "26740", "The hamlet or the plot decides"),
    ("c:26737@2024-01-01", REFORM, {"26740", "26737"}, "26740", "was divided"),
    # The ward that was in Quận 1, although a later ward bears the name too.
    ("Phường Cầu Ông Lãnh, Quận 1, TP.HCM", REFORM, {"26743", "26758"}, None, "was divided"),
    ("Cao Bằng", LAST_OLD, {"04", "040"}, None, "2 units fit"),
    ("Phường Bến Nghé, Quận 3, TP.HCM", LAST_OLD, {"26740"}, None, "“quận 3” in the address does not fit"),
    ("Phường Bến Nghé, Quận 99, TP.HCM", LAST_OLD, {"26740"}, None, "“quận 99” in the address does not fit"),
    ("Phường Bến Nghé, Hà Nội", LAST_OLD, {"26740"}, None, "“hà nội” in the address does not fit"),
    ("Xã Đa Kao, Quận 1, TP.HCM", LAST_OLD, {"26737"}, None, "“xã đa kao” in the address does not fit"),
    ("Phường Đà Kào", LAST_OLD, {"26737"}, None, "Only close to"),
]


@pytest.mark.parametrize(("text", "on", "expected", "default", "reason"), CANDIDATES)
def test_candidates(
    country: Territory, text: str, on: dt.date, expected: set[str], default: str | None, reason: str
) -> None:
    found = reader(country).resolve(text, on)
    assert (found.outcome, found.unit) == ("candidates", None)
    assert {one.unit.code for one in found.candidates} == expected
    assert reason in found.reason_en
    if default is not None:
        assert [one.unit.code for one in found.candidates if one.is_default] == [default]


def test_a_name_of_several_provinces_is_never_guessed(country: Territory) -> None:
    found = reader(country).resolve("Tân Phú", CITY)
    assert found.outcome == "candidates" and not any(one.is_default for one in found.candidates)
    assert len({country.province_of(one.unit, CITY).code for one in found.candidates}) > 3
    assert all(one.unit.short_name == "Tân Phú" for one in found.candidates)


def test_a_name_in_force_comes_first_and_earlier_ones_are_told(country: Territory) -> None:
    found = reader(country).resolve("Phường Tân Định, TP.HCM", REFORM)
    assert found.unit is not None and found.unit.id == "c:26737@2025-07-01"
    assert [one.origin_name for one in found.also] == ["Phường Tân Định, Thành phố Bến Cát, Tỉnh Bình Dương"]
    assert "Earlier units of this name" in found.reason_en


@pytest.mark.parametrize(
    ("text", "on", "understood", "reason"),
    [
        ("Phường Xyz, Quận 1, TP.HCM", LAST_OLD, {"760", "79"}, "no “phường xyz” in Quận 1"),
        ("Phường Sài Gòn", LAST_OLD, {"79"}, "no “phường sài gòn”"),
        ("phuong sai gon", LAST_OLD, {"79"}, "no “phuong sai gon”"),
        ("Phường Hạnh Thông", LAST_OLD, {"26890"}, "exists only from 2025-07-01"),
        ("c:26890@2025-07-01", LAST_OLD, {"26890"}, "exists only from 2025-07-01"),
        ("không đâu cả", REFORM, set(), "No administrative unit"),
        ("99999", REFORM, set(), "No administrative unit"),
        ("", REFORM, set(), "No administrative unit"),
        (" ,,\x00\ud800;", REFORM, set(), "No administrative unit"),
    ],
)
def test_nothing_found_says_what_was_understood(
    country: Territory, text: str, on: dt.date, understood: set[str], reason: str
) -> None:
    found = reader(country).resolve(text, on)
    assert (found.outcome, found.candidates, found.unit) == ("none", (), None)
    assert {unit.code for unit in found.understood} == understood
    assert reason in found.reason_en
    found.reason_vi.encode("utf-8")
    assert found.asked.isprintable()


def test_a_street_is_left_over(country: Territory) -> None:
    found = reader(country).resolve("70 Nguyễn Sỹ Sách, Tân Sơn, HCM", REFORM)
    assert found.unit is not None and found.unit.code == "27007"
    assert found.leftover == "70 nguyễn sỹ sách"


def test_an_address_beyond_300_characters_is_refused(country: Territory) -> None:
    assert reader(country).resolve("p 1 " * 75, REFORM).outcome == "candidates"
    with pytest.raises(AddressTooLong) as refused:
        reader(country).resolve("a" * 301, REFORM)
    assert "301" in refused.value.sentence("vi")


def _plain(text: str) -> str:
    text = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(c for c in text if not unicodedata.combining(c)).lower()


WAYS: dict[str, Callable[[list[Unit]], str]] = {
    "official": lambda chain: ", ".join(unit.name_vi for unit in chain),
    "reversed": lambda chain: ", ".join(unit.name_vi for unit in reversed(chain)),
    "decomposed": lambda chain: unicodedata.normalize("NFD", " ".join(unit.name_vi for unit in chain)),
}
PLAIN_WAYS: dict[str, Callable[[list[Unit]], str]] = {
    "plain": lambda chain: _plain(", ".join(unit.name_vi for unit in chain)),
    "plain without commas": lambda chain: _plain(" ".join(unit.name_vi for unit in chain)),
}


@pytest.mark.parametrize("on", [LAST_OLD, CITY])
@pytest.mark.parametrize("way", WAYS | PLAIN_WAYS)
def test_every_unit_is_found_by_its_own_name(country: Territory, way: str, on: dt.date) -> None:
    write = (WAYS | PLAIN_WAYS)[way]
    for unit in country.units(None, on)[::11]:
        found = reader(country).resolve(write([unit, *country.parent_chain(unit, on)]), on)
        if way in WAYS:
            assert found.unit == unit, (found.asked, found.reason_en)
        else:  # without accents two units of one district may have one name; then both must be shown
            assert found.unit == unit or unit in {one.unit for one in found.candidates}, (found.asked, found.reason_en)


def test_every_old_address_leads_to_all_its_successors(country: Territory) -> None:
    for unit in country.units("commune", LAST_OLD)[::9]:
        address = ", ".join(one.name_vi for one in (unit, *country.parent_chain(unit, LAST_OLD)))
        found = reader(country).resolve(address, REFORM)
        expected = {there.unit.id for there in country.successors(unit.id, REFORM)}
        assert {one.unit.id for one in found.candidates} == expected, address
        assert (found.outcome == "one") == (len(expected) == 1), address


@given(st.text(max_size=300), st.sampled_from([FIRST, REFORM, CITY]))
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_text_has_an_answer(country: Territory, text: str, on: dt.date) -> None:
    found = reader(country).resolve(text, on)
    assert (found.outcome == "one") == (found.unit is not None)
    assert all(one.unit.valid(on) for one in found.candidates)


PIECES = [
    "Phường",
    "P.",
    "Xã",
    "Quận",
    "Q1",
    "TP",
    "Tân Phú",
    "Đa Kao",
    "Hà Nội",
    "HCM",
    "1",
    ",",
    "x",
    "Thị xã",
    "Long Khánh",
]


@given(st.lists(st.sampled_from(PIECES), max_size=25), st.sampled_from([FIRST, REFORM, CITY]))
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_mixture_of_names_has_an_answer(country: Territory, pieces: list[str], on: dt.date) -> None:
    found = reader(country).resolve(" ".join(pieces), on)
    assert len({one.unit.id for one in found.candidates}) == len(found.candidates)
    assert all(one.unit.valid(on) for one in found.candidates)


def test_rows_survive_being_read_and_written() -> None:
    units = (FOLDER / "units.csv").read_text("utf-8").splitlines()
    assert units[0] == ",".join(UNIT_COLUMNS)
    assert [",".join(unit_row(unit)) for unit in read_units(FOLDER / "units.csv")] == units[1:]
    edges = (FOLDER / "successions.csv").read_text("utf-8").splitlines()
    assert edges[0] == ",".join(SUCCESSION_COLUMNS)
    assert [",".join(succession_row(edge)) for edge in read_successions(FOLDER / "successions.csv")] == edges[1:]


GOOD = "00001,commune,xa,Xã An,p:01,2024-01-01,2025-01-01,,"


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (GOOD.replace("commune", "ward"), 'level "ward" is not one of'),
        (GOOD.replace(",xa,", ",quan,"), 'kind "quan" is not one of'),
        (GOOD.replace("2024-01-01", "20240101"), "is not a date"),
        (GOOD.replace("2025-01-01", "2025-02-30"), "is not a date"),
        (GOOD.replace("p:01", "79"), 'parent "79"'),
        (GOOD.replace("00001", "0 1"), 'code "0 1"'),
        (GOOD.replace("Xã An", " "), "name_vi is empty"),
        (GOOD + ",more", "10 fields instead of 9"),
        (GOOD.replace("Xã", '"Xã'), "unexpected end of data"),
        (GOOD.encode().replace(b"X\xc3\xa3", b"X\xc3"), "codec can't decode"),
    ],
)
def test_a_bad_line_is_refused_with_file_and_line(tmp_path: Path, line: str | bytes, why: str) -> None:
    raw = line if isinstance(line, bytes) else line.encode()
    path = tmp_path / "units.csv"
    path.write_bytes(",".join(UNIT_COLUMNS).encode() + b"\n" + raw + b"\n")
    with pytest.raises(MalformedTerritoryFile) as refused:
        read_units(path)
    sentence = refused.value.sentence("en")
    assert sentence.startswith("units.csv, line ") and why in sentence


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("a,b,swapped,2025-01-01,,no,,", 'kind "swapped"'),
        ("a,b,merged,2025-01-01,half,no,,", 'share "half"'),
        ("a,b,merged,2025-01-01,1/0,no,,", 'share "1/0"'),
        ("a,b,merged,2025-01-01,,maybe,,", 'default "maybe"'),
        ("a,b,merged,2025-01-01,,no,,perhaps", 'standing "perhaps"'),
    ],
)
def test_a_bad_succession_is_refused(tmp_path: Path, line: str, why: str) -> None:
    path = tmp_path / "successions.csv"
    path.write_text(f"{','.join(SUCCESSION_COLUMNS)}\n{line}\n", "utf-8")
    with pytest.raises(MalformedTerritoryFile, match="line 2"):
        read_successions(path)
    try:
        read_successions(path)
    except Refusal as refused:
        assert why in refused.sentence("en")


def test_missing_files_wrong_columns_and_contradictions_are_refused(tmp_path: Path) -> None:
    with pytest.raises(MalformedTerritoryFile):
        read_territory(tmp_path)
    (tmp_path / "units.csv").write_text("code,level\n", "utf-8")
    with pytest.raises(MalformedTerritoryFile, match="first line must be"):
        read_territory(tmp_path)
    shutil.copy(FOLDER / "units.csv", tmp_path)
    (tmp_path / "successions.csv").write_text(
        f"{','.join(SUCCESSION_COLUMNS)}\nc:1@2024-01-01,c:2@2024-01-01,merged,2025-01-01,,no,,\n", "utf-8"
    )
    with pytest.raises(BrokenTerritory):
        read_territory(tmp_path)
