"""Linked filing (liên thông): who sees the children, when they are finished, and what an end of the parent does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import func, select

from engine.acts.file_dossier import file_dossier
from engine.acts.open_dossier import Filing
from engine.acts.perform_action import perform_action
from engine.acts.settle_children import ChildInTheWay, ChildrenUndecided
from engine.acts.withdraw_at_counter import withdraw_at_counter
from engine.dossier.case import read_case
from engine.errors import InvalidInput, NotFound
from engine.queries.relations import relations_of
from engine.queries.status import status_of
from engine.rules.procedure.machine import GuardFailed
from engine.rules.procedure.permissions import Actor
from engine.store.dossiers import dossiers
from engine.store.visibility import visible_dossiers
from tests.integration.test_fees_of_procedures import APPLICANT, CENTRE, FAMILY, children, finish_birth
from tests.model.real_installation import RealInstallation, open_real
from tests.plain_sight import sees


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def installation(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RealInstallation]:
    with open_real(request.param, tmp_path_factory.mktemp("installation")) as made:
        yield made


def actor(installation: RealInstallation, office: str, role: str) -> Actor:
    return installation.actor(installation.hired(office, role)[0])


class Family:
    """A family's linked filing, with its birth dossier opened; or, ``late``, with the two that follow it."""

    def __init__(self, installation: RealInstallation, late: bool = False) -> None:
        self.installation, self.world = installation, installation.world
        self.counter = actor(installation, CENTRE, "counter")
        self.desk = actor(installation, "UB-26740", "coordinator")
        self.leader = actor(installation, "UB-26740", "leader")
        papers = [{"key": "to_khai", "original": 1}, {"key": "chung_sinh", "original": 1}]
        filing = Filing(
            procedure="2.002621",
            applicant=APPLICANT,
            intake_office=CENTRE,
            fields=FAMILY,
            documents=papers,
            receive=True,
        )
        self.code = self.world.act(self.counter, file_dossier, filing, at="2026-03-02 08:00").case.code
        self.do(self.counter, "forward")
        self.do(self.desk, "start")
        if late:
            finish_birth(installation, self.child("1.001193"))
            self.do(self.desk, "born")

    def do(self, who: Actor, action: str, code: str | None = None, **named: Any) -> Any:
        return self.world.act(who, perform_action, code or self.code, action, **named)

    def child(self, procedure: str) -> str:
        return next(str(one["code"]) for one in children(self.installation, self.code) if one["procedure"] == procedure)


class TestTheParentsHolder:
    def test_sees_the_children_in_every_list_and_nobody_else_does(self, installation: RealInstallation) -> None:
        family = Family(installation, late=True)
        world, today = family.world, family.world.now.date()
        stranger = actor(installation, "UB-26737", "specialist")
        with world.reading() as connection:
            parent = world.row(family.code)
            for child in children(installation, family.code):
                for who in (family.desk, family.counter, stranger):
                    shown = select(func.count()).where(dossiers.c.id == child["id"], visible_dossiers(who, today))
                    seen = connection.execute(shown).scalar_one() == 1
                    parts = world.seen_by(child["code"])
                    assert seen == sees(who, child, today, parts, parent["holder_office"])
                assert not sees(stranger, child, today, parts, parent["holder_office"])
        police = family.child("1.004222")
        row = family.world.row(police)
        assert row["handler_office"] != "UB-26740" and "UB-26740" not in world.seen_by(police)
        told = world.try_act(family.desk, lambda unit: relations_of(read_case(unit, family.code)))
        assert police in [one.code for one in told.children]
        world.try_act(family.desk, read_case, police)

    def test_sees_them_no_more_when_the_parent_is_held_elsewhere(self, installation: RealInstallation) -> None:
        family = Family(installation, late=True)
        police = family.child("1.004222")
        family.world.try_act(family.desk, read_case, police)
        family.do(family.leader, "stop", reason="Gia đình đề nghị", children="continue")
        family.world.refuse(NotFound, family.desk, read_case, police)


