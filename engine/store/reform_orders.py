"""The tables of plans of reforms that people put up on the pages, and of the orders to apply or to revert a plan."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import cast

from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Table,
    Text,
    and_,
    or_,
    select,
    text,
    update,
)

from engine.store.people import people
from engine.store.plans import reforms
from engine.store.reform_rows import ReformFileRow, ReformOrderRow
from engine.store.sql.schema import BigId, Json, Moment, metadata

reform_files = Table(
    "reform_files",
    metadata,
    Column("digest", String(64), primary_key=True),  # of the plan, as in its file
    Column("document", Json, nullable=False),  # the reform with its policies
    Column("summary", Json, nullable=False),  # the totals that are approved
    Column("flow", Json, nullable=False),  # the dossiers by province, office left and office reached
    Column("content", LargeBinary, nullable=False),  # the file, compressed by zlib
    Column("added_by", BigId, ForeignKey("people.id"), nullable=False),
    Column("added_at", Moment, nullable=False),
)
"""A plan as its file, before it is loaded (``engine.store.plans``): nothing of it is done yet."""

reform_orders = Table(
    "reform_orders",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("digest", String(64), nullable=False, index=True),
    Column("kind", String(10), nullable=False),
    Column("reason", Text),  # of a revert; the applicants are told
    Column("asked_by", BigId, ForeignKey("people.id"), nullable=False),
    Column("asked_at", Moment, nullable=False),
    Column("approved_by", BigId, ForeignKey("people.id")),
    Column("approved_at", Moment),
    Column("begun_by", BigId, ForeignKey("people.id")),
    Column("begun_at", Moment),
    Column("leased_until", Moment),  # a worker is at it until then
    Column("ended_at", Moment),
    Column("outcome", String(10)),
    Column("refusal", Json),  # why the worker could not go on: code, vi, en
    CheckConstraint("kind IN ('apply', 'revert')", name="kind"),
    CheckConstraint("outcome IN ('done', 'refused', 'withdrawn')", name="outcome"),
    Index(
        "ix_reform_orders_under_way",
        "begun_at",
        sqlite_where=text("ended_at IS NULL"),
        postgresql_where=text("ended_at IS NULL"),
    ),
)
"""An order about a plan: one person asks, another approves, and a worker carries it out once it has begun."""


def reform_file(connection: Connection, digest: str) -> ReformFileRow | None:
    """The plan with this digest that was put up, without its content; None where there is none."""
    columns = [column for column in reform_files.c if column.name != "content"]
    found = connection.execute(select(*columns).where(reform_files.c.digest == digest)).one_or_none()
    return cast(ReformFileRow | None, found)


def reform_files_by_age(connection: Connection) -> Sequence[ReformFileRow]:
    """Every plan that was put up, newest first, without its content."""
    columns = [column for column in reform_files.c if column.name != "content"]
    rows = connection.execute(select(*columns).order_by(reform_files.c.added_at.desc(), reform_files.c.digest)).all()
    return cast(Sequence[ReformFileRow], rows)


def file_content(connection: Connection, digest: str) -> bytes | None:
    """The compressed content of a plan that was put up."""
    content: bytes | None = connection.execute(
        select(reform_files.c.content).where(reform_files.c.digest == digest)
    ).scalar_one_or_none()
    return content


def order_in_turn(connection: Connection, digest: str) -> None:
    """Makes another order about the same plan wait until the transaction ends: one of two at once finds the other."""
    for table in (reform_files, reforms):
        connection.execute(select(table.c.digest).where(table.c.digest == digest).with_for_update())


def orders_of(connection: Connection, digest: str) -> Sequence[ReformOrderRow]:
    """The orders about a plan, newest first."""
    mine = select(reform_orders).where(reform_orders.c.digest == digest).order_by(reform_orders.c.id.desc())
    return cast(Sequence[ReformOrderRow], connection.execute(mine).all())


def latest_orders(connection: Connection) -> dict[str, ReformOrderRow]:
    """The newest order about each plan, by the plan's digest."""
    rows = connection.execute(select(reform_orders).order_by(reform_orders.c.id)).all()
    return {row.digest: cast(ReformOrderRow, row) for row in rows}


def orders_under_way(connection: Connection, now: dt.datetime) -> Sequence[ReformOrderRow]:
    """The orders that have begun and have not ended, and that no worker is at, oldest first."""
    free = or_(reform_orders.c.leased_until.is_(None), reform_orders.c.leased_until <= now)
    begun = and_(reform_orders.c.begun_at.is_not(None), reform_orders.c.ended_at.is_(None), free)
    rows = connection.execute(select(reform_orders).where(begun).order_by(reform_orders.c.id)).all()
    return cast(Sequence[ReformOrderRow], rows)


def lease_order(connection: Connection, number: int, now: dt.datetime, until: dt.datetime) -> bool:
    """Takes an order that has not ended and that nobody is at; False where another worker was quicker."""
    free = or_(reform_orders.c.leased_until.is_(None), reform_orders.c.leased_until <= now)
    mine = and_(reform_orders.c.id == number, reform_orders.c.ended_at.is_(None), free)
    return connection.execute(update(reform_orders).where(mine).values(leased_until=until)).rowcount == 1


def names_of(connection: Connection, persons: Sequence[int]) -> dict[int, str]:
    """The names of some people, by number."""
    rows = connection.execute(select(people.c.id, people.c.name).where(people.c.id.in_(sorted(set(persons))))).all()
    return {row.id: row.name for row in rows}
