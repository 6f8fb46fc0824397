"""What a reform reaches: the places whose land passes on, and the offices there that close, on its day.

A desk that an earlier reform left behind waits for the decision of that reform. A later one need not wait for it where
it changes nothing: neither the dossier's commune nor the unit of the office, nor the offices or the competence there.
A unit that only gets another name or kind keeps its code, its land and its offices, and counts as unchanged.
"""

from __future__ import annotations

from engine.errors import Refusal
from engine.rules.offices.index import served_units
from engine.rules.offices.routing import Map
from engine.rules.reform.places import Places
from engine.rules.reform.policy import Reform, closing
from engine.rules.territory.units import Unit

_IN_PLACE = ("continued", "renamed", "upgraded")


class Reach:
    """The reach of one reform over one map; answers about units are cached."""

    def __init__(self, reform: Reform, known: Map, places: Places) -> None:
        self._reform, self._map, self._places = reform, known, places
        self._closing = frozenset(
            (office.body, unit_id)
            for office in closing(known.offices.all(), reform.date)
            for unit_id in served_units(office)
        )
        self._changed: dict[tuple[str, str | None], bool] = {}

    def takes_in(self, place: Unit | None, code: str, subject: str | None, kind: str) -> bool:
        """Whether the reform changes anything for a desk whose office ``code`` closed before it, or is unknown.

        ``place`` is the dossier's commune, ``subject`` what the desk decides for applicants of this kind. A desk of
        which neither place nor office is known counts as reached.
        """
        office = self._map.offices.get(code)
        stood = [place] if place is not None else []
        if office is not None:
            stood.append(self._places.stand_on(office))
        body = office.body if office is not None else None
        return not stood or any(self._changes(unit, body) for unit in stood) or self._moves(subject, kind)

    def _changes(self, unit: Unit, body: str | None) -> bool:
        """Whether the unit as it was on the last day of the old order, or one above it, passes on or loses offices."""
        key = unit.id, body
        if key not in self._changed:
            territory, day = self._map.territory, self._reform.last_day
            before = (one.unit for one in territory.successors(unit.id, max(day, unit.valid_from)))
            above = [each for one in before for each in (one, *territory.parent_chain(one, max(day, one.valid_from)))]
            self._changed[key] = any(self._passes_on(one) or self._loses(one, body) for one in above)
        return self._changed[key]

    def _passes_on(self, unit: Unit) -> bool:
        """Whether the land of the unit passes to a unit of another code, or is merged or divided, on the day."""
        territory = self._map.territory
        edges = (edge for edge in territory.edges_from(unit.id) if edge.date == self._reform.date)
        return any(edge.kind not in _IN_PLACE or territory.unit(edge.to_id).code != unit.code for edge in edges)

    def _loses(self, unit: Unit, body: str | None) -> bool:
        return any(unit_id == unit.id and body in (None, closes) for closes, unit_id in self._closing)

    def _moves(self, subject: str | None, kind: str) -> bool:
        """Whether the law moves the competence on the day."""
        if subject is None:
            return False
        laws = [self._places.law(subject, kind, on) for on in (self._reform.last_day, self._reform.date)]
        return any(isinstance(law, Refusal) for law in laws) or laws[0] != laws[1]
