"""The saved views of lists that a person has: their own, and those of the offices where they work."""

from __future__ import annotations

from dataclasses import dataclass

from engine.rules.procedure.permissions import LEADER, roles_in
from engine.store import saved_views
from engine.text import Text
from engine.transaction import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewLine:
    """A saved view. ``office`` is the code of the office that has it, None for the person's own. ``mine``: the actor
    saved it; ``removable``: the actor may delete it."""

    id: int
    name: str
    query: str
    office: str | None
    office_name: Text | None
    mine: bool
    removable: bool


def views(unit: UnitOfWork) -> tuple[ViewLine, ...]:
    """The actor's views, those of offices first, by name."""
    actor, today = unit.actor, unit.today
    if actor.person_id is None:
        return ()
    rows = saved_views.views_of(unit.reader(), actor.person_id, actor.offices(today))
    return tuple(
        ViewLine(
            id=row.id,
            name=row.name,
            query=row.query,
            office=row.office,
            office_name=unit.catalogue.office_name(row.office) if row.office else None,
            mine=row.person_id == actor.person_id,
            removable=row.person_id == actor.person_id
            or (row.office is not None and LEADER in roles_in(actor, row.office, today)),
        )
        for row in rows
    )
