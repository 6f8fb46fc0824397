"""Dossiers of a predecessor system: tried without a trace, brought in once, with their own code, moments and papers."""

from __future__ import annotations

import csv
import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from engine.acts import import_run
from engine.acts.import_run import RowDone, import_file
from engine.acts.rebuild_search import rebuild_search
from engine.acts.rectify import rectify
from engine.acts.renew_link import renew_link
from engine.dossier.case import read_case
from engine.journal.check import Tally, check_journal
from engine.queries.look_up import look_up
from engine.queries.queue import Ask, queue_page
from engine.queries.reports import on_time
from engine.rules.deadlines.timing import explained, remaining_minutes
from engine.rules.procedure.permissions import SYSTEM_ACTOR
from engine.store.clocks import clocks
from engine.store.documents import documents
from engine.store.dossiers import dossiers
from engine.store.fees import fee_entries
from engine.store.outbox import outbox
from tests.installation.filings import PDF
from tests.installation.short_releases import LAND
from tests.installation.world import BRANCH, LONG_KHANH, World, moment
from tests.integration.test_cli import Run, run  # noqa: F401 - a fixture
from workflows.import_mapping import MappingRefused, load_mapping, read_mapping

MAPPING = f"""
source: qlhs-2019
columns:
  code: Số hồ sơ
  procedure: Thủ tục
  state: Tình trạng
  name: Người nộp
  phone: Điện thoại
  intake_office: Nơi nhận
  handler_office: Nơi xử lý
  filed_at: Ngày nộp
  received_at: Ngày nhận
  due_at: Hẹn trả
  finished_at: Ngày xong
  channel: Kênh
  fees: Đã thu
  documents: Giấy tờ
procedures: {{CNQSDĐ: "{LAND}"}}
states:
  "{LAND}": {{Đang xử lý: checking, Đã trả: returned, Chờ bổ sung: supplement, Xong: ready}}
channels: {{Trực tiếp: counter, Trực tuyến: portal}}
offices: {{Một cửa LK: {LONG_KHANH}, CN VPĐK: {BRANCH}}}
documents: {{Đơn: don}}
fees: {{Lệ phí: le_phi}}
fields:
  "{LAND}": {{land.area: Diện tích}}
"""
ROW = {
    "Số hồ sơ": "H19.26080-260220-0007",
    "Thủ tục": "CNQSDĐ",
    "Tình trạng": "Đang xử lý",
    "Người nộp": "Nguyễn Văn Mẫu",
    "Điện thoại": "0900000001",
    "Nơi nhận": "Một cửa LK",
    "Nơi xử lý": "CN VPĐK",
    "Ngày nộp": "20/02/2026",
    "Ngày nhận": "20/02/2026 09:00",
    "Hẹn trả": "05/03/2026 10:13",
    "Ngày xong": "",
    "Kênh": "Trực tiếp",
    "Đã thu": "Lệ phí=50.000",
    "Giấy tờ": "",
    "Diện tích": "120",
}
ENDED = {"Tình trạng": "Đã trả", "Ngày xong": "25/02/2026 15:00"}


class Brought:
    """A folder with a CSV file, its mapping and files."""

    def __init__(self, world: World, folder: Path) -> None:
        self.world, self.folder = world, folder
        self.file, self.mapping = folder / "old.csv", folder / "map.yaml"
        self.mapping.write_text(MAPPING, encoding="utf-8")

    def write(self, *rows: dict[str, str]) -> Path:
        with self.file.open("w", encoding="utf-8-sig", newline="") as out:
            writer = csv.DictWriter(out, list(ROW), delimiter=";")
            writer.writeheader()
            writer.writerows([ROW | row for row in rows])
        return self.file

    def run(self, *rows: dict[str, str], dry_run: bool = False) -> list[RowDone]:
        self.write(*rows)
        mapping = load_mapping(self.mapping)
        done = import_file(self.world.runtime, SYSTEM_ACTOR, self.file, mapping, self.folder, dry_run=dry_run)
        return list(done)


