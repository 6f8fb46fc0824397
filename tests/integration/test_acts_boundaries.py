"""The last value that an act takes and the first that it refuses, for every limit that an act has of its own."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from engine.acts.add_note import add_note
from engine.acts.documents import MOST_COPIES, add_document, check_counts, check_document, remove_document
from engine.acts.extend_deadline import CannotExtend, extend_deadline
from engine.acts.rectify import rectify
from engine.acts.settle_fee import settle_fee
from engine.acts.staff.people import (
    add_membership,
    add_person,
    add_substitute,
    issue_token,
    set_password,
)
from engine.acts.staff.sign_in import (
    SESSION,
    CredentialsChanged,
    close_session,
    known_person,
    open_session,
    renew_hash,
)
from engine.acts.staff.switch import switch_off
from engine.acts.verification import ask_verification
from engine.errors import InvalidInput, NotFound
from engine.rules.journal.staff_entries import password_mark
from engine.rules.procedure.definition import Term
from engine.security.weak_passwords import SHORTEST_PASSWORD
from engine.store.documents import documents
from engine.store.people import memberships, people, substitutes, tokens
from tests.installation.world import BRANCH, World

DAY = dt.timedelta(days=1)
UNCOMMON = "q7vk2xw9hz"
OPENED = dt.date(2025, 7, 1)
"""The first day of the branch office, on which the district's office had closed."""


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ({"username": "abc"}, True),
        ({"username": "a" * 60}, True),
        ({"username": "a" * 61}, False),
        ({"username": "a_.-9"}, True),
        ({"username": "-abc"}, False),
        ({"username": "abc."}, False),
        ({"name": "x" * 200}, True),
        ({"name": "x"}, True),
        ({"password": UNCOMMON}, True),
        ({"password": UNCOMMON[:-1]}, False),
        ({"language": "en"}, True),
        ({"language": ""}, False),
    ],
)
def test_who_may_be_added(world: World, given: dict[str, str], taken: bool) -> None:
    told: dict[str, Any] = {"username": "tran.mau", "name": "Trần Mẫu"} | given
    username, name = told.pop("username"), told.pop("name")
    if not taken:
        assert list(world.refuse(InvalidInput, "admin", add_person, username, name, **told).errors) == list(given)
        return
    number = world.try_act("admin", add_person, username, name, **told)
    with world.reading() as connection:
        row = connection.execute(select(people).where(people.c.id == number)).mappings().one()
    assert (row["username"], row["name"], row["language"]) == (username, name, told.get("language", "vi"))
    assert (row["active"], row["admin"], row["created_at"]) == (1, 0, world.now)
    assert (row["password"] is not None) == ("password" in told)


def test_a_person_is_kept_as_told(world: World) -> None:
    more = {"admin": False, "email": "a@example.vn", "phone": "0900"}
    number = world.try_act("admin", add_person, "tran.mau", "  Trần Mẫu ", **more)
    with world.reading() as connection:
        row = connection.execute(select(people).where(people.c.id == number)).mappings().one()
    assert (row["name"], row["admin"], row["email"], row["phone"]) == ("Trần Mẫu", 0, "a@example.vn", "0900")


def test_every_fault_about_a_person_is_named_at_once(world: World) -> None:
    refused = world.refuse(InvalidInput, "admin", add_person, "?", "", password="", language="")
    assert list(refused.errors) == ["username", "name", "password", "language"]


def test_a_password_of_the_least_length_is_taken(world: World) -> None:
    assert len(UNCOMMON) == SHORTEST_PASSWORD
    world.try_act("admin", set_password, world.person("counter"), UNCOMMON)
    world.refuse(InvalidInput, "admin", set_password, world.person("counter"), UNCOMMON[:-1])


def member(world: World, start: dt.date, end: dt.date | None = None, refused: str = "", role: str = "leader") -> None:
    told = (world.person("counter2"), BRANCH, role, start, end)
    if refused:
        assert list(world.refuse(InvalidInput, "admin", add_membership, *told).errors) == [refused]
        return
    world.try_act("admin", add_membership, *told)
    with world.reading() as connection:
        rows = connection.execute(select(memberships).where(memberships.c.person_id == told[0])).all()
    assert (*told[1:],) in [(row.office, row.role, row.valid_from, row.valid_to) for row in rows]


def test_a_membership_begins_with_its_office_and_lasts_a_day_at_least(world: World) -> None:
    member(world, OPENED - DAY, refused="start")
    member(world, OPENED, OPENED, refused="end")
    member(world, OPENED, OPENED + DAY)


