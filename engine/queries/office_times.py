"""What was published about the working time of one office: its closures and its own hours, and its day as it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from engine.catalogue import Catalogue
from engine.rules.deadlines.office_hours import Closure
from engine.rules.deadlines.own_hours import OwnHours
from engine.store.clocks import closures_of, hours_of


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeTimes:
    """The closures and own hours of one office, the earliest first."""

    closures: Sequence[Closure]
    hours: Sequence[OwnHours]


def office_times(connection: Connection, catalogue: Catalogue, office: str) -> OfficeTimes:
    """Everything that was published for this office. Raises NotFound."""
    catalogue.office(office)
    return OfficeTimes(
        closures=[Closure.from_data(one) for one in closures_of(connection, office)],
        hours=[OwnHours.from_data(one) for one in hours_of(connection, office)],
    )
