"""The staff as administrators see them: accounts with their roles, deputies and tokens; proposals; their journal.

The caller must admit administrators only.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import ColumnElement, and_, exists, or_, select

from engine.errors import NotFound
from engine.queries.page import After, Page, page_of
from engine.rules.journal.staff_entries import token_id
from engine.store.actors import actor_of_person
from engine.store.page_sessions import person_of_subject
from engine.store.people import memberships, people, substitutes, tokens
from engine.store.rows import PersonRow, StaffEntryRow
from engine.store.staff_journal import admin_proposals, staff_journal
from engine.transaction import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonLine:
    """An account. ``roles`` are (office, role, first day, first day without)."""

    id: int
    username: str
    name: str
    email: str | None
    phone: str | None
    admin: bool
    active: bool
    roles: tuple[tuple[str, str, dt.date, dt.date | None], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenView:
    """A session or a token for programs, by its name; the token itself is stored nowhere."""

    id: str
    kind: str | None
    purpose: str | None
    created_at: dt.datetime
    expires_at: dt.datetime
    revoked_at: dt.datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Deputy:
    """A substitution: ``deputy`` acts for ``absent`` from ``start`` until the day before ``end``."""

    absent: int
    deputy: int
    start: dt.date
    end: dt.date
    office: str | None
    legal: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalView:
    """A person proposed as an administrator."""

    id: int
    person: int
    proposed_by: int | None
    proposed_at: dt.datetime
    reason: str
    status: str
    decided_by: int | None
    decided_at: dt.datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffEntry:
    """An entry of the journal of staff."""

    number: int
    at: dt.datetime
    act: str
    actor: str
    operator: str | None
    subject: int | None
    reason: str
    changes: Sequence[Any]


def staff(
    unit: UnitOfWork, *, office: str | None = None, after: After | None = None, limit: int = 50
) -> Page[PersonLine]:
    """People in order of their number; ``office`` keeps those who ever had a role there."""
    wanted: list[ColumnElement[bool]] = [people.c.id > (after.id if after else 0)]
    if office is not None:
        wanted.append(exists().where(memberships.c.person_id == people.c.id, memberships.c.office == office))
    rows = unit.reader().execute(select(people).where(*wanted).order_by(people.c.id).limit(limit + 1)).all()
    roles = _roles(unit, [row.id for row in rows])
    return page_of(rows, limit, lambda row: _person(row, roles), lambda row: After(id=row.id))


def person_line(unit: UnitOfWork, person: int) -> PersonLine:
    """One account. Raises NotFound."""
    found = unit.reader().execute(select(people).where(people.c.id == person)).one_or_none()
    if found is None:
        raise NotFound(what=f"person {person}")
    return _person(found, _roles(unit, [person]))


def people_lines(unit: UnitOfWork, ids: Sequence[int]) -> tuple[PersonLine, ...]:
    """The accounts with these numbers, in this order."""
    found = {row.id: row for row in unit.reader().execute(select(people).where(people.c.id.in_(ids)))} if ids else {}
    roles = _roles(unit, list(found))
    return tuple(_person(found[one], roles) for one in ids if one in found)


def language_of(unit: UnitOfWork, person: int) -> str:
    """The language of a person: ``vi`` or ``en``."""
    return str(unit.reader().execute(select(people.c.language).where(people.c.id == person)).scalar_one())


def administers_only(unit: UnitOfWork, person: int) -> bool:
    """Whether a person is an administrator and works in no office today, also not as a deputy."""
    found = actor_of_person(unit.reader(), person)
    return found is not None and found.admin and not found.offices(unit.today)


def person_meant(unit: UnitOfWork, issuer: str, subject: str) -> int | None:
    """The active person whom an identity provider means by a subject, or None."""
    return person_of_subject(unit.reader(), issuer, subject)


def tokens_of(unit: UnitOfWork, person: int) -> tuple[TokenView, ...]:
    """The sessions and tokens of a person that are still valid, newest first."""
    valid = and_(tokens.c.person_id == person, tokens.c.revoked_at.is_(None), tokens.c.expires_at > unit.now)
    found = unit.reader().execute(select(tokens).where(valid).order_by(tokens.c.created_at.desc(), tokens.c.hash))
    return tuple(
        TokenView(
            id=token_id(one.hash), kind=one.kind, purpose=one.purpose, created_at=one.created_at,
            expires_at=one.expires_at, revoked_at=one.revoked_at,
        )
        for one in found
    )  # fmt: skip


def deputies_of(unit: UnitOfWork, person: int) -> tuple[Deputy, ...]:
    """The substitutions that are not over, in which the person is absent or the deputy."""
    concerned = or_(substitutes.c.absent_id == person, substitutes.c.deputy_id == person)
    goes_on = and_(substitutes.c.valid_to > unit.today, substitutes.c.valid_to > substitutes.c.valid_from)
    wanted = select(substitutes).where(concerned, goes_on)
    return tuple(
        Deputy(
            absent=one.absent_id, deputy=one.deputy_id, start=one.valid_from, end=one.valid_to, office=one.office,
            legal=one.legal,
        )
        for one in unit.reader().execute(wanted.order_by(substitutes.c.valid_from, substitutes.c.deputy_id))
    )  # fmt: skip


def proposals(unit: UnitOfWork) -> tuple[ProposalView, ...]:
    """Every proposal of an administrator, newest first."""
    found = unit.reader().execute(select(admin_proposals).order_by(admin_proposals.c.id.desc()))
    return tuple(
        ProposalView(
            id=one.id, person=one.person_id, proposed_by=one.proposed_by, proposed_at=one.proposed_at,
            reason=one.reason, status=one.status, decided_by=one.decided_by, decided_at=one.decided_at,
        )
        for one in found
    )  # fmt: skip


def staff_entries(
    unit: UnitOfWork, *, person: int | None = None, after: After | None = None, limit: int = 50
) -> Page[StaffEntry]:
    """The journal of staff, newest first; ``person`` keeps the entries about one."""
    wanted: list[ColumnElement[bool]] = [staff_journal.c.subject == person] if person is not None else []
    if after is not None:
        wanted.append(staff_journal.c.number < after.id)
    newest = select(staff_journal).where(*wanted).order_by(staff_journal.c.number.desc()).limit(limit + 1)
    return page_of(unit.reader().execute(newest).all(), limit, _entry, lambda row: After(id=row.number))


def _entry(row: StaffEntryRow) -> StaffEntry:
    body = orjson.loads(row.body)
    return StaffEntry(
        number=row.number, at=row.at, act=row.act, actor=row.actor, operator=body["operator"], subject=row.subject,
        reason=body["reason"], changes=body["changes"],
    )  # fmt: skip


def _person(row: PersonRow, roles: Mapping[int, list[Any]]) -> PersonLine:
    return PersonLine(
        id=row.id, username=row.username, name=row.name, email=row.email, phone=row.phone, admin=bool(row.admin),
        active=bool(row.active), roles=tuple(roles.get(row.id, ())),
    )  # fmt: skip


def _roles(unit: UnitOfWork, ids: Sequence[int]) -> dict[int, list[Any]]:
    held = select(memberships).where(memberships.c.person_id.in_(ids))
    found: dict[int, list[Any]] = {}
    for one in unit.reader().execute(held.order_by(memberships.c.office, memberships.c.role, memberships.c.valid_from)):
        found.setdefault(one.person_id, []).append((one.office, one.role, one.valid_from, one.valid_to))
    return found
