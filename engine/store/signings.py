"""The tables of signing rounds: many dossiers that one person signs at once, each an item with its own outcome."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
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
    select,
    update,
)

from engine.store.sql.schema import BigId, Moment, metadata

sign_rounds = Table(
    "sign_rounds",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("person_id", BigId, ForeignKey("people.id"), nullable=False),  # who signs
    Column("asked_at", Moment, nullable=False),
    Index("ix_sign_rounds_person_id", "person_id", "id"),
    sqlite_autoincrement=True,
)

sign_items = Table(
    "sign_items",
    metadata,
    Column("round_id", BigId, ForeignKey("sign_rounds.id"), primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("dossier", String(64), nullable=False),  # its code: a dossier that is not seen any more is refused like one
    Column("action", String(40), nullable=False),
    Column("sha256", String(64)),  # of the paper that the person saw; None where the action takes none
    Column("version", Integer),  # of the dossier that the person saw, where there is no paper
    Column("status", String(10), nullable=False),
    Column("code", String(60)),  # of the refusal
    Column("why_vi", Text),
    Column("why_en", Text),
    Column("ended_at", Moment),
    CheckConstraint("status IN ('waiting', 'done', 'refused')", name="status"),
)
"""An item is done in the transaction of its signature, so it is done once, whatever dies meanwhile."""


class SignItemRow(NamedTuple):
    """A row of ``sign_items`` without its round."""

    number: int
    dossier: str
    action: str
    sha256: str | None
    version: int | None
    status: str
    code: str | None
    why_vi: str | None
    why_en: str | None


_ITEM: tuple[Any, ...] = tuple(sign_items.c[name] for name in SignItemRow._fields)


def add_round(connection: Connection, person: int, at: dt.datetime, items: Sequence[dict[str, Any]]) -> int:
    """Writes a round with its items, all of them waiting; returns its number."""
    made = connection.execute(insert(sign_rounds).returning(sign_rounds.c.id), {"person_id": person, "asked_at": at})
    number = int(made.scalar_one())
    waiting = [{**one, "round_id": number, "number": place, "status": "waiting"} for place, one in enumerate(items, 1)]
    connection.execute(insert(sign_items), waiting)
    return number


def round_begun(connection: Connection, number: int, person: int) -> dt.datetime | None:
    """When the person asked for the round; None if there is none of theirs with this number."""
    mine = and_(sign_rounds.c.id == number, sign_rounds.c.person_id == person)
    return connection.execute(select(sign_rounds.c.asked_at).where(mine)).scalar_one_or_none()


def last_round(connection: Connection, person: int, since: dt.datetime) -> int | None:
    """The number of the person's newest round since a moment, or None."""
    mine = and_(sign_rounds.c.person_id == person, sign_rounds.c.asked_at >= since)
    newest = select(sign_rounds.c.id).where(mine).order_by(sign_rounds.c.id.desc()).limit(1)
    return connection.execute(newest).scalar_one_or_none()


def sign_items_of(connection: Connection, number: int) -> list[SignItemRow]:
    """The items of a round, in order."""
    found = connection.execute(select(*_ITEM).where(sign_items.c.round_id == number).order_by(sign_items.c.number))
    return [SignItemRow(*row) for row in cast(Sequence[Any], found.all())]


def waiting_item(connection: Connection, number: int, item: int) -> SignItemRow | None:
    """An item that waits, locked until the transaction ends; None if it waits no more."""
    this = and_(sign_items.c.round_id == number, sign_items.c.number == item, sign_items.c.status == "waiting")
    row = connection.execute(select(*_ITEM).where(this).with_for_update()).one_or_none()
    return None if row is None else SignItemRow(*row)


def end_item(connection: Connection, number: int, item: int, **outcome: object) -> None:
    """Writes the outcome of an item that waits; one that has an outcome keeps it."""
    this = and_(sign_items.c.round_id == number, sign_items.c.number == item, sign_items.c.status == "waiting")
    connection.execute(update(sign_items).where(this).values(outcome))


def wait_again(connection: Connection, number: int) -> int:
    """Lets the refused items of a round wait again; returns how many they are."""
    refused = and_(sign_items.c.round_id == number, sign_items.c.status == "refused")
    again = {"status": "waiting", "code": None, "why_vi": None, "why_en": None, "ended_at": None}
    return connection.execute(update(sign_items).where(refused).values(again)).rowcount
