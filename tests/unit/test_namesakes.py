"""Communes of one name: which of them a successor belongs to, by the neighbours that passed to it too."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from engine.rules.territory.units import Level, Unit
from workflows.territory.corrections import Pair, by_district, corrected, namesakes

OLD, NEW = dt.date(2024, 1, 1), dt.date(2025, 7, 1)
FIRST, LATER = "2024-01-01", "2025-07-01"


def unit(code: str, level: Level, kind: str, name: str, parent: str | None, since: dt.date = OLD) -> Unit:
    return Unit(code, level, kind, name, parent, since, NEW if since == OLD else None)


UNITS = {
    one.id: one
    for one in (
        unit("1", "province", "tinh", "Tỉnh Một", None),
        unit("2", "province", "tinh", "Tỉnh Hai", None),
        unit("11", "district", "huyen", "Huyện A", "p:1"),
        unit("12", "district", "huyen", "Huyện B", "p:1"),
        unit("21", "district", "huyen", "Huyện C", "p:2"),
        unit("111", "commune", "xa", "Xã Hòa Bình", "d:11"),
        unit("112", "commune", "xa", "Xã Láng", "d:11"),
        unit("121", "commune", "xa", "Xã Hoà Bình", "d:12"),
        unit("122", "commune", "xa", "Xã Đồng", "d:12"),
        unit("211", "commune", "xa", "Xã Hòa Bình", "d:21"),
        unit("212", "commune", "xa", "Xã Núi", "d:21"),
        unit("500", "commune", "xa", "Xã Năm", "p:9", NEW),
        unit("600", "commune", "xa", "Xã Sáu", "p:9", NEW),
    )
}


def pair(source: str, target: str, default: bool = True) -> Pair:
    return Pair(f"c:{source}@{FIRST}", f"c:{target}@{LATER}", default)


def short(pairs: list[Pair]) -> set[tuple[str, str, bool]]:
    return {(one.from_id[2:5], one.to_id[2:5], one.default) for one in pairs}


def test_the_successor_belongs_to_the_namesake_whose_neighbours_passed_to_it() -> None:
    given = [
        pair("111", "500"), pair("111", "600", False), pair("121", "500", False), pair("121", "600"),
        pair("112", "500"), pair("122", "600"),
    ]  # fmt: skip
    left, decided = by_district(given, UNITS)
    assert short(left) == {("111", "500", True), ("121", "600", True), ("112", "500", True), ("122", "600", True)}
    assert decided == {f"c:{one}@{FIRST}": {"by district"} for one in ("111", "121")}


def test_the_default_passes_on_where_the_source_had_it_at_the_wrong_successor() -> None:
    given = [pair("111", "500", False), pair("111", "600"), pair("121", "600"), pair("112", "500"), pair("122", "600")]
    assert ("111", "500", True) in short(by_district(given, UNITS)[0])


def test_the_province_decides_where_no_neighbour_of_a_district_does() -> None:
    given = [pair("111", "500"), pair("211", "500", False), pair("211", "600"), pair("122", "500"), pair("212", "600")]
    left, decided = by_district(given, UNITS)
    assert ("211", "500", False) not in short(left) and ("111", "500", True) in short(left)
    assert decided[f"c:111@{FIRST}"] == {"by province"}


def test_what_neither_decides_and_what_would_be_left_without_is_refused() -> None:
    with pytest.raises(ValueError, match="neither district nor province tells"):
        by_district([pair("111", "500"), pair("121", "500")], UNITS)
    with pytest.raises(ValueError, match="left without a successor"):
        by_district([pair("111", "500"), pair("121", "500"), pair("112", "500")], UNITS)


def test_different_names_share_a_successor_as_they_please() -> None:
    given = [pair("111", "500"), pair("112", "500"), pair("122", "500")]
    assert by_district(given, UNITS) == (given, {})


def test_namesakes_of_one_province_of_today_are_listed() -> None:
    listed = namesakes([pair("111", "500"), pair("121", "600"), pair("112", "500")], UNITS, {})
    assert [(one.province, one.name, one.district, one.how) for one in listed] == [
        ("p:9", "Xã Hoà Bình", "d:12", "by name"),
        ("p:9", "Xã Hòa Bình", "d:11", "by name"),
    ]


def write(folder: Path, *lines: str) -> Path:
    path = folder / "corrections.csv"
    path.write_text("\n".join(("from,to,what,why", *lines)) + "\n", "utf-8")
    return path


def test_listed_corrections_add_remove_and_doubt(tmp_path: Path) -> None:
    path = write(tmp_path, "111,600,added,r", "112,500,removed,r", "121,500,doubtful,r", "122,600,doubtful,r")
    given = [pair("111", "500"), pair("112", "500", False), pair("112", "600"), pair("121", "500")]
    given += [pair("121", "600", False), pair("122", "500")]
    found = {(one.from_id[2:5], one.to_id[2:5]): one for one in corrected(given, OLD, NEW, path)}
    assert ("111", "600") in found and ("112", "500") not in found
    assert found["121", "500"].standing == found["122", "600"].standing == "doubtful"
    assert found["122", "500"].default and not found["122", "600"].default


@pytest.mark.parametrize(
    "line",
    [
        "111,500,added,r",
        "111,600,removed,r",
        "111,500,moved,r",
        "111,600,kept,r",
        "111,500,doubtful,",
        "111,500,doubtful,r,more",
    ],
)
def test_a_correction_that_changes_nothing_or_gives_no_reason_is_refused(tmp_path: Path, line: str) -> None:
    with pytest.raises(ValueError, match=r"corrections\.csv"):
        corrected([pair("111", "500")], OLD, NEW, write(tmp_path, line))