def test_memberships_in_one_role_may_touch_and_not_overlap(world: World) -> None:
    member(world, OPENED + 10 * DAY, OPENED + 20 * DAY)
    member(world, OPENED + 19 * DAY, OPENED + 30 * DAY, refused="role")
    member(world, OPENED, OPENED + 11 * DAY, refused="role")
    member(world, OPENED, None, refused="role")
    member(world, OPENED + 12 * DAY, OPENED + 13 * DAY, refused="role")
    member(world, OPENED, OPENED + 10 * DAY)
    member(world, OPENED + 20 * DAY)
    member(world, OPENED + 900 * DAY, refused="role")
    member(world, OPENED + 12 * DAY, role="clerk")


def test_an_assignment_lasts_a_day_at_least_and_begins_once_a_day(world: World) -> None:
    absent, deputy = world.person("specialist"), world.person("deputy")
    refused = world.refuse(InvalidInput, "admin", add_substitute, absent, absent, OPENED, OPENED, "")
    assert list(refused.errors) == ["deputy", "end", "legal"]
    world.try_act("admin", add_substitute, absent, deputy, OPENED, OPENED + DAY, "QĐ 1")
    world.refuse(InvalidInput, "admin", add_substitute, absent, deputy, OPENED, OPENED + 2 * DAY, "QĐ 2")
    world.try_act("admin", add_substitute, absent, deputy, OPENED + DAY, OPENED + 2 * DAY, "QĐ 2", BRANCH)
    world.try_act("admin", add_substitute, deputy, absent, OPENED, OPENED + DAY, "QĐ 3")
    with world.reading() as connection:
        mine = select(substitutes).where(substitutes.c.absent_id == absent).order_by(substitutes.c.valid_from)
        rows = [tuple(row) for row in connection.execute(mine)]
    assert rows == [
        (absent, deputy, OPENED, OPENED + DAY, None, "QĐ 1"),
        (absent, deputy, OPENED + DAY, OPENED + 2 * DAY, BRANCH, "QĐ 2"),
    ]


def test_a_session_lasts_twelve_hours_and_a_token_as_long_as_told(world: World) -> None:
    person = world.person("counter")
    token, ends = world.try_act("system", open_session, person)
    assert ends == world.now + SESSION == world.now + dt.timedelta(hours=12)
    other = world.try_act("admin", issue_token, person, dt.timedelta(minutes=1))
    assert len(token) == len(other) == 43 and token != other
    with world.reading() as connection:
        rows = connection.execute(select(tokens).where(tokens.c.person_id == person)).all()
    assert {row.expires_at for row in rows} == {ends, world.now + dt.timedelta(minutes=1)}
    assert {row.revoked_at for row in rows} == {None}
    one, two = (row.hash for row in rows)
    world.try_act("system", close_session, one)
    with world.reading() as connection:
        kept = {row.hash: row.revoked_at for row in connection.execute(select(tokens)).all()}
    assert (kept[one], kept[two]) == (world.now, None)


@pytest.mark.parametrize("kind", ["original", "certified", "copy"])
@pytest.mark.parametrize(
    ("count", "taken"),
    [(0, True), (MOST_COPIES, True), (MOST_COPIES + 1, False), (-1, False), (True, False), ("1", False)],
)
def test_how_many_copies_a_paper_may_have(kind: str, count: Any, taken: bool) -> None:
    if taken:
        assert check_counts({kind: count}) == {"original": 0, "certified": 0, "copy": 0} | {kind: count}
        return
    with pytest.raises(InvalidInput) as refused:
        check_counts({kind: count})
    assert list(refused.value.errors) == [kind]


@pytest.mark.parametrize("kind", ["original", "certified", "copy"])
def test_one_copy_of_any_kind_is_a_paper(world: World, kind: str) -> None:
    code = world.file().case.code
    _, number = world.act("counter", add_document, code, key="other", **{kind: 1})
    with world.reading() as connection:
        row = connection.execute(select(documents).where(documents.c.id == number)).mappings().one()
    assert {one: row[one] for one in ("original", "certified", "copy")} == {
        one: int(one == kind) for one in ("original", "certified", "copy")
    }
    assert (row["digitised"], row["accepted"], row["added_at"]) == (0, None, world.now)


def test_a_file_of_just_the_greatest_size_is_taken(world: World) -> None:
    code = world.file().case.code
    most = world.runtime.settings.max_upload_bytes
    whole = b"%PDF-1.7\n" + b" " * (most - 15) + b"\n%%EOF"
    assert len(whole) == most
    _, number = world.act("counter", add_document, code, key="other", content=whole, file_name="a.pdf")
    refused = world.refuse(InvalidInput, "counter", add_document, code, key="other", content=whole + b"\n")
    assert list(refused.errors) == ["file"]
    with world.reading() as connection:
        row = connection.execute(select(documents).where(documents.c.id == number)).mappings().one()
    assert (row["size"], row["digitised"], row["file_name"]) == (most, 1, "a.pdf")


