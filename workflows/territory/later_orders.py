"""The orders after 1 July 2025 by which units became units of another kind, with the same code and extent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace

from engine.rules.territory.units import KINDS, Standing, Succession, Unit


@dataclass(frozen=True, slots=True)
class Order:
    """On ``date`` the units of ``codes`` became units of ``kind``, by ``legal``. ``standing`` as in ``Succession``."""

    date: dt.date
    level: str  # the initial of the level, p or c
    codes: tuple[str, ...]
    kind: str
    legal: str
    standing: Standing = ""


_DONG_NAI, _QUANG_NINH, _BAC_NINH = (dt.date(2026, *day) for day in ((4, 30), (9, 1), (9, 20)))
_WARDS_OF_DONG_NAI = (
    "25270", "25357", "25363", "26116", "26170", "26248", "26326", "26368", "26425", "26485",
)  # fmt: skip
_WARDS_OF_BAC_NINH = (
    "07294", "07375", "07399", "07444", "07840", "09193", "09292", "09313", "09319", "09454", "09475", "09496",
)  # fmt: skip
ORDERS = (
    Order(_DONG_NAI, "p", ("75",), "thanh_pho_tw", "30/2026/QH16"),
    Order(_DONG_NAI, "c", _WARDS_OF_DONG_NAI, "phuong", "30/2026/QH16"),
    # Known from a public data set and not read in the official gazette.
    Order(_QUANG_NINH, "p", ("22",), "thanh_pho_tw", "36/2026/QH16", "unread"),
    Order(_BAC_NINH, "p", ("24",), "thanh_pho_tw", "39/2026/QH16", "unread"),
    Order(_BAC_NINH, "c", _WARDS_OF_BAC_NINH, "phuong", "388/NQ-UBTVQH16", "unread"),
)


def with_orders(
    units: Iterable[Unit], edges: Iterable[Succession], orders: Iterable[Order] = ORDERS
) -> tuple[list[Unit], list[Succession]]:
    """The units and successions with these orders. Raises ValueError for a code that no unit has on the day."""
    known, found = list(units), list(edges)
    for order in orders:
        for code in order.codes:
            old = next((u for u in known if u.key == f"{order.level}:{code}" and u.valid(order.date)), None)
            if old is None or old.valid_to is not None or old.valid_from == order.date:
                raise ValueError(f"not found for the change of {order.date}: {order.level}:{code}")
            name = f"{KINDS[order.kind][1]} {old.short_name}"
            new = replace(old, kind=order.kind, name_vi=name, valid_from=order.date, legal=order.legal)
            known[known.index(old)] = replace(old, valid_to=order.date)
            known.append(new)
            found.append(Succession(old.id, new.id, "upgraded", order.date, None, True, order.legal, order.standing))
    return known, found
