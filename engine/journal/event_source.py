"""Which dossiers an event log holds, read page by page: for process mining with other tools.

A log holds no personal data: neither names nor forms nor reasons, and of those who acted only whether they were staff.
``staff`` adds the numbers of members of staff, which lead to their names in this installation.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Engine

from engine.catalogue import Catalogue
from engine.clock import midnight
from engine.errors import InvalidInput
from engine.rules.history.happenings import Happening, happenings
from engine.rules.procedure.definition import Release
from engine.store.dossiers import dossiers
from engine.store.histories import PAGE, DossierHead, history_page
from engine.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Which dossiers: of ``procedure``, filed on the civil days ``start`` to ``end``, handled by ``office``; None asks
    for all. ``staff``: whether the log tells which member of staff acted."""

    procedure: str | None = None
    start: dt.date | None = None
    end: dt.date | None = None
    office: str | None = None
    staff: bool = False


@dataclass(frozen=True, slots=True)
class Trace:
    """A dossier with its events in order, and the release that it is under now."""

    head: DossierHead
    release: Release
    events: tuple[Happening, ...]


@dataclass(slots=True)
class Written:
    """How much a log holds."""

    dossiers: int = 0
    events: int = 0


def traces(database: Engine, catalogue: Catalogue, chosen: Chosen) -> Iterator[Trace]:
    """The chosen dossiers by id, one after the other. Raises InvalidInput when the last day is before the first."""
    wanted = _conditions(chosen)
    after: int | None = 0
    while after is not None:  # a connection for each page: whoever reads slowly keeps no transaction open
        with database.connect().execution_options(motcua_read_only=True) as connection:
            page = history_page(connection, wanted, after)
        for one in page:
            release = catalogue.workflow(one.head.release).release
            yield Trace(one.head, release, tuple(happenings(one.entries)))
        after = page[-1].head.id if len(page) == PAGE else None


def _conditions(chosen: Chosen) -> list[ColumnElement[bool]]:
    if chosen.start and chosen.end and chosen.end < chosen.start:
        told = Text("ngày cuối phải không trước ngày đầu", "the last day must not be before the first")
        raise InvalidInput({"end": told})
    row = dossiers.c
    wanted: list[ColumnElement[bool]] = []
    wanted += [row.procedure == chosen.procedure] if chosen.procedure else []
    wanted += [row.handler_office == chosen.office] if chosen.office else []
    wanted += [row.filed_at >= midnight(chosen.start)] if chosen.start else []
    wanted += [row.filed_at < midnight(chosen.end + dt.timedelta(days=1))] if chosen.end else []
    return wanted
