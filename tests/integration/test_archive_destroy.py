"""Receipts and destruction by schedule: two persons, minutes, nothing personal left, and the journal whole."""

from __future__ import annotations

import csv
import datetime as dt
import threading
from pathlib import Path
from typing import Any

import pypdf
import pytest
from sqlalchemy import func, select

from adapters.forms import render_form
from engine.acts.archive import files as removing
from engine.acts.archive.destroy import (
    ChangedSinceTransfer,
    DestructionClosed,
    NothingToDestroy,
    SamePerson,
    decide_destruction,
    destroy_dossier,
    leave_out,
    propose_destruction,
)
from engine.acts.archive.export import pack_ended
from engine.acts.archive.files import remove_files
from engine.acts.archive.receipt import NotPacked, ReceiptForAnother, ReceiptKnown, archive_receipt
from engine.acts.checkpoint import checkpoint_now
from engine.acts.issue_form import print_form
from engine.acts.staff.people import add_person, set_password
from engine.errors import Forbidden, InvalidInput
from engine.journal.check import Tally, check_journal
from engine.queries.archive import archive_status, bags, destruction, waiting_items
from engine.queries.queue import Ask, queue_page
from engine.rules.procedure.permissions import SYSTEM_ACTOR, Actor
from engine.rules.retention import RetentionSchedule
from engine.store.archive import file_removals
from engine.store.dossiers import applicants
from engine.store.journal import journal_private
from engine.store.people import people
from tests.installation.world import World
from tests.integration.test_archive_export import BEFORE, ended
from tests.integration.test_checkpoints import verify
from tests.integration.test_cli import Run, run  # noqa: F401 - a fixture
from workflows.retention_file import RetentionRefused, read_retention

TERMS = b'terms:\n  - procedures: ["*"]\n    years: 5\n    legal: "Q\xc4\x90 m\xe1\xba\xabu 1"\n'
SCHEDULE = read_retention(TERMS)
LATE = "2032-01-05 08:00"
RECEIVED = {"number": "15/BN-LT", "day": dt.date(2026, 3, 2), "archive": "Trung tâm Lưu trữ mẫu"}


def second_admin(world: World) -> Actor:
    """Another administrator, beside ``admin``."""

    def add(unit: Any) -> int:
        known: int | None = unit.begin().execute(select(people.c.id).where(people.c.username == "admin2")).scalar()
        number = known or add_person(unit, "admin2", "Người Quản Trị Hai")
        unit.begin().execute(people.update().where(people.c.id == number).values(admin=1))
        return number

    return Actor("admin", "Người Quản Trị Hai", world.try_act("system", add))


def transferred(world: World, folder: Path, number: int = 1) -> list[str]:
    codes = [ended(world) for _ in range(number)]
    for one in pack_ended(world.runtime, SYSTEM_ACTOR, BEFORE, folder, render_form):
        assert one.bag is not None
        world.try_act("system", archive_receipt, one.code, sha256=one.bag.sha256, **RECEIVED)
    return codes


def approved(world: World) -> int:
    world.at(LATE)
    number: int = world.act("admin", propose_destruction, SCHEDULE, "Hết thời hạn")
    world.act(second_admin(world), decide_destruction, number, approve=True)
    return number


def test_a_receipt_is_recorded_once_and_only_for_our_hash(world: World, tmp_path: Path) -> None:
    code = ended(world)
    world.refuse(NotPacked, "system", archive_receipt, code, sha256="0" * 64, **RECEIVED)
    (one,) = pack_ended(world.runtime, SYSTEM_ACTOR, BEFORE, tmp_path, render_form)
    assert one.bag is not None
    given = {"sha256": one.bag.sha256.upper(), **RECEIVED}
    world.refuse(ReceiptForAnother, "system", archive_receipt, code, **given | {"sha256": "ă" * 64})
    world.refuse(InvalidInput, "system", archive_receipt, code, **given | {"number": " "})
    world.refuse(InvalidInput, "system", archive_receipt, code, **given | {"day": dt.date(2030, 1, 1)})
    world.refuse(Forbidden, "counter", archive_receipt, code, **given)
    world.act("admin", archive_receipt, code, **given)  # who sees no dossier
    assert world.entries(code)[-1]["data"]["receipt"] == "15/BN-LT"
    entries = len(world.entries(code))
    world.act("system", archive_receipt, code, **given)
    assert len(world.entries(code)) == entries
    world.refuse(ReceiptKnown, "system", archive_receipt, code, **given | {"number": "16/BN-LT"})


