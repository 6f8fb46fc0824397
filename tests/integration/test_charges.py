"""Paying from elsewhere: charges and their codes, what came in, and what is owed back."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select

from cli.shipped import ROOT, read_template
from engine.acts.documents import add_document
from engine.acts.open_charge import NoAccount, NothingToPay, open_charge
from engine.acts.perform_action import perform_action
from engine.acts.receive_payment import PaymentDiffers, Received, receive_payment
from engine.acts.rectify import rectify
from engine.acts.settle_fee import settle_fee
from engine.acts.settle_refund import settle_refund
from engine.catalogue import Catalogue
from engine.dossier.case import lock_case
from engine.dossier.rights import Ended
from engine.errors import Forbidden, NotFound
from engine.notices.text import Addressee, Occasion, notice_message
from engine.queries.payments import PaymentView, payment_of
from engine.rules.payments.reference import numbers_of
from engine.rules.procedure.balance import SURPLUS
from engine.rules.procedure.permissions import SYSTEM_ACTOR
from engine.store.outbox import outbox
from engine.store.payments import charges, incoming_payments
from engine.transaction import in_transaction
from tests.installation.filings import PDF
from tests.installation.payments import NUMBER, account, taking_payments, transfer
from tests.installation.world import LONG_KHANH, World
from tests.integration.test_acts_fees import sums

NOON = dt.datetime(2026, 3, 2, 5, tzinfo=dt.UTC)


@pytest.fixture
def office(world: World) -> World:
    """A world whose centre takes transfers."""
    world.runtime = taking_payments(world.runtime, LONG_KHANH)
    return world


def asked(world: World, code: str, who: Any = None) -> str:
    """The reference of the dossier's charge, which is opened if it is not yet."""
    world.act(who or world.citizen(code), open_charge, code)
    found = seen(world, code).asked
    assert found is not None
    return found.reference


def seen(world: World, code: str) -> PaymentView:
    return world.try_act("system", lambda unit: payment_of(lock_case(unit, code)))


def came(world: World, key: str, reference: str, vnd: int, source: str = "gateway") -> Received:
    return world.act("system", receive_payment, source, transfer(key, reference, vnd, NOON))


class TestCharges:
    def test_ask_for_what_is_due_once(self, office: World) -> None:
        code = office.land_at("accepted")
        assert (seen(office, code).possible, seen(office, code).asked) == (True, None)
        reference = asked(office, code)
        assert numbers_of(reference) == (office.row(code)["id"], 1)
        before = office.everything()
        assert asked(office, code, "counter") == reference  # the same is asked for: nothing is written
        assert office.everything() == before
        view = seen(office, code).asked
        assert view is not None and view.vnd == view.parts[0][1] + view.parts[1][1] == 54_000
        assert view.account == NUMBER and view.text.startswith("000201010212")

    def test_another_amount_is_another_charge_and_the_old_one_still_finds_the_dossier(self, office: World) -> None:
        code = office.land_at("accepted")
        first = asked(office, code)
        office.act("counter", rectify, code, "Ghi sai", fields={"pages": 9})
        assert seen(office, code).asked is None
        second = asked(office, code)
        assert second != first
        assert came(office, "t1", first, 54_000).outcome == "settled"
        assert sums(office, code) == (68_000, 54_000, 14_000, 0)

    def test_need_an_account_on_the_day_and_something_due(self, office: World) -> None:
        code = office.land_at("accepted")
        later = account(LONG_KHANH, valid_from=dt.date(2026, 4, 1))
        office.runtime = taking_payments(office.runtime)
        office.refuse(NoAccount, "counter", open_charge, code)
        assert later.valid(dt.date(2026, 4, 1)) and not later.valid(dt.date(2026, 3, 31))
        office.runtime = taking_payments(office.runtime, LONG_KHANH)
        for key in ("le_phi", "trang"):
            office.act("counter", settle_fee, code, key, "cash", "BL-1")
        office.refuse(NothingToPay, "counter", open_charge, code)

    def test_are_for_the_applicant_and_who_may_settle(self, office: World) -> None:
        code, other = office.land_at("accepted"), office.land_at("accepted")
        office.refuse(NotFound, office.citizen(other), open_charge, code)
        office.refuse(NotFound, "far_counter", open_charge, code)
        office.refuse(Forbidden, "monitor", open_charge, code)
        office.do(office.citizen(code), code, "withdraw")
        office.refuse(Ended, office.citizen(code), open_charge, code)


