"""Reconciliation with the bank's file: what differs, what one click repairs, and the same file twice."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import cli.payments
from cli.main import main
from engine.acts.reconcile import (
    NotSettled,
    close_line,
    keep_statement,
    place_line,
    place_payment,
    settle_line,
    without_contradictions,
)
from engine.errors import Forbidden, InvalidInput, NotFound
from engine.queries.reconciliation import Reconciliation, reconciliation
from engine.rules.payments.statement import read_statement
from engine.transaction import UnitOfWork
from tests.installation.payments import NUMBER, taking_payments
from tests.installation.world import LONG_KHANH, World
from tests.integration.test_acts_fees import sums
from tests.integration.test_charges import asked, came

FIRST, LAST = dt.date(2026, 3, 1), dt.date(2026, 3, 31)
HEAD = "Ngày giao dịch;Số tham chiếu;Số tài khoản;Số tiền;Nội dung\n"


@pytest.fixture
def office(world: World) -> World:
    """A world whose centre takes transfers."""
    world.runtime = taking_payments(world.runtime, LONG_KHANH)
    return world


def sheet(*lines: tuple[str, str, str], account: str = NUMBER) -> bytes:
    rows = "".join(f"02/03/2026;{key};{account};{amount};{text}\n" for key, amount, text in lines)
    return f"\ufeff{HEAD}{rows}".encode()


def read(world: World, content: bytes, who: str = "admin") -> int:
    assert world.runtime.wire is not None
    return world.act(who, keep_statement, "a.csv", content, read_statement(content, world.runtime.wire.statement))


def state(world: World, who: str = "admin") -> Reconciliation:
    return world.try_act(who, lambda unit: reconciliation(unit, FIRST, LAST))


def told(world: World) -> dict[str, int]:
    return {kind: number for kind, number in state(world).counts().items() if number}


def test_finds_every_kind_and_repairs_what_is_proven(office: World) -> None:
    codes = [office.land_at("accepted") for _ in range(5)]
    ok, silent, less, there, twice = (asked(office, code) for code in codes)
    for key, reference in (("g1", ok), ("g2", less), ("g3", there), ("g4", twice)):
        came(office, key, reference, 54_000)
    content = sheet(
        ("FT1", "54.000,00", f"CK {ok}"),
        ("FT1", "54.000,00", f"CK {ok}"),
        ("FT2", "54,000.00", f"MBVCB {silent.lower()}"),
        ("FT3", "45000", less),
        ("FT4", "54 000", twice),
        ("FT5", "54 000", twice),
        ("FT6", "99.000", "ủng hộ"),
        ("FT7", "-11.000", "phí SMS"),
    )
    assert read(office, content) == 7
    wanted = {
        "matched": 2,
        "missing_here": 1,
        "differs": 1,
        "double": 1,
        "unknown": 1,
        "outgoing": 1,
        "missing_there": 1,
    }
    assert told(office) == wanted
    before = office.everything()
    assert read(office, content) == 0  # the same file again
    assert office.everything() == before and told(office) == wanted
    assert office.act("admin", settle_line, NUMBER, "FT2").outcome == "settled"
    assert office.act("admin", settle_line, NUMBER, "FT5").outcome == "double"
    for key in ("FT1", "FT2", "FT3", "FT6"):
        office.refuse(NotSettled, "admin", settle_line, NUMBER, key)
    office.act("admin", close_line, NUMBER, "FT7/out", "Phí của ngân hàng")
    office.act("admin", place_line, NUMBER, "FT6", codes[1], "Người nộp đã gọi")
    assert told(office) == {"matched": 5, "differs": 1, "missing_there": 1}
    assert sums(office, codes[1]) == (54_000, 153_000, 0, 99_000)
    assert sums(office, codes[4]) == (54_000, 108_000, 0, 54_000)
    assert office.entries(codes[1])[-2]["data"]["source"] == "bank"


def test_a_callback_after_the_file_finds_its_line(office: World) -> None:
    code = office.land_at("accepted")
    reference = asked(office, code)
    read(office, sheet(("FT1", "54.000", reference)))
    came(office, "g1", reference, 54_000)
    assert told(office) == {"matched": 1}
    office.refuse(NotSettled, "admin", settle_line, NUMBER, "FT1")


def test_files_that_overlap_add_what_is_new(office: World) -> None:
    assert read(office, sheet(("FT1", "5.000", "a"), ("FT2", "5.000", "b"))) == 2
    assert read(office, sheet(("FT2", "5.000", "b"), ("FT3", "5.000", "c"))) == 1
    assert told(office) == {"unknown": 3}


def test_a_number_that_comes_again_with_other_content_is_told(office: World) -> None:
    assert office.runtime.wire is not None
    form = office.runtime.wire.statement
    assert read(office, sheet(("FT1", "54000", "x"), ("FT2", "6000", "y"))) == 2
    again = read_statement(sheet(("FT1", "45000", "x"), ("FT2", "6000", "y"), ("FT3", "7000", "z")), form)
    seen = office.try_act("admin", without_contradictions, again)
    assert [one.key for one in seen.lines] == ["FT2", "FT3"]
    ((line, why),) = seen.faults
    assert line == 2 and "54.000" in why.vi
    assert office.act("admin", keep_statement, "b.csv", b"b", seen) == 1
    alone = office.try_act("admin", without_contradictions, read_statement(sheet(("FT1", "45000", "x")), form))
    assert office.act("admin", keep_statement, "c.csv", b"c", alone) == 0 and len(alone.faults) == 1


def test_a_dry_run_tells_the_same_and_keeps_nothing(office: World) -> None:
    reference = asked(office, office.land_at("accepted"))
    content, before = sheet(("FT1", "54.000", reference)), office.everything()
    assert office.runtime.wire is not None
    statement = read_statement(content, office.runtime.wire.statement)

    def trying(unit: UnitOfWork) -> Any:
        return reconciliation(unit, FIRST, LAST, statement)

    assert office.try_act("admin", trying).counts()["missing_here"] == 1
    assert office.everything() == before
    assert told(office) == {}


def test_is_for_administrators_and_the_office_of_the_account(office: World) -> None:
    content = sheet(("FT1", "5.000", "a"))
    assert read(office, content, "counter") == 1
    for who in ("far_counter", "specialist", "monitor"):
        office.refuse(Forbidden, who, settle_line, NUMBER, "FT1")
    office.refuse(NotFound, "admin", settle_line, "1" * 10, "FT1")
    office.refuse(NotFound, "admin", close_line, NUMBER, "FT9", "x")
    office.refuse(InvalidInput, "admin", close_line, NUMBER, "FT1", " ")
    office.refuse(InvalidInput, "admin", place_line, NUMBER, "FT1", "H-1", "x")
    assert office.runtime.wire is not None
    foreign = sheet(("FT1", "5.000", "a"), account="9" * 10)
    statement = read_statement(foreign, office.runtime.wire.statement)
    office.refuse(InvalidInput, "counter", keep_statement, "a.csv", foreign, statement)


def test_a_payment_of_the_queue_finds_its_dossier(office: World) -> None:
    code = office.land_at("accepted")
    asked(office, code)
    got = came(office, "g1", "ck le phi", 54_000)
    (waiting,) = state(office).queue
    assert (waiting.id, waiting.text) == (got.id, "ck le phi")
    office.act("admin", place_payment, got.id, code, "Đã hỏi người nộp")
    assert sums(office, code) == (54_000, 54_000, 0, 0) and not state(office).queue
    office.refuse(NotSettled, "admin", place_payment, got.id, code, "lần nữa")


def test_the_command_compares_and_says_what_to_do(
    office: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:

    monkeypatch.setattr(cli.payments, "compose_from_environment", lambda **_: office.runtime)
    reference = asked(office, office.land_at("accepted"))
    path = tmp_path / "day.csv"
    path.write_bytes(sheet(("FT1", "54.000", reference)))
    for more, new in (["--dry-run"], "0 new"), ([], "1 new"), ([], "0 new"):
        shown = CliRunner().invoke(main, ["--lang", "en", "payments", "reconcile", str(path), *more])
        assert shown.exit_code == 2 and new in shown.output and "not known here: 1. Settle it" in shown.output
    office.act("admin", settle_line, NUMBER, "FT1")
    shown = CliRunner().invoke(main, ["--lang", "vi", "payments", "reconcile", str(path)])
    assert shown.exit_code == 0 and "1 giao dịch khớp" in shown.output
    shown = CliRunner().invoke(main, ["--lang", "en", "payments", "receipts", "--verify"])
    assert shown.exit_code == 0 and "Complete: 1 receipts" in shown.output
