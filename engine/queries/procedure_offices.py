"""The offices that have dossiers of a procedure, for the choice of one on a page."""

from __future__ import annotations

from engine.store.published import handling_offices
from engine.store.sight_of_many import seen_in_order
from engine.text import Text
from engine.transaction import UnitOfWork


def offices_with(unit: UnitOfWork, procedure: str) -> tuple[tuple[str, Text | None], ...]:
    """Code and name of each office that handles dossiers of the procedure which the caller may see, or did lately."""
    codes = handling_offices(unit.reader(), seen_in_order(unit.actor, unit.today), procedure)
    return tuple((code, unit.catalogue.office_name(code)) for code in codes)
