"""The amount of a fee: a price for each unit, cheaper or dearer from some unit on, at most so much a copy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from engine.rules.procedure.definition import Fee
from engine.rules.procedure.facts import INT, fact


def amount(fee: Fee, facts: Mapping[str, Any], province: str, price: int | None = None) -> int:
    """What ``fee`` comes to on nested ``facts`` in a province (its code), in đồng.

    ``price`` is the one of its ``prices`` that holds; None where it has none.

    >>> from engine.rules.procedure.definition import Tier
    >>> from engine.text import Text
    >>> page = Fee(Text("phí", "fee"), 2000, per="pages", tiers=(Tier(2, 1000),), most=200_000, copies="copies")
    >>> [amount(page, {"pages": pages, "copies": copies}, "79") for pages, copies in ((2, 1), (10, 0), (300, 2))]
    [4000, 12000, 400000]
    """
    units = _number(facts, fee.per) if fee.per else 1
    first = fee.by_province.get(province, fee.vnd) if price is None else price
    sum_ = _sum(fee, units, first)
    if fee.most is not msgspec.UNSET:
        sum_ = min(sum_, fee.most)
    return sum_ if fee.copies is msgspec.UNSET else sum_ * max(_number(facts, fee.copies), 1)


def _sum(fee: Fee, units: int, first: int) -> int:
    """The price of ``units``, each at the price of the tier that it lies in; ``first`` is the price below any tier."""
    tiers = fee.tiers or ()
    starts, prices = [0, *(tier.above for tier in tiers)], [first, *(tier.vnd for tier in tiers)]
    ends = [*starts[1:], max(units, starts[-1])]
    return sum(max(min(units, end) - start, 0) * price for start, end, price in zip(starts, ends, prices, strict=True))


def _number(facts: Mapping[str, Any], name: str) -> int:
    value = fact(facts, name, INT)
    return max(value, 0) if isinstance(value, int) else 0
