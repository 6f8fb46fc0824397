"""Dossiers of other systems as a feed tells of them: read-only, found by both shapes of codes, counted once."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from engine.jobs import filings as jobs
from engine.queries.queue import Ask, queue_page
from engine.queries.reports import on_time
from engine.store.dossiers import dossiers, mirrors
from tests.installation.short_releases import COPIES
from tests.installation.world import LONG_KHANH, World, moment
from tests.integration.filing_ground import Connected, connected

MINISTRY, PROVINCE = "H15.50.05.13-260302-0900975", "H75.26098-260302-0007"


@pytest.fixture
def there(world: World, tmp_path: Path) -> Iterator[Connected]:
    with connected(world, tmp_path) as found:
        yield found


def told(number: str, **changes: Any) -> dict[str, Any]:
    usual = {
        "HeThong": "bnv",
        "MaHoSo": number,
        "MaTTHC": COPIES,
        "MaCoQuan": "H75.26080",
        "TrangThaiHoSo": "4",
        "ChuHoSo": "Hồ Minh Nhật",
        "LoaiDoiTuong": "1",
        "KenhThucHien": "2",
        "NgayNopHoSo": "20260302080000",
        "NgayTiepNhan": "20260302090000",
        "NgayHenTra": "20260302170000",
    }
    return usual | changes


def rows(world: World) -> dict[str, Any]:
    with world.reading() as connection:
        joined = select(dossiers, mirrors.c.number, mirrors.c.differs).join(mirrors)
        return {row.number: row for row in connection.execute(joined.order_by(dossiers.c.id))}


def test_they_stand_in_the_lists_and_are_found_by_both_shapes_of_codes(there: Connected) -> None:
    world = there.world
    world.at("2026-03-02 10:00")
    there.mirrored_there(told(MINISTRY), told(PROVINCE, HeThong="qlvb"), told(MINISTRY))
    assert jobs.pull_mirrors(world.runtime) == Counter(mirrored=3)
    assert jobs.pull_mirrors(world.runtime) == Counter()
    world.check()
    found = rows(world)
    assert {number: row.source for number, row in found.items()} == {MINISTRY: "bnv", PROVINCE: "qlvb"}
    for number, row in found.items():
        for text in (number, number.lower(), row.code):
            page = world.try_act("counter", queue_page, Ask(everywhere=True, text=text))
            assert [line.code for line in page.lines] == [row.code], text
        (line,) = world.try_act("counter", queue_page, Ask(everywhere=True, text=number)).lines
        assert line.mirror is not None and line.mirror.source == row.source


def test_what_is_told_later_is_written_and_differences_are_named(there: Connected) -> None:
    world = there.world
    world.at("2026-03-02 10:00")
    there.mirrored_there(told(MINISTRY, TrangThaiHoSo="6", NgayHenTra="20260305170000"))
    jobs.pull_mirrors(world.runtime)
    row = rows(world)[MINISTRY]
    assert {one["what"] for one in row.differs} == {"trạng thái", "hạn trả"}
    there.mirrored_there(told(PROVINCE))
    jobs.pull_mirrors(world.runtime)
    for differing, numbers in ((True, [MINISTRY]), (None, [MINISTRY, PROVINCE])):
        page = world.try_act("counter", queue_page, Ask(everywhere=True, differing=differing))
        assert sorted(line.code for line in page.lines) == sorted(rows(world)[one].code for one in numbers)
    there.mirrored_there(told(MINISTRY, TrangThaiHoSo="9", NgayKetThucXuLy="20260302095000"))
    jobs.pull_mirrors(world.runtime)
    world.check()
    later = rows(world)[MINISTRY]
    assert later.id == row.id and later.finished_at == moment("2026-03-02 09:50") and later.version > row.version


def test_nothing_is_counted_twice_by_an_independent_recount(there: Connected) -> None:
    """Our own dossier told back, a number told by two systems, and pages read twice: each dossier counts once."""
    world = there.world
    world.at("2026-03-02 10:00")
    own = world.file(procedure=COPIES, fields={"pages": 2}, documents=[]).case.code
    ended = {"TrangThaiHoSo": "10", "NgayKetThucXuLy": "20260302093000"}
    numbers = [f"H15.50.05.13-260302-09{number:05}" for number in range(7)]
    feed = [told(one, **ended) for one in numbers] + [told(own, **ended), told(numbers[0], HeThong="khac", **ended)]
    there.mirrored_there(*feed, *feed[:4])
    assert jobs.pull_mirrors(world.runtime) == Counter({"mirrored": 11, "own": 1, "told-twice": 1})
    world.check()
    with world.reading() as connection:
        every = connection.execute(select(dossiers.c.code, dossiers.c.finished_at, dossiers.c.handler_office)).all()
    recount = Counter(row.handler_office for row in every if row.finished_at is not None)
    assert sum(recount.values()) == len(set(numbers))
    lines = [
        line
        for who in ("monitor", "asked", "specialist")
        for line in world.try_act(who, on_time, dt.date(2026, 3, 1), dt.date(2026, 3, 31))
        if line.finished
    ]
    assert {line.office: line.finished for line in lines} == dict(recount)


def test_what_cannot_be_mirrored_is_told_and_hinders_no_other(there: Connected) -> None:
    world = there.world
    there.mirrored_there(
        told("A-1", MaTTHC="9.99"), told("A-2", MaCoQuan="H99"), told("", ChuHoSo=""), told("A-3", NgayNopHoSo="x"),
        told(MINISTRY, ChuHoSo="Hồ\0Minh Nhật"),
    )  # fmt: skip
    done = jobs.pull_mirrors(world.runtime)
    assert done["mirrored"] == 1 and sum(done.values()) == 5 and set(rows(world)) == {MINISTRY}
    assert world.row(rows(world)[MINISTRY].code)["intake_office"] == LONG_KHANH
