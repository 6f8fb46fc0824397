"""The act ``call_next``: calls the next number at the counter of an office; every day begins with 1."""

from __future__ import annotations

from engine.errors import Forbidden
from engine.store.counter_calls import take_next_number
from engine.transaction import UnitOfWork


def call_next(unit: UnitOfWork, office: str) -> int:
    """The number that is called now. Raises Forbidden for somebody who does not work at this receiving office."""
    known = unit.catalogue.offices.get(office)
    if known is None or not known.receives or office not in unit.actor.acting_offices(unit.today):
        raise Forbidden(
            why_vi="chỉ cán bộ của nơi tiếp nhận gọi số ở quầy",
            why_en="only staff of the receiving office call numbers",
        )
    return take_next_number(unit.begin(), office, unit.today)