def test_only_what_is_transferred_and_past_its_term_is_listed(world: World, tmp_path: Path) -> None:
    world.refuse(NothingToDestroy, "admin", propose_destruction, SCHEDULE, "Hết thời hạn")
    transferred(world, tmp_path)
    world.at("2031-12-31 16:00")
    world.refuse(NothingToDestroy, "admin", propose_destruction, SCHEDULE, "Hết thời hạn")
    ever = RetentionSchedule(terms=(), digest=SCHEDULE.digest)
    world.at(LATE)
    world.refuse(NothingToDestroy, "admin", propose_destruction, ever, "Hết thời hạn")
    world.refuse(Forbidden, "counter", propose_destruction, SCHEDULE, "Hết thời hạn")
    world.refuse(Forbidden, "system", propose_destruction, SCHEDULE, "Hết thời hạn")
    world.refuse(InvalidInput, "admin", propose_destruction, SCHEDULE, " ")
    number = world.act("admin", propose_destruction, SCHEDULE, "Hết thời hạn")
    world.refuse(NothingToDestroy, "admin", propose_destruction, SCHEDULE, "Hết thời hạn")
    assert world.try_act("admin", destruction, number).mine


def test_two_proposals_at_once_put_no_dossier_on_two_lists(world: World, tmp_path: Path) -> None:
    transferred(world, tmp_path)
    world.at(LATE)
    proposed, outcomes = threading.Event(), list[Any]()

    def first(unit: Any) -> int:
        number = propose_destruction(unit, SCHEDULE, "Hết thời hạn")
        proposed.set()
        second.join(0.5)  # it waits for this one, which has not ended
        return number

    def beside() -> None:
        proposed.wait(10)
        try:
            outcomes.append(world.try_act(second_actor, propose_destruction, SCHEDULE, "Hết thời hạn"))
        except NothingToDestroy as refusal:
            outcomes.append(refusal.code)

    second_actor, second = second_admin(world), threading.Thread(target=beside)
    second.start()
    number = world.try_act("admin", first)
    second.join(20)
    assert (number, outcomes) == (1, ["archive-nothing-to-destroy"])


def test_two_persons_decide_and_a_list_is_decided_once(world: World, tmp_path: Path) -> None:
    (code,) = transferred(world, tmp_path)
    world.at(LATE)
    number = world.act("admin", propose_destruction, SCHEDULE, "Hết thời hạn")
    dossier = world.row(code)["id"]
    world.refuse(DestructionClosed, "system", destroy_dossier, number, dossier)
    world.refuse(SamePerson, "admin", decide_destruction, number, approve=True)
    world.refuse(Forbidden, "system", decide_destruction, number, approve=True)
    other = second_admin(world)
    world.act(other, decide_destruction, number, approve=False)
    world.refuse(DestructionClosed, other, decide_destruction, number, approve=True)
    world.refuse(DestructionClosed, "system", destroy_dossier, number, dossier)
    assert world.act("admin", propose_destruction, SCHEDULE, "Lần hai") > number


