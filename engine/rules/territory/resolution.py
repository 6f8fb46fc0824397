"""``Resolution``: the answer of the address reader, with its sentences in both languages.

It is one unit, candidates for a person, or nothing, and always has a reason.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from engine.rules.territory.units import Standing, Succession, Unit

Outcome = Literal["one", "candidates", "none"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A unit of the requested day that the text may mean.

    ``origin`` is the unit that the text names (the same one where nothing changed), ``share`` the part of it that is in
    ``unit`` (None: not published), ``path`` the changes between them. ``full_name`` includes the units above up to the
    province. ``unread`` are the orders behind that name that were not read in the official gazette.
    """

    unit: Unit
    origin: Unit
    share: Fraction | None
    is_default: bool
    path: tuple[Succession, ...]
    full_name: str
    origin_name: str
    unread: tuple[str, ...] = ()

    @property
    def standing(self) -> Standing:
        """Whether sources contradict each other about the path, or an order behind the name was not read."""
        if any(edge.standing == "doubtful" for edge in self.path):
            return "doubtful"
        return "unread" if self.unread else ""


@dataclass(frozen=True, slots=True)
class Resolution:
    """The meaning of the text ``asked`` on the day ``on``.

    ``outcome`` is "one" for exactly one candidate that is not doubtful, "candidates" for one or more among which a
    person must choose, and "none" when nothing may be chosen. ``understood`` are the units that were recognised, also
    for "none" (the province, the district). ``also`` are the units that earlier units of the same name became
    elsewhere. ``leftover`` are the words that named no unit (a street, a house number).
    """

    asked: str
    on: dt.date
    outcome: Outcome
    candidates: tuple[Candidate, ...]
    reason_vi: str
    reason_en: str
    understood: tuple[Unit, ...] = ()
    also: tuple[Candidate, ...] = ()
    leftover: str = ""

    @property
    def unit(self) -> Unit | None:
        """The unit for the outcome "one", None otherwise."""
        return self.candidates[0].unit if self.outcome == "one" else None

    def reason(self, language: str = "vi") -> str:
        return self.reason_en if language == "en" else self.reason_vi


Sentences = tuple[str, str]  # vi, en


def nothing(asked: str) -> Sentences:
    return (
        f"Không nhận ra đơn vị hành chính nào trong “{asked}”.",
        f"No administrative unit is recognised in “{asked}”.",
    )


def not_yet(unit: Unit) -> Sentences:
    return (
        f"{unit.name_vi} ({unit.code}) chỉ có từ ngày {_day(unit.valid_from)}.",
        f"{unit.name_vi} ({unit.code}) exists only from {unit.valid_from}.",
    )


def unknown_part(part: str, within: str) -> Sentences:
    return (
        f"Không có “{part}” trong {within}; chỉ hiểu được: {within}.",
        f"There is no “{part}” in {within}; only this was understood: {within}.",
    )


def doubtful(part: str, name: str) -> Sentences:
    return (
        f"Có {name}, nhưng “{part}” trong địa chỉ không khớp; cần người kiểm tra.",
        f"There is {name}, but “{part}” in the address does not fit it; a person must check.",
    )


def spelled_otherwise(name: str) -> Sentences:
    return (
        f"Chỉ gần giống tên viết hoặc tên cũ của {name}; cần người kiểm tra.",
        f"Only close to a spelling or an earlier name of {name}; a person must check.",
    )


def named(candidate: Candidate) -> Sentences:
    """The reason for one candidate: its name in force, or the changes between the named unit and it."""
    if not candidate.path:
        return f"Tên hiện hành: {candidate.full_name}.", f"In force under this name: {candidate.full_name}."
    last, laws = candidate.path[-1], _laws(candidate.path)
    if candidate.path[0].kind == "abolished":
        return (
            f"Cấp huyện không còn từ {_day(last.date)} ({laws}); {candidate.origin_name} chỉ còn cho biết tỉnh, "
            f"thành phố: {candidate.full_name}.",
            f"The district level ended on {last.date} ({laws}); {candidate.origin_name} only says the province: "
            f"{candidate.full_name}.",
        )
    whole = all(edge.kind in ("continued", "renamed", "upgraded") for edge in candidate.path)
    return (
        f"{candidate.origin_name} từ {_day(last.date)} {'là' if whole else 'thuộc'} {candidate.full_name} ({laws}).",
        f"{candidate.origin_name} is since {last.date} {'' if whole else 'part of '}{candidate.full_name} ({laws}).",
    )


def divided(candidates: Sequence[Candidate]) -> Sentences:
    first = candidates[0]
    law, names = _laws(first.path), ", ".join(f"{one.unit.name_vi} ({one.unit.code})" for one in candidates)
    date = next((edge.date for edge in first.path if edge.kind == "divided"), first.path[-1].date)
    return (
        f"{first.origin_name} đã được chia từ {_day(date)} ({law}) cho: {names}. Cần thôn, tổ dân phố hoặc thửa đất để "
        "chọn.",
        f"{first.origin_name} was divided on {date} ({law}) between: {names}. The hamlet or the plot decides.",
    )


def several(candidates: Sequence[Candidate]) -> Sentences:
    count = len(candidates)
    return (
        f"Có {count} đơn vị phù hợp; hãy ghi thêm xã, huyện hoặc tỉnh.",
        f"{count} units fit; add the commune, district or province.",
    )


def namesakes(also: Sequence[Candidate]) -> Sentences:
    names = "; ".join(f"{one.origin_name} → {one.unit.name_vi} ({one.unit.code})" for one in also[:3])
    return f" Trước đây cùng tên: {names}.", f" Earlier units of this name: {names}."


def in_doubt(candidates: Sequence[Candidate]) -> Sentences:
    """What is added to the reason where sources disagree, or where an order was not read; empty where neither is so."""
    doubtful = "; ".join(f"{one.unit.name_vi} ({one.unit.code})" for one in candidates if one.standing == "doubtful")
    unread = "; ".join(dict.fromkeys(law for one in candidates for law in one.unread))
    vi = f" Còn nghi vấn, các nguồn không thống nhất: {doubtful}." if doubtful else ""
    en = f" In doubt, the sources do not agree: {doubtful}." if doubtful else ""
    return (
        vi + (f" Chưa đối chiếu với Công báo: {unread}." if unread else ""),
        en + (f" Not read in the official gazette: {unread}." if unread else ""),
    )


def _laws(path: Sequence[Succession]) -> str:
    return "; ".join(dict.fromkeys(edge.legal for edge in path if edge.legal)) or "—"


def _day(date: dt.date) -> str:
    return f"{date:%d/%m/%Y}"
