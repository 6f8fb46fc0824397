"""The staff as administrators look for them: by name without accents, office and state. The caller admits them only."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, exists, or_, select

from engine.queries.staff import PersonLine, people_lines
from engine.rules.plain_text import plain_text
from engine.store.people import memberships, people
from engine.store.staff_journal import admin_proposals
from engine.transaction import UnitOfWork

STATES = ("", "active", "off", "admin", "no-role")
"""What a list may be narrowed to; empty for everybody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A person by number."""

    number: int
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundStaff:
    """One page of those found, in the order of their usernames, and how many there are in all."""

    lines: tuple[PersonLine, ...]
    number: int
    page: int
    pages: int


def find_staff(
    unit: UnitOfWork, *, text: str = "", office: str = "", state: str = "", page: int = 1, size: int = 50
) -> FoundStaff:
    """Whose username, name or e-mail holds every word of ``text``.

    Names are compared in memory: accents do not count, and a province has some ten thousand people.
    """
    asked = select(people.c.id, people.c.username, people.c.name, people.c.email).order_by(people.c.username)
    rows = unit.reader().execute(asked.where(*_wanted(unit, office, state))).all()
    words = plain_text(text).split()
    ids = (
        [row.id for row in rows if _holds(words, row.username, row.name, row.email)] if words else [r.id for r in rows]
    )
    pages = max(1, -(-len(ids) // size))
    shown = min(max(1, page), pages)
    lines = people_lines(unit, ids[(shown - 1) * size : shown * size])
    return FoundStaff(lines=lines, number=len(ids), page=shown, pages=pages)


def names_of(unit: UnitOfWork, ids: set[int]) -> tuple[Named, ...]:
    """The names of people."""
    found = select(people.c.id, people.c.name).where(people.c.id.in_(ids))
    return tuple(Named(number=row.id, name=row.name) for row in unit.reader().execute(found)) if ids else ()


def person_called(unit: UnitOfWork, username: str) -> int | None:
    """The number of the person with this username, or None."""
    return unit.reader().execute(select(people.c.id).where(people.c.username == username)).scalar_one_or_none()


def waits_as_administrator(unit: UnitOfWork, person: int) -> bool:
    """Whether a proposal to make this person an administrator waits for its decision."""
    waits = and_(admin_proposals.c.person_id == person, admin_proposals.c.status == "waiting")
    return unit.reader().execute(select(admin_proposals.c.id).where(waits)).first() is not None


def _wanted(unit: UnitOfWork, office: str, state: str) -> list[ColumnElement[bool]]:
    today = unit.today
    held = exists().where(
        memberships.c.person_id == people.c.id,
        memberships.c.valid_from <= today,
        or_(memberships.c.valid_to.is_(None), memberships.c.valid_to > today),
    )
    by_state: dict[str, list[ColumnElement[bool]]] = {
        "active": [people.c.active == 1],
        "off": [people.c.active == 0],
        "admin": [people.c.admin == 1],
        "no-role": [people.c.active == 1, people.c.admin == 0, ~held],
    }
    wanted = by_state.get(state, [])
    if office:
        wanted = [*wanted, exists().where(memberships.c.person_id == people.c.id, memberships.c.office == office)]
    return wanted


def _holds(words: list[str], *texts: str | None) -> bool:
    plain = plain_text(*texts)
    return all(word in plain for word in words)
