"""Staff: who they are, where they work and from when, who stands in for whom, and what lets them in."""

import datetime as dt
import hashlib

import pytest
from sqlalchemy import select

from engine.acts.staff.people import (
    NameTaken,
    add_membership,
    add_person,
    add_substitute,
    end_membership,
    issue_token,
    set_password,
)
from engine.acts.staff.sign_in import known_person
from engine.errors import InvalidInput, NotFound
from engine.store.actors import actor_by_token
from engine.store.people import person_named, role_members
from tests.installation.world import BRANCH, LONG_KHANH, World

DAY = dt.date(2026, 3, 2)
NEXT = dt.date(2026, 4, 1)


def members(world: World, role: str, on: dt.date) -> frozenset[int]:
    with world.reading() as connection:
        return role_members(connection, BRANCH, role, on)


def test_a_person_signs_in_with_the_password_and_is_found_by_name(world: World) -> None:
    number = world.try_act("admin", add_person, "tran.mau", "Trần Mẫu", password="mat-khau-du-dai")
    with world.reading() as connection:
        assert person_named(connection, "tran.mau") == number
    found = known_person(world.runtime, "tran.mau", "mat-khau-du-dai")
    assert found is not None and found[0] == number
    assert known_person(world.runtime, "tran.mau", "mat-khau-khac-han") is None


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"username": "Trần Mẫu"}, "username"),
        ({"username": "ab"}, "username"),
        ({"name": "  "}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"password": "ngan"}, "password"),
        ({"language": "fr"}, "language"),
    ],
)
def test_what_is_wrong_about_a_person_is_named(world: World, changes: dict[str, str], where: str) -> None:
    given = {"username": "tran.mau", "name": "Trần Mẫu"} | changes
    username, name = given.pop("username"), given.pop("name")
    assert where in world.refuse(InvalidInput, "admin", add_person, username, name, **given).errors


def test_a_username_is_given_once(world: World) -> None:
    world.refuse(NameTaken, "admin", add_person, "counter", "Người khác")


def test_a_role_runs_from_one_day_to_the_day_before_another(world: World) -> None:
    number = world.try_act("admin", add_person, "tran.mau", "Trần Mẫu")
    world.try_act("admin", add_membership, number, BRANCH, "specialist", DAY)
    assert number in members(world, "specialist", DAY)
    assert number not in members(world, "specialist", DAY - dt.timedelta(days=1))
    world.try_act("admin", end_membership, number, BRANCH, "specialist", NEXT)
    assert number in members(world, "specialist", NEXT - dt.timedelta(days=1))
    assert number not in members(world, "specialist", NEXT)
    world.try_act("admin", add_membership, number, BRANCH, "specialist", NEXT)
    assert number in members(world, "specialist", NEXT)


@pytest.mark.parametrize(
    ("office", "start", "end", "where"),
    [
        (BRANCH, DAY, DAY, "end"),
        (BRANCH, dt.date(2025, 6, 30), None, "start"),  # the branch was set up on 1 July 2025
        ("MC-732-C", DAY, None, "start"),  # the district's office closed that day
    ],
)
def test_a_role_lies_within_the_life_of_its_office(
    world: World, office: str, start: dt.date, end: dt.date | None, where: str
) -> None:
    person = world.person("counter")
    assert where in world.refuse(InvalidInput, "admin", add_membership, person, office, "leader", start, end).errors


def test_nobody_has_a_role_twice_on_a_day(world: World) -> None:
    person = world.person("specialist")
    assert "role" in world.refuse(InvalidInput, "admin", add_membership, person, BRANCH, "specialist", DAY).errors


def test_unknown_offices_and_roles_that_do_not_run_are_not_found(world: World) -> None:
    person = world.person("counter")
    world.refuse(NotFound, "admin", add_membership, person, "TT-00000", "counter", DAY)
    world.refuse(NotFound, "admin", end_membership, person, LONG_KHANH, "leader", NEXT)


def test_a_deputy_has_the_roles_of_the_absent_between_two_dates(world: World) -> None:
    absent, deputy = world.person("leader"), world.person("counter2")
    world.try_act("admin", add_substitute, absent, deputy, DAY, NEXT, "QĐ 12/QĐ-VPDK")
    actor = world.actor("counter2")
    assert BRANCH in actor.offices(DAY)
    assert BRANCH not in actor.offices(NEXT)


@pytest.mark.parametrize(
    ("same", "end", "legal", "where"),
    [(True, NEXT, "QĐ 1", "deputy"), (False, DAY, "QĐ 1", "end"), (False, NEXT, " ", "legal")],
)
def test_what_is_wrong_about_a_substitution_is_named(
    world: World, same: bool, end: dt.date, legal: str, where: str
) -> None:
    absent = world.person("leader")
    deputy = absent if same else world.person("counter2")
    assert where in world.refuse(InvalidInput, "admin", add_substitute, absent, deputy, DAY, end, legal).errors


def test_a_token_lets_in_until_it_ends_or_the_password_changes(world: World) -> None:
    person = world.person("counter")
    token = world.try_act("admin", issue_token, person, dt.timedelta(hours=1))
    digest = hashlib.sha256(token.encode()).hexdigest()
    with world.reading() as connection:
        found = actor_by_token(connection, digest, world.now)
        assert found is not None and found[0].person_id == person
        assert actor_by_token(connection, digest, world.now + dt.timedelta(hours=1)) is None
    world.try_act("admin", set_password, person, "mot-mat-khau-moi")
    with world.reading() as connection:
        assert actor_by_token(connection, digest, world.now) is None
    world.refuse(InvalidInput, "admin", set_password, person, "ngan")
    world.refuse(NotFound, "admin", set_password, 999_999, "mot-mat-khau-moi")


def test_the_database_keeps_no_token(world: World) -> None:
    from engine.store.people import tokens

    token = world.try_act("admin", issue_token, world.person("counter"), dt.timedelta(hours=1))
    with world.reading() as connection:
        assert token not in connection.execute(select(tokens.c.hash)).scalars().all()


def test_a_membership_ends_before_the_day_that_was_set_first(world: World) -> None:
    person, month = world.person("counter2"), dt.timedelta(days=30)
    world.try_act("admin", add_membership, person, BRANCH, "leader", DAY, NEXT + month)
    world.try_act("admin", end_membership, person, BRANCH, "leader", NEXT)
    assert person in members(world, "leader", NEXT - dt.timedelta(days=1))
    assert person not in members(world, "leader", NEXT)
    world.refuse(NotFound, "admin", end_membership, person, BRANCH, "leader", NEXT)
    world.refuse(NotFound, "admin", end_membership, person, BRANCH, "leader", NEXT + month)


@pytest.mark.parametrize("role", ["specialst", "boss", "applicant", "system", "holder", "Counter"])
def test_a_membership_is_of_a_known_role(world: World, role: str) -> None:
    number = world.try_act("admin", add_person, "mau.moi", "Nguyễn Mẫu")
    refusal = world.refuse(InvalidInput, "admin", add_membership, number, BRANCH, role, DAY)
    assert set(refusal.errors) == {"role"}
    if role == "specialst":
        assert "“specialist”" in refusal.sentence("vi")


@pytest.mark.parametrize("role", ["specialist", "tax", "leader", "monitor", "clerk"])
def test_roles_of_procedures_and_reserved_ones_are_known(world: World, role: str) -> None:
    number = world.try_act("admin", add_person, "mau.moi", "Nguyễn Mẫu")
    world.try_act("admin", add_membership, number, BRANCH, role, DAY)
