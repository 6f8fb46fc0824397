"""The queries of signing in: passwords, tokens, citizens' links and receipt codes. Tokens are stored as hashes only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, NamedTuple, cast

from sqlalchemy import Connection, bindparam, case, insert, literal_column, select, union_all, update

from engine.store.dossiers import dossiers
from engine.store.imported import imported_dossiers
from engine.store.people import people, tokens
from engine.store.rows import Credentials
from engine.store.sql.question import PreparedSelect


def person_to_sign_in(connection: Connection, username: str) -> Credentials | None:
    """The id and argon2id hash of an active person, or None."""
    columns: tuple[Any, ...] = (people.c.id, people.c.password)
    this = select(*columns).where(people.c.username == username, people.c.active == 1)
    return cast(Credentials | None, connection.execute(this).one_or_none())


def add_session(connection: Connection, hashed: str, person_id: int, now: dt.datetime, expires_at: dt.datetime) -> None:
    """Stores the token of a session by its SHA-256."""
    values = {"hash": hashed, "person_id": person_id, "created_at": now, "expires_at": expires_at, "kind": "session"}
    connection.execute(insert(tokens), values)


def revoke_token(connection: Connection, hashed: str, now: dt.datetime) -> int | None:
    """Revokes a token and returns whose it is; None for one that is unknown or was revoked already."""
    valid = tokens.c.hash == hashed, tokens.c.revoked_at.is_(None)
    revoked = update(tokens).where(*valid).values(revoked_at=now).returning(tokens.c.person_id)
    return connection.execute(revoked).scalar_one_or_none()


def password_held(connection: Connection, person_id: int) -> str | None:
    """The hash of an active person's password; nobody changes it or the account until the transaction ends."""
    columns: tuple[Any, ...] = (people.c.password,)
    this = select(*columns).where(people.c.id == person_id, people.c.active == 1).with_for_update()
    return cast(str | None, connection.execute(this).scalar_one_or_none())


def replace_password(connection: Connection, person_id: int, hashed: str) -> None:
    """Stores the hash of a person's password."""
    connection.execute(update(people).where(people.c.id == person_id).values(password=hashed))


def dossier_by_link(connection: Connection, hashed: str) -> Keys | None:
    """The dossier whose citizen's link has this hash, or None."""
    return _keys(_BY_LINK.fetch(connection, {"hash": hashed}))


def dossier_keys(connection: Connection, code: str) -> Keys | None:
    """The dossier with this code, here or in a predecessor system, with the nonce of its receipt code; None: none."""
    return _keys(_BY_CODE.fetch(connection, {"code": code}))


class Keys(NamedTuple):
    """A dossier's id and code, and the nonce that its receipt code is checked against."""

    id: int
    code: str
    link_nonce: str


_KEYS = select(*(dossiers.c[name] for name in Keys._fields))
_BY_LINK = PreparedSelect(_KEYS.where(dossiers.c.link_hash == bindparam("hash")))
_CALLED = union_all(
    select(dossiers.c.id).where(dossiers.c.code == bindparam("code")),
    select(imported_dossiers.c.dossier_id).where(imported_dossiers.c.sought == bindparam("code")),
)
_BY_CODE = PreparedSelect(
    _KEYS.where(dossiers.c.id.in_(_CALLED)).order_by(
        case((dossiers.c.code == bindparam("code"), literal_column("0")), else_=literal_column("1")), dossiers.c.id
    )
)
"""By the code, else by the one that a predecessor system gave; one statement, so that it takes as long either way. Two
conditions joined by OR would have every dossier read, since no index serves both."""


def _keys(found: Sequence[tuple[Any, ...]]) -> Keys | None:
    return Keys(*found[0]) if found else None
