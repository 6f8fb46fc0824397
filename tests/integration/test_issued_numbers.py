"""The control sheet, which is issued anew with every hand-over, and the numbers that issued forms bear."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from engine.acts.add_note import add_note
from engine.acts.issue_form import reissue_form
from engine.acts.print_register import print_register
from engine.acts.recall import recall
from engine.acts.transfer import transfer
from engine.acts.verification import answer_verification, ask_verification
from engine.settings import FORM_SIGNS
from engine.store.form_numbers import form_counters
from engine.transaction import UnitOfWork
from tests.installation.world import LONG_KHANH, PROVINCE, World
from tests.integration.test_issued_forms import NEXT_DAY, issued, said


class TestTheControlSheet:
    def test_is_issued_anew_when_it_says_something_new_and_only_then(self, world: World) -> None:
        code = world.land_at("checking")
        first = issued(world, code, "06")
        world.at(NEXT_DAY)
        world.act("counter", add_note, code, "gọi lại")
        assert issued(world, code, "06") == first
        world.do("specialist", code, "finish_review")
        second = issued(world, code, "06")
        assert (second.issue.issue, second.issue.replaces) == (2, 1)
        assert len(second.data["handovers"]) == len(first.data["handovers"]) + 1
        assert issued(world, code, "06", issue=1) == first

    def test_names_the_offices_that_were_asked_and_every_hand_over(self, world: World) -> None:
        code = world.land_at("checking")
        assert said(world, code, "06")["coordinating"] == ["Thuế tỉnh Đồng Nai"]
        _, question = world.act("specialist", ask_verification, code, "UB-26080", "Đất có tranh chấp không?")
        world.at(NEXT_DAY)
        world.act("asked", answer_verification, code, question, True, "Không")
        world.act("leader", transfer, code, PROVINCE, "Vượt thẩm quyền")
        sheet = said(world, code, "06")
        assert any(name.endswith("Long Khánh") for name in sheet["coordinating"])
        asked, moved = sheet["handovers"][-2:]
        assert (asked["result"], asked["note"].split(";")[0]) == ("Đúng hạn", "Lấy ý kiến phối hợp")
        assert moved["note"] == "Chuyển cơ quan"

    def test_marks_a_step_that_was_recalled(self, world: World) -> None:
        code = world.land_at("checking")
        world.do("specialist", code, "finish_review")
        issued(world, code, "06", "specialist")
        world.act("specialist", recall, code)
        assert [row["note"].endswith("(đã thu hồi)") for row in said(world, code, "06")["handovers"]][-1]


class TestNumbers:
    def test_run_without_a_gap_for_each_office_year_and_form(self, world: World) -> None:
        codes = [world.land_at("checking") for _ in range(3)]
        marks = [issued(world, code, "01").issue.mark for code in codes]
        assert marks == [f"{number}/{FORM_SIGNS['01']}" for number in (1, 2, 3)]
        issued(world, codes[0], "01")
        with pytest.raises(ZeroDivisionError):
            world.try_act("counter", failing(codes[0]))
        assert world.act("counter", reissue_form, codes[0], "01", "sai").issue.mark == "4/TNHS"
        world.do("specialist", codes[0], "ask", reason="thiếu")
        assert issued(world, codes[0], "02").issue.mark == f"1/{FORM_SIGNS['02']}"
        world.at("2027-01-04 09:00")
        assert world.act("counter", reissue_form, codes[1], "01", "sai").issue.mark == "1/TNHS"
        with world.reading() as connection:
            kept = {(row.office, row.year, row.form): row.last for row in connection.execute(select(form_counters))}
        assert kept[(LONG_KHANH, 2026, "01")] == 4

    def test_of_the_book_are_those_of_the_register(self, world: World) -> None:
        codes = [world.land_at("accepted") for _ in range(3)]
        day = dt.date(2026, 3, 2)
        lines = {line["code"]: str(line["line"]) for line in register(world, day, day)["lines"]}
        for code in reversed(codes):
            form = said(world, code, "01")
            assert (form["register_volume"], form["register_line"]) == ("2026", lines[code])
        assert sorted(lines.values()) == ["1", "2", "3"]

    def test_of_the_book_go_on_within_the_year_and_begin_again_with_the_next(self, world: World) -> None:
        first = world.land_at("accepted")
        world.at(NEXT_DAY)
        second = world.land_at("accepted")
        world.at("2027-01-04 09:00")
        third = world.land_at("accepted")
        book = register(world, dt.date(2026, 3, 3), dt.date(2027, 12, 31))
        assert [(line["code"], line["line"]) for line in book["lines"]] == [(second, 2), (third, 1)]
        assert book["volume"] == "2026–2027"
        assert said(world, first, "01")["register_line"] == "1"


def register(world: World, first: dt.date, last: dt.date) -> Any:
    return world.act("counter", print_register, LONG_KHANH, first, last)


def failing(code: str) -> Callable[[UnitOfWork], None]:
    def act(unit: UnitOfWork) -> None:
        reissue_form(unit, code, "01", "sai")
        unit.flush()
        raise ZeroDivisionError

    return act
