"""Reading what a telling to the national portal needs, for many dossiers at once."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, select

from engine.store.delivery import among
from engine.store.documents import documents
from engine.store.dossiers import applicants, dossiers
from engine.store.fees import fees
from engine.store.people import people
from engine.store.portal import portal_tellings

_OWN = (
    *("id", "code", "procedure", "release", "state", "portal", "channel", "applicant_kind", "version", "head"),
    *("filed_at", "received_at", "due_at", "promised_at", "finished_at", "returned_at", "entered_at", "step_due_at"),
    *("intake_office", "handler_office", "holder_office", "holder_role"),
)
OWN_COLUMNS: tuple[Any, ...] = (
    *(dossiers.c[name] for name in _OWN),
    applicants.c.name.label("applicant"),
    applicants.c.identity_number,
    applicants.c.verified,
)
"""The columns of a dossier and its applicant that tellings hold."""


Own = Mapping[str, Any]
"""A row with ``OWN_COLUMNS``."""


class Paper(NamedTuple):
    """A paper that was not taken off."""

    key: str
    copies: int
    digitised: int
    reused: bool
    signed: bool
    signed_at: dt.datetime | None


class Owed(NamedTuple):
    """A fee as it stands."""

    key: str
    vnd: int
    settled_at: dt.datetime | None
    method: str | None


class Parts(NamedTuple):
    """What belongs to dossiers, by their id."""

    papers: Mapping[int, Sequence[Paper]]
    fees: Mapping[int, Sequence[Owed]]


def own_rows(connection: Connection, ids: Collection[int]) -> dict[int, Own]:
    """The rows with ``OWN_COLUMNS`` by id."""
    wanted = select(*OWN_COLUMNS).join(applicants, applicants.c.dossier_id == dossiers.c.id)
    rows = connection.execute(wanted.where(among(connection, dossiers.c.id, ids))).mappings()
    return {row["id"]: dict(row) for row in rows}


def parts_of_many(connection: Connection, ids: Collection[int]) -> Parts:
    """The papers and fees of dossiers, each list in a fixed order."""
    papers: dict[int, list[Paper]] = defaultdict(list)
    d = documents.c
    held = select(d.dossier_id, d.key, d.original, d.certified, d.copy, d.digitised, d.reused_from, d.signature)
    held = held.add_columns(d.added_at).where(among(connection, d.dossier_id, ids), d.removed_at.is_(None))
    for row in connection.execute(held.order_by(d.dossier_id, d.id)):
        copies = row.original + row.certified + row.copy
        signed = row.signature is not None
        paper = Paper(row.key, copies, row.digitised, row.reused_from is not None, signed, row.added_at)
        papers[row.dossier_id].append(paper)
    owed: dict[int, list[Owed]] = defaultdict(list)
    f = fees.c
    told = select(f.dossier_id, f.key, f.vnd, f.settled_at, f.method).where(among(connection, f.dossier_id, ids))
    for one in connection.execute(told.order_by(f.dossier_id, f.key)):
        owed[one.dossier_id].append(Owed(one.key, one.vnd, one.settled_at, one.method))
    return Parts(papers, owed)


def names_of(connection: Connection, ids: Iterable[int]) -> dict[int, str]:
    """The names of people by id."""
    wanted = set(ids)
    if not wanted:
        return {}
    rows = connection.execute(select(people.c.id, people.c.name).where(among(connection, people.c.id, wanted)))
    return {row.id: row.name for row in rows}


def last_told(connection: Connection, ids: Collection[int]) -> dict[int, dt.datetime]:
    """The moment of the last event of each dossier that was told or waits; none for one that was never told."""
    t = portal_tellings.c
    latest = select(t.dossier_id, func.max(t.at).label("at")).where(among(connection, t.dossier_id, ids))
    latest = latest.where(t.status != "dropped").group_by(t.dossier_id)
    return {row.dossier_id: row.at for row in connection.execute(latest)}
