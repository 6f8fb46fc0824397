"""The hours that one office keeps instead of the country's from a day on: a Saturday morning, a calendar of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from engine.rules.deadlines.office_hours import (
    BadCalendar,
    Span,
    SpecialDay,
    check_spans,
    read_date,
    read_spans,
    spans_in_words,
)

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class OwnHours:
    """The hours of one office from ``first`` to ``last`` inclusive (None: until others are published).

    ``week`` gives the hours of Monday to Sunday. The country's holidays and days swapped stay days of rest and of work,
    unless ``own_days`` is set: then ``days`` are all the special days that there are. Raises BadCalendar.
    """

    first: date
    last: date | None
    week: tuple[tuple[Span, ...], ...]
    vi: str
    en: str
    legal: str
    days: tuple[SpecialDay, ...] = ()
    own_days: bool = False

    def __post_init__(self) -> None:
        where = self.first.isoformat()
        if self.last is not None and self.last < self.first:
            raise BadCalendar(
                where=where, what_vi="giờ riêng kết thúc trước khi bắt đầu", what_en="own hours end before they begin"
            )
        if len(self.week) != len(WEEKDAYS) or not any(self.week):
            raise BadCalendar(
                where=where,
                what_vi="tuần phải có bảy ngày và ít nhất một ngày có giờ làm việc",
                what_en="the week needs seven days, one of them with office hours",
            )
        for name, hours in zip(WEEKDAYS, self.week, strict=True):
            check_spans(hours, name)
        for name, words in (("vi", self.vi), ("en", self.en), ("legal", self.legal)):
            if not words.strip():
                raise BadCalendar(where=where, what_vi=f"thiếu {name!r}", what_en=f"{name!r} is missing")

    def covers(self, day: date) -> bool:
        """Whether these hours are kept on a day.

        >>> mornings = OwnHours(date(2026, 12, 5), None, (((480, 720),),) * 6 + ((),), "x", "x", "TB 1")
        >>> mornings.covers(date(2026, 12, 4)), mornings.covers(date(2027, 1, 2))
        (False, True)
        """
        return self.first <= day and (self.last is None or day <= self.last)

    def to_data(self) -> dict[str, Any]:
        return {
            "first": self.first.isoformat(),
            "last": self.last.isoformat() if self.last else None,
            "week": {name: spans_in_words(hours) for name, hours in zip(WEEKDAYS, self.week, strict=True)},
            "vi": self.vi,
            "en": self.en,
            "legal": self.legal,
            "days": [day.to_data() for day in self.days],
            "own_days": self.own_days,
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> OwnHours:
        """The hours that ``to_data`` wrote, or that a request holds. Raises BadCalendar."""
        week, last = data.get("week", {}), data.get("last")
        return cls(
            first=read_date(data.get("first"), "first"),
            last=None if last is None else read_date(last, "last"),
            week=tuple(read_spans(week.get(name, ()), name) for name in WEEKDAYS),
            vi=data.get("vi", ""),
            en=data.get("en", ""),
            legal=data.get("legal", ""),
            days=tuple(SpecialDay.from_data(day) for day in data.get("days", ())),
            own_days=bool(data.get("own_days", False)),
        )


def own_week(country: tuple[tuple[Span, ...], ...], days: Mapping[str, Sequence[str]]) -> tuple[tuple[Span, ...], ...]:
    """The country's week with other hours on some weekdays; an empty list closes one. Raises BadCalendar.

    >>> own_week((((480, 720),),) * 5 + ((), ()), {"sat": ["08:00-11:30"]})[5]
    ((480, 690),)
    """
    for name in days:
        if name not in WEEKDAYS:
            raise BadCalendar(
                where=name,
                what_vi=f"ngày trong tuần viết là một trong {', '.join(WEEKDAYS)}",
                what_en=f"a weekday is one of {', '.join(WEEKDAYS)}",
            )
    usual = zip(WEEKDAYS, country, strict=True)
    return tuple(read_spans(days[name], name) if name in days else hours for name, hours in usual)
