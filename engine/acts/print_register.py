"""The act ``print_register``: the register of an office (Form 07), masked unless somebody of the office says why not.

Unmasked it shows personal data, so a read is recorded for each dossier on it.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from engine.acts.read_personal_data import note_reads
from engine.errors import Forbidden, NotFound, wrong
from engine.forms.data import register_data
from engine.rules.period import moments_of
from engine.rules.procedure.permissions import MONITOR, roles_in
from engine.store.reports import register
from engine.store.visibility import visible_dossiers
from engine.transaction import UnitOfWork

LONGEST_REGISTER = 1000
"""Lines on one printed register."""


def print_register(
    unit: UnitOfWork, office: str, start: dt.date, end: dt.date, reason: str | None = None
) -> dict[str, Any]:
    """The data of Form 07 for the dossiers that ``office`` received on the civil days ``start`` to ``end``.

    It lists those that the actor may see, at most ``LONGEST_REGISTER``. Addresses and telephones are masked; with a
    typed ``reason`` those who work at ``office`` get them unmasked. Raises NotFound, InvalidInput, Forbidden.
    """
    known = unit.catalogue.offices.get(office)
    if known is None:
        raise NotFound(what=office)
    masked = reason is None
    if not masked:
        _must_unmask(unit, office, reason or "")
    visible = visible_dossiers(unit.actor, unit.today)
    rows = register(unit.begin(), visible, office, *moments_of(start, end), limit=LONGEST_REGISTER)
    if not masked:
        note_reads(unit, [row.id for row in rows], "form-07", reason or "")
    return register_data(unit, known, rows, start, end, masked=masked)


def _must_unmask(unit: UnitOfWork, office: str, reason: str) -> None:
    """Requires a reason, and a role other than monitor at the office whose register it is. Raises Forbidden."""
    if unit.actor.kind != "system" and not roles_in(unit.actor, office, unit.today) - {MONITOR}:
        raise Forbidden(
            why_vi=f"chỉ người của {office} xem sổ không che dữ liệu",
            why_en=f"only those who work at {office} see its register unmasked",
        )
    if not reason.strip():
        raise wrong("reason", "phải ghi lý do cần xem dữ liệu cá nhân", "say why the personal data must be seen")
