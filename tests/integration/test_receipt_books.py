"""The books of receipts: no gap, no double, cancelled numbers kept, and every number with its money."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import DatabaseError

from engine.acts.correct_payment import cancel_payment, correct_payment
from engine.acts.settle_fee import FeeSettled, settle_fee
from engine.errors import InvalidInput
from engine.queries.receipts import books, faults
from engine.store.receipts import receipts
from engine.transaction import UnitOfWork, in_transaction
from tests.installation.world import LONG_KHANH, World


@pytest.fixture
def numbering(world: World) -> World:
    """A world that numbers the receipts of its counters."""
    settings = world.runtime.settings
    payments = replace(settings.payments, receipt_numbers=True)
    world.runtime = replace(world.runtime, settings=replace(settings, payments=payments))
    return world


def mark(number: int, year: int = 2026) -> str:
    return f"{LONG_KHANH}/{year}/{number:07d}"


def rows(world: World) -> list[Any]:
    with world.reading() as connection:
        return list(connection.execute(select(receipts).order_by(receipts.c.year, receipts.c.number)).all())


def wrong(world: World) -> list[str]:
    with world.reading() as connection:
        return [f"{one.receipt}: {one.why.en}" for one in faults(connection)]


def last_receipt(world: World, code: str) -> str:
    told: str = world.entries(code)[-1]["data"]["receipt"]
    return told


class TestNumbers:
    def test_are_given_with_the_payment_and_begin_anew_each_year(self, numbering: World) -> None:
        codes = [numbering.land_at("accepted") for _ in range(2)]
        for number, (code, key) in enumerate([(one, key) for one in codes for key in ("le_phi", "trang")], 1):
            numbering.act("counter", settle_fee, code, key, "cash")
            assert last_receipt(numbering, code) == mark(number)
        later = numbering.land_at("accepted")
        numbering.at("2027-01-04 08:00")
        numbering.act("counter", settle_fee, later, "le_phi", "cash")
        assert last_receipt(numbering, later) == mark(1, 2027)
        with numbering.reading() as connection:
            assert [(one.year, one.last, one.vnd) for one in books(connection)] == [
                (2026, 4, 108_000),
                (2027, 1, 50_000),
            ]
        assert wrong(numbering) == []

    def test_leave_no_gap_when_an_act_fails(self, numbering: World) -> None:
        code = numbering.land_at("accepted")

        def failing(unit: UnitOfWork) -> None:
            settle_fee(unit, code, "le_phi", "cash")
            unit.flush()
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            numbering.try_act("counter", failing)
        numbering.act("counter", settle_fee, code, "le_phi", "cash")
        numbering.refuse(FeeSettled, "counter", settle_fee, code, "le_phi", "cash")
        assert [one.number for one in rows(numbering)] == [1]

    def test_are_not_taken_for_receipts_on_paper_and_waivers(self, numbering: World) -> None:
        code = numbering.land_at("accepted")
        numbering.act("counter", settle_fee, code, "le_phi", "cash", "AA/25 0000017")
        numbering.act("counter", settle_fee, code, "trang", "waived", "NQ 05/2025/NQ-HĐND")
        numbering.refuse(InvalidInput, "counter", settle_fee, numbering.land_at("accepted"), "le_phi", "cash", mark(1))
        assert rows(numbering) == []

    def test_are_kept_when_a_payment_is_cancelled_or_corrected(self, numbering: World) -> None:
        code = numbering.land_at("accepted")
        numbering.act("counter", settle_fee, code, "le_phi", "cash")
        numbering.act("counter", cancel_payment, code, 1, "Ghi nhầm")
        numbering.act("counter", settle_fee, code, "le_phi", "cash", vnd=20_000)
        numbering.act("counter", correct_payment, code, 3, "Quẹt thẻ", method="card")
        numbering.act("counter", correct_payment, code, 5, "Ghi sai số tiền", vnd=30_000)
        first, second, third = rows(numbering)
        assert [one.cancelled_journal is not None for one in (first, second, third)] == [True, True, False]
        told = numbering.entries(code)[first.cancelled_journal - 1]
        assert (told["act"], told["number"]) == ("cancel_payment", first.cancelled_journal)
        assert third.vnd == 30_000 and wrong(numbering) == []

    def test_of_a_book_cannot_be_dropped_or_changed(self, numbering: World) -> None:
        code = numbering.land_at("accepted")
        numbering.act("counter", settle_fee, code, "le_phi", "cash")
        for statement in (delete(receipts), update(receipts).values(number=7), update(receipts).values(vnd=1)):
            with pytest.raises(DatabaseError), numbering.database.begin() as connection:
                connection.execute(statement)

    def test_that_are_missing_twice_or_without_money_are_found(self, numbering: World) -> None:
        codes = [numbering.land_at("accepted") for _ in range(3)]
        for code in codes:
            numbering.act("counter", settle_fee, code, "le_phi", "cash")
        ids = [numbering.row(code)["id"] for code in codes]
        numbering.tamper(
            "DELETE FROM receipts WHERE number = 2",
            "UPDATE receipts SET vnd = 1 WHERE number = 3",
            "UPDATE receipt_counters SET last = 4",
        )
        told = wrong(numbering)
        assert [one for one in told if "is missing" in one] == [f"{mark(n)}: the number is missing" for n in (2, 4)]
        assert any(one.startswith(f"{mark(3)}: says 1 đồng") for one in told)
        assert f"{mark(2)}: stands in the ledger and in no book" in told
        fresh = {"office": LONG_KHANH, "year": 2026, "number": 1, "dossier_id": ids[0], "entry": 1, "vnd": 1}
        with pytest.raises(DatabaseError), numbering.database.begin() as connection:
            connection.execute(insert(receipts).values(fresh | {"at": numbering.now}))

    def test_run_on_when_many_settle_at_once(self, numbering: World) -> None:
        codes = [numbering.land_at("accepted") for _ in range(8)]
        actor = numbering.actor("counter")
        todo = [(code, key) for key in ("le_phi", "trang") for code in codes]

        def settle(one: tuple[str, str]) -> None:
            in_transaction(numbering.runtime, actor, lambda unit: settle_fee(unit, *one, "cash"), now=numbering.now)

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(settle, todo))
        numbering.check()
        assert [one.number for one in rows(numbering)] == list(range(1, 17))
        assert wrong(numbering) == []
