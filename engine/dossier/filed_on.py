"""The civil day on which a dossier was filed. A linked dossier counts from the day on which the family filed."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import bindparam, select

from engine.clock import civil_day
from engine.store.dossiers import dossiers
from engine.store.sql.question import PreparedSelect
from engine.transaction import UnitOfWork


def filed_on(unit: UnitOfWork, filed_at: dt.datetime, parent_id: int | None) -> dt.date:
    """The civil day in Viet Nam of ``filed_at``, or of the filing of the topmost parent.

    A birth that a family filed in time is not late because its own dossier opened some days later.
    """
    while parent_id is not None:
        filed_at, parent_id = _PARENT.fetch(unit.reader(), {"dossier": parent_id})[0]
    return civil_day(filed_at)


_PARENT = PreparedSelect(select(dossiers.c.filed_at, dossiers.c.parent_id).where(dossiers.c.id == bindparam("dossier")))
