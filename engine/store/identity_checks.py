"""The table of questions to the population data: who asked, when, why, and the outcome of each field; nothing else.

The person is a keyed hash of the identity number, so that the table tells nobody's. The row is written before the
question goes out, and gets its outcome after the answer. A filing joins the checks of its draft to the dossier, and
each becomes a row of the read log.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from collections.abc import Sequence
from typing import Protocol, cast

from sqlalchemy import CheckConstraint, Column, Connection, ForeignKey, Index, String, Table, Text, select

from engine.store.sql.schema import BigId, Moment, metadata

identity_checks = Table(
    "identity_checks",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("subject", String(64), nullable=False),
    Column("draft", String(64), nullable=False),  # the SHA-256 of the draft's token
    Column("person_id", BigId, ForeignKey("people.id"), nullable=False),  # who asked
    Column("office", String(40), nullable=False),
    Column("purpose", Text, nullable=False),
    Column("asked_at", Moment, nullable=False),
    Column("status", String(10), nullable=False),  # asked, answered, silent
    Column("number", String(10)),  # match, differs, unknown
    Column("name", String(10)),
    Column("born", String(10)),
    Column("address", String(10)),
    Column("dossier_id", BigId, ForeignKey("dossiers.id")),
    CheckConstraint("status IN ('asked', 'answered', 'silent')", name="status"),
    Index("ix_identity_checks_draft", "draft", "id"),
    Index("ix_identity_checks_dossier_id", "dossier_id"),
    sqlite_autoincrement=True,
)


class IdentityCheckRow(Protocol):
    """A whole row of ``identity_checks``."""

    id: int
    subject: str
    draft: str
    person_id: int
    office: str
    purpose: str
    asked_at: dt.datetime
    status: str
    number: str | None
    name: str | None
    born: str | None
    address: str | None
    dossier_id: int | None


def subject_of(secret: str, number: str) -> str:
    """The keyed hash of an identity number."""
    return hmac.new(secret.encode(), b"identity\0" + number.encode(), hashlib.sha256).hexdigest()


def draft_hash(token: str) -> str:
    """The draft as the table names it."""
    return hashlib.sha256(token.encode()).hexdigest()


def checks_of(connection: Connection, token: str) -> Sequence[IdentityCheckRow]:
    """The checks of a draft, newest first."""
    mine = select(identity_checks).where(identity_checks.c.draft == draft_hash(token))
    return cast(Sequence[IdentityCheckRow], connection.execute(mine.order_by(identity_checks.c.id.desc())).all())
