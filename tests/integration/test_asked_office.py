"""An office that was asked sees its question and what was attached to it, and nothing else; when sight ends."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from engine.acts.documents import add_document, remove_document
from engine.acts.notices.mark_read import mark_read
from engine.acts.print_register import print_register
from engine.acts.transfer import transfer
from engine.acts.verification import answer_verification, ask_verification
from engine.dossier.case import read_case
from engine.errors import InvalidInput, NotFound
from engine.queries.dossier import dossier_of, papers_of, standing_of
from engine.queries.files import file_of
from engine.queries.inbox import inbox
from engine.queries.journal import journal
from engine.queries.lists import Wanted, list_dossiers
from engine.queries.verifications import verifications
from engine.store.dossiers import dossier_offices, dossiers
from engine.transaction import UnitOfWork
from tests.installation.filings import PDF
from tests.installation.world import BRANCH, FIELDS, LONG_KHANH, PROVINCE, TAX, World
from tests.integration.test_rights_matrix import brought_to

ASKED, OTHER = "UB-26080", "CA-26080"


def asked_about(world: World, documents: tuple[int, ...] = ()) -> tuple[str, int]:
    world.at("2026-03-02 08:00")
    code = world.land_at("checking")
    _, number = world.act("specialist", ask_verification, code, ASKED, "Đúng ranh giới?", documents=documents)
    return code, number


def questions(world: World, who: str, code: str) -> tuple[Any, ...]:
    return world.try_act(who, lambda unit: verifications(unit, read_case(unit, code, asked=True)))


class TestItSees:
    def test_the_question_and_the_papers_that_were_attached(self, world: World) -> None:
        world.at("2026-03-02 08:00")
        code = world.land_at("checking")
        (_, shown), (_, hidden) = (
            world.act("specialist", add_document, code, key="other", content=PDF) for _ in range(2)
        )
        world.act("specialist", ask_verification, code, ASKED, "Đúng ranh giới?", documents=[shown, shown])
        (one,) = questions(world, "asked", code)
        assert (one.question, [paper.id for paper in one.documents]) == ("Đúng ranh giới?", [shown])
        assert world.entries(code)[-1]["data"]["documents"] == [shown]
        download = lambda number: world.try_act(  # noqa: E731 - shorter than a function for two lines
            "asked", lambda unit: file_of(read_case(unit, code, asked=True), number)
        )
        assert download(shown).media_type == "application/pdf"
        for number in (hidden, 1, 999_999):
            with pytest.raises(NotFound):
                download(number)
        world.act("specialist", remove_document, code, shown, "nhầm")
        assert questions(world, "asked", code)[0].documents == ()

    def test_its_own_question_only(self, world: World) -> None:
        code, _ = asked_about(world)
        _, other = world.act("specialist", ask_verification, code, OTHER, "Có tranh chấp?")
        assert [one.question for one in questions(world, "asked", code)] == ["Đúng ranh giới?"]
        assert len(questions(world, "specialist", code)) == 2
        world.refuse(NotFound, "asked", answer_verification, code, other, True, "x")

    def test_the_notice_of_it(self, world: World) -> None:
        code, _ = asked_about(world)
        (line,) = world.try_act("asked", lambda unit: inbox(unit).lines)
        assert (line.dossier, line.template) == (code, "xac-minh")
        world.act("asked", mark_read, line.id)

    def test_neither_holder_nor_moments_when_it_answers(self, world: World) -> None:
        code, number = asked_about(world)
        case = world.act("asked", answer_verification, code, number, True, "Đúng")
        told = standing_of(case)
        assert (told.holder.office, told.due_at, told.received_at, told.promised_at) == (None, None, None, None)


READS: dict[str, Callable[[UnitOfWork, str], object]] = {
    "the dossier": lambda unit, code: dossier_of(read_case(unit, code)),
    "its papers": lambda unit, code: papers_of(read_case(unit, code)),
    "its journal": journal,
}


class TestItDoesNotSee:
    @pytest.mark.parametrize("what", READS)
    def test_anything_else(self, world: World, what: str) -> None:
        code, number = asked_about(world)
        for _ in range(2):  # before and after its answer
            world.refuse(NotFound, "asked", READS[what], code)
            if world.facts(code)["verifications"]["open"]:
                world.act("asked", answer_verification, code, number, True, "Đúng")

    def test_it_in_any_list_search_or_register(self, world: World) -> None:
        code, _ = asked_about(world)
        by_words = [Wanted(text=text) for text in ("mẫu", code)]
        for wanted in (Wanted(), *by_words, Wanted(office=ASKED), Wanted(holder_office=BRANCH)):
            assert world.try_act("asked", list_dossiers, wanted).lines == ()
        day = world.now.date()
        printed = world.try_act("asked", print_register, LONG_KHANH, day, day)
        assert code not in str(printed)

    def test_the_question_longer_than_some_days_after_its_answer(self, world: World) -> None:
        code, number = asked_about(world)
        world.at("2026-03-20 08:00")
        assert len(questions(world, "asked", code)) == 1  # as long as it is open
        world.act("asked", answer_verification, code, number, True, "Đúng", at="2026-03-20 16:00")
        world.at("2026-03-25 23:59")
        assert questions(world, "asked", code)[0].answer == "Đúng"
        world.at("2026-03-26 00:00")
        with pytest.raises(NotFound):
            questions(world, "asked", code)
        assert world.try_act("asked", lambda unit: inbox(unit).lines) == ()

    def test_the_number_of_days_is_a_setting(self, world: World) -> None:
        code, number = asked_about(world)
        world.act("asked", answer_verification, code, number, True, "Đúng")
        settings = dataclasses.replace(world.runtime.settings, seen_after_days=0)
        world.runtime = dataclasses.replace(world.runtime, settings=settings)
        assert len(questions(world, "asked", code)) == 1  # the day of the answer itself
        world.at("2026-03-03 00:00")
        with pytest.raises(NotFound):
            questions(world, "asked", code)

    def test_a_question_of_an_office_where_one_only_oversees_or_helps(self, world: World) -> None:
        code, number = asked_about(world)
        for who in ("police", "province_specialist", "far_counter"):
            world.refuse(NotFound, who, answer_verification, code, number, True, "x")


def test_only_papers_of_the_dossier_are_attached(world: World) -> None:
    code, other = world.land_at("checking"), world.land_at("checking")
    _, theirs = world.act("specialist", add_document, other, key="other", content=PDF)
    refusal = world.refuse(InvalidInput, "specialist", ask_verification, code, ASKED, "?", documents=[theirs])
    assert set(refusal.errors) == {"documents"}


class TestSightEnds:
    def test_of_the_office_that_passed_it_on(self, world: World) -> None:
        world.at("2026-03-02 08:00")
        code = world.land_at("checking")
        world.act("specialist", transfer, code, PROVINCE, "sai thẩm quyền")
        world.at("2026-03-06 23:59")
        assert sees(world, "specialist", code) and found(world, "specialist", code)
        world.at("2026-03-07 00:00")
        assert not sees(world, "specialist", code) and not found(world, "specialist", code)
        assert sees(world, "province_specialist", code) and sees(world, "counter", code)

    def test_and_begins_again_when_it_comes_back(self, world: World) -> None:
        world.at("2026-03-02 08:00")
        code = world.land_at("checking")
        world.act("specialist", transfer, code, PROVINCE, "sai thẩm quyền")
        world.act("province_specialist", transfer, code, BRANCH, "đúng rồi", at="2026-03-09 08:00")
        world.at("2026-05-09 08:00")
        assert sees(world, "specialist", code) and not sees(world, "province_specialist", code)

    def test_of_a_co_operating_office_that_has_done_its_part(self, world: World) -> None:
        world.at("2026-03-02 08:00")
        code = brought_to(world, "finance")
        world.at("2026-03-04 08:00")
        assert sees(world, "tax", code)
        world.act("tax", add_document, code, key="bien_lai", content=PDF)
        world.do("tax", code, "paid")
        world.at("2026-03-08 23:59")
        assert sees(world, "tax", code)
        world.at("2026-03-09 00:00")
        assert not sees(world, "tax", code)

    def test_of_a_co_operating_office_that_never_had_to_act(self, world: World) -> None:
        world.at("2026-03-02 08:00")
        code = brought_to(world, "ready")
        world.at("2026-03-06 23:59")
        assert sees(world, "tax", code)
        world.at("2026-03-07 00:00")
        assert not sees(world, "tax", code) and sees(world, "specialist", code) and sees(world, "counter", code)

    def test_of_the_support_point_after_the_end(self, world: World) -> None:
        world.at("2026-03-02 08:00")
        code = world.land_at("accepted", support_office="TT-26020", fields=FIELDS)
        assert sees(world, "other_counter", code)
        world.do(world.citizen(code), code, "withdraw", at="2026-03-03 08:00")
        world.at("2026-03-08 00:00")
        assert not sees(world, "other_counter", code) and sees(world, "counter", code)

    def test_and_the_rows_say_until_when(self, world: World) -> None:
        world.at("2026-03-02 08:00")
        code = brought_to(world, "after_tax")
        columns = (dossier_offices.c.office, dossier_offices.c.until)
        of_this = select(*columns).join(dossiers).where(dossiers.c.code == code)
        with world.reading() as connection:
            until = {row.office: row.until for row in connection.execute(of_this)}
        assert until[LONG_KHANH] is None and until[BRANCH] is None
        assert until[TAX].isoformat() == "2026-03-07"


def sees(world: World, who: str, code: str) -> bool:
    try:
        world.try_act(who, read_case, code)
    except NotFound:
        return False
    return True


def found(world: World, who: str, code: str) -> bool:
    """Whether lists and searches show it."""
    shown = [
        {line.code for line in world.try_act(who, list_dossiers, wanted).lines}
        for wanted in (Wanted(), Wanted(text=code))
    ]
    assert shown[0] == shown[1]
    return code in shown[0]