def test_nothing_personal_is_left_and_the_journal_is_whole(world: World, tmp_path: Path) -> None:
    code, kept = transferred(world, tmp_path, 2)
    dossier, number = world.row(code)["id"], approved(world)
    content = [path for path in Path(world.runtime.files.place).rglob("*") if path.is_file()]
    world.act("system", destroy_dossier, number, dossier)
    assert remove_files(world.runtime) == 1 and remove_files(world.runtime) == 0
    left = [path for path in Path(world.runtime.files.place).rglob("*") if path.is_file()]
    assert len(left) == len(content) - 1
    everything = "\n".join(
        row for table, rows in world.everything().items() if table != "reads" for row in rows if f"({dossier}," in row
    )
    for personal in ("Nguyễn Văn Mẫu", "075090000001", "0900000001", "mau@example.vn", "Số 1, đường Mẫu", "cấp.PDF"):
        assert personal not in everything, personal
    with world.reading() as connection:
        erased = select(func.count()).where(journal_private.c.erased_at.is_not(None))
        assert connection.execute(erased).scalar_one() > 0
        assert connection.execute(select(applicants.c.name).where(applicants.c.name.is_not(None))).scalars().all()
    found = world.try_act("counter", queue_page, Ask(everywhere=True, text="nguyen van mau"))
    assert code not in [one.code for one in found.lines]
    found = world.try_act("counter", queue_page, Ask(everywhere=True, text=code))
    assert list(check_journal(world.database, Tally())) == []
    checkpoint_now(world.runtime)
    assert verify(world).findings == []
    data = world.entries(code)[-1]["data"]
    assert data["destruction"] == number and data["proposed_by"] != data["decided_by"] and "QĐ mẫu 1" in data["term"]
    entries = len(world.entries(code))
    world.act("system", destroy_dossier, number, dossier)
    assert len(world.entries(code)) == entries
    assert world.try_act("system", waiting_items, number) == (world.row(kept)["id"],)
    assert world.try_act("system", archive_status).destroyed == 1


def test_what_was_acted_on_since_is_not_destroyed(world: World, tmp_path: Path) -> None:
    (code,) = transferred(world, tmp_path)
    world.act("system", print_form, code, "06", why="Xem lại")
    number = approved(world)
    dossier = world.row(code)["id"]
    world.refuse(ChangedSinceTransfer, "system", destroy_dossier, number, dossier)
    world.refuse(Forbidden, "counter", leave_out, number, dossier)
    world.act("system", leave_out, number, dossier)
    assert world.try_act("system", waiting_items, number) == ()
    assert world.act("admin", propose_destruction, SCHEDULE, "Lần hai") > number


