"""The feed of events: rows of the outbox for programs that ask, each with its position.

Transactions do not commit in the order in which their rows got their ids, so a reader that went by ids would pass over
a row that is committed late. A row gets its position after its commit, one numbering at a time: positions only grow,
and what has one is never preceded by something new. The rows of one dossier are numbered in the order of its journal:
an act writes on the version that the act before it has committed, so its row has the higher id and is seen later.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from sqlalchemy import Connection, func, literal_column, select, update

from engine.store.outbox import outbox
from engine.store.rows import FedEvent

FEED = "feed"
"""The recipient of the events of the feed."""
MOST_NUMBERED = 10_000

_ONE_AT_A_TIME = 7_021_955_309  # any number that no other lock of this database uses
_FED = outbox.c.recipient == literal_column(f"'{FEED}'")
"""A literal, not a parameter, so that every plan can use the partial index of the feed."""


def unnumbered(connection: Connection) -> bool:
    """Whether an event waits for its position."""
    waiting = select(outbox.c.id).where(_FED, outbox.c.feed_position.is_(None)).limit(1)
    return connection.execute(waiting).first() is not None


def number_waiting(connection: Connection) -> int:
    """Gives the next positions to the committed events without one; returns how many. Needs a transaction."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_ONE_AT_A_TIME)))
    last = connection.execute(
        select(outbox.c.feed_position)
        .where(_FED, outbox.c.feed_position.is_not(None))
        .order_by(outbox.c.feed_position.desc())
        .limit(1)
    ).scalar()
    row_number = func.row_number().over(order_by=outbox.c.id)
    oldest = (
        select(outbox.c.id, row_number.label("nth"))
        .where(_FED, outbox.c.feed_position.is_(None))
        .order_by(outbox.c.id)
        .limit(MOST_NUMBERED)
        .subquery()
    )
    numbered = update(outbox).where(outbox.c.id == oldest.c.id).values(feed_position=(last or 0) + oldest.c.nth)
    return connection.execute(numbered).rowcount


def events_after(connection: Connection, position: int, limit: int) -> Sequence[FedEvent]:
    """The numbered events after a position, in order."""
    told = (outbox.c.feed_position, outbox.c.key, outbox.c.template, outbox.c.created_at, outbox.c.data)
    following = select(*told).where(_FED, outbox.c.feed_position > position).order_by(outbox.c.feed_position)
    return cast(Sequence[FedEvent], connection.execute(following.limit(limit)).all())
