"""The tables of remote signing: what was asked of a provider in one request, each document with its own outcome.

A request is *asked*, then *sent* once the provider has its hashes, and *ended* when no document of it is open. A
document is *waiting* to be prepared, *prepared* (its hash is with the provider), *signed* (the signature has come and
is yet to be put into the file), *done*, or *refused* with the reason.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple, cast

from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    and_,
    insert,
    or_,
    select,
    text,
    update,
)

from engine.store.sql.schema import BigId, Json, Moment, metadata

remote_signings = Table(
    "remote_signings",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("person_id", BigId, ForeignKey("people.id"), nullable=False),  # who signs
    Column("key", String(36), nullable=False, unique=True),  # the provider knows the request by it: sent twice is once
    Column("status", String(10), nullable=False),
    Column("credential", String(100)),  # what the provider knows the person by
    Column("certificates", Json),  # PEM, the person's first
    Column("reference", String(100)),  # the provider's name of the request
    Column("asked_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),  # no confirmation is waited for after it
    Column("next_at", Moment),  # when a worker looks after it again; None once it has ended
    Column("tries", Integer, nullable=False),  # in vain, one after the other
    Column("trouble_vi", Text),  # what the last try failed of
    Column("trouble_en", Text),
    Column("ended_at", Moment),
    CheckConstraint("status IN ('asked', 'sent', 'ended')", name="status"),
    Index("ix_remote_signings_person_id", "person_id", "id"),
    Index("ix_remote_signings_next_at", "next_at"),
    Index("ix_remote_signings_reference", "reference"),
    sqlite_autoincrement=True,
)

_OPEN = ("waiting", "prepared", "signed")
_IS_OPEN = text("status IN ('waiting', 'prepared', 'signed')")

remote_items = Table(
    "remote_items",
    metadata,
    Column("signing_id", BigId, ForeignKey("remote_signings.id"), primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("dossier", String(64), nullable=False),
    Column("action", String(40), nullable=False),
    Column("sha256", String(64), nullable=False),  # of the paper that the person saw
    Column("token", String(32), nullable=False),  # of the page that checks the result
    Column("status", String(10), nullable=False),
    Column("prepared", Json),  # where the PDF with room for the signature is, and what is signed of it
    Column("value", Text),  # the signature that came back, base64
    Column("code", String(60)),  # of the refusal
    Column("why_vi", Text),
    Column("why_en", Text),
    Column("ended_at", Moment),
    CheckConstraint("status IN ('waiting', 'prepared', 'signed', 'done', 'refused')", name="status"),
    Index(
        "ux_remote_items_open",
        "dossier",
        "action",
        unique=True,
        sqlite_where=_IS_OPEN,
        postgresql_where=_IS_OPEN,
    ),
)
"""An item is done in the transaction of its signature, so it is done once, whatever dies meanwhile."""


class RemoteSigningRow(NamedTuple):
    """A row of ``remote_signings``."""

    id: int
    person_id: int
    key: str
    status: str
    credential: str | None
    certificates: list[str] | None
    reference: str | None
    asked_at: dt.datetime
    expires_at: dt.datetime
    next_at: dt.datetime | None
    tries: int
    trouble_vi: str | None
    trouble_en: str | None


class RemoteItemRow(NamedTuple):
    """A row of ``remote_items``."""

    signing_id: int
    number: int
    dossier: str
    action: str
    sha256: str
    token: str
    status: str
    prepared: dict[str, Any] | None
    value: str | None
    code: str | None
    why_vi: str | None
    why_en: str | None


_SIGNING: tuple[Any, ...] = tuple(remote_signings.c[name] for name in RemoteSigningRow._fields)
_ITEM: tuple[Any, ...] = tuple(remote_items.c[name] for name in RemoteItemRow._fields)


def add_signing(connection: Connection, row: Mapping[str, Any], items: Sequence[Mapping[str, Any]]) -> int:
    """Writes a request with its documents; returns its number."""
    number = int(connection.execute(insert(remote_signings).returning(remote_signings.c.id), dict(row)).scalar_one())
    connection.execute(
        insert(remote_items), [{**one, "signing_id": number, "number": place} for place, one in enumerate(items, 1)]
    )
    return number


def signing_with(connection: Connection, number: int, *, lock: bool = False) -> RemoteSigningRow | None:
    """A request by its number; with ``lock`` nobody else changes it until the transaction ends."""
    wanted = select(*_SIGNING).where(remote_signings.c.id == number)
    row = connection.execute(wanted.with_for_update() if lock else wanted).one_or_none()
    return None if row is None else RemoteSigningRow(*row)


def signing_known_as(connection: Connection, key: str, reference: str) -> int | None:
    """The number of the request with our key, or else the provider's name of it."""
    known = remote_signings.c.key == key if key else remote_signings.c.reference == reference
    return connection.execute(select(remote_signings.c.id).where(known).limit(1)).scalar_one_or_none()