@pytest.fixture
def brought(world: World, tmp_path: Path) -> Brought:
    return Brought(world, tmp_path)


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"Người nộp": "Nguyễn\0Mẫu"}, "Người nộp"),
        ({"Giấy tờ": "Đơn=\0"}, "Giấy tờ"),
        ({"Ngày nộp": "01/01/0001"}, "Ngày nộp"),
        ({"Hẹn trả": "9999-12-31T23:59-12:00"}, "Hẹn trả"),
        ({"Đã thu": "Lệ phí=50.000,50"}, "Đã thu"),
        ({"Đã thu": "Lệ phí=-50.000"}, "Đã thu"),
    ],
)
def test_what_no_table_or_calendar_takes_is_refused_and_stops_no_other(
    brought: Brought, cells: dict[str, str], column: str
) -> None:
    wrong, right = brought.run(cells, {"Số hồ sơ": "H19.26080-260220-0008"})
    assert (wrong.outcome, right.outcome) == ("refused", "imported")
    assert column in {one.column for one in wrong.wrong}


@pytest.mark.parametrize("written", ["75.000", "75.000,00", "75,000.00", "75 000 đ", "75000"])
def test_an_amount_is_the_same_in_every_form(brought: Brought, written: str) -> None:
    (done,) = brought.run({"Đã thu": f"Lệ phí={written}"})
    with brought.world.reading() as connection:
        paid = connection.execute(select(func.sum(fee_entries.c.vnd))).scalar_one()
    assert (done.outcome, paid) == ("imported", 75_000)


def test_a_running_one_keeps_its_code_and_its_promise_to_the_minute(brought: Brought) -> None:
    world = brought.world
    (done,) = brought.run({})
    assert (done.outcome, done.code) == ("imported", ROW["Số hồ sơ"])
    row, due = world.row(done.code), moment("2026-03-05 10:13")
    assert (row["due_at"], row["promised_at"], row["state"], row["holder_office"]) == (due, due, "checking", BRANCH)
    assert row["received_at"] == moment("2026-02-20 09:00") and row["filed_at"] == moment("2026-02-20 08:00")
    assert world.armed(done.code)["overdue", ""] == due
    assert world.fees(done.code)["le_phi"] == 50_000
    (entry,) = world.entries(done.code)
    assert entry["act"] == "import" and entry["data"]["source"] == "qlhs-2019" and entry["data"]["kept_code"]
    world.check()
    world.do("specialist", done.code, "ask", reason="Thiếu trích đo.", at="2026-03-03 08:00")
    assert world.row(done.code)["due_at"] is None
    world.do("counter", done.code, "resubmit", at="2026-03-04 08:00")
    moved = world.row(done.code)["due_at"]
    assert moved == moment("2026-03-06 10:13")  # one working day later, to the minute
    case = world.try_act("system", lambda unit: read_case(unit, done.code))
    told = explained(case.row, case.release, case.calendar, world.now)
    assert told is not None and told.moment == moved and "qlhs" not in told.trace[0].en
    assert remaining_minutes(case.row, case.release, case.calendar, world.now) == told.remaining and told.remaining > 0


def test_what_is_late_already_rings_no_more_and_nobody_is_told(brought: Brought) -> None:
    world = brought.world
    (done,) = brought.run({"Hẹn trả": "27/02/2026"})
    assert world.row(done.code)["due_at"] == moment("2026-02-27 17:00")
    assert ("overdue", "") not in world.armed(done.code)
    with world.reading() as connection:
        assert connection.execute(select(func.count()).where(clocks.c.fired_at.is_not(None))).scalar_one() >= 1
        assert connection.execute(select(func.count()).select_from(outbox)).scalar_one() == 0
    world.check()


def test_an_ended_one_counts_once_by_its_own_days(brought: Brought) -> None:
    world = brought.world
    (done,) = brought.run(ENDED)
    row = world.row(done.code)
    assert (row["finished_at"], row["returned_at"]) == (moment("2026-02-25 15:00"),) * 2
    lines = world.try_act("specialist", on_time, dt.date(2026, 2, 1), dt.date(2026, 2, 28))
    assert [(line.office, line.finished, line.late) for line in lines] == [(BRANCH, 1, 0)]
    none = world.try_act("specialist", on_time, dt.date(2026, 3, 1), dt.date(2026, 3, 31))
    assert sum(line.finished for line in none) == 0
    world.check()


