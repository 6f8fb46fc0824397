"""The tables of what was printed: a run is what one person printed at once, with the hash of each paper in it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, cast

from sqlalchemy import Column, Connection, ForeignKey, Index, Integer, String, Table, and_, func, insert, select

from engine.store.dossiers import dossiers
from engine.store.people import people
from engine.store.sql.schema import BigId, Json, Moment, metadata

print_runs = Table(
    "print_runs",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("person_id", BigId, ForeignKey("people.id"), nullable=False),
    Column("at", Moment, nullable=False),
    Column("about", Json, nullable=False),  # of a register: its office and days; else empty
    Index("ix_print_runs_person_id", "person_id", "id"),
    sqlite_autoincrement=True,
)

prints = Table(
    "prints",
    metadata,
    Column("run_id", BigId, ForeignKey("print_runs.id"), primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("dossier_id", BigId, ForeignKey("dossiers.id")),  # None: of a register
    Column("form", String(10), nullable=False),
    Column("issue", Integer),
    Column("entry", Integer),  # of the journal, which says what the paper said; None: of a register
    Column("copy", Integer, nullable=False),  # how often the issue was printed, this time included
    Column("sha256", String(64), nullable=False),
    Index("ix_prints_dossier_id", "dossier_id", "form", "issue"),
)
"""``sha256`` is that of the canonical JSON of what the paper says; what a form said stands in the journal."""


class PrintRow(NamedTuple):
    """A paper that was printed, with who printed it."""

    run: int
    at: dt.datetime
    person: int
    name: str
    dossier: str | None
    form: str
    issue: int | None
    entry: int | None
    copy: int
    sha256: str


_PRINT: tuple[Any, ...] = (
    prints.c.run_id,
    print_runs.c.at,
    print_runs.c.person_id,
    people.c.name,
    dossiers.c.code,
    prints.c.form,
    prints.c.issue,
    prints.c.entry,
    prints.c.copy,
    prints.c.sha256,
)
_FROM = (
    prints.join(print_runs, print_runs.c.id == prints.c.run_id)
    .join(people, people.c.id == print_runs.c.person_id)
    .outerjoin(dossiers, dossiers.c.id == prints.c.dossier_id)
)


def add_run(
    connection: Connection, person: int, at: dt.datetime, about: Mapping[str, Any], papers: list[dict[str, Any]]
) -> int:
    """Writes a run with its papers; returns its number."""
    row = {"person_id": person, "at": at, "about": dict(about)}
    number = int(connection.execute(insert(print_runs).returning(print_runs.c.id), row).scalar_one())
    connection.execute(insert(prints), [{**one, "run_id": number, "number": n} for n, one in enumerate(papers, 1)])
    return number


def print_in_turn(connection: Connection, dossier_ids: Sequence[int]) -> None:
    """Makes others who print papers of these dossiers wait until the transaction ends, for the numbers of copies."""
    these = select(dossiers.c.id).where(dossiers.c.id.in_(list(dossier_ids))).order_by(dossiers.c.id)
    connection.execute(these.with_for_update(key_share=True))


def copies_of(connection: Connection, dossier_ids: Sequence[int]) -> dict[tuple[int, str, int | None], int]:
    """How often each issue of each form of these dossiers was printed."""
    key: tuple[Any, ...] = (prints.c.dossier_id, prints.c.form, prints.c.issue)
    counted = select(*key, func.max(prints.c.copy)).where(prints.c.dossier_id.in_(list(dossier_ids))).group_by(*key)
    return {(row[0], row[1], row[2]): row[3] for row in cast(Sequence[Any], connection.execute(counted).all())}


def papers_of_run(connection: Connection, run: int, person: int) -> list[PrintRow]:
    """The papers that a person printed at once, in order; none for a run of somebody else."""
    mine = and_(prints.c.run_id == run, print_runs.c.person_id == person)
    found = connection.execute(select(*_PRINT).select_from(_FROM).where(mine).order_by(prints.c.number))
    return [PrintRow(*row) for row in cast(Sequence[Any], found.all())]


def about_run(connection: Connection, run: int) -> Mapping[str, Any]:
    """What a run is about beside its papers."""
    found: Mapping[str, Any] = connection.execute(select(print_runs.c.about).where(print_runs.c.id == run)).scalar_one()
    return found


def prints_of(connection: Connection, dossier_id: int, limit: int = 200) -> list[PrintRow]:
    """What was printed of a dossier, newest first."""
    mine = select(*_PRINT).select_from(_FROM).where(prints.c.dossier_id == dossier_id)
    found = connection.execute(mine.order_by(prints.c.run_id.desc(), prints.c.number).limit(limit))
    return [PrintRow(*row) for row in cast(Sequence[Any], found.all())]
