"""Enters into the catalogue where a procedure is processed from a day on, and how it was published."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass
from typing import Literal

from sqlalchemy import insert

from engine.acts.staff.record import record_staff
from engine.errors import Forbidden, NotFound, wrong
from engine.store.procedure_entries import procedure_entries
from engine.store.running import releases_of
from engine.transaction import UnitOfWork

Processed = Literal["here", "ministry", "specialised"]
Online = Literal["no", "partial", "full"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEntry:
    """What holds from ``since`` on, for one version or (None) for all.

    ``system`` names the other system where the procedure is not processed here. ``decision`` publishes the procedure;
    ``listed_on`` is the day on which it stood in the national database of procedures.
    """

    procedure: str
    version: int | None
    since: dt.date
    processed: Processed
    system: str | None
    online: Online
    decision: str
    decided_on: dt.date
    listed_on: dt.date | None


def enter_procedure(unit: UnitOfWork, entry: NewEntry) -> None:
    """Adds the entry; earlier ones stay as what was said before. Raises Forbidden, NotFound, InvalidInput."""
    if not unit.actor.admin or unit.actor.person_id is None:
        raise Forbidden(why_vi="chỉ dành cho người quản trị", why_en="administrators only")
    known = {row.version for row in releases_of(unit.begin(), entry.procedure)}
    if not known or (entry.version is not None and entry.version not in known):
        raise NotFound(what=entry.procedure if not known else f"{entry.procedure}@{entry.version}")
    if entry.processed != "here" and not entry.system:
        raise wrong("system", "cần ghi tên hệ thống xử lý", "the name of the other system is needed")
    if entry.listed_on is not None and entry.listed_on < entry.decided_on:
        raise wrong("listed_on", "không thể trước ngày quyết định", "cannot be before the decision")
    row = asdict(entry) | {"system": entry.system if entry.processed != "here" else None}
    made = {"made_at": unit.now, "made_by": unit.actor.person_id}
    unit.begin().execute(insert(procedure_entries), row | made)
    of = entry.procedure if entry.version is None else f"{entry.procedure}@{entry.version}"
    record_staff(unit, "enter-procedure", None, [], f"{of}: {entry.processed}, {entry.online}, {entry.decision}")
