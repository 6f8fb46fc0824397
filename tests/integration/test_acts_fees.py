"""Money: what is owed follows from the facts, what was paid is a ledger, and the rest is due or to be paid back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from sqlalchemy import Connection, create_engine, delete, inspect, select, text, update
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import NullPool

from engine.acts.correct_payment import AlreadyTakenBack, RefundedAlready, cancel_payment, correct_payment
from engine.acts.documents import add_document
from engine.acts.migrate_dossier import migrate_dossier
from engine.acts.perform_action import perform_action
from engine.acts.publish import publish_release
from engine.acts.rectify import rectify
from engine.acts.settle_fee import FeeSettled, settle_fee
from engine.acts.settle_refund import NothingToRefund, settle_refund
from engine.dossier.asks import Asks
from engine.dossier.case import lock_case
from engine.errors import Forbidden, InvalidInput, NotFound
from engine.rules.procedure.balance import Balance
from engine.rules.procedure.definition import Effective
from engine.rules.procedure.machine import GuardFailed
from engine.store.fees import fee_entries, fees
from engine.store.migrate import upgrade
from tests.installation.filings import PDF
from tests.installation.world import World
from tests.integration.test_acts_migrate import SINCE, renamed

BEGIN = "2026-03-02 01:00:00"
BEFORE = "0013"  # the schema that has no ledger yet

# The land of the world owes 50,000 for the certificate, 2,000 for each of 2 pages, and 200,000 where it is measured.
MEASURED = {"land.remeasured": True, "land.surveyor": "Đội đo"}


def money(world: World, code: str) -> Balance:
    return world.try_act("system", lambda unit: lock_case(unit, code).money())


def sums(world: World, code: str) -> tuple[int, int, int, int]:
    """Owed, paid, due and to be paid back."""
    told = money(world, code)
    return told.owed, told.paid, told.due, told.refund


def paid(world: World, code: str, *keys: str) -> str:
    for key in keys:
        world.act("counter", settle_fee, code, key, "cash", f"BL-{key}")
    return code


def corrected(world: World, code: str, **fields: Any) -> None:
    named = {name.replace("__", "."): value for name, value in fields.items()}
    world.act("counter", rectify, code, "Ghi sai", fields=named)


def measured(world: World) -> str:
    code = world.land_at("accepted")
    world.do("counter", code, "correct", fields=MEASURED)
    return code


class TestWhatIsOwed:
    def test_a_correction_asks_for_the_difference_to_what_was_paid(self, world: World) -> None:
        code = paid(world, world.land_at("accepted"), "le_phi", "trang")
        assert sums(world, code) == (54_000, 54_000, 0, 0)
        corrected(world, code, pages=9)
        assert sums(world, code) == (68_000, 54_000, 14_000, 0)
        assert world.facts(code)["fees"] == {"settled": False, "total": 68_000, "due": 14_000}
        paid(world, code, "trang")
        assert sums(world, code) == (68_000, 68_000, 0, 0)
        assert world.entries(code)[-1]["data"]["vnd"] == 14_000

    def test_what_one_fee_was_overpaid_by_counts_for_the_others(self, world: World) -> None:
        code = paid(world, measured(world), "do_dac")
        corrected(world, code, land__remeasured=False)
        told = money(world, code)
        assert (told.owed, told.paid, told.due, told.refund) == (54_000, 200_000, 0, 146_000)
        assert {fee.key: (fee.owed, fee.paid, fee.moved, fee.refund) for fee in told.fees} == {
            "do_dac": (0, 200_000, -54_000, 146_000),
            "le_phi": (50_000, 0, 50_000, 0),
            "trang": (4_000, 0, 4_000, 0),
        }
        world.refuse(FeeSettled, "counter", settle_fee, code, "le_phi", "cash")
        corrected(world, code, **{"land.remeasured": True, "land.surveyor": "Đội đo"})  # and back
        assert sums(world, code) == (254_000, 200_000, 54_000, 0)

    def test_the_result_waits_for_what_a_correction_newly_asks_for(self, world: World) -> None:
        code = paid(world, world.land_at("accepted"), "le_phi", "trang")
        for who, action in (("counter", "forward"), ("specialist", "finish_review")):
            world.do(who, code, action)
        world.act("leader", add_document, code, key="ket_qua", content=PDF)
        world.do("leader", code, "sign")
        corrected(world, code, pages=9)
        refusal = world.refuse(GuardFailed, "counter", perform_action, code, "return")
        assert "14.000 đồng" in refusal.sentence("vi")
        paid(world, code, "trang")
        assert world.do("counter", code, "return").row["state"] == "returned"

    def test_the_applicants_answer_changes_what_is_owed(self, world: World) -> None:
        code = paid(world, world.land_at("checking"), "trang")
        world.do("specialist", code, "ask", reason="Khai lại số trang", asks=Asks(fields=("pages",)))
        world.do(world.citizen(code), code, "resubmit", fields={"pages": 5})
        assert sums(world, code) == (60_000, 4_000, 56_000, 0)

    def test_another_version_of_the_procedure_may_cost_less(self, world: World) -> None:
        code = paid(world, world.land_at("checking"), "le_phi", "trang")
        parts = renamed().fees | {
            "le_phi": msgspec.structs.replace(renamed().fees["le_phi"], vnd=20_000, by_province={})
        }
        del parts["trang"]
        release = renamed(fees=parts, effective=Effective(SINCE, running="migrate", migrate={"checking": "review"}))
        world.at("2026-03-03 08:00")
        world.act("admin", publish_release, release)
        workflow = world.runtime.catalogue.workflow(release.digest())
        world.act("system", migrate_dossier, world.row(code)["id"], workflow)
        assert sums(world, code) == (20_000, 54_000, 0, 34_000)
        world.act("counter", settle_refund, code, "cash")  # also of a fee that the new version does not have
        assert sums(world, code) == (20_000, 20_000, 0, 0)

    def test_the_rows_of_fees_follow_for_an_earlier_version_of_the_program(self, world: World) -> None:
        code = paid(world, world.land_at("accepted"), "le_phi", "trang")
        assert {row.key: (row.vnd, row.settled_at) for row in rows(world, fees)} == {
            "le_phi": (50_000, world.now),
            "trang": (4_000, world.now),
        }
        corrected(world, code, pages=9)
        assert {row.key: (row.vnd, row.settled_at) for row in rows(world, fees)}["trang"] == (18_000, None)


class TestPaying:
    def test_in_parts(self, world: World) -> None:
        code = world.land_at("accepted")
        world.act("counter", settle_fee, code, "le_phi", "cash", "BL-1", vnd=30_000)
        assert sums(world, code) == (54_000, 30_000, 24_000, 0)
        refusal = world.refuse(InvalidInput, "counter", settle_fee, code, "le_phi", "cash", vnd=20_001)
        assert "20000" in str(refusal.errors["vnd"])
        world.refuse(InvalidInput, "counter", settle_fee, code, "le_phi", "cash", vnd=0)
        world.act("counter", settle_fee, code, "le_phi", "waived", "NQ 05/2025/NQ-HĐND", vnd=20_000)
        fee = money(world, code).of("le_phi")
        assert fee is not None and (fee.paid, fee.waived, fee.due) == (30_000, 20_000, 0)

    def test_a_waiver_is_never_paid_back(self, world: World) -> None:
        code = measured(world)
        world.act("counter", settle_fee, code, "do_dac", "waived", "NQ 05/2025/NQ-HĐND")
        corrected(world, code, land__remeasured=False)
        assert sums(world, code) == (54_000, 0, 54_000, 0)
        world.refuse(NothingToRefund, "counter", settle_refund, code, "cash")

    def test_twenty_corrections_of_the_facts_lose_nothing(self, world: World) -> None:
        code = paid(world, world.land_at("accepted"), "le_phi", "trang")
        for pages in range(3, 23):
            corrected(world, code, pages=pages)
            assert sums(world, code) == (50_000 + 2_000 * pages, 54_000, 2_000 * pages - 4_000, 0)


class TestPayingBack:
    def test_what_was_paid_too_much_is_paid_back_once(self, world: World) -> None:
        code = paid(world, measured(world), "do_dac", "le_phi", "trang")
        corrected(world, code, land__remeasured=False)
        assert sums(world, code) == (54_000, 254_000, 0, 200_000)
        assert world.facts(code)["fees"] == {"settled": True, "total": 54_000, "due": 0}
        world.act("counter", settle_refund, code, "transfer", "PC-1", 150_000)
        world.refuse(InvalidInput, "counter", settle_refund, code, "cash", None, 50_001)
        world.refuse(InvalidInput, "counter", settle_refund, code, "waived")
        world.act("counter", settle_refund, code, "cash", "PC-2")
        world.refuse(NothingToRefund, "counter", settle_refund, code, "cash")
        assert sums(world, code) == (54_000, 54_000, 0, 0)
        entry = world.entries(code)[-1]
        wanted = {"vnd": 50_000, "fees": {"do_dac": 50_000}, "method": "cash", "receipt": "PC-2"}
        assert (entry["act"], entry["data"]) == ("settle_refund", wanted)
        assert [(row.key, row.kind, row.vnd) for row in rows(world, fee_entries)][-2:] == [
            ("do_dac", "refund", -150_000),
            ("do_dac", "refund", -50_000),
        ]

    def test_after_the_dossier_has_ended_too(self, world: World) -> None:
        code = paid(world, measured(world), "do_dac")
        corrected(world, code, land__remeasured=False)
        world.do(world.citizen(code), code, "withdraw")
        world.act("counter", settle_refund, code, "cash", "PC-1")
        assert sums(world, code) == (54_000, 54_000, 0, 0)


class TestCorrecting:
    def test_method_receipt_and_amount_by_entries_that_compensate(self, world: World) -> None:
        code = paid(world, world.land_at("accepted"), "le_phi", "trang")
        before = rows(world, fee_entries)
        named = {"method": "card", "receipt": "BL-07", "vnd": 5_000}
        world.act("counter", correct_payment, code, 1, "Gõ nhầm", **named)
        after = rows(world, fee_entries)
        assert after[:2] == before  # nothing that was written is changed
        assert [(row.number, row.kind, row.vnd, row.corrects) for row in after[2:]] == [
            (3, "reversal", -50_000, 1),
            (4, "payment", 5_000, 1),
        ]
        assert sums(world, code) == (54_000, 9_000, 45_000, 0)
        entry = world.entries(code)[-1]
        assert (entry["act"], entry["data"]["corrects"], entry["number"]) == ("correct_payment", 1, after[3].journal)
        assert entry["data"]["from"] == {"vnd": 50_000, "method": "cash", "receipt": "BL-le_phi"}
        assert entry["data"]["to"] == {"vnd": 5_000, "method": "card", "receipt": "BL-07"}
        assert "Gõ nhầm" not in str(entry)
        world.act("counter", correct_payment, code, 4, "Vẫn nhầm", vnd=50_000)
        fee = money(world, code).of("le_phi")
        assert fee is not None and fee.last is not None
        assert (fee.due, fee.last.method, fee.last.receipt) == (0, "card", "BL-07")

    def test_an_amount_above_what_is_owed_is_paid_back(self, world: World) -> None:
        code = paid(world, world.land_at("accepted"), "le_phi", "trang")
        world.act("counter", correct_payment, code, 2, "Đã thu 40.000", vnd=40_000)
        assert sums(world, code) == (54_000, 90_000, 0, 36_000)

    def test_a_payment_and_a_waiver_are_taken_back(self, world: World) -> None:
        code = paid(world, world.land_at("accepted"), "le_phi")
        world.act("counter", settle_fee, code, "trang", "waived", "NQ 05/2025/NQ-HĐND")
        assert sums(world, code) == (54_000, 50_000, 0, 0)
        world.act("counter", cancel_payment, code, 2, "Không thuộc diện miễn")
        assert sums(world, code) == (54_000, 50_000, 4_000, 0)
        world.act("counter", cancel_payment, code, 1, "Thu nhầm hồ sơ")
        assert sums(world, code) == (54_000, 0, 54_000, 0)
        assert (world.entries(code)[-1]["act"], world.entries(code)[-1]["data"]["cancels"]) == ("cancel_payment", 1)
        paid(world, code, "le_phi", "trang")

    def test_what_was_paid_back_is_not_taken_back_as_well(self, world: World) -> None:
        code = paid(world, measured(world), "do_dac")
        corrected(world, code, land__remeasured=False)
        world.act("counter", settle_refund, code, "cash", "PC-1")
        refusal = world.refuse(RefundedAlready, "counter", cancel_payment, code, 1, "Nhầm")
        assert refusal.facts["refunded"] == 146_000
        world.act("counter", cancel_payment, code, 2, "Chưa trả tiền")
        assert sums(world, code) == (54_000, 200_000, 0, 146_000)
        world.act("counter", cancel_payment, code, 1, "Thu nhầm")
        assert sums(world, code) == (54_000, 0, 54_000, 0)

    @pytest.mark.parametrize(
        ("number", "named", "refusal"),
        [
            (1, {}, InvalidInput),  # nothing would change
            (1, {"receipt": "BL-le_phi"}, InvalidInput),
            (1, {"receipt": " "}, InvalidInput),
            (1, {"method": "waived"}, InvalidInput),
            (1, {"method": "gold"}, InvalidInput),
            (1, {"vnd": 0}, InvalidInput),
            (1, {"vnd": -5}, InvalidInput),
            (2, {"method": "cash"}, InvalidInput),  # a waiver stays one
            (2, {"vnd": 1_000}, InvalidInput),
            (3, {"receipt": "x"}, AlreadyTakenBack),
            (4, {"receipt": "x"}, AlreadyTakenBack),
            (9, {"receipt": "x"}, NotFound),
        ],
    )
    def test_what_is_refused(self, world: World, number: int, named: dict[str, Any], refusal: Any) -> None:
        code = paid(world, measured(world), "le_phi")
        world.act("counter", settle_fee, code, "trang", "waived", "NQ 05/2025/NQ-HĐND")
        paid(world, code, "do_dac")
        world.act("counter", cancel_payment, code, 3, "Nhầm")
        world.refuse(refusal, "counter", correct_payment, code, number, "Sửa", **named)

    def test_a_reason_is_needed(self, world: World) -> None:
        code = paid(world, world.land_at("accepted"), "le_phi")
        world.refuse(InvalidInput, "counter", correct_payment, code, 1, " ", receipt="x")
        world.refuse(InvalidInput, "counter", cancel_payment, code, 1, " ")

    @pytest.mark.parametrize(
        ("act", "given"),
        [(settle_refund, ("cash",)), (correct_payment, (1, "Sửa")), (cancel_payment, (1, "Sửa"))],
        ids=["refund", "correct", "cancel"],
    )
    def test_not_by_the_applicant_nor_from_outside(
        self, world: World, act: Callable[..., Any], given: tuple[Any, ...]
    ) -> None:
        code = paid(world, measured(world), "do_dac")
        corrected(world, code, land__remeasured=False)
        world.refuse(Forbidden, world.citizen(code), act, code, *given)
        world.refuse(Forbidden, "monitor", act, code, *given)
        world.refuse(NotFound, "far_counter", act, code, *given)


class TestTheLedger:
    def test_the_database_refuses_to_change_or_drop_an_entry(self, world: World) -> None:
        code = paid(world, world.land_at("accepted"), "le_phi")
        before = rows(world, fee_entries)
        for statement in (update(fee_entries).values(vnd=1), delete(fee_entries)):
            with pytest.raises(DatabaseError), world.database.begin() as connection:
                connection.execute(statement)
        assert rows(world, fee_entries) == before
        assert sums(world, code)[1] == 50_000

    def test_what_an_earlier_program_settled_counts_and_can_be_corrected(self, world: World) -> None:
        code = paid(world, world.land_at("accepted"), "le_phi")
        with world.database.begin() as connection:  # as that program does it: a row of fees, and no entry
            settled = {"settled_at": world.now, "settled_by": world.person("counter"), "method": "cash"}
            connection.execute(update(fees).where(fees.c.key == "trang").values(**settled, receipt="BL-09"))
        assert sums(world, code) == (54_000, 54_000, 0, 0)
        assert [(one.number, one.key, one.receipt) for one in money(world, code).ledger][-1] == (2, "trang", "BL-09")
        world.act("counter", correct_payment, code, 2, "Sai số biên lai", receipt="BL-10")
        assert [(row.number, row.key, row.kind, row.receipt) for row in rows(world, fee_entries)] == [
            (1, "le_phi", "payment", "BL-le_phi"),
            (2, "trang", "payment", "BL-09"),
            (3, "trang", "reversal", "BL-09"),
            (4, "trang", "payment", "BL-10"),
        ]
        assert sums(world, code) == (54_000, 54_000, 0, 0)


def test_what_was_settled_before_becomes_entries_of_the_ledger(empty_database_url: str) -> None:
    upgrade(empty_database_url, BEFORE)
    engine = create_engine(empty_database_url, poolclass=NullPool)
    with engine.begin() as connection:
        for number in (1, 2):
            _bare_dossier(connection, number)
        for row in (
            "(1, 'nha_o', 75000, '2026-03-02 01:00:00', NULL, 'cash', 'BL-1')",
            "(1, 'ban_sao', 8000, '2026-03-01 01:00:00', NULL, 'waived', 'NQ 05')",
            "(1, 'cong_trinh', 150000, NULL, NULL, NULL, NULL)",
            "(2, 'phi', 12000, '2026-03-02 01:00:00', NULL, 'card', NULL)",
        ):
            connection.execute(
                text(f"INSERT INTO fees (dossier_id, key, vnd, settled_at, settled_by, method, receipt) VALUES {row}")
            )
    upgrade(empty_database_url)
    with engine.connect() as connection:
        found = connection.execute(select(fee_entries).order_by(fee_entries.c.dossier_id, fee_entries.c.number)).all()
    assert [(row.dossier_id, row.number, row.key, row.kind, row.vnd, row.receipt) for row in found] == [
        (1, 1, "ban_sao", "waiver", 8_000, "NQ 05"),
        (1, 2, "nha_o", "payment", 75_000, "BL-1"),
        (2, 1, "phi", "payment", 12_000, None),
    ]


def rows(world: World, table: Any) -> list[Any]:
    with world.reading() as connection:
        return list(connection.execute(select(table).order_by(*table.primary_key)).all())


def _bare_dossier(connection: Connection, number: int) -> None:
    """A row of ``dossiers`` that refers to nothing."""
    there = inspect(connection)
    if connection.dialect.name == "postgresql":
        for key in there.get_foreign_keys("dossiers"):
            connection.execute(text(f"ALTER TABLE dossiers DROP CONSTRAINT IF EXISTS {key['name']}"))
    told: dict[str, Any] = {"clock": "running", "channel": "counter", "applicant_kind": "citizen", "portal": 4}
    for column in (one for one in there.get_columns("dossiers") if not one["nullable"]):
        kind = str(column["type"])
        filler = {"JSON": "{}", "JSONB": "{}", "DATETIME": BEGIN, "TIMESTAMP": BEGIN}.get(kind, number)
        told.setdefault(column["name"], filler)
    told["code"] = f"H79.26740-260302-{number:04d}"
    named = ", ".join(told), ", ".join(f":{name}" for name in told)
    connection.execute(text(f"INSERT INTO dossiers ({named[0]}) VALUES ({named[1]})"), told)
