"""The tables of inbound filings: each by its key at the source, the cursor of each feed, and the answers to be sent.

A filing is written down as it comes, together with the cursor, and becomes a dossier in a transaction of its own. What
it says is sealed, and forgotten as soon as it is settled. ``filing_answers`` is the outbox of answers: written in the
act's transaction, sent after it, in order for each filing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol, cast

from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    and_,
    bindparam,
    func,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from engine.store.sql.question import PreparedSelect
from engine.store.sql.schema import BigId, Json, Moment, metadata

WAITING, QUEUED, FILED, REFUSED, ELSEWHERE = "waiting", "queued", "filed", "refused", "elsewhere"


def _partial(name: str, condition: str, *columns: str) -> Index:
    return Index(name, *columns, sqlite_where=text(condition), postgresql_where=text(condition))


filings = Table(
    "filings",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("source", String(40), nullable=False),
    Column("key", String(100), nullable=False),  # by which the source knows it
    Column("way", String(4), nullable=False),  # pull, push
    Column("came_at", Moment, nullable=False),  # when it was first written down here
    Column("filed_at", Moment),  # the moment of filing there; None where it cannot be read
    Column("status", String(10), nullable=False),
    Column("body", LargeBinary),  # sealed JSON as it came; None once it is settled
    Column("procedure", String(60)),  # their code
    Column("unit", String(60)),  # their code
    Column("channel", String(10)),
    Column("province", String(8)),  # of the receiving office, where it is known
    Column("attempts", Integer, nullable=False),
    Column("next_try_at", Moment, nullable=False),
    Column("cause", String(60)),  # why it is in the queue, or is tried again: the code of a refusal
    Column("why", Json),  # the cause in words, {"vi": …, "en": …}; never personal data
    Column("wants", String(80)),  # what a person chooses: intake, handler, or a commune by the name of its field
    Column("candidates", Json),  # the codes to choose from
    Column("choices", Json, nullable=False),  # what was chosen: {wants: code}
    Column("dossier_id", BigId, ForeignKey("dossiers.id"), unique=True),
    Column("settled_at", Moment),
    Column("settled_by", String(40)),  # label of the actor
    UniqueConstraint("source", "key"),
    CheckConstraint("status IN ('waiting', 'queued', 'filed', 'refused', 'elsewhere')", name="status"),
    CheckConstraint("way IN ('pull', 'push')", name="way"),
    _partial("ix_filings_waiting", "status = 'waiting'", "next_try_at", "id"),
    _partial("ix_filings_queued", "status = 'queued'", "province", "filed_at", "id"),
    sqlite_autoincrement=True,
)

filing_feeds = Table(
    "filing_feeds",
    metadata,
    Column("source", String(40), primary_key=True),
    Column("feed", String(10), primary_key=True),  # filings, mirrors
    Column("cursor", String(200), nullable=False),
    Column("moved_at", Moment, nullable=False),
)

filing_answers = Table(
    "filing_answers",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("filing_id", BigId, ForeignKey("filings.id"), nullable=False),
    Column("number", Integer, nullable=False),  # of the journal entry that it tells of; 0 without a dossier
    Column("kind", String(12), nullable=False),
    Column("data", Json, nullable=False),  # facts without personal data
    Column("reason", LargeBinary),  # sealed: a person's words, where no journal keeps them
    Column("made_at", Moment, nullable=False),
    Column("status", String(10), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_attempt_at", Moment, nullable=False),
    Column("sent_at", Moment),
    Column("error", Text),
    UniqueConstraint("filing_id", "number", "kind"),
    CheckConstraint("status IN ('waiting', 'sent', 'parked')", name="status"),
    _partial("ix_filing_answers_open", "status <> 'sent'", "status", "next_attempt_at", "id"),
    sqlite_autoincrement=True,
)


class FilingRow(Protocol):
    """A row of ``filings``."""

    id: int
    source: str
    key: str
    way: str
    came_at: dt.datetime
    filed_at: dt.datetime | None
    status: str
    body: bytes | None
    procedure: str | None
    unit: str | None
    channel: str | None
    province: str | None
    attempts: int
    next_try_at: dt.datetime
    cause: str | None
    why: dict[str, str] | None
    wants: str | None
    candidates: list[str] | None
    choices: dict[str, str]
    dossier_id: int | None
    settled_at: dt.datetime | None
    settled_by: str | None


class AnswerRow(NamedTuple):
    """An answer that is due, with the filing that it is to."""

    id: int
    filing_id: int
    number: int
    kind: str
    data: dict[str, Any]
    reason: bytes | None
    made_at: dt.datetime
    attempts: int
    key: str
    dossier_id: int | None


def add_filings(connection: Connection, rows: Sequence[dict[str, Any]]) -> int:
    """Writes down filings that are not known yet; returns how many were new."""
    if not rows:
        return 0
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    new = dialect.insert(filings).on_conflict_do_nothing(index_elements=["source", "key"]).returning(filings.c.id)
    return sum(len(connection.execute(new, row).all()) for row in rows)


def filing_row(connection: Connection, number: int, *, lock: bool = False) -> FilingRow | None:
    """A filing; with ``lock`` it stays as it is until the end."""
    wanted = select(filings).where(filings.c.id == number)
    found = connection.execute(wanted.with_for_update() if lock else wanted).one_or_none()
    return cast("FilingRow | None", found)


def filing_of_key(connection: Connection, source: str, key: str) -> FilingRow | None:
    """The filing with this key at a source."""
    wanted = select(filings).where(filings.c.source == source, filings.c.key == key)
    return cast("FilingRow | None", connection.execute(wanted).one_or_none())


def lease_filings(connection: Connection, now: dt.datetime, until: dt.datetime, limit: int) -> list[int]:
    """Takes up waiting filings that are due, oldest first: nobody else takes them until ``until``."""
    due = and_(filings.c.status == WAITING, filings.c.next_try_at <= now)
    oldest = select(filings.c.id).where(due).order_by(filings.c.next_try_at, filings.c.id).limit(limit)
    ids = list(connection.execute(oldest.with_for_update(skip_locked=True)).scalars())
    if ids:
        taken = {"next_try_at": until, "attempts": filings.c.attempts + 1}
        connection.execute(update(filings).where(filings.c.id.in_(ids)).values(taken))
    return ids


def change_filing(connection: Connection, number: int, **values: Any) -> None:
    """Changes columns of a filing."""
    connection.execute(update(filings).where(filings.c.id == number).values(values))


def filing_of_dossier(connection: Connection, dossier_id: int) -> int | None:
    """The filing that a dossier was opened from; None for any other."""
    found = _OF_DOSSIER.fetch(connection, {"dossier": dossier_id})
    return int(found[0][0]) if found else None


_OF_DOSSIER = PreparedSelect(select(filings.c.id).where(filings.c.dossier_id == bindparam("dossier")))


def feed_cursor(connection: Connection, source: str, feed: str) -> str:
    """Where the reading of a feed stands; empty before the first page."""
    wanted = select(filing_feeds.c.cursor).where(filing_feeds.c.source == source, filing_feeds.c.feed == feed)
    return str(connection.execute(wanted).scalar_one_or_none() or "")


def move_cursor(connection: Connection, source: str, feed: str, before: str, after: str, now: dt.datetime) -> bool:
    """Moves the cursor on from ``before``; False when another reader has moved it meanwhile."""
    this = and_(filing_feeds.c.source == source, filing_feeds.c.feed == feed)
    moved = update(filing_feeds).where(this, filing_feeds.c.cursor == before).values(cursor=after, moved_at=now)
    if connection.execute(moved).rowcount:
        return True
    if before or connection.execute(select(filing_feeds.c.feed).where(this)).first():
        return False
    connection.execute(insert(filing_feeds).values(source=source, feed=feed, cursor=after, moved_at=now))
    return True


def answer_row(filing_id: int, number: int, kind: str, data: dict[str, Any], now: dt.datetime) -> dict[str, Any]:
    """A row of ``filing_answers``, to be sent at once."""
    row = {"filing_id": filing_id, "number": number, "kind": kind, "data": data, "reason": None, "made_at": now}
    return row | {"status": WAITING, "attempts": 0, "next_attempt_at": now}


def add_answer(connection: Connection, row: dict[str, Any]) -> None:
    """Adds an answer; one about the same entry is there once."""
    connection.execute(insert(filing_answers), row)


def lease_answers(connection: Connection, now: dt.datetime, until: dt.datetime, limit: int) -> list[AnswerRow]:
    """Takes up answers that are due: of each filing the oldest that was not sent, so that their order is kept.

    A parked answer holds back those after it.
    """
    first = select(func.min(filing_answers.c.id)).where(filing_answers.c.status != "sent")
    heads = first.group_by(filing_answers.c.filing_id).scalar_subquery()
    due = and_(filing_answers.c.status == WAITING, filing_answers.c.next_attempt_at <= now)
    ready = select(filing_answers.c.id).where(due, filing_answers.c.id.in_(heads)).order_by(filing_answers.c.id)
    ids = list(connection.execute(ready.limit(limit).with_for_update(skip_locked=True)).scalars())
    if not ids:
        return []
    taken = {"next_attempt_at": until, "attempts": filing_answers.c.attempts + 1}
    connection.execute(update(filing_answers).where(filing_answers.c.id.in_(ids)).values(taken))
    own = {*AnswerRow._fields} - {"key", "dossier_id"}
    columns = [filings.c[name] if name not in own else filing_answers.c[name] for name in AnswerRow._fields]
    rows = select(*columns).join(filings, filings.c.id == filing_answers.c.filing_id)
    found = connection.execute(rows.where(filing_answers.c.id.in_(ids)).order_by(filing_answers.c.id))
    return [AnswerRow._make(row) for row in found]


def change_answer(connection: Connection, number: int, **values: Any) -> None:
    """Writes what became of an answer; one that was sent stays so."""
    open_ = and_(filing_answers.c.id == number, filing_answers.c.status != "sent")
    connection.execute(update(filing_answers).where(open_).values(values))


def retry_answers(connection: Connection, now: dt.datetime) -> int:
    """Lets every parked answer be sent again, with no attempts behind it; returns how many."""
    parked = update(filing_answers).where(filing_answers.c.status == "parked")
    return connection.execute(parked.values(status=WAITING, attempts=0, next_attempt_at=now)).rowcount
