"""Lists of the dossiers that the caller may see, narrowed by filters, a page at a time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from engine.queries.page import After, Page, page_of
from engine.queries.state import StateView, state_of
from engine.rules.deadlines.intake import intake_overdue
from engine.rules.deadlines.timing import is_overdue
from engine.rules.procedure.definition import Clock
from engine.store import dossier_lists
from engine.store.list_filters import Filters
from engine.text import Text
from engine.transaction import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The filters of a list; None means no filter. ``holder`` is the id of a person; ``text`` is searched without
    accents, word by word."""

    state: str | None = None
    portal: int | None = None
    office: str | None = None
    holder_office: str | None = None
    holder: int | None = None
    procedure: str | None = None
    overdue: bool | None = None
    intake_overdue: bool | None = None
    warned: bool | None = None
    due_before: dt.datetime | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DossierLine:
    """A dossier as one line of a list. ``holder_…`` say who must act now; ``holder_id`` is who claimed it."""

    code: str
    procedure: str
    procedure_name: Text
    procedure_short: Text
    state: StateView
    version: int
    applicant: str | None
    channel: str
    intake_office: str
    handler_office: str
    holder_office: str | None
    holder_role: str | None
    holder_id: int | None
    received_at: dt.datetime | None
    due_at: dt.datetime | None
    promised_at: dt.datetime | None
    clock: Clock
    overdue: bool
    intake_due_at: dt.datetime | None
    intake_overdue: bool
    warned: bool
    finished_at: dt.datetime | None


_AS_STORED = (
    "code",
    "procedure",
    "version",
    "applicant",
    "channel",
    "intake_office",
    "handler_office",
    "holder_office",
    "holder_role",
    "holder_id",
    "received_at",
    "due_at",
    "promised_at",
    "clock",
    "finished_at",
    "intake_due_at",
)


def list_dossiers(
    unit: UnitOfWork, wanted: Wanted, *, by_due: bool = False, after: After | None = None, limit: int = 50
) -> Page[DossierLine]:
    """The dossiers that the caller may see, newest first; with ``by_due`` by due moment, those without one last."""
    rows = dossier_lists.list_dossiers(
        unit.reader(),
        unit.actor,
        Filters(**asdict(wanted)),
        unit.now,
        after=(after.moment, after.id) if after else None,
        by_due=by_due,
        limit=limit + 1,
    )
    return page_of(
        rows,
        limit,
        lambda row: _line(unit, row),
        lambda row: After(id=row["id"], moment=row["due_at"] if by_due else None),
    )


def _line(unit: UnitOfWork, row: Mapping[str, Any]) -> DossierLine:
    release = unit.catalogue.workflow(row["release"]).release
    return DossierLine(
        **{name: row[name] for name in _AS_STORED},
        procedure_name=release.name,
        procedure_short=release.in_lists,
        state=state_of(release, row["state"], row["portal"]),
        overdue=is_overdue(row["clock"], row["due_at"], unit.now),
        intake_overdue=intake_overdue(row["intake_due_at"], row["intake_done_at"], unit.now),
        warned=row["warned_at"] is not None,
    )
