"""Reads what decides where running dossiers go, in keyset pages that lock nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, and_, func, select

from engine.rules.procedure.definition import Release
from engine.rules.versions.fates import Seen
from engine.store.dossiers import dossiers

PAGE = 5000
"""Dossiers read in one transaction."""


class Found(NamedTuple):
    """A running dossier: its id, its version number, and what decides where it goes."""

    id: int
    version: int
    seen: Seen


_NAMES = ("id", "version", "code", "release", "state", "started_at", "offices", "source")
_COLUMNS = tuple(dossiers.c[name] for name in _NAMES)


def running_dossiers(database: Engine, procedure: str, digest: str) -> Iterator[list[Found]]:
    """The unfinished dossiers of the procedure under other versions than ``digest``, in order of id, page by page."""
    after = 0
    while True:
        others = and_(dossiers.c.procedure == procedure, dossiers.c.release != digest)
        which = and_(others, dossiers.c.finished_at.is_(None), dossiers.c.id > after)
        with database.connect().execution_options(motcua_read_only=True) as connection:
            rows = connection.execute(select(*_COLUMNS).where(which).order_by(dossiers.c.id).limit(PAGE)).all()
        if rows:
            yield [found_in(dict(zip(_NAMES, row, strict=True))) for row in rows]
            after = rows[-1].id
        if len(rows) < PAGE:
            return


def count_running(connection: Connection, release: Release) -> int:
    """The number of unfinished dossiers of the procedure under other versions, for a progress bar."""
    others = and_(dossiers.c.procedure == release.procedure, dossiers.c.release != release.digest())
    counted = select(func.count()).where(others, dossiers.c.finished_at.is_(None))
    return int(connection.execute(counted).scalar_one())


def found_in(row: Mapping[str, Any]) -> Found:
    """What decides where the dossier of this row goes."""
    offices, begun = frozenset(row["offices"]), row["started_at"] is not None
    seen = Seen(row["code"], row["release"], row["state"], begun, offices, row["source"] is not None)
    return Found(row["id"], row["version"], seen)
