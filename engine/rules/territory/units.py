"""Dated administrative units, the successions between them, and the refusals about both.

A code alone identifies nothing: 26737 was Phường Đa Kao until 30 June 2025 and is Phường Tân Định since. A unit is
(code, level, first day); a change of name, kind, parent or extent ends one unit and starts the next.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from engine.errors import Refusal

Level = Literal["province", "district", "commune"]
Change = Literal["continued", "renamed", "upgraded", "merged", "divided", "abolished"]

LEVELS: dict[str, Level] = {"p": "province", "d": "district", "c": "commune"}
INITIALS: dict[Level, str] = {level: initial for initial, level in LEVELS.items()}
CHANGES: tuple[Change, ...] = ("continued", "renamed", "upgraded", "merged", "divided", "abolished")
Standing = Literal["", "doubtful", "unread"]
STANDINGS: tuple[Standing, ...] = ("", "doubtful", "unread")
"""What is known of a succession: nothing against it, sources that contradict each other, or an order not read in the
official gazette."""

KINDS: dict[str, tuple[Level, str]] = {
    "thanh_pho_tw": ("province", "Thành phố"),
    "tinh": ("province", "Tỉnh"),
    "thanh_pho": ("district", "Thành phố"),
    "thi_xa": ("district", "Thị xã"),
    "quan": ("district", "Quận"),
    "huyen": ("district", "Huyện"),
    "thi_tran": ("commune", "Thị trấn"),
    "dac_khu": ("commune", "Đặc khu"),
    "phuong": ("commune", "Phường"),
    "xa": ("commune", "Xã"),
}
"""The level of each kind, and the words with which its official names begin (Laws 77/2015 and 72/2025 on local
government)."""


class BeforeFirstDate(Refusal):
    """Nothing is known about the territory on that day; the sentence names the first known day."""

    code = "before-first-date"
    vi = "Dữ liệu địa giới bắt đầu từ {first}; không trả lời được cho ngày {on}."
    en = "The territory is known from {first}; {on} is before that."


class UnknownUnit(Refusal):
    """No unit has that id, or that code and level, on that day."""

    code = "unknown-unit"
    status = 404
    vi = "Không có đơn vị hành chính {unit}."
    en = "There is no administrative unit {unit}."


class UnknownDistrict(Refusal):
    """No district, present or former, has that name or code."""

    code = "unknown-district"
    vi = "Không có quận, huyện, thị xã hay thành phố nào tên {district}."
    en = "No district is or was called {district}."


class AmbiguousDistrict(Refusal):
    """Several districts have that name; the sentence gives an unambiguous spelling of each."""

    code = "ambiguous-district"
    vi = "Có nhiều đơn vị cấp huyện tên {district}; hãy ghi rõ một trong: {choices}."
    en = "Several districts are called {district}; write one of: {choices}."


class AddressTooLong(Refusal):
    """The typed address is longer than any real one; no part of it is read."""

    code = "address-too-long"
    vi = "Địa chỉ dài {length} ký tự; tối đa {most}."
    en = "The address has {length} characters; at most {most} are read."


class BrokenTerritory(Refusal):
    """The units and successions contradict each other: a fault of the files, never of a request."""

    code = "broken-territory"
    status = 500
    vi = "Dữ liệu địa giới mâu thuẫn: {why}"
    en = "The territory contradicts itself: {why}"


@dataclass(frozen=True, slots=True)
class Unit:
    """An administrative unit while its code, name, kind, parent and extent stay the same.

    ``valid_from`` is its first day. ``valid_to`` is exclusive; None: open. ``parent`` is the key of the unit above
    ("d:760"), without a date: the parent on a day is the unit of this key that is valid then. ``aliases`` are further
    spellings and earlier names, without accents and spaces in lower case ("dicung").
    """

    code: str
    level: Level
    kind: str
    name_vi: str
    parent: str | None
    valid_from: dt.date
    valid_to: dt.date | None = None
    legal: str = ""
    aliases: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The permanent id, for example ``c:26737@2025-07-01``."""
        return f"{self.key}@{self.valid_from.isoformat()}"

    @property
    def key(self) -> str:
        """Level and code without the date, for example ``c:26737``; ``parent`` is such a key."""
        return f"{INITIALS[self.level]}:{self.code}"

    @property
    def short_name(self) -> str:
        """The name without the words of its kind: "Đa Kao" of "Phường Đa Kao"."""
        words = KINDS[self.kind][1] if self.kind in KINDS else ""
        if words and self.name_vi.casefold().startswith(words.casefold() + " "):
            return self.name_vi[len(words) + 1 :]
        return self.name_vi

    def valid(self, on: dt.date) -> bool:
        return self.valid_from <= on and (self.valid_to is None or on < self.valid_to)


@dataclass(frozen=True, slots=True)
class Succession:
    """One edge: on ``date`` the unit ``from_id`` passed, in whole or in part, to ``to_id``.

    ``share`` is the part of the old unit that went there (0 < share ≤ 1), None where it is not published. ``default``
    marks the successor to offer first, which is never chosen without a person. An ``abolished`` edge leads from a unit
    of an abolished level to the unit that contained it; it has no extent of its own. A ``doubtful`` edge is named by
    some sources only, so it is never taken for certain; that of an ``unread`` order stands, and says so.
    """

    from_id: str
    to_id: str
    kind: Change
    date: dt.date
    share: Fraction | None = None
    default: bool = False
    legal: str = ""
    standing: Standing = ""


@dataclass(frozen=True, slots=True)
class Successor:
    """A unit on another day that an earlier or later unit became, with the edges between them, oldest first.

    ``share`` is the part that is there, None where an edge of the path has none. ``is_default`` says that every edge of
    the path is the only one or the default one.
    """

    unit: Unit
    share: Fraction | None
    is_default: bool
    path: tuple[Succession, ...]


def check_edges(units: dict[str, Unit], edges: Iterable[Succession]) -> None:
    """Raises BrokenTerritory for edges with unknown ends, with wrong dates, or with shares that exceed the whole."""
    whole: dict[str, Fraction] = {}
    seen: set[tuple[str, str]] = set()
    for edge in edges:
        source, target = units.get(edge.from_id), units.get(edge.to_id)
        name = f"{edge.from_id} → {edge.to_id}"
        if source is None or target is None:
            raise BrokenTerritory(why=f"{name}: unknown unit {edge.from_id if source is None else edge.to_id}")
        if (edge.from_id, edge.to_id) in seen:
            raise BrokenTerritory(why=f"{name}: written twice")
        seen.add((edge.from_id, edge.to_id))
        if source.valid_to != edge.date:
            raise BrokenTerritory(why=f"{name}: {edge.date} is not the day on which {edge.from_id} ended")
        if not target.valid(edge.date):
            raise BrokenTerritory(why=f"{name}: {edge.to_id} is not valid on {edge.date}")
        if edge.share is not None:
            if not 0 < edge.share <= 1:
                raise BrokenTerritory(why=f"{name}: share {edge.share} is not above 0 and at most 1")
            whole[edge.from_id] = whole.get(edge.from_id, Fraction(0)) + edge.share
            if whole[edge.from_id] > 1:
                raise BrokenTerritory(why=f"{edge.from_id}: its shares exceed the whole")