class TestAChildWithoutAResult:
    def test_is_not_finished_and_the_guard_says_which(self, installation: RealInstallation) -> None:
        family = Family(installation)
        birth = family.child("1.001193")
        refused = family.world.refuse(GuardFailed, family.desk, perform_action, family.code, "born")
        assert "Đăng ký khai sinh" in refused.sentence("vi") and "Birth registration" in refused.sentence("en")
        family.do(family.counter, "refuse", birth, reason="Không thuộc thẩm quyền")
        assert family.world.facts(family.code)["children"] == {
            "count": 1, "finished": False, "missing": [], "failed": ["birth"],
        }  # fmt: skip
        refused = family.world.refuse(GuardFailed, family.desk, perform_action, family.code, "born")
        assert "không có kết quả: Đăng ký khai sinh" in refused.sentence("vi")

    def test_one_with_a_result_is_finished(self, installation: RealInstallation) -> None:
        family = Family(installation, late=True)
        assert family.world.facts(family.code)["children"]["failed"] == []
        assert family.world.row(family.code)["state"] == "cards"


class TestAnEndOfTheParent:
    def test_asks_what_becomes_of_running_children(self, installation: RealInstallation) -> None:
        family = Family(installation)
        refused = family.world.refuse(
            ChildrenUndecided, family.leader, perform_action, family.code, "stop", reason="Theo đề nghị"
        )
        assert family.child("1.001193") in refused.sentence("vi")
        named = {"reason": "x", "children": "sell"}
        family.world.refuse(InvalidInput, family.leader, perform_action, family.code, "stop", **named)

    def test_withdraws_them_or_lets_them_go_on(self, installation: RealInstallation) -> None:
        for choice, state in (("withdraw", "withdrawn"), ("continue", "new")):
            family = Family(installation)
            birth = family.child("1.001193")
            family.do(family.leader, "stop", reason="Theo đề nghị", children=choice)
            assert family.world.row(birth)["state"] == state
            told = family.world.entries(family.code)[-1]["data"]["children"]
            assert told == {"choice": choice, "codes": [birth]}
        assert family.world.entries(birth)[-1]["act"] == "file"

    def test_withdraws_none_that_is_being_signed(self, installation: RealInstallation) -> None:
        family = Family(installation)
        birth, expert = family.child("1.001193"), actor(installation, "UB-26740", "specialist")
        for who, action in ((family.counter, "receive"), (family.counter, "forward"), (expert, "submit")):
            family.do(who, action, birth)
        named = {"reason": "x", "children": "withdraw"}
        family.world.refuse(ChildInTheWay, family.leader, perform_action, family.code, "stop", **named)

    def test_asks_nothing_where_none_runs(self, installation: RealInstallation) -> None:
        family = Family(installation)
        family.do(family.counter, "refuse", family.child("1.001193"), reason="Không thuộc thẩm quyền")
        family.do(family.leader, "stop", reason="Không khai sinh được")
        assert "children" not in family.world.entries(family.code)[-1]["data"]

    def test_a_child_is_withdrawn_at_the_counter_alone(self, installation: RealInstallation) -> None:
        family = Family(installation)
        birth = family.child("1.001193")
        family.world.act(family.counter, withdraw_at_counter, birth, "Đổi ý", "Đơn ngày 02/3/2026")
        assert family.world.row(family.code)["state"] == "birth"


class TestASupplementOfAChild:
    def test_shows_on_the_parents_page_in_both_answers(self, installation: RealInstallation) -> None:
        family = Family(installation)
        world, birth = family.world, family.child("1.001193")
        expert = actor(installation, "UB-26740", "specialist")
        for who, action in ((family.counter, "receive"), (family.counter, "forward")):
            family.do(who, action, birth)
        family.do(expert, "ask", birth, reason="Thiếu giấy chứng sinh bản chính")
        shown = world.try_act(world.citizen(family.code), lambda unit: status_of(read_case(unit, family.code)))
        [child] = shown.children
        assert (child.code, child.asked, int(child.state.status)) == (birth, "Thiếu giấy chứng sinh bản chính", 5)
        assert child.stops_at is not None
        told = world.try_act(family.desk, lambda unit: relations_of(read_case(unit, family.code)))
        assert [one.asked for one in told.children] == ["Thiếu giấy chứng sinh bản chính"]
        family.do(family.counter, "resubmit", birth)
        shown = world.try_act(world.citizen(family.code), lambda unit: status_of(read_case(unit, family.code)))
        assert shown.children[0].asked is None
