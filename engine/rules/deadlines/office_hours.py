"""The parts of a calendar: office hours of a day, special days of the country and closures of an office.

Times of day are minutes after local midnight (0 to 1440) in Asia/Ho_Chi_Minh; the span ``(480, 720)`` is 08:00-12:00.
Every deviation from ordinary hours carries its words for an official (vi, en) and its legal text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal, TypeAlias, get_args

from engine.errors import Refusal

Span: TypeAlias = tuple[int, int]
"""From (inclusive) to (exclusive), minutes after local midnight."""

DayKind: TypeAlias = Literal["working", "weekend", "holiday", "swapped_out", "swapped_in", "half_day", "closure"]
SpecialKind: TypeAlias = Literal["holiday", "swapped_out", "swapped_in", "half_day"]
Source: TypeAlias = Literal["official", "press", "seed"]
"""The source of a line of a calendar: a cited legal text, a report of the decision in the press, or computed only."""

SPECIAL_KINDS: Final[tuple[str, ...]] = get_args(SpecialKind)
SOURCES: Final[tuple[str, ...]] = get_args(Source)
MINUTES_A_DAY: Final = 1440

_SPAN = re.compile(r"([01]\d|2[0-4]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)")


class BadCalendar(Refusal):
    """The data of a calendar contradict themselves or cannot be read."""

    code = "bad-calendar"
    vi = "Lịch làm việc không hợp lệ: {where}: {what_vi}"
    en = "The working calendar is not valid: {where}: {what_en}"


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A date on which the whole country has other hours than on an ordinary weekday.

    ``spans`` are the hours of a ``half_day`` or ``swapped_in`` day. A swapped-in day without them has the hours of the
    weekday that it replaces (``instead_of``). ``holiday`` and ``swapped_out`` days have none. Raises BadCalendar.
    """

    day: date
    kind: SpecialKind
    vi: str
    en: str
    legal: str
    spans: tuple[Span, ...] = ()
    instead_of: date | None = None
    source: Source = "official"

    def __post_init__(self) -> None:
        where = self.day.isoformat()
        if self.kind not in SPECIAL_KINDS:
            raise BadCalendar(
                where=where, what_vi=f"loại ngày {self.kind!r} không có", what_en=f"unknown kind of day {self.kind!r}"
            )
        check_spans(self.spans, where)
        if self.kind in ("holiday", "swapped_out") and self.spans:
            raise BadCalendar(
                where=where, what_vi="ngày nghỉ không có giờ làm việc", what_en="a day off has no office hours"
            )
        if self.kind == "half_day" and not self.spans:
            raise BadCalendar(
                where=where,
                what_vi="ngày làm việc nửa buổi phải ghi giờ làm việc",
                what_en="a half day needs its office hours",
            )
        if self.kind == "swapped_in" and not self.spans and self.instead_of is None:
            raise BadCalendar(
                where=where,
                what_vi="ngày làm bù phải ghi giờ làm việc hoặc ngày được làm bù",
                what_en="a worked day of rest needs hours, or the date it stands in for",
            )
        _check_words(self.vi, self.en, self.legal, where)

    def to_data(self) -> dict[str, Any]:
        return {
            "day": self.day.isoformat(),
            "kind": self.kind,
            "vi": self.vi,
            "en": self.en,
            "legal": self.legal,
            "spans": spans_in_words(self.spans),
            "instead_of": self.instead_of.isoformat() if self.instead_of else None,
            "source": self.source,
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> SpecialDay:
        other = data.get("instead_of")
        return cls(
            day=read_date(data.get("day"), "day"),
            kind=data.get("kind", ""),
            vi=data.get("vi", ""),
            en=data.get("en", ""),
            legal=data.get("legal", ""),
            spans=read_spans(data.get("spans", ()), str(data.get("day"))),
            instead_of=None if other is None else read_date(other, "instead_of"),
            source=data.get("source", "official"),
        )


@dataclass(frozen=True, slots=True)
class Closure:
    """A closure of one office from ``first`` to ``last`` inclusive; with ``spans`` only in those hours of each day.

    Raises BadCalendar.
    """

    first: date
    last: date
    vi: str
    en: str
    legal: str
    spans: tuple[Span, ...] = ()

    def __post_init__(self) -> None:
        where = self.first.isoformat()
        if self.last < self.first:
            raise BadCalendar(
                where=where, what_vi="kỳ đóng cửa kết thúc trước khi bắt đầu", what_en="a closure ends before it begins"
            )
        check_spans(self.spans, where)
        _check_words(self.vi, self.en, self.legal, where)

    def to_data(self) -> dict[str, Any]:
        return {
            "first": self.first.isoformat(),
            "last": self.last.isoformat(),
            "vi": self.vi,
            "en": self.en,
            "legal": self.legal,
            "spans": spans_in_words(self.spans),
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Closure:
        return cls(
            first=read_date(data.get("first"), "first"),
            last=read_date(data.get("last"), "last"),
            vi=data.get("vi", ""),
            en=data.get("en", ""),
            legal=data.get("legal", ""),
            spans=read_spans(data.get("spans", ()), str(data.get("first"))),
        )


@dataclass(frozen=True, slots=True)
class DayNote:
    """The kind of a day with the reason in words; ``minutes`` are its working minutes at this office."""

    day: date
    kind: DayKind
    minutes: int
    vi: str
    en: str
    legal: str


def check_spans(spans: Sequence[Span], where: str) -> None:
    """Raises BadCalendar for hours that overlap, touch, run backwards or leave the day.

    ``where`` names the place in the calendar's data.
    """
    end = -1
    for opens, closes in spans:
        if not (end < opens < closes <= MINUTES_A_DAY) or opens < 0:
            raise BadCalendar(
                where=where,
                what_vi="các khoảng giờ làm việc phải theo thứ tự, rời nhau và trong một ngày",
                what_en="office hours must be in order, apart, and within one day",
            )
        end = closes


def without(spans: Sequence[Span], closed: Sequence[Span]) -> tuple[Span, ...]:
    """The hours that remain of ``spans`` when the hours ``closed`` are removed.

    >>> without([(480, 720), (780, 1020)], [(660, 840)])
    ((480, 660), (840, 1020))
    """
    left = list(spans)
    for start, end in closed:
        pieces = [piece for opens, closes in left for piece in ((opens, min(closes, start)), (max(opens, end), closes))]
        left = [(opens, closes) for opens, closes in pieces if opens < closes]
    return tuple(left)


def read_spans(data: object, where: str) -> tuple[Span, ...]:
    """The spans that a list of texts gives. Raises BadCalendar for anything else.

    >>> read_spans(["08:00-12:00", "13:00-17:00"], "mon")
    ((480, 720), (780, 1020))
    """
    if isinstance(data, str) or not isinstance(data, Sequence):
        raise BadCalendar(
            where=where,
            what_vi="giờ làm việc là danh sách như [08:00-12:00, 13:00-17:00]",
            what_en="office hours are a list such as [08:00-12:00, 13:00-17:00]",
        )
    spans = []
    for text in data:
        match = _SPAN.fullmatch(text) if isinstance(text, str) else None
        if match is None:
            raise BadCalendar(
                where=where,
                what_vi=f"giờ làm việc {text!r} không viết theo dạng 08:00-12:00",
                what_en=f"office hours {text!r} are not written as 08:00-12:00",
            )
        hour, minute, to_hour, to_minute = (int(part) for part in match.groups())
        spans.append((hour * 60 + minute, to_hour * 60 + to_minute))
    check_spans(spans, where)
    return tuple(spans)


def spans_in_words(spans: Sequence[Span]) -> list[str]:
    return [f"{a // 60:02}:{a % 60:02}-{b // 60:02}:{b % 60:02}" for a, b in spans]


def read_date(data: object, where: str) -> date:
    """The date that ``2026-02-14`` gives. Raises BadCalendar for anything else."""
    try:
        if isinstance(data, str) and (day := date.fromisoformat(data)).isoformat() == data:
            return day  # 2026-W07-6 is an ISO date too
    except ValueError:
        pass
    raise BadCalendar(
        where=where,
        what_vi=f"{data!r} không phải ngày viết theo dạng 2026-02-14",
        what_en=f"{data!r} is not a date written as 2026-02-14",
    )


def _check_words(vi: object, en: object, legal: object, where: str) -> None:
    for name, words in (("vi", vi), ("en", en), ("legal", legal)):
        if not isinstance(words, str) or not words.strip():
            raise BadCalendar(where=where, what_vi=f"thiếu {name!r}", what_en=f"{name!r} is missing")
