"""What an installation says of its offices is published with the proof, journalled, and kept by a new seed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from cli.seed import seed
from engine.acts.own_offices import OfficesNotSettled, OfficesPlan, change_offices, lock_offices, plan_offices
from engine.errors import Forbidden, InvalidInput
from engine.rules.offices.offices import Office
from engine.store.staff_journal import staff_journal
from engine.transaction import UnitOfWork
from tests.installation.world import SAI_GON, World, content
from workflows.office_files import MalformedOffices, told_offices


def said(world: World, text: str) -> list[Office]:
    catalogue = world.runtime.catalogue
    return told_offices("offices.csv", text.encode(), catalogue.offices, catalogue.territory)


class TestContact:
    def test_is_published_journalled_and_kept_by_a_new_seed(self, world: World) -> None:
        one = world.runtime.catalogue.office(SAI_GON)
        fresh = replace(one, hotline="1900 0000", address="Số 1")
        plan = world.try_act("admin", change_offices, [fresh], "QĐ 1")
        assert plan.changes[0].differs == ("address", "hotline") and not plan.new
        world.runtime.catalogue.refresh()
        assert world.runtime.catalogue.office(SAI_GON) == fresh
        with world.reading() as connection:
            last = connection.execute(select(staff_journal.c.body).order_by(staff_journal.c.number.desc())).scalars()
            assert "change-offices" in (body := str(last.first())) and f"{SAI_GON}: QĐ 1" in body
        seed(world.runtime, content())
        world.runtime.catalogue.refresh()
        assert world.runtime.catalogue.office(SAI_GON) == fresh
        world.try_act("admin", change_offices, [replace(fresh, hotline=None)], "QĐ 2")
        seed(world.runtime, content())
        world.runtime.catalogue.refresh()
        assert (world.runtime.catalogue.office(SAI_GON).hotline, fresh.address) == (None, "Số 1")

    def test_the_same_again_changes_nothing(self, world: World) -> None:
        one = replace(world.runtime.catalogue.office(SAI_GON), hotline="1900 0001")
        world.try_act("admin", change_offices, [one], "QĐ 1")
        world.runtime.catalogue.refresh()
        assert world.try_act("admin", change_offices, [one], "QĐ 1").changes == ()

    def test_who_locks_first_changes_what_is_published_now(self, world: World) -> None:
        """Another process published a name since the catalogue was read; a hotline does not undo it."""
        stale = world.runtime.catalogue.office(SAI_GON)
        named = "UPDATE offices SET name_en = 'Renamed' WHERE code = 'TT-26740'"
        world.tamper(named, "UPDATE catalogue_versions SET number = number + 1 WHERE name = 'offices'")
        assert world.runtime.catalogue.office(SAI_GON) == stale

        def hotline(unit: UnitOfWork) -> OfficesPlan:
            lock_offices(unit)
            return change_offices(unit, [replace(unit.catalogue.office(SAI_GON), hotline="1900 0009")], "QĐ 1")

        assert world.try_act("admin", hotline).changes[0].differs == ("hotline",)

    def test_administrators_only_and_with_a_reason(self, world: World) -> None:
        one = replace(world.runtime.catalogue.office(SAI_GON), hotline="1900 0002")
        world.refuse(Forbidden, "leader", change_offices, [one], "QĐ 1")
        world.refuse(InvalidInput, "admin", change_offices, [one], " ")


class TestAFile:
    def test_a_second_office_of_the_same_kind_in_a_commune_is_refused(self, world: World) -> None:
        twin = world.runtime.catalogue.office("UB-26740")
        text = f"code;body;unit;name_vi;name_en;valid_from\nUB-X;authority;{twin.unit_id};A;B;2026-01-01"
        refusal = world.refuse(OfficesNotSettled, "admin", change_offices, said(world, text), "QĐ 1")
        assert "UB-26740, UB-X" in str(refusal.facts["why_en"])

    def test_an_office_of_another_kind_begins(self, world: World) -> None:
        unit = world.runtime.catalogue.office("UB-26740").unit_id
        named = "code;body;unit;name_vi;name_en;valid_from;receives\r\n"
        text = f"{named}DL-1;agent;{unit};Đại lý;Agent;2026-03-01;1\r\n;;;;;;\r\n"
        plan = world.try_act("admin", plan_offices, said(world, text))
        assert plan.new == 1 and not plan.defects
        world.try_act("admin", change_offices, said(world, text), "QĐ 1")
        seed(world.runtime, content())
        world.runtime.catalogue.refresh()
        assert world.runtime.catalogue.office("DL-1").receives

    def test_an_office_that_is_needed_does_not_end(self, world: World) -> None:
        text = "code,valid_to\nUB-26740,2026-09-01"
        refusal = world.refuse(OfficesNotSettled, "admin", change_offices, said(world, text), "QĐ 1")
        assert "no office" in str(refusal.facts["why_en"])

    @pytest.mark.parametrize(
        ("text", "says"),
        [
            ("code,what\nUB-1,x", "line 1: the columns"),
            ("code,hotline\nUB-26740,1\nUB-26740,2", "line 3: UB-26740 has two lines"),
            ("code,body\nub 1,authority", "line 2: the new office ub 1 needs unit"),
            (
                "code,body,unit,name_vi,name_en,valid_from\nub/1,authority,c:26740@2025-07-01,a,b,2026-01-01",
                "line 2: a new code has A-Z",
            ),
            ('code,hotline\nUB-26740,"1', "not CSV"),
        ],
    )
    def test_a_wrong_line_is_named(self, world: World, text: str, says: str) -> None:
        with pytest.raises(MalformedOffices) as told:
            said(world, text)
        assert says in told.value.sentence("en")