def due_signings(connection: Connection, at: dt.datetime, limit: int) -> list[int]:
    """The numbers of the requests that a worker should look after now, the longest waiting first."""
    due = select(remote_signings.c.id).where(remote_signings.c.next_at <= at)
    return list(connection.execute(due.order_by(remote_signings.c.next_at).limit(limit)).scalars())


def change_signing(connection: Connection, number: int, **values: object) -> None:
    """Changes the row of a request."""
    connection.execute(update(remote_signings).where(remote_signings.c.id == number).values(values))


def take_turn(connection: Connection, number: int, at: dt.datetime, until: dt.datetime) -> bool:
    """Lets one worker look after a due request until a moment; whether it is this one."""
    due = and_(remote_signings.c.id == number, remote_signings.c.next_at <= at)
    return connection.execute(update(remote_signings).where(due).values(next_at=until)).rowcount == 1


def items_of(connection: Connection, number: int, *statuses: str) -> list[RemoteItemRow]:
    """The documents of a request in order; those with one of the statuses if some are named."""
    wanted = select(*_ITEM).where(remote_items.c.signing_id == number).order_by(remote_items.c.number)
    found = connection.execute(wanted.where(remote_items.c.status.in_(statuses)) if statuses else wanted)
    return [RemoteItemRow(*row) for row in cast(Sequence[Any], found.all())]


def item_with(connection: Connection, number: int, item: int, status: str) -> RemoteItemRow | None:
    """A document in a status, locked until the transaction ends; None if it has another one."""
    this = and_(remote_items.c.signing_id == number, remote_items.c.number == item, remote_items.c.status == status)
    row = connection.execute(select(*_ITEM).where(this).with_for_update()).one_or_none()
    return None if row is None else RemoteItemRow(*row)


def change_item(connection: Connection, number: int, item: int, **values: object) -> bool:
    """Changes a document that is open; one that has an outcome keeps it. Whether it was open."""
    this = and_(remote_items.c.signing_id == number, remote_items.c.number == item, remote_items.c.status.in_(_OPEN))
    return connection.execute(update(remote_items).where(this).values(values)).rowcount == 1


def open_in(connection: Connection, dossiers: Collection[str]) -> set[tuple[str, str]]:
    """Which of the dossiers are with a provider already, each with the action."""
    wanted = select(remote_items.c.dossier, remote_items.c.action).where(
        remote_items.c.dossier.in_(list(dossiers)), remote_items.c.status.in_(_OPEN)
    )
    return {(dossier, action) for dossier, action in connection.execute(wanted)}


def signings_of(connection: Connection, person: int, since: dt.datetime, limit: int) -> list[RemoteSigningRow]:
    """The person's requests that are open or were asked since a moment, the newest first."""
    mine = and_(
        remote_signings.c.person_id == person,
        or_(remote_signings.c.ended_at.is_(None), remote_signings.c.asked_at >= since),
    )
    found = connection.execute(select(*_SIGNING).where(mine).order_by(remote_signings.c.id.desc()).limit(limit))
    return [RemoteSigningRow(*row) for row in cast(Sequence[Any], found.all())]
