"""The table of citizens' ratings: one for a dossier, without the name of whoever gave it."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    ForeignKey,
    SmallInteger,
    String,
    Table,
    Text,
    bindparam,
    select,
)

from engine.store.dossiers import applicants
from engine.store.sql.question import PreparedSelect
from engine.store.sql.schema import BigId, Moment, metadata

MARKS = (5, 4, 3, 2, 1)
"""From very satisfied to very dissatisfied."""

ratings = Table(
    "ratings",
    metadata,
    Column("dossier_id", BigId, ForeignKey("dossiers.id"), primary_key=True, autoincrement=False),
    Column("office", String(40), nullable=False),  # that the applicant dealt with
    Column("mark", SmallInteger, nullable=False),
    Column("words", Text),  # erased with the personal data: the applicant may have named somebody
    Column("at", Moment, nullable=False),
    CheckConstraint("mark BETWEEN 1 AND 5", name="mark"),
)


class Choices(NamedTuple):
    """What an applicant has chosen: since when they want no notices, the only channel that they want them by, and the
    mark that they gave, with its moment."""

    notices_off_since: dt.datetime | None
    notices_via: str | None
    mark: int | None
    rated_at: dt.datetime | None


def choices_of(connection: Connection, dossier_id: int) -> Choices:
    """What the applicant of a dossier has chosen."""
    return Choices(*_CHOICES.fetch(connection, {"dossier": dossier_id})[0])


_CHOICES = PreparedSelect(
    select(applicants.c.notices_off_since, applicants.c.notices_via, ratings.c.mark, ratings.c.at)
    .outerjoin(ratings, ratings.c.dossier_id == applicants.c.dossier_id)
    .where(applicants.c.dossier_id == bindparam("dossier"))
)
