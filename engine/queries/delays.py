"""The report on delays: by how much the dossiers of each office ended after their appointment."""

from __future__ import annotations

from dataclasses import dataclass

from engine.queries.indicators import Wanted
from engine.rules.period import moments_of
from engine.store.indicator_counts import Scope
from engine.store.report_counts import lateness_by_office
from engine.store.sight_of_many import counted_by_many
from engine.text import Text
from engine.transaction import UnitOfWork

CLASSES = (
    Text("Đúng hạn", "On time"),
    Text("Trễ đến 1 ngày", "Up to 1 day late"),
    Text("1 – 3 ngày", "1 – 3 days"),
    Text("3 – 7 ngày", "3 – 7 days"),
    Text("7 – 30 ngày", "7 – 30 days"),
    Text("Trên 30 ngày", "Over 30 days"),
)
"""What each class of ``engine.store.report_counts.BOUNDS`` is called; days are calendar days."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lateness:
    """The dossiers of an office in each class."""

    office: str
    name: Text
    classes: tuple[int, ...]

    @property
    def finished(self) -> int:
        return sum(self.classes)

    @property
    def late(self) -> float:
        """The share that ended late."""
        return 1 - self.classes[0] / self.finished


def delays(unit: UnitOfWork, wanted: Wanted) -> tuple[Lateness, ...]:
    """A line for each office that ended a dossier in the period, the largest share late first. Raises InvalidInput."""
    first, last = moments_of(wanted.start, wanted.end)
    sight = counted_by_many(unit.actor, unit.today)
    scope = Scope(sight, wanted.office, wanted.procedure, wanted.province)
    lines = (
        Lateness(
            office=row.office,
            name=unit.catalogue.office_name(row.office) or Text(row.office, row.office),
            classes=row.classes,
        )
        for row in lateness_by_office(unit.reader(), scope.rules(), first, last)
    )
    return tuple(sorted(lines, key=lambda one: (-one.late, -one.finished, one.office)))
