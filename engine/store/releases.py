"""The tables of published procedures and notice templates. At run time the program reads these, never a YAML file.

A release is immutable; a change of a procedure is a new version. Publishing a template replaces it.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import (
    Column,
    Connection,
    Date,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    Table,
    Text,
    select,
)

from engine.store.sql.schema import BigId, Json, Moment, metadata

releases = Table(
    "releases",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("procedure", String(20), nullable=False),
    Column("version", Integer, nullable=False),
    Column("start", Date, nullable=False),
    Column("until", Date),  # inclusive; None means no end
    Column("document", Text, nullable=False),  # JSON in the author's order of keys; the digest is over the sorted form
    Column("name_vi", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("public", Integer, nullable=False),
    Column("published_at", Moment, nullable=False),
    Column("published_by", BigId, ForeignKey("people.id")),
    Column("publisher", Text),  # the person's name, or the account of the machine that ran the command
    Column("migrates", SmallInteger, nullable=False, server_default="0"),  # 1: running dossiers move on the first day
    Column("migrated_at", Moment),  # the moment when all of them had been looked at
    Index("uq_releases_version", "procedure", "version", unique=True),
)

notice_templates = Table(
    "notice_templates",
    metadata,
    Column("key", String(60), primary_key=True),
    Column("document", Json, nullable=False),
    Column("published_at", Moment, nullable=False),
)


def release_digests(connection: Connection) -> Sequence[str]:
    """The digests of every published release, by procedure and version."""
    ordered = select(releases.c.digest).order_by(releases.c.procedure, releases.c.version)
    return connection.execute(ordered).scalars().all()
