"""Pauses (supplement, financial obligation) and extensions (Form 04) of a time limit, checked and read from JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, get_args

import msgspec

from engine.errors import Refusal
from engine.rules.deadlines.calendar import Calendar, MomentWithoutZone
from engine.rules.procedure.definition import Term, TermUnit

LONGEST_AMOUNT: Final = 3660
"""The largest amount of a term, ten years of days. A larger one is a mistake of its author."""
QUARTER: Final = 0.25
"""The least part of a working day or hour that a term can have."""
_IN_QUARTERS: Final = ("working_day", "working_hour")
_UNITS: Final = get_args(TermUnit)


class BadTerm(Refusal):
    """A term, a pause or an extension is meaningless."""

    code = "bad-term"
    vi = "Thời hạn không hợp lệ: {what_vi}"
    en = "The time limit is not valid: {what_en}"


@dataclass(frozen=True, slots=True)
class Pause:
    """The clock is paused from ``start`` to ``end`` (``None``: the pause lasts). Pauses may overlap; see ``united``.

    ``reason`` is the key of a state, or words. Raises BadTerm, MomentWithoutZone.
    """

    start: datetime
    end: datetime | None = None
    reason: str = ""

    def __post_init__(self) -> None:
        _check_zone(self.start)
        if self.end is not None:
            _check_zone(self.end)
            if self.end < self.start:
                raise BadTerm(
                    what_vi=f"kỳ tạm dừng kết thúc lúc {self.end.isoformat()}, trước khi bắt đầu",
                    what_en=f"a pause ends at {self.end.isoformat()}, before it starts",
                )

    def to_data(self) -> dict[str, Any]:
        return {
            "start": self.start.isoformat(),
            "end": self.end.isoformat() if self.end else None,
            "reason": self.reason,
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Pause:
        end = data.get("end")
        return cls(_moment(data.get("start")), None if end is None else _moment(end), str(data.get("reason", "")))


@dataclass(frozen=True, slots=True)
class Extension:
    """More time, granted at ``at``: ``by`` working minutes, or a term. It begins where the time limit ended until then.

    How many extensions (Form 04) are lawful is in the release (``Sla.extensions``) and checked by the act, not here.
    Raises BadTerm, MomentWithoutZone.
    """

    by: int | Term
    at: datetime
    reason: str = ""

    def __post_init__(self) -> None:
        _check_zone(self.at)
        if isinstance(self.by, Term):
            if self.by.unit == "same_day":
                raise BadTerm(
                    what_vi="gia hạn không dùng thời hạn trong ngày", what_en="an extension has no same-day term"
                )
            check_term(self.by)
        elif isinstance(self.by, bool) or not 0 < self.by <= LONGEST_AMOUNT * 1440:
            raise BadTerm(what_vi=f"gia hạn {self.by} phút", what_en=f"an extension by {self.by} minutes")

    def to_data(self) -> dict[str, Any]:
        by = term_to_data(self.by) if isinstance(self.by, Term) else self.by
        return {"by": by, "at": self.at.isoformat(), "reason": self.reason}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Extension:
        by = data.get("by")
        if isinstance(by, Mapping):
            by = term_from_data(by)
        elif not isinstance(by, int):
            raise BadTerm(what_vi=f"gia hạn {by!r}", what_en=f"an extension by {by!r}")
        return cls(by, _moment(data.get("at")), str(data.get("reason", "")))


@dataclass(frozen=True, slots=True)
class Hold:
    """A pause as ticks of a calendar. ``end`` is ``None`` while the pause lasts."""

    start: int
    end: int | None
    reasons: tuple[str, ...]


def united(calendar: Calendar, pauses: Sequence[Pause]) -> tuple[Hold, ...]:
    """The pauses as ticks, in order. Pauses that overlap or touch become one; pauses of no length are left out.

    Raises OutsideCalendar.
    """
    holds: list[Hold] = []
    for pause in sorted(pauses, key=lambda pause: pause.start):
        start = calendar.tick(pause.start)
        end = None if pause.end is None else calendar.tick(pause.end)
        if end == start:
            continue
        last = holds[-1] if holds else None
        if last is None or (last.end is not None and last.end < start):
            holds.append(Hold(start, end, (pause.reason,) if pause.reason else ()))
            continue
        reasons = tuple(dict.fromkeys(reason for reason in (*last.reasons, pause.reason) if reason))
        longest = None if last.end is None or end is None else max(last.end, end)
        holds[-1] = Hold(last.start, longest, reasons)
    return tuple(holds)


def check_term(term: Term) -> None:
    """Raises BadTerm for an unknown unit, a term without length or one with more than ``LONGEST_AMOUNT`` units, and for
    parts of a day or hour other than quarters, or of calendar days."""
    if term.unit not in _UNITS:
        raise BadTerm(what_vi=f"không có đơn vị {term.unit!r}", what_en=f"unknown unit {term.unit!r}")
    least = 0 if term.unit == "same_day" else QUARTER
    parts = term.amount % (QUARTER if term.unit in _IN_QUARTERS else 1)
    if parts or not least <= term.amount <= LONGEST_AMOUNT:
        raise BadTerm(what_vi=f"{term.amount} {term.unit}", what_en=f"{term.amount} {term.unit}")


def term_to_data(term: Term) -> dict[str, Any]:
    return {"amount": term.amount, "unit": term.unit}


def term_from_data(data: Mapping[str, Any]) -> Term:
    """The term that ``term_to_data`` wrote; a moment that it keeps (``until``) is no part of it. Raises BadTerm.

    >>> term_from_data({"amount": 15, "unit": "working_day"})
    Term(amount=15, unit='working_day')
    """
    try:
        term = msgspec.convert({key: value for key, value in data.items() if key != "until"}, Term)
    except msgspec.ValidationError as error:
        raise BadTerm(what_vi="dữ liệu thời hạn không đúng dạng", what_en=str(error)) from error
    check_term(term)
    return term


def _check_zone(moment: datetime) -> None:
    if moment.tzinfo is None:
        raise MomentWithoutZone(moment=moment.isoformat())


def _moment(data: object) -> datetime:
    try:
        return datetime.fromisoformat(data) if isinstance(data, str) else _refuse(data)
    except ValueError:
        return _refuse(data)


def _refuse(data: object) -> datetime:
    raise BadTerm(what_vi=f"{data!r} không phải một thời điểm", what_en=f"{data!r} is not a moment")
