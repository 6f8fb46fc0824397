"""The sentence on printed forms that an earlier and a present name mean the same place, in Vietnamese.

Officials may not require a paper from the citizen that confirms it (dispatch 111/CĐ-TTg of 17 July 2025). Every form
therefore says it itself, with the law by which the name changed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from engine.rules.territory.territory import Territory
from engine.rules.territory.units import Succession, Successor, Unit


def full_name(unit: Unit, on: dt.date, territory: Territory) -> str:
    """The name of a unit with those above it on a day: ``Phường Bến Nghé, Quận 1, Thành phố Hồ Chí Minh``."""
    return ", ".join(one.name_vi for one in (unit, *territory.parent_chain(unit, on)))


def same_place(unit: Unit, on: dt.date, today: dt.date, territory: Territory) -> str:
    """The sentence that says what a unit named on the day ``on`` is on the day ``today``, since when and by which law.

    It is empty when the full name is the same, or when no succession explains the change. A day outside the unit's
    validity counts as the nearest day within. All parts of a divided unit are named without preference; a part that
    only some sources name is marked. Raises BeforeFirstDate, UnknownUnit.
    """
    last = dt.date.max if unit.valid_to is None else unit.valid_to - dt.timedelta(days=1)
    on = max(unit.valid_from, min(on, last))
    parts = territory.successors(unit.id, today)
    was, names = full_name(unit, on, territory), [_named(part, today, territory) for part in parts]
    edges = [edge for part in parts for edge in (*part.path, *_above(part, on, today, territory))]
    if names == [was] or not edges:
        return ""
    own = {edge.kind for part in parts for edge in part.path}
    verb = "không còn là đơn vị hành chính, địa bàn thuộc" if "abolished" in own else "là"
    if len(parts) > 1:
        verb = "chia về các đơn vị"
    return f"{was} nay {verb} {'; '.join(names)} ({_since(edges)})"


def _named(part: Successor, today: dt.date, territory: Territory) -> str:
    doubtful = any(edge.standing == "doubtful" for edge in part.path)
    return full_name(part.unit, today, territory) + (" (các nguồn chưa thống nhất)" if doubtful else "")


def _above(part: Successor, on: dt.date, today: dt.date, territory: Territory) -> Iterable[Succession]:
    """The successions of the units above, since the unit has been as it is today (or since ``on``, if later)."""
    still = max(part.unit.valid_from, on)
    for above in territory.parent_chain(part.unit, still):
        for found in territory.successors(above.id, today):
            yield from found.path


def _since(edges: Iterable[Succession]) -> str:
    in_time = sorted(edges, key=lambda edge: edge.date)
    laws = dict.fromkeys(law for edge in in_time for law in edge.legal.split("; ") if law)
    return f"từ ngày {in_time[-1].date:%d/%m/%Y}" + (f", theo {'; '.join(laws)}" if laws else "")
