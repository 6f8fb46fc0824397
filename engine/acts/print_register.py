"""The act ``print_register``: the register of an office (Form 07).

It shows personal data, so a read is recorded for each dossier on it.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from engine.acts.read_personal_data import note_reads
from engine.errors import NotFound
from engine.forms.data import register_data
from engine.rules.period import moments_of
from engine.store.reports import register
from engine.store.visibility import visible_dossiers
from engine.transaction import UnitOfWork

LONGEST_REGISTER = 1000
"""Lines on one printed register."""


def print_register(unit: UnitOfWork, office: str, start: dt.date, end: dt.date) -> dict[str, Any]:
    """The data of Form 07 for the dossiers that ``office`` received on the civil days ``start`` to ``end``.

    It lists those that the actor may see, at most ``LONGEST_REGISTER``. Raises NotFound, InvalidInput.
    """
    known = unit.catalogue.offices.get(office)
    if known is None:
        raise NotFound(what=office)
    visible = visible_dossiers(unit.actor, unit.today)
    rows = register(unit.begin(), visible, office, *moments_of(start, end), limit=LONGEST_REGISTER)
    note_reads(unit, [row.id for row in rows], "form-07", "in sổ theo dõi hồ sơ")
    return register_data(unit, known, rows, start, end)
