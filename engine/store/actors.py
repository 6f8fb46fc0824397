"""Reading an ``Actor``: a member of staff with dated memberships, their own and those of people they substitute.

Also the ``Claim``: the evidence that lets a cached actor be proven by one number instead of being read again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, exists, or_, select

from engine.rules.procedure.permissions import Actor, Membership, Substitution
from engine.store.people import memberships, people, staff_changes, substitutes, tokens
from engine.store.sql.question import PreparedSelect
from engine.store.units import offices

_ABSENT = people.alias("absent")
_PERSON = (
    select(
        people.c.id,
        people.c.name,
        people.c.admin,
        substitutes.c.absent_id,
        _ABSENT.c.name.label("absent_name"),
        _ABSENT.c.active.label("absent_active"),
        substitutes.c.valid_from.label("absent_from"),
        substitutes.c.valid_to.label("absent_until"),
        substitutes.c.office.label("absent_office"),
        substitutes.c.legal,
        memberships.c.person_id.label("held_by"),
        memberships.c.office,
        memberships.c.role,
        memberships.c.valid_from,
        memberships.c.valid_to,
        offices.c.province,
        offices.c.valid_to.label("closed_on"),
        staff_changes.c.number,
    )
    .select_from(people)
    .join(staff_changes, staff_changes.c.id == 1)
    .outerjoin(substitutes, substitutes.c.deputy_id == people.c.id)
    .outerjoin(_ABSENT, _ABSENT.c.id == substitutes.c.absent_id)
    .outerjoin(
        memberships, or_(memberships.c.person_id == people.c.id, memberships.c.person_id == substitutes.c.absent_id)
    )
    .outerjoin(offices, offices.c.code == memberships.c.office)
    .where(people.c.active == 1)
    .order_by(substitutes.c.valid_from, memberships.c.office, memberships.c.role, memberships.c.valid_from)
)
"""One statement for everything that decides a person's rights: it runs before every request whose actor is not cached.

It gives one row for each pair of a substitution and a membership."""
_BY_ID = PreparedSelect(_PERSON.where(people.c.id == bindparam("person")))
_BY_TOKEN = PreparedSelect(
    _PERSON.join(tokens, tokens.c.person_id == people.c.id).where(
        tokens.c.hash == bindparam("hash"), tokens.c.revoked_at.is_(None), tokens.c.expires_at > bindparam("now")
    )
)


class _Row(NamedTuple):
    """A row of ``_PERSON``."""

    id: int
    name: str
    admin: int
    absent_id: int | None
    absent_name: str
    absent_active: int
    absent_from: dt.date
    absent_until: dt.date
    absent_office: str | None
    legal: str
    held_by: int | None
    office: str
    role: str
    valid_from: dt.date
    valid_to: dt.date | None
    province: str
    closed_on: dt.date | None
    number: int


class Claim(NamedTuple):
    """The evidence for a cached actor: the token, and the number of changes to staff when the actor was read."""

    token: str  # its hash
    changes: int


STANDS = (
    select(staff_changes.c.number)
    .where(
        staff_changes.c.id == 1,
        exists(
            select(1).where(
                tokens.c.hash == bindparam("claimed_token"),
                tokens.c.revoked_at.is_(None),
                tokens.c.expires_at > bindparam("claimed_now"),
            )
        ),
    )
    .scalar_subquery()
)
"""The number of changes to staff, or NULL if the token is not valid: a claim holds while this equals its own number.

The row is found by its key. Thousands of changes in one transaction (a seed, a reform) leave the table hundreds of
pages long, and a scan would read them all before every act."""
_CLAIM = PreparedSelect(select(STANDS))


def claim_values(claim: Claim, now: dt.datetime) -> dict[str, Any]:
    """The values of the parameters of ``STANDS``."""
    return {"claimed_token": claim.token, "claimed_now": now}


def claim_stands(connection: Connection, claim: Claim, now: dt.datetime) -> bool:
    """Whether the claim still holds: the token is valid at ``now`` and no change to staff followed the claim."""
    return bool(_CLAIM.fetch(connection, claim_values(claim, now))[0][0] == claim.changes)


def actor_by_token(connection: Connection, token_hash: str, now: dt.datetime) -> tuple[Actor, Claim] | None:
    """The active person with this session and the claim to cache; None if the session has ended or never existed."""
    found = _BY_TOKEN.fetch(connection, {"hash": token_hash, "now": now})
    actor = _actor(found)
    return None if actor is None else (actor, Claim(token_hash, _Row(*found[0]).number))


def actor_of_person(connection: Connection, person_id: int) -> Actor | None:
    """The active person with this id, or None."""
    return _actor(_BY_ID.fetch(connection, {"person": person_id}))


def _actor(found: Sequence[tuple[Any, ...]]) -> Actor | None:
    """The actor from the rows of ``_PERSON``; None from no rows."""
    if not found:
        return None
    rows = [_Row(*one) for one in found]
    person = rows[0]
    held: dict[int, dict[Membership, None]] = {}
    lent: dict[int, dict[Membership, None]] = {}
    absences: dict[tuple[int, dt.date], _Row] = {}
    for row in rows:
        if row.held_by is not None:
            held.setdefault(row.held_by, {})[_membership(row)] = None
            lent.setdefault(row.held_by, {})[_lent(row)] = None
        # Who is switched off gives nobody any rights.
        if row.absent_id is not None and row.absent_active:
            absences[row.absent_id, row.absent_from] = row
    return Actor(
        "admin" if person.admin else "staff",
        person.name,
        person_id=person.id,
        memberships=tuple(held.get(person.id, ())),
        substitutions=tuple(
            Substitution(
                person_id=absent,
                name=one.absent_name,
                memberships=tuple(lent.get(absent, ())),
                valid_from=one.absent_from,
                valid_to=one.absent_until,
                office=one.absent_office,
                legal=one.legal,
            )
            for (absent, _), one in absences.items()
        ),
    )


def _membership(row: _Row) -> Membership:
    return Membership(row.office, row.role, row.valid_from, row.valid_to, row.province)


def _lent(row: _Row) -> Membership:
    """The membership as a deputy has it: it ends when the office closes.

    Its own clerks stay until a reform has moved the dossiers; a deputy takes no decision for an office that is gone.
    """
    ends = [day for day in (row.valid_to, row.closed_on) if day is not None]
    return Membership(row.office, row.role, row.valid_from, min(ends, default=None), row.province)
