"""A member of staff: roles, deputies, sessions and tokens, ways to sign in, and what the journal of staff tells."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from engine.queries.page_sessions import account_of
from engine.queries.staff import Deputy, PersonLine, deputies_of, person_line, staff_entries
from engine.queries.staff_search import names_of, waits_as_administrator
from engine.text import Text
from engine.transaction import UnitOfWork
from server.identity import Access, reading
from web.account.device import device_in_words
from web.admin.people.address import HERE
from web.admin.people.entries import entry_lines
from web.pages import Pages
from web.render import render

person = Pages("person", audience="desk")
_TOLD = 20


@dataclass(frozen=True, slots=True)
class Role:
    """A role at an office with its days; ``when`` is past, now, later, or closed: its office is."""

    office: str
    name: Text
    role: str
    since: dt.date
    until: dt.date | None
    when: str


@dataclass(frozen=True, slots=True)
class Session:
    """A session or a token, by its name."""

    id: str
    program: bool
    device: Text
    purpose: str | None
    created_at: dt.datetime
    seen_at: dt.datetime | None
    expires_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Substitution:
    """A substitution with the name of the other person; ``away``: the person of the page is absent."""

    away: bool
    other: int
    name: str
    office: Text | None
    start: dt.date
    end: dt.date
    legal: str


@person.page(f"{HERE}/<int:number>", access=Access.ADMIN)
def show(number: int) -> str:
    """A member of staff"""
    with reading() as unit:
        found = person_line(unit, number)
        account = account_of(unit, number, None)
        entries = staff_entries(unit, person=number, limit=_TOLD)
        return render(
            "admin/people/one.html",
            one=found,
            account=account,
            roles=_roles(unit, found),
            deputies=_substitutions(unit, number, deputies_of(unit, number)),
            sessions=[
                Session(
                    line.id, line.kind == "token", device_in_words(line.device), line.purpose,
                    line.created_at, line.seen_at, line.expires_at,
                )
                for line in account.sessions
            ],
            waits=waits_as_administrator(unit, number),
            entries=entry_lines(unit, entries.lines),
            more=entries.after is not None,
            own=unit.actor.person_id == number,
        )  # fmt: skip


def _roles(unit: UnitOfWork, found: PersonLine) -> list[Role]:
    """The roles, those of today first, then those to come, then the past."""
    made = []
    for office, role, since, until in found.roles:
        if until is not None and until <= since:
            continue
        when = "later" if since > unit.today else "now" if until is None or until > unit.today else "past"
        known = unit.catalogue.offices.get(office)
        if when == "now" and known is not None and not known.valid(unit.today):
            when = "closed"
        name = unit.catalogue.office_name(office) or Text(office, office)
        made.append(Role(office, name, role, since, until, when))
    return sorted(made, key=lambda one: ("now", "later", "closed", "past").index(one.when))


def _substitutions(unit: UnitOfWork, number: int, found: tuple[Deputy, ...]) -> list[Substitution]:
    ids = {one.absent for one in found} | {one.deputy for one in found}
    names = {one.number: one.name for one in names_of(unit, ids)}
    made = []
    for one in found:
        other = one.deputy if one.absent == number else one.absent
        office = (unit.catalogue.office_name(one.office) or Text(one.office, one.office)) if one.office else None
        name = names.get(other, str(other))
        made.append(Substitution(one.absent == number, other, name, office, one.start, one.end, one.legal))
    return made
