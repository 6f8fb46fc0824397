"""Units for the tests: an invented country, a cut of the real one, and three communes of today.

The invented country has two provinces, districts that end on 1 July 2025, and communes that merge and divide.
"""

from __future__ import annotations

import datetime as dt

from engine.rules.territory.territory import Territory
from engine.rules.territory.units import Level, Succession, Unit

FIRST, REFORM = dt.date(2024, 1, 1), dt.date(2025, 7, 1)
JUNE, JULY = dt.date(2025, 6, 15), dt.date(2025, 7, 15)


def unit(code: str, level: Level, kind: str, name: str, parent: str | None, new: bool, ends: bool = False) -> Unit:
    return Unit(code, level, kind, name, parent, REFORM if new else FIRST, REFORM if ends else None)


UNITS = [
    unit("79", "province", "thanh_pho_tw", "Thành phố A", None, new=False),
    unit("01", "province", "tinh", "Tỉnh B", None, new=False),
    unit("760", "district", "quan", "Quận 1", "p:79", new=False, ends=True),
    unit("100", "commune", "phuong", "Phường Cũ Một", "d:760", new=False, ends=True),
    unit("101", "commune", "phuong", "Phường Cũ Hai", "d:760", new=False, ends=True),
    unit("102", "commune", "phuong", "Phường Chia", "d:760", new=False, ends=True),
    unit("100", "commune", "phuong", "Phường Mới", "p:79", new=True),
    unit("103", "commune", "phuong", "Phường Khác", "p:79", new=True),
    unit("010", "district", "huyen", "Huyện Xa", "p:01", new=False, ends=True),
    unit("200", "commune", "xa", "Xã Xa", "d:010", new=False, ends=True),
    unit("200", "commune", "xa", "Xã Xa", "p:01", new=True),
]
SUCCESSIONS = [
    Succession("d:760@2024-01-01", "p:79@2024-01-01", "abolished", REFORM),
    Succession("d:010@2024-01-01", "p:01@2024-01-01", "abolished", REFORM),
    Succession("c:200@2024-01-01", "c:200@2025-07-01", "continued", REFORM, default=True),
    Succession("c:100@2024-01-01", "c:100@2025-07-01", "merged", REFORM, default=True),
    Succession("c:101@2024-01-01", "c:100@2025-07-01", "merged", REFORM, default=True),
    Succession("c:102@2024-01-01", "c:100@2025-07-01", "divided", REFORM, default=True),
    Succession("c:102@2024-01-01", "c:103@2025-07-01", "divided", REFORM),
]
TERRITORY = Territory(UNITS, SUCCESSIONS)


def cut(territory: Territory, districts: tuple[str, ...]) -> Territory:
    """The units that lie, or lay, in these former districts, with those above them and the successions between them."""
    last_day = dt.date(2025, 6, 30)
    kept = {
        unit.id
        for code in districts
        for old in territory.children(territory.at(code, "district", last_day).id, last_day)
        for unit in (old, *(one.unit for one in territory.successors(old.id, dt.date(2026, 6, 1))))
    }
    kept |= {above.id for unit_id in kept for above in territory.parents_ever(territory.unit(unit_id))}
    edges = [edge for edge in territory.successions() if {edge.from_id, edge.to_id} <= kept]
    return Territory([unit for unit in territory.units() if unit.id in kept], edges)