def test_a_reason_of_blanks_is_none(world: World) -> None:
    code = world.land_at("checking")
    with world.reading() as connection:
        number = connection.execute(select(documents.c.id).order_by(documents.c.id)).scalars().first()
    world.refuse(InvalidInput, "specialist", check_document, code, number, False, " ")
    world.refuse(InvalidInput, "specialist", check_document, code, number, False)
    world.refuse(InvalidInput, "specialist", remove_document, code, number, "\n")
    world.refuse(InvalidInput, "specialist", extend_deadline, code, Term(1, "working_day"), " ")
    world.refuse(InvalidInput, "specialist", ask_verification, code, "UB-26080", " ")
    world.refuse(InvalidInput, "specialist", add_note, code, " ")
    world.act("specialist", check_document, code, number, True)
    world.refuse(NotFound, "specialist", check_document, code, 999_999, True)


def test_the_time_limit_is_extended_as_often_as_the_release_allows(world: World) -> None:
    code = world.land_at("checking")
    allowed = world.runtime.catalogue.workflow(world.row(code)["release"]).release.sla.extensions
    for _ in range(allowed):
        world.act("specialist", extend_deadline, code, Term(1, "working_day"), "chờ ý kiến")
    world.refuse(CannotExtend, "specialist", extend_deadline, code, Term(1, "working_day"), "chờ ý kiến")
    assert len(world.row(code)["extensions"]) == allowed == 1


def test_a_password_that_was_hashed_more_weakly_is_hashed_again_when_it_is_right(world: World) -> None:
    person = world.try_act("admin", add_person, "tran.mau", "Trần Mẫu", password="mat-khau-du-dai")
    first = known_person(world.runtime, "tran.mau", "mat-khau-du-dai")
    assert first is not None and (first.person, first.fresh) == (person, None)
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("mat-khau-du-dai")
    assert world.try_act("system", renew_hash, person, first.stored, weak)
    found = known_person(world.runtime, "tran.mau", "mat-khau-du-dai")
    assert found is not None and found.person == person and found.fresh is not None
    assert not PasswordHasher().check_needs_rehash(found.fresh) or found.fresh != weak
    assert known_person(world.runtime, "tran.mau", "mat-khau-khac") is None
    assert known_person(world.runtime, "khong.co", "mat-khau-du-dai") is None


def test_a_hash_is_renewed_only_in_place_of_the_one_that_was_checked(world: World) -> None:
    person = world.try_act("admin", add_person, "tran.mau", "Trần Mẫu", password=UNCOMMON)

    def kept() -> str:
        with world.reading() as connection:
            return str(connection.execute(select(people.c.password).where(people.c.id == person)).scalar_one())

    before = kept()
    assert world.try_act("system", renew_hash, person, before, "a fresh hash")
    assert not world.try_act("system", renew_hash, person, before, "of the same password, made at the same time")
    assert kept() == "a fresh hash"


def test_a_password_that_was_changed_meanwhile_opens_no_session(world: World) -> None:
    person = world.try_act("admin", add_person, "tran.mau", "Trần Mẫu", password=UNCOMMON)
    found = known_person(world.runtime, "tran.mau", UNCOMMON)
    assert found is not None
    checked = password_mark(found.stored)
    world.try_act("system", open_session, person, checked)
    world.try_act("admin", set_password, person, "mot-mat-khau-khac-han-2")
    world.refuse(CredentialsChanged, "system", open_session, person, checked)
    world.refuse(CredentialsChanged, "system", open_session, person, checked, pages=True)
    assert not world.try_act("system", renew_hash, person, found.stored, "of the former password")
    fresh = known_person(world.runtime, "tran.mau", "mot-mat-khau-khac-han-2")
    assert fresh is not None
    world.try_act("admin", switch_off, person, "đã nghỉ việc")
    world.refuse(CredentialsChanged, "system", open_session, person, password_mark(fresh.stored))


def test_fees_that_are_not_asked_for_any_more_vanish_unless_they_are_paid(world: World) -> None:
    code = world.land_at("checking")
    asked = world.fees(code)
    remeasured = {"land.remeasured": True, "land.surveyor": "Đội 1"}
    world.act("counter", rectify, code, "đo lại", fields=remeasured)
    added = world.fees(code).keys() - asked.keys()
    for key in asked:
        world.act("counter", settle_fee, code, key, "cash", "BL-1")
    world.act("counter", rectify, code, "không đo", fields={"land.remeasured": False})
    assert world.fees(code) == asked, f"{added} went, and nothing else"
    world.act("counter", rectify, code, "đo lại", fields=remeasured)
    assert world.fees(code).keys() == asked.keys() | added
