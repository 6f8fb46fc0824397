"""What applicants choose and say: notices on or off, a rating, feedback."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from sqlalchemy import select

from engine.acts.choose_notices import choose_notices
from engine.acts.documents import add_document
from engine.acts.notices.deliver import deliver_notices
from engine.acts.perform_action import perform_action
from engine.acts.publish import publish_competences, publish_release, publish_template
from engine.acts.rate import NotEndedYet, RatedAlready, ReceiptCodeForRating, rate
from engine.acts.send_feedback import FEEDBACK, send_feedback
from engine.acts.settle_fee import settle_fee
from engine.catalogue import NoRelease
from engine.dossier.citizen_keys import ReceiptCodeWrong
from engine.errors import Forbidden, InvalidInput, NotFound
from engine.rules.offices.competence import Competence
from engine.store.ratings import ratings
from engine.transaction import UnitOfWork
from tests.installation.content import shipped
from tests.installation.filings import PDF
from tests.installation.releases import START
from tests.installation.world import LONG_KHANH, World
from tests.integration.test_outbox_delivery import Receiver, add, notices
from workflows.loader import load

SHIPPED = Path(__file__).parents[2] / "workflows" / "procedures" / f"{FEEDBACK}.yaml"


class TestNotices:
    def test_the_applicant_turns_them_off_and_on_and_a_repetition_records_nothing(self, world: World) -> None:
        code = world.land_at("checking")
        for wanted, via in ((False, None), (False, None), (True, "email"), (True, "email"), (True, None)):
            world.act(world.citizen(code), choose_notices, code, wanted, via)
        acts = [entry["data"] for entry in world.entries(code) if entry["act"] == "choose_notices"]
        told = [{"wanted": data["wanted"], "via": data["via"]} for data in acts]
        assert told == [
            {"wanted": False, "via": None},
            {"wanted": True, "via": "email"},
            {"wanted": True, "via": None},
        ]

    def test_nobody_else_does_and_no_channel_without_an_address(self, world: World) -> None:
        code, other = world.land_at("checking"), world.land_at("checking")
        world.refuse(Forbidden, "counter", choose_notices, code, False)
        world.refuse(NotFound, world.citizen(other), choose_notices, code, False)
        world.refuse(InvalidInput, world.citizen(code), choose_notices, code, True, "zalo")

    @pytest.mark.parametrize(
        ("wanted", "via", "portal", "sent"),
        [
            (False, None, 9, []),  # a result is progress
            (False, None, 5, ["email", "sms"]),  # a supplement is asked
            (False, None, 8, ["email", "sms"]),  # the dossier was stopped
            (True, "sms", 9, ["sms"]),
            (True, "sms", 5, ["email", "sms"]),
            (True, None, 9, ["email", "sms"]),
        ],
    )
    def test_decide_what_is_sent_but_never_what_asks_something(
        self, world: World, wanted: bool, via: str | None, portal: int, sent: list[str]
    ) -> None:
        for key, document in shipped().templates.items():
            world.try_act("system", publish_template, key, document)
        code = world.land_at("checking")
        self._deliver(world, Receiver())
        world.act(world.citizen(code), choose_notices, code, wanted, via)
        receiver = Receiver()
        data = {"code": code, "release": world.row(code)["release"], "procedure": "1", "state": "new", "portal": portal}
        for channel in ("sms", "email"):
            add(world, code, channel=channel, data=data)
        self._deliver(world, receiver)
        assert sorted(message.channel for message in receiver.got) == sent
        assert {row.status for row in notices(world)} <= {"sent", "dropped"}

    @staticmethod
    def _deliver(world: World, receiver: Receiver) -> None:
        world.now += dt.timedelta(minutes=1)
        deliver_notices(world.runtime, receiver)


class TestRating:
    def test_once_when_the_dossier_has_ended_with_the_receipt_code(self, world: World) -> None:
        code, receipt = ended(world)
        world.act(world.citizen(code), rate, code, 4, " Bớt giấy tờ. ", receipt_code=receipt)
        with world.reading() as connection:
            row = connection.execute(select(ratings)).one()
        assert (row.mark, row.words, row.office) == (4, "Bớt giấy tờ.", LONG_KHANH)
        assert "rate" not in [entry["act"] for entry in world.entries(code)]
        world.refuse(RatedAlready, world.citizen(code), rate, code, 1, receipt_code=receipt)

    def test_is_refused_without_the_code_from_others_and_before_the_end(self, world: World) -> None:
        code, receipt = ended(world)
        me = world.citizen(code)
        world.refuse(ReceiptCodeForRating, me, rate, code, 5)
        world.refuse(ReceiptCodeWrong, me, rate, code, 5, receipt_code="AAAAA-BBBBB")
        world.refuse(Forbidden, "counter", rate, code, 5, receipt_code=receipt)
        for mark in (0, 6):
            world.refuse(InvalidInput, me, rate, code, mark, receipt_code=receipt)
        world.refuse(InvalidInput, me, rate, code, 5, "x" * 2001, receipt_code=receipt)
        running = world.file()
        world.refuse(
            NotEndedYet, world.citizen(running.case.code), rate, running.case.code, 5, receipt_code=running.receipt_code
        )


class TestFeedback:
    def test_opens_a_dossier_that_the_centre_receives_and_the_authority_answers(self, world: World) -> None:
        publish_feedback(world)
        code = world.land_at("checking")
        filed = world.act(world.citizen(code), send_feedback, code, "delay", "Hồ sơ chậm.", anonymous=True)
        row = world.row(filed.case.code)
        assert (row["procedure"], row["intake_office"], row["handler_office"]) == (FEEDBACK, LONG_KHANH, "UB-26080")
        assert row["channel"] == "portal" and row["received_at"] is None and row["intake_due_at"] is not None
        assert world.seen_by(filed.case.code) == {LONG_KHANH, "UB-26080"}
        form = filed.case.applicant["form"]
        assert form["feedback.dossier"] == code and form["feedback.anonymous"] is True

    def test_is_refused_from_others_and_with_nothing_in_it(self, world: World) -> None:
        publish_feedback(world)
        code, other = world.land_at("checking"), world.land_at("checking")
        me = world.citizen(code)
        world.refuse(Forbidden, "counter", send_feedback, code, "delay", "x")
        world.refuse(NotFound, world.citizen(other), send_feedback, code, "delay", "x")
        for about, text in (("complaint", "x"), ("delay", "  "), ("delay", "x" * 5001)):
            world.refuse(InvalidInput, me, send_feedback, code, about, text)

    def test_is_refused_where_the_procedure_is_not_published(self, world: World) -> None:
        code = world.land_at("checking")
        world.refuse(NoRelease, world.citizen(code), send_feedback, code, "delay", "x")


def publish_feedback(world: World) -> None:
    def act(unit: UnitOfWork) -> None:
        publish_release(unit, load(SHIPPED))
        law = "20/2008/NĐ-CP"
        own = Competence(FEEDBACK, None, "commune", "authority", START, None, law)
        known = [one for one in world.runtime.catalogue.competences if one.subject != FEEDBACK]
        publish_competences(unit, [*known, own])

    world.try_act("system", act)
    world.runtime.catalogue.refresh()


def ended(world: World) -> tuple[str, str]:
    """A returned dossier, and its receipt code."""
    filed = world.file()
    code = filed.case.code
    for who, action in (("counter", "receive"), ("counter", "forward"), ("specialist", "finish_review")):
        world.try_act(who, perform_action, code, action)
    world.try_act("leader", add_document, code, key="ket_qua", content=PDF)
    world.try_act("leader", perform_action, code, "sign")
    for key in world.fees(code):
        world.try_act("counter", settle_fee, code, key, "cash", "BL-02")
    world.try_act("counter", perform_action, code, "return")
    return code, filed.receipt_code
