"""The journal of staff: every change of people tells who, when and why, and nothing gets past it unseen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import orjson
import pytest
from sqlalchemy import create_engine, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from engine.acts.follow_office import join_successor, leave_predecessor, return_to_office
from engine.acts.staff import administrators, revoke, switch
from engine.acts.staff import people as acts
from engine.acts.staff.sign_in import close_session, known_person, open_session, renew_hash
from engine.errors import Forbidden, InvalidInput, NotFound
from engine.journal.check import Tally
from engine.journal.check_staff import check_staff
from engine.queries.staff import deputies_of, staff_entries, tokens_of
from engine.rules.procedure.permissions import Actor
from engine.store.actors import actor_by_token
from engine.store.people import memberships, people, tokens
from engine.store.staff_journal import staff_journal
from engine.transaction import UnitOfWork
from tests.installation.world import BRANCH, PROVINCE, World

DAY = dt.timedelta(days=1)
WEEK = dt.date(2026, 3, 9)
STRONG = "ba con trau xanh"


def findings(world: World) -> list[str]:
    return [one.en for one in check_staff(world.database, Tally())]


def newest(world: World) -> dict[str, Any]:
    with world.reading() as connection:
        body = (
            connection.execute(select(staff_journal.c.body).order_by(staff_journal.c.number.desc())).scalars().first()
        )
    return dict(orjson.loads(body or "{}"))


def second_admin(world: World, name: str = "counter") -> Actor:
    """Makes a member of staff a second administrator, as two persons do."""
    person = world.person(name)
    number = world.try_act("system", administrators.propose_administrator, person, "hai người")
    world.try_act("admin", administrators.decide_administrator, number, True, "đồng ý")
    return world.actor(name)


def token_name(world: World, person: int) -> str:
    return world.try_act("system", lambda unit: tokens_of(unit, person)[0].id)


CHANGES: dict[str, Callable[[World, int], Any]] = {
    "add-person": lambda world, _: world.try_act("admin", acts.add_person, "moi.mau", "Mới", password=STRONG),
    "add-membership": lambda world, who: world.try_act("admin", acts.add_membership, who, PROVINCE, "leader", WEEK),
    "end-membership": lambda world, who: world.try_act("admin", acts.end_membership, who, BRANCH, "specialist", WEEK),
    "add-substitute": lambda world, who: world.try_act(
        "admin", acts.add_substitute, who, world.person("counter2"), WEEK, WEEK + DAY, "QĐ 3"
    ),
    "end-substitute": lambda world, _: world.try_act(
        "admin", revoke.end_substitute, world.person("leader"), world.person("deputy"), WEEK, "về sớm"
    ),
    "issue-token": lambda world, who: world.try_act("admin", acts.issue_token, who, DAY, "báo cáo"),
    "set-password": lambda world, who: world.try_act("admin", acts.set_password, who, STRONG, "quên"),
    "sign-in": lambda world, who: world.try_act("system", open_session, who),
    "switch-off": lambda world, who: world.try_act("admin", switch.switch_off, who, "nghỉ việc"),
    "propose-admin": lambda world, who: world.try_act("admin", administrators.propose_administrator, who, "thêm"),
}


@pytest.mark.parametrize("act", CHANGES)
def test_every_change_tells_who_when_why_and_what(world: World, act: str) -> None:
    world.try_act("system", acts.issue_token, world.person("specialist"), DAY)
    CHANGES[act](world, world.person("specialist"))
    entry = newest(world)
    assert entry["act"] == act
    assert entry["actor"] == ("system" if act == "sign-in" else world.actor("admin").label)
    assert entry["at"] == world.now.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    assert entry["changes"] and "Mẫu" not in str(entry)
    assert findings(world) == []


def test_what_is_ended_tells_it_too(world: World) -> None:
    person, told = world.person("specialist"), []
    world.try_act("admin", switch.switch_off, person, "nghỉ")
    for undo in (
        lambda: world.try_act("admin", switch.switch_on, person, "đi làm lại"),
        lambda: world.try_act("admin", acts.issue_token, person, DAY),
        lambda: world.try_act("admin", revoke.revoke_token, person, token_name(world, person), "mất"),
        lambda: world.try_act("admin", acts.issue_token, person, DAY),
        lambda: world.try_act("admin", revoke.revoke_tokens, person, "mất"),
        lambda: second_admin(world, "specialist"),
        lambda: world.try_act("admin", administrators.take_admin, person, "đổi việc"),
    ):
        undo()
        told.append(newest(world)["act"])
    assert told == [
        "switch-on", "issue-token", "revoke-token", "issue-token", "revoke-tokens", "approve-admin", "take-admin",
    ]  # fmt: skip
    assert findings(world) == []


def test_signing_out_and_a_renewed_password_hash_are_told(world: World) -> None:
    person = world.person("counter")
    world.try_act("admin", acts.set_password, person, STRONG)
    stored = known_person(world.runtime, "counter", STRONG)
    assert stored is not None and world.try_act("system", renew_hash, person, stored.stored, "$argon2id$another")
    assert newest(world)["act"] == "renew-hash"
    world.try_act("system", open_session, person)
    with world.reading() as connection:
        hashed = connection.execute(select(tokens.c.hash).where(tokens.c.revoked_at.is_(None))).scalar_one()
    world.try_act("counter", close_session, hashed)
    assert newest(world)["act"] == "sign-out"
    world.try_act("counter", close_session, hashed)
    assert findings(world) == []


def test_memberships_that_follow_a_reform_and_come_back_are_told(world: World) -> None:
    member: dict[str, Any] = {
        "person": world.person("specialist"),
        "office": BRANCH,
        "role": "specialist",
        "to": PROVINCE,
    }
    with world.reading() as connection:
        held = connection.execute(select(memberships).where(memberships.c.person_id == member["person"])).one()
    member["since"] = held.valid_from.isoformat()
    for act in (join_successor, leave_predecessor, return_to_office):
        world.try_act("system", act, member, WEEK)
        assert findings(world) == []
    assert newest(world)["act"] == "return-to-office"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE people SET admin = 1 WHERE username = 'counter'",
        "UPDATE people SET active = 0 WHERE username = 'counter'",
        "UPDATE people SET password = 'x' WHERE username = 'counter'",
        "UPDATE memberships SET valid_to = '2030-01-01' WHERE role = 'leader'",
        "UPDATE memberships SET role = 'leader' WHERE role = 'specialist'",
        "DELETE FROM memberships WHERE role = 'monitor'",
        "UPDATE substitutes SET valid_to = '2030-01-01'",
        "UPDATE substitutes SET office = 'TT-26740'",
        "UPDATE tokens SET revoked_at = NULL",
        "UPDATE tokens SET expires_at = '2099-01-01 00:00:00.000000'",
        "DELETE FROM tokens",
        "INSERT INTO memberships SELECT id, 'TT-26740', 'counter', '2026-01-01', NULL FROM people WHERE username='tax'",
    ],
)
def test_a_row_written_past_the_journal_is_found(world: World, statement: str) -> None:
    person = world.person("counter")
    world.try_act("admin", acts.issue_token, person, DAY)
    world.try_act("admin", revoke.revoke_tokens, person, "thử")
    assert findings(world) == []
    world.tamper(statement)
    assert any("differs from the journal of staff" in one for one in findings(world))


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("""UPDATE staff_journal SET body = replace(body, '"system"', '"other"') WHERE number = 2""", "hash"),
        ("DELETE FROM staff_journal WHERE number = 2", "missing"),
        ("UPDATE staff_journal SET actor = 'admin:9' WHERE number = 2", "columns"),
        ("DELETE FROM staff_journal", "differs"),
    ],
)
def test_a_changed_journal_is_found(world: World, statement: str, words: str) -> None:
    world.tamper(statement)
    assert words in findings(world)[0]


@pytest.mark.parametrize(
    "statement", ["UPDATE staff_journal SET act = 'x'", "DELETE FROM staff_journal", "DELETE FROM admin_proposals"]
)
def test_the_application_cannot_change_the_journal(world: World, statement: str) -> None:
    if "admin_proposals" in statement and world.database.dialect.name == "sqlite":
        return  # the rights of a role exist on PostgreSQL alone
    with pytest.raises(DBAPIError, match=r"append-only|permission denied"), world.database.begin() as connection:
        connection.execute(text(statement))


@pytest.mark.postgresql
def test_not_even_the_owner_of_the_tables(postgres_owner_url: str) -> None:
    owner = create_engine(postgres_owner_url, poolclass=NullPool)
    row = "VALUES (9, '2026-01-01', 'x', 'x', '{}', 'x')"
    with owner.begin() as connection:
        connection.execute(text(f"INSERT INTO staff_journal (number, at, act, actor, body, hash) {row}"))
    for statement in ("UPDATE staff_journal SET act = 'y'", "DELETE FROM staff_journal", "TRUNCATE staff_journal"):
        with pytest.raises(DBAPIError, match="append-only"), owner.begin() as connection:
            connection.execute(text(statement))


def test_sqlite_replaces_no_entry(world: World) -> None:
    if world.database.dialect.name == "sqlite":
        with pytest.raises(DBAPIError, match="append-only"), world.database.begin() as connection:
            connection.execute(
                text("INSERT OR REPLACE INTO staff_journal SELECT * FROM staff_journal WHERE number = 1")
            )


def test_the_journal_is_read_newest_first_and_by_person(world: World) -> None:
    person = world.person("specialist")
    world.try_act("admin", switch.switch_off, person, "nghỉ việc")

    def read(unit: UnitOfWork) -> Any:
        return staff_entries(unit, person=person, limit=2), staff_entries(unit, limit=1)

    of_one, of_all = world.try_act("admin", read)
    assert [one.act for one in of_one.lines] == ["switch-off", "add-membership"]
    assert of_all.lines[0].reason == "nghỉ việc" and of_all.after is not None


class TestAnAdministrator:
    def test_is_made_by_two(self, world: World) -> None:
        number = world.try_act("admin", administrators.propose_administrator, world.person("counter"), "thêm")
        assert not world.actor("counter").admin
        refused = world.refuse(Forbidden, "admin", administrators.decide_administrator, number, True, "tôi duyệt")
        assert refused.code == "second-person-needed"
        world.refuse(Forbidden, "counter", administrators.decide_administrator, number, True, "tôi duyệt")
        world.refuse(Forbidden, "system", administrators.decide_administrator, number, True, "tôi duyệt")

    def test_proposed_by_one_and_approved_by_another_is_one(self, world: World) -> None:
        second = second_admin(world)
        assert second.admin
        number = world.try_act(second, administrators.propose_administrator, world.person("tax"), "thêm")
        world.try_act("admin", administrators.decide_administrator, number, False, "không cần")
        assert not world.actor("tax").admin
        world.refuse(administrators.ProposalClosed, "admin", administrators.decide_administrator, number, True, "đổi ý")

    def test_added_later_waits(self, world: World) -> None:
        person = world.try_act("admin", acts.add_person, "moi.mau", "Mới", admin=True)
        with world.reading() as connection:
            assert connection.execute(select(people.c.admin).where(people.c.id == person)).scalar_one() == 0
        assert newest(world)["act"] == "propose-admin"

    def test_the_first_is_one_at_once_and_the_journal_says_so(self, world: World) -> None:
        with world.reading() as connection:
            bodies = connection.execute(select(staff_journal.c.act).order_by(staff_journal.c.number)).scalars().all()
        assert bodies.count("first-administrator") == 1

    def test_given_back_takes_two_again(self, world: World) -> None:
        second = second_admin(world)
        person = world.person("counter")
        world.try_act("admin", switch.switch_off, person, "nghỉ")
        world.try_act("admin", switch.switch_on, person, "đi làm lại")
        assert not world.actor("counter").admin
        assert second.person_id == person

    @pytest.mark.parametrize("act", [switch.switch_off, administrators.take_admin])
    def test_the_last_one_stays(self, world: World, act: Callable[..., None]) -> None:
        person = world.person("admin")
        world.refuse(administrators.LastAdministrator, "system", act, person, "đổi việc")
        second_admin(world)
        world.try_act("system", act, person, "đổi việc")
        assert findings(world) == []

    def test_a_proposal_lapses_and_ends_with_its_proposer(self, world: World) -> None:
        second = second_admin(world)
        number = world.try_act(second, administrators.propose_administrator, world.person("tax"), "thêm")
        world.try_act("admin", administrators.take_admin, world.person("counter"), "đổi việc")
        decide = administrators.decide_administrator
        world.refuse(administrators.ProposalClosed, "admin", decide, number, True, "đồng ý")
        world.at("2026-03-12 08:00")
        again = world.try_act("system", administrators.propose_administrator, world.person("tax"), "thêm lần nữa")
        assert again != number
        world.refuse(
            administrators.AlreadyAdministrator,
            "system",
            administrators.propose_administrator,
            world.person("tax"),
            "x",
        )
        world.at("2026-03-20 08:00")
        world.refuse(administrators.ProposalClosed, "admin", decide, again, True, "đồng ý")
        assert findings(world) == []


class TestADeputy:
    def offices(self, world: World) -> frozenset[str]:
        return world.actor("deputy").offices(WEEK)

    def roles(self, world: World) -> set[str]:
        return {
            one.role for other in world.actor("deputy").substitutions for one in other.memberships if one.valid(WEEK)
        }

    def test_has_the_rights_of_the_leader(self, world: World) -> None:
        assert "leader" in self.roles(world)

    def test_has_none_once_the_leader_is_switched_off(self, world: World) -> None:
        leader = world.person("leader")
        world.try_act("admin", switch.switch_off, leader, "nghỉ hưu")
        assert world.actor("deputy").substitutions == ()
        world.try_act("admin", switch.switch_on, leader, "nhầm")
        assert "leader" in self.roles(world)

    def test_has_none_once_the_leader_s_membership_ended(self, world: World) -> None:
        world.try_act("admin", acts.end_membership, world.person("leader"), BRANCH, "leader", WEEK)
        assert "leader" not in self.roles(world)

    def test_has_none_in_an_office_that_closed(self, world: World) -> None:
        world.tamper(f"UPDATE offices SET valid_to = '{WEEK}' WHERE code = '{BRANCH}'")
        assert "leader" not in self.roles(world)

    def test_has_none_after_the_end(self, world: World) -> None:
        world.try_act("admin", revoke.end_substitute, world.person("leader"), world.person("deputy"), WEEK, "về sớm")
        assert not any(one.valid(WEEK) for one in world.actor("deputy").substitutions)
        assert world.try_act("admin", lambda unit: deputies_of(unit, world.person("leader"))) == ()
        end = world.person("leader"), world.person("deputy"), WEEK, "lần nữa"
        world.refuse(NotFound, "admin", revoke.end_substitute, *end)

    def test_does_not_end_in_the_past(self, world: World) -> None:
        past = world.person("leader"), world.person("deputy"), world.now.date() - DAY, "về sớm"
        world.refuse(InvalidInput, "admin", revoke.end_substitute, *past)


def test_a_closing_office_changes_the_number_that_remembered_actors_rest_on(world: World) -> None:
    def number() -> int:
        with world.reading() as connection:
            return int(connection.execute(text("SELECT number FROM staff_changes")).scalar_one())

    before = number()
    with world.database.begin() as connection:
        connection.execute(text(f"UPDATE offices SET valid_to = '2030-01-01' WHERE code = '{BRANCH}'"))
    assert number() > before


def test_whoever_is_switched_off_is_out_at_once_and_stays_out(world: World) -> None:
    person = world.person("counter")
    world.try_act("admin", acts.set_password, person, STRONG)
    world.try_act("system", open_session, person)
    with world.reading() as connection:
        hashed = connection.execute(select(tokens.c.hash).where(tokens.c.revoked_at.is_(None))).scalar_one()
        assert actor_by_token(connection, hashed, world.now) is not None
    world.try_act("admin", switch.switch_off, person, "nghỉ việc")
    world.try_act("admin", switch.switch_off, person, "lần nữa")
    assert known_person(world.runtime, "counter", STRONG) is None
    world.try_act("admin", switch.switch_on, person, "đi làm lại")
    assert known_person(world.runtime, "counter", STRONG) is not None
    with world.reading() as connection:
        assert actor_by_token(connection, hashed, world.now) is None
    for act in (switch.switch_off, switch.switch_on, administrators.take_admin):
        world.refuse(InvalidInput, "admin", act, person, "  ")
        world.refuse(NotFound, "admin", act, 999_999, "không có")


def test_one_token_of_several_is_revoked(world: World) -> None:
    person = world.person("counter")
    for purpose in ("báo cáo", "thống kê"):
        world.try_act("admin", acts.issue_token, person, DAY, purpose)
    listed = world.try_act("admin", lambda unit: tokens_of(unit, person))
    assert {one.purpose for one in listed} == {"báo cáo", "thống kê"}
    world.try_act("admin", revoke.revoke_token, person, listed[0].id, "mất máy")
    left = world.try_act("admin", lambda unit: tokens_of(unit, person))
    assert [one.id for one in left] == [listed[1].id]
    for name in (listed[0].id, listed[1].id[:8], "%", ""):
        world.refuse(NotFound, "admin", revoke.revoke_token, person, name, "thử")
    world.refuse(NotFound, "admin", revoke.revoke_token, world.person("tax"), listed[1].id, "thử")


def test_an_earlier_database_begins_its_journal_with_what_it_has(empty_database_url: str) -> None:
    from engine.store.migrate import upgrade
    from engine.store.sql.schema import open_database

    upgrade(empty_database_url, "0009")
    database = open_database(empty_database_url, pooled=False)
    person = (
        "INSERT INTO people (username, name, password, admin, active, language, created_at)"
        " VALUES ('cu.mau', 'Cũ', 'hash', 1, 1, 'vi', '2026-01-01 00:00:00')"
    )
    token = (
        "INSERT INTO tokens (hash, person_id, created_at, expires_at)"
        f" SELECT '{'a' * 64}', id, '2026-01-01 00:00:00', '2027-01-01 00:00:00' FROM people"
    )
    with database.begin() as connection:
        connection.exec_driver_sql(person)
        connection.exec_driver_sql(token)
    upgrade(empty_database_url)
    assert list(check_staff(database, Tally())) == []
    with database.begin() as connection:
        connection.execute(update(people).values(admin=0))
    assert len(list(check_staff(database, Tally()))) == 1
