"""Where the truth about a dossier is, if not here: the other system, its number there, and what differed lately."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from engine.dossier.case import Case
from engine.rules.values.dossier_codes import ministry_of
from engine.store.dossiers import mirrors
from engine.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """The other system. ``differs`` are (``what``, ``here``, ``there``) of the last comparison at ``synced_at``.

    ``ministry`` is the one whose central system gave the number, where its sequence names one.
    """

    source: str
    number: str | None
    synced_at: dt.datetime | None
    differs: tuple[Mapping[str, Any], ...]
    ministry: Text | None = None


def elsewhere(case: Case) -> Elsewhere | None:
    """The system that holds the truth about an open case; None for a dossier of this one, without a query."""
    source = case.row["source"]
    if source is None:
        return None
    found = case.unit.reader().execute(select(mirrors).where(mirrors.c.dossier_id == case.id)).one_or_none()
    if found is None:
        return Elsewhere(source=source, number=None, synced_at=None, differs=())
    return Elsewhere(
        source=source,
        number=found.number,
        synced_at=found.synced_at,
        differs=tuple(found.differs or ()),
        ministry=ministry_of(found.number),
    )
