"""The tables of reports by mail and of what provinces say of their readiness, and the queries of both."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from engine.store.people import people
from engine.store.sql.schema import BigId, Moment, metadata

report_subscriptions = Table(
    "report_subscriptions",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("person_id", BigId, ForeignKey("people.id"), nullable=False),
    Column("rhythm", String(5), nullable=False),  # week or month
    Column("office", String(40)),  # only this office; None: everything that the person reads figures of
    Column("province", String(8)),  # only this province
    Column("begun_at", Moment, nullable=False),
    Column("ended_at", Moment),
    CheckConstraint("rhythm IN ('week', 'month')", name="rhythm"),
    Index("ix_report_subscriptions_person_id", "person_id"),
)

report_mails = Table(
    "report_mails",
    metadata,
    Column("subscription_id", BigId, ForeignKey("report_subscriptions.id"), primary_key=True, autoincrement=False),
    Column("first_day", Date, primary_key=True),  # of the period that it reports
    Column("status", String(10), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_attempt_at", Moment, nullable=False),
    Column("sent_at", Moment),
    Column("error", Text),
    CheckConstraint("status IN ('waiting', 'sent', 'parked')", name="status"),
)
"""One row for each period of a subscription: its key is why no period is mailed twice."""

readiness_ticks = Table(
    "readiness_ticks",
    metadata,
    Column("province", String(8), primary_key=True),
    Column("item", String(20), primary_key=True),
    Column("ready", Integer, nullable=False),
    Column("said_by", BigId, ForeignKey("people.id"), nullable=False),
    Column("said_at", Moment, nullable=False),
)


class Subscription(NamedTuple):
    """A subscription with the address and the language of its person; ``email`` is None where they have none."""

    id: int
    person_id: int
    rhythm: str
    office: str | None
    province: str | None
    begun_at: dt.datetime
    email: str | None
    language: str


class Tick(NamedTuple):
    """What was last said of an item of a province's readiness."""

    province: str
    ready: int
    name: str
    said_at: dt.datetime


def subscriptions(connection: Connection, person: int | None = None) -> list[Subscription]:
    """Every subscription that has not ended, or those of a person, oldest first."""
    own = [getattr(report_subscriptions.c, name) for name in Subscription._fields[:-2]]
    found = select(*own, people.c.email, people.c.language).join(
        people, people.c.id == report_subscriptions.c.person_id
    )
    found = found.where(report_subscriptions.c.ended_at.is_(None), people.c.active == 1)
    if person is not None:
        found = found.where(report_subscriptions.c.person_id == person)
    return [Subscription._make(row) for row in connection.execute(found.order_by(report_subscriptions.c.id))]


def subscribe_in_turn(connection: Connection, person: int) -> None:
    """Makes another request of the same person wait until the transaction ends, so that no report is mailed twice."""
    mine = select(people.c.id).where(people.c.id == person)
    connection.execute(mine.with_for_update(key_share=True))  # rows that refer to the person can still be written


def has_address(connection: Connection, person: int) -> bool:
    """Whether the account of a person has an e-mail address."""
    return bool(connection.execute(select(people.c.email).where(people.c.id == person)).scalar_one_or_none())


def begin_mail(connection: Connection, subscription: int, first_day: dt.date, now: dt.datetime) -> None:
    """Writes down that a period is to be mailed, unless it is already."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    row = {"subscription_id": subscription, "first_day": first_day, "status": "waiting", "attempts": 0}
    connection.execute(dialect.insert(report_mails).values(**row, next_attempt_at=now).on_conflict_do_nothing())


def lease_mail(
    connection: Connection, subscription: int, first_day: dt.date, now: dt.datetime, until: dt.datetime
) -> int | None:
    """Takes a mail that is due for oneself until ``until``; returns its attempts, None where another has it."""
    of = report_mails.c
    this = (of.subscription_id == subscription, of.first_day == first_day)
    due = update(report_mails).where(*this, of.status == "waiting", of.next_attempt_at <= now)
    leased = due.values(attempts=of.attempts + 1, next_attempt_at=until).returning(of.attempts)
    return connection.execute(leased).scalar_one_or_none()


def write_mail(connection: Connection, subscription: int, first_day: dt.date, **values: object) -> None:
    """Writes the result of a mail."""
    this = (report_mails.c.subscription_id == subscription, report_mails.c.first_day == first_day)
    connection.execute(update(report_mails).where(*this).values(**values))


def ticks_of(connection: Connection, item: str, provinces: Collection[str]) -> dict[str, Tick]:
    """What was said of an item, by province."""
    of = readiness_ticks.c
    found = select(of.province, of.ready, people.c.name, of.said_at).join(people, people.c.id == of.said_by)
    rows = connection.execute(found.where(of.item == item, of.province.in_(sorted(provinces))))
    return {row.province: Tick(*row) for row in rows}