class TestMoneyThatComesIn:
    @pytest.mark.parametrize(
        ("channel", "language", "words"),
        [
            ("email", "vi", "đã nhận 54.000 đồng cho hồ sơ"),
            ("email", "en", "has received 54,000 đồng for dossier"),
            ("sms", "vi", "da nhan 54.000 dong"),
        ],
    )
    def test_is_told_to_the_applicant_once(
        self, office: World, channel: str, language: str, words: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        shipped = read_template(ROOT / "notices" / "da-nhan-tien.yaml")
        monkeypatch.setattr(Catalogue, "template", lambda self, key: shipped)
        code = office.land_at("accepted")
        reference = asked(office, code)
        for _ in range(2):
            came(office, "t1", reference, 54_000)
        assert office.messages(code, "da-nhan-tien").count(("da-nhan-tien", "applicant", "sms")) == 1
        row = office.row(code)
        with office.reading() as connection:
            facts = (
                connection.execute(select(outbox.c.data).where(outbox.c.template == "da-nhan-tien")).scalars().first()
            )
        assert facts is not None
        occasion = Occasion("k", channel, "da-nhan-tien", facts, row["link_nonce"], row["link_hash"])
        told = notice_message(office.runtime, occasion, Addressee("a", "Nguyễn Văn Mẫu", language), office.now)
        assert words in told.body and (channel == "sms" or facts["receipt"] in told.body)

    def test_settles_and_the_step_that_waited_goes_on(self, office: World) -> None:
        code = office.land_at("signing")
        reference = asked(office, code)
        got = came(office, "t1", f"MBVCB.1.{reference.lower()}.CT tu 0011", 54_000)
        assert (got.outcome, got.again) == ("settled", False)
        told = office.entries(code)[-1]
        assert (told["act"], told["actor"]) == ("receive_payment", "system")
        assert told["data"]["fees"] == {"le_phi": 50_000, "trang": 4_000}
        assert told["data"]["receipt"] == f"{LONG_KHANH}/2026/0000001"
        assert sums(office, code) == (54_000, 54_000, 0, 0)
        office.act("leader", add_document, code, key="ket_qua", content=PDF)
        office.do("leader", code, "sign")
        assert office.act("counter", perform_action, code, "return").row["state"] == "returned"

    def test_is_taken_once(self, office: World) -> None:
        code = office.land_at("accepted")
        reference = asked(office, code)
        came(office, "t1", reference, 54_000)
        before = office.everything()
        assert came(office, "t1", reference, 54_000).again
        assert office.everything() == before
        office.refuse(PaymentDiffers, "system", receive_payment, "gateway", transfer("t1", reference, 5, NOON))

    def test_of_another_amount(self, office: World) -> None:
        code = office.land_at("accepted")
        reference = asked(office, code)
        assert came(office, "t1", reference, 30_000).outcome == "less"
        assert sums(office, code) == (54_000, 30_000, 24_000, 0)
        assert came(office, "t2", reference, 30_000).outcome == "more"
        assert sums(office, code) == (54_000, 60_000, 0, 6_000)
        view = seen(office, code)
        assert [one.outcome for one in view.came_in] == ["less", "more"] and view.asked is None

    def test_twice_is_owed_back_and_pays_no_other_fee(self, office: World) -> None:
        code = office.land_at("accepted")
        reference = asked(office, code)
        came(office, "t1", reference, 54_000)
        office.act("counter", rectify, code, "Ghi sai", fields={"pages": 9})
        assert came(office, "t2", reference, 54_000).outcome == "double"
        assert sums(office, code) == (68_000, 108_000, 14_000, 54_000)
        office.act("counter", settle_refund, code, "transfer", "PC-1")
        assert sums(office, code) == (68_000, 54_000, 14_000, 0)

    @pytest.mark.parametrize("end", ["withdraw", "return"])
    def test_late_is_owed_back(self, office: World, end: str) -> None:
        code = office.land_at("signing") if end == "return" else office.land_at("accepted")
        reference = asked(office, code)
        if end == "withdraw":
            office.do(office.citizen(code), code, "withdraw")
        else:
            for key in ("le_phi", "trang"):
                office.act("counter", settle_fee, code, key, "cash", "BL-1")
            office.act("leader", add_document, code, key="ket_qua", content=PDF)
            office.do("leader", code, "sign")
            office.do("counter", code, "return")
        assert came(office, "t1", reference, 54_000).outcome == "late"
        assert sums(office, code)[3] == 54_000
        assert office.entries(code)[-1]["data"]["fees"] == {SURPLUS: 54_000}

    @pytest.mark.parametrize("reference", ["ủng hộ", "MC00000000000", "MC000ZZZZ010AA", "MC", "x" * 200])
    def test_without_a_known_reference_waits_in_the_queue(self, office: World, reference: str) -> None:
        assert came(office, "t9", reference, 54_000).outcome == "unknown"
        assert came(office, "t9", reference, 54_000).again
        with office.reading() as connection:
            row = connection.execute(select(incoming_payments)).one()
        assert (row.outcome, row.dossier_id, row.text) == ("unknown", None, reference)

    def test_that_names_two_dossiers_waits_in_the_queue(self, office: World) -> None:
        one, two = (asked(office, office.land_at("accepted")) for _ in range(2))
        assert came(office, "t1", f"{one} {two}", 108_000).outcome == "unknown"

    def test_closes_its_charge(self, office: World) -> None:
        code = office.land_at("accepted")
        came(office, "t1", asked(office, code), 54_000)
        with office.reading() as connection:
            assert connection.execute(select(charges.c.status)).scalar_one() == "paid"

    def test_told_by_many_at_once_is_entered_once(self, office: World) -> None:
        code = office.land_at("accepted")
        reference = asked(office, code)

        def tell(number: int) -> str:
            paid = transfer(f"t{number % 2}", reference, 54_000, NOON)
            named = transfer("q", "không rõ", 54_000, NOON)
            in_transaction(office.runtime, SYSTEM_ACTOR, lambda unit: receive_payment(unit, "gateway", named))
            taken = in_transaction(office.runtime, SYSTEM_ACTOR, lambda unit: receive_payment(unit, "gateway", paid))
            return taken.outcome

        with ThreadPoolExecutor(8) as pool:
            outcomes = set(pool.map(tell, range(16)))
        assert outcomes == {"settled", "double"}
        assert sums(office, code) == (54_000, 108_000, 0, 54_000)
        with office.reading() as connection:
            assert len(connection.execute(select(incoming_payments)).all()) == 3
        office.check()
