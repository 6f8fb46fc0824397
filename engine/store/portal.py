"""The tables of the connection to the national portal: what is told there, and how the two sides were found to differ.

``portal_tellings`` is an outbox of its own: its order is strict within a dossier, and its backlog must not hold up the
notices to people.
"""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, SmallInteger, String, Table, Text, text

from engine.store.sql.schema import BigId, Json, Moment, metadata

_KNOWN = "portal_tellings.first_sent_at IS NULL OR portal_tellings.status = 'dropped' OR "
SLOW = {
    "postgresql": _KNOWN + "(portal_tellings.first_sent_at - portal_tellings.at) > interval '1 minute'",
    "sqlite": _KNOWN + "(julianday(portal_tellings.first_sent_at) - julianday(portal_tellings.at)) > 0.000694",
}
"""Tellings that took more than a minute, are unsent, or were dropped: few, while all goes well."""

portal_tellings = Table(
    "portal_tellings",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),  # the sequence that the portal gets
    Column("dossier_id", BigId, ForeignKey("dossiers.id"), nullable=False),
    Column("entry", Integer, nullable=False),  # the journal entry that is told
    Column("key", String(100), nullable=False),  # with the dossier's code it is unique at the portal
    Column("kind", String(12), nullable=False),  # dossier, progress, documents, fees, results
    Column("at", Moment, nullable=False),  # the event's moment, whose day decides the codes
    Column("data", Json, nullable=False),  # the row as the event left it; never personal data
    Column("status", String(10), nullable=False),  # waiting, sent, parked, dropped
    Column("attempts", Integer, nullable=False),
    Column("next_attempt_at", Moment, nullable=False),
    Column("sent_at", Moment),
    Column("first_sent_at", Moment),  # kept when the telling is replayed
    Column("reference", Text),
    Column("cause", String(10)),  # why it failed last: network, refused, mapping
    Column("error", Text),
    Column("limit_kind", String(10)),  # intake, end: the time limit that the event kept
    Column(
        "limit_at", Moment
    ),  # when that limit ran out; known there later, the dossier looks late by the telling alone
    Index(
        "ix_portal_tellings_waiting",
        "next_attempt_at",
        "id",
        sqlite_where=text("status = 'waiting'"),
        postgresql_where=text("status = 'waiting'"),
    ),
    Index(
        "ix_portal_tellings_parked",
        "id",
        sqlite_where=text("status = 'parked'"),
        postgresql_where=text("status = 'parked'"),
    ),
    Index("ix_portal_tellings_dossier_id", "dossier_id", "id"),
    Index(
        "ix_portal_tellings_slow",
        "dossier_id",
        sqlite_where=text(SLOW["sqlite"].replace("portal_tellings.", "")),
        postgresql_where=text(SLOW["postgresql"].replace("portal_tellings.", "")),
    ),
    sqlite_autoincrement=True,
)

portal_comparisons = Table(
    "portal_comparisons",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("started_at", Moment, nullable=False),
    Column("finished_at", Moment),  # None while it runs, or if it broke off
    Column("reached", String(64)),  # the last code that was compared; the next slice goes on behind it
    Column("error", Text),
    Column("here", Integer, nullable=False),
    Column("there", Integer, nullable=False),
    Column("same", Integer, nullable=False),
    Column("on_time", Integer, nullable=False),  # of ``same``: nothing of them was told late in the day before
    Column("under_way", Integer, nullable=False),  # differ only by what is being told right now
    Column("differing", Integer, nullable=False),
)
"""The comparisons of both sides, and what they counted."""

portal_differences = Table(
    "portal_differences",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("code", String(64), nullable=False),
    Column("dossier_id", BigId, ForeignKey("dossiers.id")),  # None: missing here
    Column("kind", String(20), nullable=False),
    Column("fault", String(10), nullable=False),
    Column("safe", SmallInteger, nullable=False),
    Column("ours", Text),
    Column("theirs", Text),
    Column("since", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),  # by the last comparison that found it
    Column("repaired_at", Moment),  # when the dossier was last sent again for it
    Column("ended_at", Moment),  # when a comparison found it gone
    Index(
        "ix_portal_differences_open",
        "code",
        "kind",
        unique=True,
        sqlite_where=text("ended_at IS NULL"),
        postgresql_where=text("ended_at IS NULL"),
    ),
    Index("ix_portal_differences_dossier_id", "dossier_id"),
)
"""The differences that comparisons found, ended ones included: a row is one stay of one kind at one code."""
