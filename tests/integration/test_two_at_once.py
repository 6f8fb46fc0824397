"""Two who record the same at the same moment: the second finds what the first wrote, or is refused in words."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pyotp
import pytest
from sqlalchemy import select, update

from engine.acts.drafts.consent import give_consent, withdraw_consent
from engine.acts.issue_form import print_form
from engine.acts.print_papers import print_paper
from engine.acts.rate import RatedAlready, rate
from engine.acts.reform.orders import OrderNotOpen, ask_revert, put_up
from engine.acts.report_subscriptions import subscribe
from engine.acts.staff.people import NameTaken, add_membership, add_person, add_substitute
from engine.acts.staff.provider_subjects import SubjectTaken, bind_subject
from engine.acts.staff.second_factor import FactorStands, set_second_factor
from engine.errors import InvalidInput, Refusal
from engine.store.page_sessions import provider_subjects, second_factors
from engine.store.people import memberships, people, substitutes
from engine.store.plans import reforms
from engine.store.prints import prints
from engine.store.ratings import ratings
from engine.store.reform_orders import reform_files, reform_orders
from engine.store.report_mails import report_subscriptions
from engine.store.reuse_consents import reuse_consents
from engine.transaction import UnitOfWork
from tests.installation.june import prepare_june
from tests.installation.plans_of_reforms import planned, second_administrator
from tests.installation.world import APPLICANT, LONG_KHANH, World

NUMBER = str(APPLICANT["identity_number"])
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
MONDAY, LATER = dt.date(2026, 3, 2), dt.date(2026, 3, 9)
Act = Callable[[UnitOfWork], Any]


def at_once(world: World, first: Act, second: Act, first_by: Any = "admin", second_by: Any = "admin") -> list[Any]:
    """What the acts answered, or their refusals: the second begins while the first has written and has not ended."""
    outcomes: list[Any] = [None, None]
    wrote = threading.Event()

    def slow(unit: UnitOfWork) -> Any:
        try:
            answer = first(unit)
            unit.flush()
        finally:
            wrote.set()
        beside.join(0.5)  # it waits for this one; where it does not, it writes what this one cannot see
        return answer

    def tried(number: int, who: Any, act: Act) -> None:
        try:
            outcomes[number] = world.try_act(who, act)
        except Refusal as refusal:
            outcomes[number] = refusal
        except Exception as error:
            outcomes[number] = error

    def after() -> None:
        wrote.wait(10)
        tried(1, second_by, second)

    beside = threading.Thread(target=after)
    beside.start()
    tried(0, first_by, slow)
    beside.join(20)
    return outcomes


def rows(world: World, table: Any, **values: Any) -> list[Any]:
    with world.reading() as connection:
        wanted = [table.c[name] == value for name, value in values.items()]
        return list(connection.execute(select(table).where(*wanted)).all())


def giving(purpose: str = "tiếp nhận hồ sơ") -> Act:
    return lambda unit: give_consent(unit, NUMBER, LONG_KHANH, purpose)


def withdrawing() -> Act:
    return lambda unit: withdraw_consent(unit, NUMBER, LONG_KHANH)


class TestAConsent:
    def test_that_two_clerks_record_is_one(self, world: World) -> None:
        clerks = {"first_by": "counter", "second_by": "counter"}
        assert at_once(world, giving(), giving("lần hai"), **clerks) == [None, None]
        assert [row.purpose for row in rows(world, reuse_consents)] == ["tiếp nhận hồ sơ"]

    def test_withdrawn_while_it_is_recorded_is_withdrawn(self, world: World) -> None:
        clerks = {"first_by": "counter", "second_by": "counter"}
        assert at_once(world, giving(), withdrawing(), **clerks) == [None, None]
        (row,) = rows(world, reuse_consents)
        assert row.withdrawn_at == world.now

    def test_recorded_while_it_is_withdrawn_stands_as_the_last_word(self, world: World) -> None:
        world.try_act("counter", giving())
        clerks = {"first_by": "counter", "second_by": "counter"}
        assert at_once(world, withdrawing(), giving("lần hai"), **clerks) == [None, None]
        found = {row.purpose: row.withdrawn_at for row in rows(world, reuse_consents)}
        assert found == {"tiếp nhận hồ sơ": world.now, "lần hai": None}


def person(world: World, name: str) -> int:
    return world.actor(name).person_id or 0


def named(world: World) -> tuple[Act, Act]:
    return (lambda unit: add_person(unit, "moi.01", "Người Một"), lambda unit: add_person(unit, "moi.01", "Người Hai"))


def member(world: World) -> tuple[Act, Act]:
    who = person(world, "asked")
    return (
        lambda unit: add_membership(unit, who, LONG_KHANH, "clerk", MONDAY),
        lambda unit: add_membership(unit, who, LONG_KHANH, "clerk", LATER),
    )


def deputy(world: World) -> tuple[Act, Act]:
    who, other = person(world, "counter"), person(world, "asked")
    act = partial(add_substitute, absent=who, deputy=other, start=MONDAY, end=LATER, legal="QĐ 1")
    return (lambda unit: act(unit), lambda unit: act(unit))


def bound(world: World) -> tuple[Act, Act]:
    who, other = person(world, "counter"), person(world, "asked")
    return (
        lambda unit: bind_subject(unit, who, "https://id.example.vn", "1"),
        lambda unit: bind_subject(unit, other, "https://id.example.vn", "1"),
    )


def factor(world: World) -> tuple[Act, Act]:
    who, code = person(world, "counter"), pyotp.TOTP(SECRET).at(world.now)
    act = partial(set_second_factor, person=who, secret=SECRET, code=code, session=None)
    return (lambda unit: act(unit), lambda unit: act(unit))


def mailed(world: World) -> tuple[Act, Act]:
    with world.database.begin() as connection:
        mine = people.c.id == person(world, "admin")
        connection.execute(update(people).where(mine).values(email="admin@example.vn"))
    return (lambda unit: subscribe(unit, "week"), lambda unit: subscribe(unit, "week"))


DEEDS: Mapping[str, tuple[Callable[[World], tuple[Act, Act]], type[Refusal], Any, dict[str, Any]]] = {
    "a person": (named, NameTaken, people, {"username": "moi.01"}),
    "a role": (member, InvalidInput, memberships, {"office": LONG_KHANH, "role": "clerk"}),
    "a deputy": (deputy, InvalidInput, substitutes, {"legal": "QĐ 1"}),
    "a subject": (bound, SubjectTaken, provider_subjects, {}),
    "a second factor": (factor, FactorStands, second_factors, {}),
    "a report by mail": (mailed, InvalidInput, report_subscriptions, {}),
}


@pytest.mark.parametrize("what", DEEDS)
def test_of_two_the_second_is_refused_in_words(world: World, what: str) -> None:
    prepare, refusal, table, values = DEEDS[what]
    outcomes = at_once(world, *prepare(world))
    assert isinstance(outcomes[1], refusal) and not isinstance(outcomes[0], Exception), outcomes
    assert len(rows(world, table, **values)) == 1


def test_a_plan_of_a_reform_is_put_up_once(world: World, tmp_path: Path) -> None:
    prepare_june(world)
    second_administrator(world)
    plan = planned(world, tmp_path)
    outcomes = at_once(world, lambda unit: put_up(unit, plan), lambda unit: put_up(unit, plan), "admin", "admin2")
    assert isinstance(outcomes[1], OrderNotOpen), outcomes
    assert len(rows(world, reform_files)) == len(rows(world, reform_orders)) == 1


def test_a_plan_of_a_reform_is_asked_back_once(world: World, tmp_path: Path) -> None:
    prepare_june(world)
    second_administrator(world)
    plan = planned(world, tmp_path)
    with world.database.begin() as connection:
        row = {"code": plan.reform.code, "date": plan.reform.date, "digest": plan.digest, "document": {}, "summary": {}}
        connection.execute(reforms.insert().values(row | {"state": "applied", "loaded_at": world.now}))
    act = partial(ask_revert, digest=plan.digest, reason="Thử hoàn lại")
    outcomes = at_once(world, lambda unit: act(unit), lambda unit: act(unit), "admin", "admin2")
    assert isinstance(outcomes[1], OrderNotOpen), outcomes
    assert len(rows(world, reform_orders)) == 1


def test_one_of_two_prints_is_the_reprint(world: World) -> None:
    code = world.land_at("checking")
    world.try_act("counter", print_form, code, "06")
    act = partial(print_paper, code=code, form="06")
    outcomes = at_once(world, lambda unit: act(unit), lambda unit: act(unit), "counter", "specialist")
    assert not any(isinstance(one, Exception) for one in outcomes), outcomes
    assert sorted(row.copy for row in rows(world, prints)) == [1, 2]


def test_a_dossier_is_rated_once(world: World) -> None:
    filed = world.file()
    code, key = filed.case.code, filed.receipt_code
    world.do("counter", code, "receive")
    citizen = world.citizen(code)
    world.do(citizen, code, "withdraw", receipt_code=key)
    act = partial(rate, code=code, receipt_code=key)
    outcomes = at_once(world, lambda unit: act(unit, mark=5), lambda unit: act(unit, mark=1), citizen, citizen)
    assert isinstance(outcomes[1], RatedAlready), outcomes
    assert [row.mark for row in rows(world, ratings)] == [5]