def test_a_paused_one_waits_on_and_a_ready_one_can_be_returned(brought: Brought) -> None:
    world = brought.world
    first, second = brought.run(
        {"Tình trạng": "Chờ bổ sung"}, ENDED | {"Tình trạng": "Xong", "Số hồ sơ": "H19.26080-260220-0008"}
    )
    row = world.row(first.code)
    assert row["due_at"] is None and row["promised_at"] == moment("2026-03-05 10:13")
    world.do("counter", first.code, "resubmit", at="2026-03-03 08:00")
    assert world.row(first.code)["due_at"] == moment("2026-03-06 10:13")
    assert world.row(second.code)["holder_office"] == LONG_KHANH and world.row(second.code)["returned_at"] is None


def test_a_code_that_no_link_can_carry_becomes_a_name_to_find_it_by(brought: Brought) -> None:
    world = brought.world
    (done,) = brought.run({"Số hồ sơ": "Số 12/HS-lk"})
    assert done.code != "SỐ 12/HS-LK" and world.row(done.code)["code"] == done.code
    found = world.try_act("counter", queue_page, Ask(everywhere=True, text="Số 12/HS-lk"))
    assert [one.code for one in found.lines] == [done.code]
    world.act("counter", rectify, done.code, "Sai tên", applicant={"name": "Nguyễn Văn Mẫu Hai"})
    found = world.try_act("counter", queue_page, Ask(everywhere=True, text="Số 12/HS-lk"))
    assert [one.code for one in found.lines] == [done.code]
    list(rebuild_search(world.runtime))
    found = world.try_act("counter", queue_page, Ask(everywhere=True, text="Số 12/HS-lk"))
    assert [one.code for one in found.lines] == [done.code]
    _, keys = world.act("counter", renew_link, done.code, "Mất giấy hẹn")
    with world.reading() as connection:
        _, code = look_up(connection, world.runtime.settings, "số 12/hs-LK", keys.receipt_code)
    assert code == done.code
    assert list(check_journal(world.database, Tally())) == []


