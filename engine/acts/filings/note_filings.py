"""The act ``note_filings``: writes down filings as they come, each once by its key, together with the feed's cursor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from engine.dossier.filings import form_of, sealed_filing
from engine.rules.filings.coming import UnreadableFiling, coming, key_of
from engine.store.filings import QUEUED, WAITING, add_filings, move_cursor
from engine.transaction import UnitOfWork

FEED = "filings"


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a page moves the feed: from ``before`` to ``after``."""

    before: str
    after: str


def note_filings(
    unit: UnitOfWork, raws: Sequence[Mapping[str, Any]], way: Literal["pull", "push"], cursor: Cursor | None = None
) -> int:
    """Writes down the filings that are not known yet; returns how many were new.

    One that cannot be read goes into the queue with its faults. A page that is read twice, by two processes or after a
    death, adds nothing and moves the cursor once. Raises NoFilings.
    """
    form = form_of(unit)
    connection = unit.begin()
    fresh = add_filings(connection, [_row(unit, raw, way) for raw in raws])
    if cursor is not None:
        move_cursor(connection, form.source, FEED, cursor.before, cursor.after, unit.now)
    return fresh


def _row(unit: UnitOfWork, raw: Mapping[str, Any], way: str) -> dict[str, Any]:
    form = form_of(unit)
    key = key_of(form, raw)
    row = {
        "source": form.source,
        "key": key,
        "way": way,
        "came_at": unit.now,
        "filed_at": None,
        "status": WAITING,
        "body": sealed_filing(unit, form.source, key, raw),
        "procedure": None,
        "unit": None,
        "channel": None,
        "attempts": 0,
        "next_try_at": unit.now,
        "cause": None,
        "why": None,
        "choices": {},
    }
    try:
        told = coming(form, raw)
    except UnreadableFiling as refusal:
        why = {language: refusal.sentence(language) for language in ("vi", "en")}
        return row | {"status": QUEUED, "cause": refusal.code, "why": why}
    return row | {
        "filed_at": told.filed_at,
        "procedure": told.procedure,
        "unit": told.unit,
        "channel": told.channel,
    }