def test_a_death_between_content_and_row_is_taken_up(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (code,) = transferred(world, tmp_path)
    number = approved(world)
    world.act("system", destroy_dossier, number, world.row(code)["id"])
    whole = removing.delete

    def die(*_: Any) -> Any:
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr(removing, "delete", die)
        with pytest.raises(KeyboardInterrupt):
            remove_files(world.runtime)
    assert whole is removing.delete
    assert remove_files(world.runtime) == 1
    with world.reading() as connection:
        assert connection.execute(select(func.count()).select_from(file_removals)).scalar_one() == 0


@pytest.mark.parametrize(
    ("written", "place", "words"),
    [
        (b"terms: []\n", (1, 8), "list of terms"),
        (b"terms:\n  - procedures: [a]\n    years: 0\n    legal: x\n", (3, 12), "1 to 200"),
        (b"terms:\n  - procedures: [a]\n    years: 5\n", (2, 5), "legal reference"),
        (b"terms:\n  - procedures: [a, a]\n    permanent: true\n    legal: x\n", (2, 17), "has a term above"),
        (b"terms:\n  - procedures: [a]\n    yeers: 5\n    legal: x\n", (3, 5), "years"),
        (b"terms:\n  - 5\n", (2, 5), "needs procedures"),
    ],
)
def test_a_wrong_file_of_terms_is_told_by_line(written: bytes, place: tuple[int, int], words: str) -> None:
    with pytest.raises(RetentionRefused) as caught:
        read_retention(written)
    here = [one.words.en for one in caught.value.faults if (one.line, one.column) == place]
    assert any(words in one for one in here), caught.value.faults


def test_the_commands_go_the_whole_way(
    world: World,
    run: Run,  # noqa: F811
    tmp_path: Path,
) -> None:
    code = ended(world)
    world.try_act("system", set_password, world.person("admin"), "một mật khẩu thật dài 1")
    world.try_act("system", set_password, second_admin(world).person_id, "một mật khẩu thật dài 2")
    bag_folder, listed, terms = tmp_path / "bags", tmp_path / "list.csv", tmp_path / "terms.yaml"
    terms.write_bytes(TERMS.replace(b"years: 5", b"years: 1"))
    given: tuple[str, ...] = ("--finished-before", "2026-04-01", "--to", str(bag_folder), "--schedule", str(terms))
    run("archive", "export", *given)
    assert "Archive-Retention: 1 năm (QĐ mẫu 1)" in (bag_folder / code / "bag-info.txt").read_text(encoding="utf-8")
    assert "Packed without a receipt: 1" in run("archive", "status").output
    run("archive", "transfer", "--folder", str(bag_folder), "--list", str(listed))
    rows = list(csv.DictReader(listed.read_text(encoding="utf-8-sig").splitlines()))
    assert [row["code"] for row in rows] == [code]
    filled = [row | {"number": "7/BN", "day": "2026-03-02", "archive": "Lưu trữ mẫu"} for row in rows]
    _write(listed, [*filled, filled[0] | {"sha256": "0" * 64}])
    told = run("archive", "receipt", "--file", str(listed), code=1).output
    assert "1 receipts were recorded, 1 refused" in told and "names the hash" in told
    assert f"{code}  transferred" in run("archive", "list", "--at", "transferred").output
    given = ("archive", "destroy", "--schedule", str(terms), "--by", "admin", "--reason", "Hết hạn")
    first, second = {"MOTCUA_PASSWORD": "một mật khẩu thật dài 1"}, {"MOTCUA_PASSWORD": "một mật khẩu thật dài 2"}
    clock = tmp_path / "clock"
    clock.write_text("2029-01-05T08:00:00+07:00")
    later = {"MOTCUA_TOLD_CLOCK": str(clock)}
    assert "1 dossiers" in run(*given, **first, **later).output
    assert "second administrator" in run("archive", "decide", "1", "--by", "admin", code=1, **first, **later).output
    run("archive", "decide", "1", "--by", "admin2", **second, **later)
    minutes = tmp_path / "minutes.pdf"
    assert "was carried out" in run("archive", "carry-out", "1", "--minutes", str(minutes), **later).output
    kept = minutes.read_bytes()
    run("archive", "carry-out", "1", "--minutes", str(minutes), **later)
    assert minutes.read_bytes() == kept and b"pdfaid:part" in kept
    text = "".join(page.extract_text() for page in pypdf.PdfReader(minutes).pages)
    assert "BIÊN BẢN TIÊU HỦY" in text and code in text.replace("\n", "") and "Người Quản Trị Hai" in text
    assert world.try_act("system", bags).bags[0].way == "destroyed"


def test_a_list_is_read_as_spreadsheets_save_it_and_a_hostile_one_is_told(
    world: World,
    run: Run,  # noqa: F811
    tmp_path: Path,
) -> None:
    code = ended(world)
    (one,) = pack_ended(world.runtime, SYSTEM_ACTOR, BEFORE, tmp_path / "bags", render_form)
    assert one.bag is not None
    listed, head = tmp_path / "list.csv", "archive;code;sha256;day;number;ghi chú\n"
    for content, words in (
        (b"", "columns code"),
        (b"code,number\n1,2\n", "columns sha256"),
        (b"\xff\xfe\x00", "not UTF-8"),
        (head.encode() + b'A;"B', "malformed CSV"),
    ):
        listed.write_bytes(content)
        refused = run("archive", "receipt", "--file", str(listed), code=None)
        assert refused.exit_code == 1 and words in refused.output and "Traceback" not in refused.output
    lines = [
        f"TTLT;H\0;{'0' * 64};2026-03-02;1;",
        f"TTLT;{code};{one.bag.sha256};02.03.2026;2;",
        f"TTLT;{code};{one.bag.sha256};02/03/2026;'15;gửi lại",
        "TTLT;H3;;;;chưa có số",
        "TTLT",
    ]
    listed.write_text("\ufeff" + head + "\n".join(lines), "utf-8")
    told = run("archive", "receipt", "--file", str(listed), code=1).output
    assert "1 receipts were recorded, 2 refused" in told and "31/12/2026" in told
    assert (world.try_act("system", bags).bags[0].receipt, world.try_act("system", bags).bags[0].way) == (
        "15",
        "transferred",
    )


def _write(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
