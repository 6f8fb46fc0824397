"""Who a person is today: what they may do follows from dated memberships, their own and those they stand in for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, select

from engine.rules.permissions import Actor, Membership, Substitution
from engine.store.people import memberships, people, substitutes, tokens
from engine.store.units import offices

_PERSON: tuple[Any, ...] = (people.c.id, people.c.name, people.c.admin)


def actor_by_token(connection: Connection, token_hash: str, now: dt.datetime) -> Actor | None:
    """The active person whose session this is, None when it has ended or was never there."""
    valid = and_(tokens.c.hash == token_hash, tokens.c.revoked_at.is_(None), tokens.c.expires_at > now)
    return _actor(connection, select(*_PERSON).join(tokens, tokens.c.person_id == people.c.id).where(valid))


def actor_of_person(connection: Connection, person_id: int) -> Actor | None:
    """The active person with this id."""
    return _actor(connection, select(*_PERSON).where(people.c.id == person_id))


def _actor(connection: Connection, who: Select[Any]) -> Actor | None:
    person = connection.execute(who.where(people.c.active == 1)).one_or_none()
    if person is None:
        return None
    deputies = connection.execute(
        select(substitutes, people.c.name)
        .join(people, people.c.id == substitutes.c.absent_id)
        .where(substitutes.c.deputy_id == person.id)
    ).all()
    held = _memberships(connection, {person.id, *(one.absent_id for one in deputies)})
    return Actor(
        "admin" if person.admin else "staff",
        person.name,
        person_id=person.id,
        memberships=held.get(person.id, ()),
        substitutions=tuple(
            Substitution(
                person_id=one.absent_id,
                name=one.name,
                memberships=held.get(one.absent_id, ()),
                valid_from=one.valid_from,
                valid_to=one.valid_to,
                office=one.office,
                legal=one.legal,
            )
            for one in deputies
        ),
    )


def _memberships(connection: Connection, ids: Iterable[int]) -> dict[int, tuple[Membership, ...]]:
    rows = connection.execute(
        select(memberships, offices.c.province)
        .join(offices, offices.c.code == memberships.c.office)
        .where(memberships.c.person_id.in_(sorted(ids)))
        .order_by(memberships.c.office, memberships.c.role, memberships.c.valid_from)
    ).all()
    found: dict[int, tuple[Membership, ...]] = {}
    for row in rows:
        found[row.person_id] = (*found.get(row.person_id, ()), _membership(row))
    return found


def _membership(row: Row[Any]) -> Membership:
    return Membership(row.office, row.role, row.valid_from, row.valid_to, row.province)