def test_the_same_file_again_and_a_death_in_the_middle_bring_nothing_twice(
    brought: Brought, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = brought.world
    rows = [{"Số hồ sơ": f"H19.26080-260220-{number:04}"} for number in range(1, 6)]
    whole = import_run.import_dossier

    def dying(unit: Any, told: Any, papers: Any) -> Any:
        case = whole(unit, told, papers)
        if told.code.endswith("0003"):
            unit.flush()
            raise KeyboardInterrupt
        return case

    with monkeypatch.context() as patched:
        patched.setattr(import_run, "import_dossier", dying)
        with pytest.raises(KeyboardInterrupt):
            brought.run(*rows)
    assert _count(world, dossiers) == 2
    assert [one.outcome for one in brought.run(*rows)] == ["known", "known", "imported", "imported", "imported"]
    before = world.everything()
    assert {one.outcome for one in brought.run(*rows)} == {"known"} and world.everything() == before


def test_a_dry_run_writes_nothing_and_tells_every_fault(brought: Brought) -> None:
    world = brought.world
    (brought.folder / "don.pdf").write_bytes(PDF)
    before, files = world.everything(), sorted(Path(world.runtime.files.place).rglob("*"))
    good = {"Giấy tờ": "Đơn=don.pdf"}
    bad: list[tuple[dict[str, str], str]] = [
        ({"Thủ tục": "9.999999"}, ""),
        ({"Tình trạng": "Đang ngủ"}, "Tình trạng"),
        ({"Ngày nộp": "31/02/2026"}, "Ngày nộp"),
        ({"Ngày nhận": "01/01/2026"}, "Ngày nhận"),
        ({"Hẹn trả": ""}, "Hẹn trả"),
        ({"Người nộp": ""}, "Người nộp"),
        ({"Nơi nhận": "Một cửa XYZ"}, "Nơi nhận"),
        ({"Đã thu": "Lệ phí=nhiều"}, "Đã thu"),
        ({"Đã thu": "Khác=5"}, "Đã thu"),
        ({"Giấy tờ": "Đơn=../old.csv"}, "Giấy tờ"),
        ({"Giấy tờ": "Đơn=nothing.pdf"}, "Giấy tờ"),
        ({"Giấy tờ": "Lạ=don.pdf"}, "Giấy tờ"),
        ({"Giấy tờ": "Đơn=map.yaml"}, "Giấy tờ"),
        ({"Kênh": "Bồ câu"}, "Kênh"),
        ({"Điện thoại": "12"}, "Điện thoại"),
        ({"Diện tích": "rộng"}, "Diện tích"),
        ({"Tình trạng": "Đã trả"}, "Ngày xong"),
        ({"Ngày xong": "26/02/2026"}, "Ngày xong"),
    ]
    numbered = [row | {"Số hồ sơ": f"H19.26080-260220-{at:04}"} for at, (row, _) in enumerate(bad, 10)]
    done = brought.run(good, *numbered, {}, dry_run=True)
    assert done[0].outcome == "imported" and done[0].line == 2
    for (row, column), one in zip(bad, done[1:-1], strict=True):
        assert one.outcome == "refused", row
        assert column in {fault.column for fault in one.wrong}, (row, one.wrong)
        assert all(fault.words.vi and fault.words.en for fault in one.wrong)
    assert done[-1].outcome == "refused" and "line 2" in done[-1].wrong[0].words.en
    assert world.everything() == before and sorted(Path(world.runtime.files.place).rglob("*")) == files


def test_papers_come_with_their_hash(brought: Brought) -> None:
    (brought.folder / "don.pdf").write_bytes(PDF)
    (done,) = brought.run({"Giấy tờ": "Đơn=don.pdf"})
    assert done.outcome == "imported", done.wrong
    with brought.world.reading() as connection:
        (paper,) = connection.execute(select(documents)).all()
        assert connection.execute(select(fee_entries.c.vnd)).scalars().all() == [50_000]
    assert brought.world.runtime.files.read(paper.storage_key) == PDF
    assert brought.world.entries(done.code)[0]["data"]["papers"] == [{"key": "don", "sha256": paper.sha256}]


@pytest.mark.parametrize(
    ("written", "place", "words"),
    [
        ("source: a\ncolums: {}\n", (2, 1), "did you mean"),
        ("columns: {code: a}\n", (1, 1), "predecessor"),
        ("source: a\ncolumns: [a]\n", (2, 10), "table"),
        ("source: a\ncolumns:\n  kode: b\n", (3, 3), "kode"),
        ("source: a\ncolumns: {code: a}\nstates: x\n", (3, 9), "tables by procedure"),
        ("source: a\n columns: {\n", None, ""),
        ("", None, ""),
    ],
)
def test_a_wrong_mapping_is_told_by_line_and_column(written: str, place: tuple[int, int] | None, words: str) -> None:
    with pytest.raises(MappingRefused) as caught:
        read_mapping(written)
    faults = caught.value.faults
    assert faults and all(one.words.vi and one.words.en for one in faults)
    if place is not None:
        here = [one for one in faults if (one.line, one.column) == place]
        assert any(words.lower() in one.words.en.lower() for one in here), faults


def test_the_command_reports_what_was_refused_as_a_file_to_be_mended(
    brought: Brought,
    run: Run,  # noqa: F811
) -> None:
    brought.write({}, {"Số hồ sơ": "H19.26080-260220-0008", "Người nộp": ""})
    report = brought.folder / "refused.csv"
    given = ("import", "dossiers", str(brought.file), "--mapping", str(brought.mapping), "--report", str(report))
    tried = run(*given, "--dry-run", code=1).output
    assert "nothing was written: 1 dossiers would be brought in" in tried and "Người nộp" in tried
    told = json.loads(run(*given, "--json", code=1).output)
    assert (told["imported"], told["refused"], told["written"]) == (1, 1, True)
    assert told["faults"][0]["line"] == 3
    text = report.read_text(encoding="utf-8-sig")
    assert "is empty; fill it in" in text and "bỏ trống" in text
    report.write_text(text.replace("CNQSDĐ,Đang xử lý,,", "CNQSDĐ,Đang xử lý,Trần Văn Mẫu,"), encoding="utf-8")
    again = ("import", "dossiers", str(report), "--mapping", str(brought.mapping))
    assert "1 dossiers were brought in, 0 were here already, 0 were refused" in run(*again).output


def _count(world: World, table: Any) -> int:
    with world.reading() as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())
