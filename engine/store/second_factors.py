"""The queries of the second factor: the sealed secret, the last code that was used, and recovery codes."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Connection, func, select, update

from engine.store.page_sessions import recovery_codes, second_factors


def sealed_secret(connection: Connection, person: int) -> bytes | None:
    """The sealed secret of a person's second factor; None without one."""
    found = select(second_factors.c.secret).where(second_factors.c.person_id == person)
    return connection.execute(found).scalar_one_or_none()


def factor_since(connection: Connection, person: int) -> dt.datetime | None:
    """Since when a person has a second factor; None without one."""
    found = select(second_factors.c.created_at).where(second_factors.c.person_id == person)
    return connection.execute(found).scalar_one_or_none()


def use_step(connection: Connection, person: int, step: int, sealed: bytes) -> bool:
    """Takes the code of a step, once: False for the same step again, or an earlier one. Also stores the secret anew."""
    fresh = second_factors.c.person_id == person, second_factors.c.last_step < step
    taken = update(second_factors).where(*fresh).values(last_step=step, secret=sealed)
    return connection.execute(taken).rowcount == 1


def use_recovery_code(connection: Connection, person: int, hashed: str, now: dt.datetime) -> bool:
    """Takes a recovery code, once."""
    unused = recovery_codes.c.person_id == person, recovery_codes.c.hash == hashed, recovery_codes.c.used_at.is_(None)
    return connection.execute(update(recovery_codes).where(*unused).values(used_at=now)).rowcount == 1


def unused_recovery_codes(connection: Connection, person: int) -> int:
    """How many recovery codes a person still has."""
    unused = recovery_codes.c.person_id == person, recovery_codes.c.used_at.is_(None)
    return int(connection.execute(select(func.count()).select_from(recovery_codes).where(*unused)).scalar_one())
