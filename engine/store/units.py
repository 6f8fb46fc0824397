"""The tables of dated administrative units, their successions, the offices on them, competences and cache versions."""

from __future__ import annotations

from sqlalchemy import Column, Date, Index, Integer, String, Table, Text, text

from engine.store.sql.schema import Json, metadata

units = Table(
    "units",
    metadata,
    Column("id", String(24), primary_key=True),  # level initial : code @ first day
    Column("code", String(8), nullable=False),
    Column("level", String(10), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("name", Text, nullable=False),
    Column("parent", String(12)),  # level initial : code, without a date
    Column("aliases", Json, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date),  # exclusive
    Column("legal", Text, nullable=False),
    Index("ix_units_code", "code", "level"),
)

successions = Table(
    "successions",
    metadata,
    Column("from_id", String(24), primary_key=True),
    Column("to_id", String(24), primary_key=True),
    Column("date", Date, primary_key=True),
    Column("kind", String(12), nullable=False),
    Column("share", String(40)),  # a fraction, as text: shares must add up exactly
    Column("is_default", Integer, nullable=False),
    Column("legal", Text, nullable=False),
    Column("standing", String(12), nullable=False, server_default=text("''")),  # '', doubtful or unread
)

offices = Table(
    "offices",
    metadata,
    Column("code", String(40), primary_key=True),
    Column("body", String(30), nullable=False),
    Column("unit", String(24), nullable=False),
    Column("name_vi", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("province", String(8), nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date),
    Column("receives", Integer, nullable=False),
    Column("area", Json, nullable=False),  # unit ids beyond its own
    Column("identifier", String(40), nullable=False),  # in dossier codes
    Column("address", Text),
    Column("hotline", String(40)),
    Column("own", Json),  # the columns that an administrator gave, as plain values
    Index("ix_offices_unit", "unit", "body"),
    Index("ix_offices_province", "province"),
)

competences = Table(
    "competences",
    metadata,
    Column("subject", String(30), primary_key=True),  # procedure code or task
    Column("applicant_kinds", String(80), primary_key=True),  # '*' or kinds joined by '|'
    Column("valid_from", Date, primary_key=True),
    Column("valid_to", Date),  # exclusive
    Column("level", String(10), nullable=False),
    Column("body", String(30), nullable=False),
    Column("legal", Text, nullable=False),
)

catalogue_versions = Table(
    "catalogue_versions",
    metadata,
    Column(
        "name", String(20), primary_key=True
    ),  # units, offices, competences, releases, calendars, templates, webhooks
    Column("number", Integer, nullable=False),
)
"""A version for each published kind of data. It rises with every publication, and tells each process that its cache
(``engine.catalogue``) is stale."""
