"""The outbox tables: notices written in the act's own transaction and sent after it, and the receivers of events.

This table is the queue; Redis only wakes the worker (docs/adr/0004).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    Row,
    String,
    Table,
    Text,
    select,
    text,
)

from engine.store.sql.schema import BigId, Json, Moment, metadata

outbox = Table(
    "outbox",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("key", String(255), nullable=False, unique=True),  # the same notice is never written twice
    Column("dossier_id", BigId, ForeignKey("dossiers.id"), nullable=False, index=True),
    Column("channel", String(10), nullable=False),  # email, sms, webhook, inbox
    Column(
        "recipient", String(100), nullable=False
    ),  # applicant, person:<id>, office:<code>/<role>, webhook:<id>, feed
    Column("template", String(60), nullable=False),
    Column("data", Json, nullable=False),  # facts for the template; never personal data
    Column("created_at", Moment, nullable=False),
    Column("status", String(10), nullable=False),  # waiting, sent, parked, dropped
    Column("attempts", Integer, nullable=False),
    Column("next_attempt_at", Moment, nullable=False),
    Column("sent_at", Moment),
    Column("reference", Text),
    Column("error", Text),
    Column("read_at", Moment),
    Column("feed_position", BigId),  # of an event in the feed; given after the commit (engine/store/event_feed.py)
    CheckConstraint("status IN ('waiting', 'sent', 'parked', 'dropped')", name="status"),
    Index(
        "ix_outbox_waiting",
        "next_attempt_at",
        "id",
        sqlite_where=text("status = 'waiting'"),
        postgresql_where=text("status = 'waiting'"),
    ),
    Index(
        "ix_outbox_parked",
        "id",
        sqlite_where=text("status = 'parked'"),
        postgresql_where=text("status = 'parked'"),
    ),
    Index(
        "ix_outbox_inbox",
        "recipient",
        "id",
        sqlite_where=text("channel = 'inbox'"),
        postgresql_where=text("channel = 'inbox'"),
    ),
    Index(
        "ix_outbox_feed",
        "feed_position",
        "id",
        sqlite_where=text("recipient = 'feed'"),
        postgresql_where=text("recipient = 'feed'"),
    ),
)

webhooks = Table(
    "webhooks",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("url", Text, nullable=False),
    Column("secret", Text, nullable=False),
    Column("office", String(40)),  # None means every dossier of the installation
    Column("active", Integer, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("created_by", BigId, ForeignKey("people.id")),
    Column("format", String(20), nullable=False, server_default=text("'standard'")),  # engine/notices/cloud_event.py
)


def every_webhook(connection: Connection) -> Sequence[Mapping[Any, Any]]:
    """The rows of ``webhooks`` without their secrets, oldest first."""
    shown = (column for column in webhooks.c if column.name != "secret")
    return connection.execute(select(*shown).order_by(webhooks.c.id)).mappings().all()


def notices_about(connection: Connection, dossier_id: int, limit: int) -> Sequence[Row[*tuple[Any, ...]]]:
    """The notices to people about a dossier, newest first, without the facts in them."""
    shown = ("created_at", "channel", "recipient", "template", "status", "sent_at", "read_at")
    of_this = select(*(outbox.c[name] for name in shown)).where(outbox.c.dossier_id == dossier_id)
    to_people = of_this.where(outbox.c.channel != "webhook").order_by(outbox.c.id.desc()).limit(limit)
    return connection.execute(to_people).all()
