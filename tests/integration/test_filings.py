"""Filings of another system: each filed once, counted from the moment of filing there, with papers that are checked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from engine.acts.enter_procedure import NewEntry, enter_procedure
from engine.acts.filings.note_filings import Cursor, note_filings
from engine.acts.filings.settle_filing import NothingToChoose, refuse_filing, retry_filing, route_filing
from engine.acts.refile import refile
from engine.dossier.filings import FilingSettled
from engine.errors import Forbidden, InvalidInput, NotFound
from engine.jobs import filings as jobs
from engine.store.documents import documents
from engine.store.dossiers import dossiers
from engine.store.filings import feed_cursor
from engine.store.staff_journal import staff_journal
from tests.doubles import portal_filings as double
from tests.installation.june import DA_KAO, SAI_GON, prepare_june
from tests.installation.short_releases import LAND, PERMIT
from tests.installation.world import FIELDS, LONG_KHANH, World, moment
from tests.integration.filing_ground import Connected, connected, contents, land


@pytest.fixture
def there(world: World, tmp_path: Path) -> Iterator[Connected]:
    with connected(world, tmp_path) as found:
        yield found


def filed(world: World) -> list[Any]:
    with world.reading() as connection:
        return list(connection.execute(select(dossiers).order_by(dossiers.c.id)))


def test_each_is_filed_once_with_its_papers_from_both_channels(there: Connected) -> None:
    world = there.world
    one = land("A1", world, papers=True)
    there.filed_there(one, land("A2", world, KenhThucHien="4"), one, papers=contents("A1"))
    there.work()
    there.work()
    assert [(row.channel, row.intake_office, row.portal) for row in filed(world)] == [
        ("portal", LONG_KHANH, 1),
        ("vneid", LONG_KHANH, 1),
    ]
    rows = there.rows()
    assert {key: (row.status, row.way, row.body) for key, row in rows.items()} == {
        "A1": ("filed", "pull", None),
        "A2": ("filed", "pull", None),
    }
    with world.reading() as connection:
        papers = connection.execute(select(documents.c.key, documents.c.size)).all()
    assert [row.key for row in papers] == ["don", "gcn"] and all(row.size > 0 for row in papers)
    told = world.entries(there.code_of("A1"))[0]["data"]["filing"]
    assert (told["source"], told["key"], told["way"]) == ("national-portal", "A1", "pull")
    assert there.answers() == [("A1", "DaNhan"), ("A2", "DaNhan")]


def test_the_limit_of_intake_runs_from_the_filing_there_and_lateness_by_synchronisation_is_told(
    there: Connected,
) -> None:
    world = there.world
    there.filed_there(land("A1", world, filed_at=moment("2026-03-02 09:00"), KenhThucHien="4"))
    world.at("2026-03-04 10:00")
    there.work()
    (row,) = filed(world)
    assert row.filed_at == row.intake_from == moment("2026-03-02 09:00")
    assert row.intake_due_at == moment("2026-03-03 09:00")  # eight working hours later
    assert world.entries(row.code)[0]["data"]["filing"]["late"] == "synchronisation"
    there.filed_there(land("A2", world, filed_at=moment("2026-03-04 09:00")))
    there.work()
    assert "late" not in world.entries(there.code_of("A2"))[0]["data"]["filing"]


def test_answers_go_back_in_order_with_reason_and_items(there: Connected) -> None:
    world = there.world
    papers = contents("A1") | contents("A2")
    there.filed_there(*(land(key, world, papers=True) for key in ("A1", "A2")), papers=papers)
    there.work()
    world.do("counter", there.code_of("A1"), "receive")
    world.do("counter", there.code_of("A2"), "refuse", reason="Thửa đất đang có tranh chấp.")
    world.do("counter", there.code_of("A1"), "forward")
    world.do("specialist", there.code_of("A1"), "ask", reason="Thiếu trích đo.")
    there.faults(lost_answer=0.5)
    for _ in range(12):
        there.work()
        world.now += dt.timedelta(hours=2)
    there.faults()
    found = double.answers_of(there.address)
    of_first = [one for one in found if one["MaHoSoTrucTuyen"] == "A1"]
    assert [one["KetQua"] for one in of_first] == ["DaNhan", "TiepNhan", "YeuCauBoSung"]
    assert of_first[1]["MaHoSo"] == there.code_of("A1") and of_first[1]["NgayHenTra"].startswith("202603")
    assert of_first[2]["LyDo"] == "Thiếu trích đo." and isinstance(of_first[2]["GiayToCanBoSung"], list)
    (refused,) = [one for one in found if one["KetQua"] == "TuChoi"]
    assert (refused["MaHoSoTrucTuyen"], refused["LyDo"]) == ("A2", "Thửa đất đang có tranh chấp.")
    assert {one.status for one in there.outbox()} == {"sent"}


def test_an_answer_that_is_refused_is_parked_with_its_cause_and_holds_back_the_next(there: Connected) -> None:
    world = there.world
    there.filed_there(land("A1", world, papers=True), papers=contents("A1"))
    jobs.pull_filings(world.runtime)
    jobs.take_filings(world.runtime)
    world.do("counter", there.code_of("A1"), "receive")
    there.faults(refuse=1.0)
    jobs.answer_filings(world.runtime)
    first, second = there.outbox()
    assert (first.status, second.status) == ("parked", "waiting") and "422" in first.error
    there.faults()
    there.work()
    assert there.answers() == []


@pytest.mark.parametrize(("lie", "cause"), [("hash", "paper-differs"), ("length", "paper-differs")])
def test_a_paper_that_lies_leads_into_the_queue_and_is_taken_once_mended(
    there: Connected, lie: str, cause: str
) -> None:
    world = there.world
    there.filed_there(land("A1", world, papers=True), papers=contents("A1", lie))
    there.work()
    row = there.rows()["A1"]
    assert (row.status, row.cause, row.province) == ("queued", cause, "75") and filed(world) == []
    assert row.why["vi"] != row.why["en"]
    double.told(there.address, "/_double/mend", {})
    world.act("monitor", retry_filing, row.id, "Cổng đã gửi lại tệp.")
    there.work()
    assert there.rows()["A1"].status == "filed"


def test_a_paper_that_is_cut_is_resumed(there: Connected) -> None:
    there.filed_there(land("A1", there.world, papers=True), papers=contents("A1", "cut"))
    there.work()
    assert there.rows()["A1"].status == "filed"


@pytest.mark.parametrize(
    ("content", "cause"), [(b"MZ\x90\x00 a program", "unacceptable-file"), (b"%PDF-1.4 x", "unacceptable-file")]
)
def test_a_paper_of_another_type_is_not_taken(there: Connected, content: bytes, cause: str) -> None:
    world = there.world
    papers = [double.paper("/tep/A1-don", content, "don")]
    there.filed_there(land("A1", world, TaiLieuNop=papers), papers={"/tep/A1-don": {"content": content.hex()}})
    there.work()
    assert (there.rows()["A1"].status, there.rows()["A1"].cause) == ("queued", cause)


def test_what_cannot_be_fetched_waits_and_a_person_sees_it_at_last(there: Connected) -> None:
    world = there.world
    there.filed_there(land("A1", world, papers=True))  # its papers are not there
    for _ in range(jobs.WAIT_FOR_PAPERS):
        assert there.rows().get("A1") is None or there.rows()["A1"].status == "waiting"
        there.work()
        world.now += dt.timedelta(hours=2)
    assert (there.rows()["A1"].status, there.rows()["A1"].cause) == ("queued", "source-unreachable")


@pytest.mark.parametrize(
    ("changes", "cause"),
    [
        ({"MaCoQuan": "H99.1"}, "filing-unit-unknown"),
        ({"MaTTHC": "9.999999"}, "no-release"),
        ({"ToKhai": {**FIELDS, "land.area": "x"}}, "invalid-input"),
        ({"ToKhai": []}, "filing-unreadable"),
        ({"NgayNopHoSo": "hôm qua"}, "filing-unreadable"),
        ({"NgayNopHoSo": "20990101000000"}, "filing-ahead"),
        ({"KenhThucHien": "9"}, "filing-unreadable"),
        ({"ChuHoSo": ""}, "invalid-input"),
        ({"ChuHoSo": "x" * 5000}, "invalid-input"),
        ({"ChuHoSo": {"a": 1}}, "filing-unreadable"),
        ({"TaiLieuNop": [{"MaGiayTo": 1}]}, "filing-unreadable"),
        ({"LoaiDoiTuong": "7"}, "filing-unreadable"),
    ],
)
def test_what_cannot_be_routed_is_queued_with_its_cause(there: Connected, changes: Any, cause: str) -> None:
    world = there.world
    there.filed_there(land("A1", world, **changes), land("A2", world))
    there.work()
    row = there.rows()["A1"]
    assert (row.status, row.cause) == ("queued", cause) and row.why["vi"] != row.why["en"]
    assert there.rows()["A2"].status == "filed"


def test_what_is_processed_elsewhere_is_not_opened_here(there: Connected) -> None:
    world = there.world
    decided = dt.date(2026, 2, 1)
    entry = NewEntry(
        procedure=LAND, version=None, since=dt.date(2026, 3, 3), processed="ministry", system="Hệ thống của Bộ",
        online="full", decision="QĐ 1", decided_on=decided, listed_on=None,
    )  # fmt: skip
    world.act("admin", enter_procedure, entry)
    there.filed_there(land("A1", world), land("A2", world, filed_at=moment("2026-03-03 09:00")))
    world.at("2026-03-03 10:00")
    there.work()
    assert {key: row.status for key, row in there.rows().items()} == {"A1": "filed", "A2": "elsewhere"}
    assert len(filed(world)) == 1
    (told,) = [one for one in double.answers_of(there.address) if one["KetQua"] == "XuLyNoiKhac"]
    assert (told["MaHoSoTrucTuyen"], told["HeThongXuLy"]) == ("A2", "Hệ thống của Bộ")


def test_a_dossier_filed_anew_answers_for_the_filing(there: Connected) -> None:
    world = there.world
    there.filed_there(land("A1", world, papers=True), papers=contents("A1"))
    there.work()
    old = there.code_of("A1")
    world.do("counter", old, "receive")
    new = world.act("counter", refile, old, "2.000815", "Nhầm thủ tục.", fields={"pages": 2}).case.code
    there.work()
    assert there.code_of("A1") == new
    assert [kind for _, kind in there.answers()] == ["DaNhan", "TiepNhan", "TiepNhan"]


def permit_of(key: str, commune: str, filed_at: str) -> dict[str, Any]:
    """A building permit that was filed online with the commune of the plot."""
    return double.written(
        key, unit=f"H79.{commune}", procedure=PERMIT, filed_at=moment(filed_at), MaXa=commune,
        ToKhai={"land.commune": commune}, KenhThucHien="4",
    )  # fmt: skip


def test_a_filing_for_a_unit_that_closed_meanwhile_goes_to_its_successor(there: Connected) -> None:
    """Filed on the last day of the old communes, fetched on the first of the new ones."""
    world = prepare_june(there.world)
    there.filed_there(permit_of("A1", SAI_GON, "2025-06-30 16:30"), permit_of("A2", SAI_GON, "2025-07-01 08:30"))
    world.at("2025-07-01 09:00")
    there.work()
    first, second = (world.row(there.code_of(key)) for key in ("A1", "A2"))
    assert (first["intake_office"], first["place"]) == ("TT-26740", "26740")
    assert (second["intake_office"], second["place"]) == ("TT-26740", "26740")
    passed = world.entries(first["code"])[0]["data"]["filing"]["passed"]
    assert {"what": "intake", "from": "H79.26740", "to": "TT-26740"} in passed
    assert "passed" not in world.entries(second["code"])[0]["data"]["filing"]


def test_a_divided_unit_waits_for_a_person_who_chooses_with_a_reason(there: Connected) -> None:
    """26737 was Đa Kao until 30 June 2025 and is Tân Định since: the code is read as of the day of filing."""
    world = prepare_june(there.world)
    there.filed_there(permit_of("A1", DA_KAO, "2025-06-30 16:30"))
    world.at("2025-07-01 09:00")
    there.work()
    for wants in ("intake", "applicant.commune", "fields.land.commune"):
        row = there.rows()["A1"]
        assert (row.status, row.cause, row.wants, row.province) == ("queued", "filing-unit-divided", wants, "79")
        assert len(row.candidates) > 1
        choice = next(one for one in row.candidates if one.endswith("26740"))
        world.refuse(InvalidInput, "admin", route_filing, row.id, "26098", "Theo địa chỉ.")
        world.refuse(InvalidInput, "admin", route_filing, row.id, choice, " ")
        world.refuse(NotFound, "monitor", route_filing, row.id, choice, "Theo địa chỉ.")  # of another province
        world.refuse(Forbidden, "dk_counter", route_filing, row.id, choice, "Theo địa chỉ.")
        world.act("admin", route_filing, row.id, choice, "Theo địa chỉ.")
        world.refuse(FilingSettled, "admin", route_filing, row.id, choice, "Theo địa chỉ.")
        there.work()
    assert world.row(there.code_of("A1"))["place"] == "26740"
    with world.reading() as connection:
        acts = connection.execute(select(staff_journal.c.act, staff_journal.c.body)).all()
    assert len([one for one in acts if one.act == "route-filing" and "TT-26740" in one.body]) == 1


def test_a_person_refuses_and_the_applicant_is_told_why(there: Connected) -> None:
    world = there.world
    there.filed_there(land("A1", world, ToKhai={**FIELDS, "land.area": "x"}))
    there.work()
    row = there.rows()["A1"]
    world.refuse(NothingToChoose, "monitor", route_filing, row.id, LONG_KHANH, "x")
    world.act("monitor", refuse_filing, row.id, "Diện tích không phải là số.")
    there.work()
    (told,) = double.answers_of(there.address)
    assert (told["KetQua"], told["LyDo"]) == ("TuChoi", "Diện tích không phải là số.")
    assert there.rows()["A1"].body is None and filed(world) == []
    world.refuse(FilingSettled, "monitor", retry_filing, row.id, "x")


def test_one_that_no_database_or_encoder_takes_stops_no_other(there: Connected) -> None:
    deep: dict[str, Any] = {}
    for _ in range(300):
        deep = {"a": deep}
    world = there.world
    there.filed_there(
        land("A1", world, ToKhai=deep),
        land("A\0", world),
        land("A2", world, ChuHoSo="Nguyễn\0Văn"),
        land("A3", world),
    )
    there.work()
    rows = list(there.rows().values())
    assert len(rows) == 4 and there.rows()["A3"].status == "filed" and there.rows()["A1"].status == "queued"
    there.work()
    assert len(there.rows()) == 4


def test_a_page_that_two_read_moves_the_cursor_once_and_adds_nothing(there: Connected) -> None:
    world = there.world
    raws = [land("A1", world), land("A2", world)]
    for _ in range(2):
        world.act("system", note_filings, raws, "pull", Cursor("", "2"))
    world.act("system", note_filings, [land("A3", world)], "pull", Cursor("2", "3"))
    world.act("system", note_filings, raws, "pull", Cursor("", "2"))
    with world.reading() as connection:
        assert feed_cursor(connection, "national-portal", "filings") == "3"
    assert sorted(there.rows()) == ["A1", "A2", "A3"]


def test_whoever_copies_the_database_reads_nothing_of_a_filing_that_waits(there: Connected) -> None:
    world = there.world
    world.act("system", note_filings, [land("A1", world)], "push")
    body = there.rows()["A1"].body
    assert body is not None and "Mẫu".encode() not in body and b"075090000001" not in body
