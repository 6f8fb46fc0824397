"""Signing in: passwords and tokens. A token stands here only as its hash."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from engine.store.dossiers import dossiers
from engine.store.people import people, tokens


def person_to_sign_in(connection: Connection, username: str) -> Row[Any] | None:
    """Id and argon2 hash of an active person."""
    columns: tuple[Any, ...] = (people.c.id, people.c.password)
    return connection.execute(select(*columns).where(people.c.username == username, people.c.active == 1)).one_or_none()


def add_token(connection: Connection, hashed: str, person_id: int, now: dt.datetime, expires_at: dt.datetime) -> None:
    values = {"hash": hashed, "person_id": person_id, "created_at": now, "expires_at": expires_at}
    connection.execute(insert(tokens), values)


def revoke_token(connection: Connection, hashed: str, now: dt.datetime) -> None:
    connection.execute(
        update(tokens).where(tokens.c.hash == hashed, tokens.c.revoked_at.is_(None)).values(revoked_at=now)
    )


def replace_password(connection: Connection, person_id: int, hashed: str) -> None:
    """The same password under newer parameters."""
    connection.execute(update(people).where(people.c.id == person_id).values(password=hashed))


def dossier_by_link(connection: Connection, hashed: str) -> Row[Any] | None:
    """Id and code of the dossier whose citizen's link has this hash."""
    columns: tuple[Any, ...] = (dossiers.c.id, dossiers.c.code)
    return connection.execute(select(*columns).where(dossiers.c.link_hash == hashed)).one_or_none()


def dossier_keys(connection: Connection, code: str) -> Row[Any] | None:
    """What the receipt code of a dossier is checked against."""
    columns: tuple[Any, ...] = (dossiers.c.id, dossiers.c.code, dossiers.c.link_nonce, dossiers.c.link_hash)
    return connection.execute(select(*columns).where(dossiers.c.code == code)).one_or_none()
