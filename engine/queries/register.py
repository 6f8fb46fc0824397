"""The register of the dossiers that an office received (Form 07), a page at a time.

Printing it shows personal data and is therefore an act: ``engine.acts.print_register``.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from engine.queries.page import After, Page, page_of
from engine.rules.period import moments_of
from engine.rules.plain_text import plain_text
from engine.store import reports
from engine.store.rows import RegisterRow
from engine.store.visibility import visible_dossiers
from engine.text import Text
from engine.transaction import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterLine:
    """A line of the register; ``applicant`` is the name, None if it was erased."""

    code: str
    procedure: str
    procedure_name: Text
    applicant: str | None
    handler_office: str
    received_at: dt.datetime
    promised_at: dt.datetime | None
    returned_at: dt.datetime | None


def register(
    unit: UnitOfWork,
    office: str,
    start: dt.date,
    end: dt.date,
    *,
    after: After | None = None,
    limit: int = 100,
    text: str = "",
) -> Page[RegisterLine]:
    """The dossiers that an office received on the civil days ``start`` to ``end``, in order of receipt.

    Only dossiers that the caller may see; with ``text`` those in which each of its words occurs, without accents.
    Raises InvalidInput.
    """
    rows = reports.register(
        unit.reader(),
        visible_dossiers(unit.actor, unit.today),
        office,
        *moments_of(start, end),
        after=(after.moment, after.id) if after and after.moment else None,
        limit=limit + 1,
        words=plain_text(text).split(),
    )
    return page_of(rows, limit, lambda row: _line(unit, row), lambda row: After(id=row.id, moment=row.received_at))


def _line(unit: UnitOfWork, row: RegisterRow) -> RegisterLine:
    return RegisterLine(
        code=row.code,
        procedure=row.procedure,
        procedure_name=unit.catalogue.workflow(row.release).release.name,
        applicant=row.name,
        handler_office=row.handler_office,
        received_at=row.received_at,
        promised_at=row.promised_at,
        returned_at=row.returned_at,
    )
