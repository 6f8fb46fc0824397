"""Staff of an installation: who works where, in which role, and with which access token."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from sqlalchemy import select

from engine.acts.staff.people import add_membership, add_person, issue_token
from engine.store.people import people
from engine.transaction import UnitOfWork

Posts = Sequence[tuple[str, str]]
"""(office, role) of one person."""
LONG = dt.timedelta(days=4000)


def employ(
    unit: UnitOfWork,
    staff: Mapping[str, Posts],
    since: dt.date,
    *,
    called: str = "{}",
    password: str | None = None,
    email: str | None = None,
) -> dict[str, int]:
    """Adds people with their posts; the number of each person by username.

    ``called`` and ``email`` are patterns into which the username is put. ``admin`` becomes an administrator.
    """
    numbers = {}
    for username, posts in staff.items():
        address = email and email.format(username)
        numbers[username] = add_person(
            unit, username, called.format(username), password=password, admin=username == "admin", email=address
        )
        for office, role in posts:
            add_membership(unit, numbers[username], office, role, since)
    return numbers


def tokens_of(unit: UnitOfWork, numbers: Mapping[str, int], lasting: dt.timedelta = LONG) -> dict[str, str]:
    """An access token for each of these people, by username."""
    return {username: issue_token(unit, number, lasting) for username, number in numbers.items()}


def number_of(unit: UnitOfWork, username: str) -> int:
    """The number of a person who was employed."""
    return int(unit.begin().execute(select(people.c.id).where(people.c.username == username)).scalar_one())
