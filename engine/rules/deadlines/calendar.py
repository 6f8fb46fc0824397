"""The working time of an office: which minutes of which days count, and arithmetic on moments in working minutes.

A calendar covers whole days of a dated range and refuses every moment outside it. Moments are timezone-aware and
rounded down to the minute; durations are working minutes. Internally a moment is a *tick*: the minutes since local
midnight of the first day. Viet Nam has kept UTC+7 without summer time since 1975, so ticks run evenly.

The working minutes before each day are summed once. Counting between two moments therefore costs O(1), and finding the
moment at which a number of working minutes has passed costs O(log n) in the days covered.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from engine.clock import LOCAL_OFFSET
from engine.errors import Refusal
from engine.rules.deadlines.office_hours import (
    MINUTES_A_DAY,
    BadCalendar,
    Closure,
    DayNote,
    Span,
    SpecialDay,
    check_spans,
    read_date,
    read_spans,
    spans_in_words,
    without,
)
from engine.rules.deadlines.own_hours import WEEKDAYS, OwnHours

__all__ = ["OFFICE_WEEK", "WEEKDAYS", "WEEK_LEGAL", "Calendar", "MomentWithoutZone", "OutsideCalendar"]

OFFICE_WEEK: Final[tuple[tuple[Span, ...], ...]] = (((480, 720), (780, 1020)),) * 5 + ((), ())
"""08:00-12:00 and 13:00-17:00, Monday to Friday: the 40-hour week of Decision 188/1999/QĐ-TTg."""
WEEK_LEGAL: Final = "Quyết định 188/1999/QĐ-TTg"

_MINUTE = timedelta(minutes=1)


class OutsideCalendar(Refusal):
    """The calendar does not cover this day; a guess would give the citizen a wrong appointment."""

    code = "outside-calendar"
    vi = "Lịch làm việc “{calendar}” chỉ có từ {first} đến {last}; không có dữ liệu cho ngày {day}."
    en = "The working calendar “{calendar}” covers {first} to {last}; it knows nothing about {day}."


class MomentWithoutZone(Refusal):
    """A moment has no time zone; it could mean seven hours earlier or later."""

    code = "moment-without-zone"
    vi = "Thời điểm {moment} không có múi giờ."
    en = "The moment {moment} has no time zone."


@dataclass(frozen=True)
class Calendar:
    """The working time of offices from ``first`` to ``last`` inclusive.

    ``week`` gives the hours of Monday to Sunday. ``days`` are the country's special days, ``closures`` the closures of
    one office, ``own`` the hours that it keeps instead of the country's, the earliest first (``for_office``).
    ``published_to`` is the last day that was published, where the days after it follow the week alone (``continued``).
    Building a calendar takes milliseconds: keep the object and reuse it. Raises BadCalendar.

    Methods that take a day or a moment raise OutsideCalendar for one that is not covered, and MomentWithoutZone for a
    moment without a time zone.
    """

    code: str
    first: date
    last: date
    week: tuple[tuple[Span, ...], ...] = OFFICE_WEEK
    days: tuple[SpecialDay, ...] = ()
    closures: tuple[Closure, ...] = ()
    official_years: tuple[int, ...] = ()
    week_legal: str = WEEK_LEGAL
    own: tuple[OwnHours, ...] = ()
    published_to: date | None = None
    _spans: tuple[tuple[Span, ...], ...] = field(init=False, repr=False, compare=False)
    _before: tuple[int, ...] = field(init=False, repr=False, compare=False)
    _special: dict[date, SpecialDay] = field(init=False, repr=False, compare=False)
    _origin: datetime = field(init=False, repr=False, compare=False)
    _day_minutes: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        self._check()
        special = {day.day: day for day in self.days}
        for hours_of in self.own:
            if hours_of.own_days:
                special = {day: one for day, one in special.items() if not hours_of.covers(day)}
            special |= {one.day: one for one in hours_of.days if hours_of.covers(one.day)}
        object.__setattr__(self, "_special", special)
        spans: list[tuple[Span, ...]] = []
        before = [0]
        for number in range((self.last - self.first).days + 1):
            hours = self._hours(self.first + timedelta(days=number), special)
            spans.append(hours)
            before.append(before[-1] + sum(closes - opens for opens, closes in hours))
        object.__setattr__(self, "_spans", tuple(spans))
        object.__setattr__(self, "_before", tuple(before))
        object.__setattr__(self, "_origin", datetime.combine(self.first, time(), UTC) - LOCAL_OFFSET)
        object.__setattr__(self, "_day_minutes", _longest(self.week))

    # --- days -----------------------------------------------------------------------------------------------------

    def spans(self, day: date) -> tuple[Span, ...]:
        """The office hours of a day, empty when the office is closed."""
        return self._spans[self._number(day)]

    def minutes(self, day: date) -> int:
        """Working minutes of a day."""
        number = self._number(day)
        return self._before[number + 1] - self._before[number]

    def is_working_day(self, day: date) -> bool:
        return self.minutes(day) > 0

    def about(self, day: date) -> DayNote:
        """The kind of a day, with the reason in words and the legal text."""
        minutes, special = self.minutes(day), self._special.get(day)
        closure = next((closure for closure in self.closures if closure.first <= day <= closure.last), None)
        ordinarily = self._week_on(day)[day.weekday()] if special is None else self._special_hours(special)
        if closure and ordinarily and self.spans(day) != ordinarily:
            return DayNote(day, "closure", minutes, closure.vi, closure.en, closure.legal)
        if special:
            return DayNote(day, special.kind, minutes, special.vi, special.en, special.legal)
        kept = self._own_on(day)
        legal = kept.legal if kept else self.week_legal
        if minutes:
            return DayNote(day, "working", minutes, "ngày làm việc", "working day", legal)
        return DayNote(day, "weekend", 0, "nghỉ hằng tuần", "weekly rest", legal)

    @property
    def day_minutes(self) -> int:
        """Working minutes of one working day in a *term*: those of the longest ordinary day of the week."""
        return self._day_minutes

    def day_minutes_at(self, tick: int) -> int:
        """``day_minutes`` of the hours that the office keeps on the day of a tick."""
        kept = self._own_on(self.day_of(tick)) if self.own else None
        return _longest(kept.week) if kept else self._day_minutes

    def is_provisional(self, moment: datetime) -> bool:
        """Whether a moment lies on a day whose holidays are not published yet.

        >>> year = Calendar("vn", date(2026, 1, 1), date(2026, 12, 31)).continued(date(2027, 6, 30))
        >>> [year.is_provisional(datetime(y, 1, 4, 3, tzinfo=UTC)) for y in (2026, 2027)]
        [False, True]
        """
        return self.published_to is not None and self.day_of(self.tick(moment)) > self.published_to

    # --- moments --------------------------------------------------------------------------------------------------

    def next_open(self, moment: datetime) -> datetime:
        """The moment itself when the office is open and a minute of work can begin; otherwise the next opening."""
        return self.moment(self.open_tick(self.tick(moment)))

    def within_office_hours(self, moment: datetime) -> bool:
        """Whether the office is open. The minute of closing is included, since a term may end as the office closes."""
        tick = self.tick(moment)
        return self.worked(max(tick - 1, 0)) < self.worked(tick + 1)

    def add_working_minutes(self, moment: datetime, minutes: int) -> datetime:
        """The first moment at which ``minutes`` (0 or more) of working time have passed.

        At a boundary this is the end of the earlier span: 17:00, not 08:00 of the following day.
        """
        tick = self.tick(moment)
        if minutes <= 0:
            return self.moment(tick) if self.within_office_hours(moment) else self.next_open(moment)
        return self.moment(self.tick_after(self.worked(tick) + minutes))

    def subtract_working_minutes(self, moment: datetime, minutes: int) -> datetime:
        """The first moment from which ``minutes`` of working time remain until ``moment``."""
        return self.moment(self.tick_after(self.worked(self.tick(moment)) - minutes))

    def working_minutes_between(self, start: datetime, end: datetime) -> int:
        """Working minutes from ``start`` to ``end``; negative when ``end`` is earlier."""
        return self.worked(self.tick(end)) - self.worked(self.tick(start))

    # --- ticks: minutes since local midnight of the first day -------------------------------------------------------

    def tick(self, moment: datetime) -> int:
        """The tick of a moment, rounded down. Raises OutsideCalendar, MomentWithoutZone."""
        if moment.tzinfo is None:
            raise MomentWithoutZone(moment=moment.isoformat())
        tick = (moment - self._origin) // _MINUTE
        if not 0 <= tick < len(self._spans) * MINUTES_A_DAY:
            raise self._outside(self.first + timedelta(days=tick // MINUTES_A_DAY))
        return tick

    def moment(self, tick: int) -> datetime:
        return self._origin + tick * _MINUTE

    def day_of(self, tick: int) -> date:
        return self.first + timedelta(days=tick // MINUTES_A_DAY)

    def midnight_after(self, tick: int) -> int:
        return (tick // MINUTES_A_DAY + 1) * MINUTES_A_DAY

    def worked(self, tick: int) -> int:
        """Working minutes of the calendar before a tick."""
        number, minute = divmod(tick, MINUTES_A_DAY)
        if number == len(self._spans) and minute == 0:
            return self._before[number]
        if not 0 <= number < len(self._spans):
            raise self._outside(self.first + timedelta(days=number))
        total = self._before[number]
        for opens, closes in self._spans[number]:
            total += max(0, min(minute, closes) - opens)
        return total

    def tick_after(self, worked: int) -> int:
        """The first tick that has ``worked`` working minutes before it."""
        if not 0 < worked <= self._before[-1]:
            raise self._outside(self.first - timedelta(days=1) if worked <= 0 else self.last + timedelta(days=1))
        number = bisect_left(self._before, worked) - 1
        left = worked - self._before[number]
        for opens, closes in self._spans[number]:
            if left <= closes - opens:
                return number * MINUTES_A_DAY + opens + left
            left -= closes - opens
        raise AssertionError("the sums of working minutes do not fit the days")

    def open_tick(self, tick: int) -> int:
        """The first tick, this one or later, at which a minute of work begins."""
        return self.tick_after(self.worked(tick) + 1) - 1

    def closing_tick(self, tick: int) -> int:
        """The close of office hours on the day of a tick, or on the next working day when the office is closed then."""
        return self.tick_after(self._before[self._working_number(tick // MINUTES_A_DAY) + 1])

    def closing_tick_before(self, tick: int) -> int:
        """The last close of office hours at or before a tick."""
        return self.tick_after(self.worked(tick))

    # --- other calendars --------------------------------------------------------------------------------------------

    def continued(self, last: date) -> Calendar:
        """The same calendar until ``last``: the days that are not published yet follow the hours of the week."""
        if last <= self.last:
            return self
        return replace(self, last=last, published_to=self.published_to or self.last)

    def for_office(
        self,
        closures: Iterable[Closure] = (),
        week: tuple[tuple[Span, ...], ...] | None = None,
        legal: str = "",
        own: Iterable[OwnHours] = (),
    ) -> Calendar:
        """The same calendar with the closures of one office and, where it has them, its own hours.

        ``week`` and its ``legal`` text hold on every day; ``own`` are hours from a day on.
        """
        return replace(
            self,
            closures=self.closures + tuple(closures),
            week=self.week if week is None else week,
            week_legal=legal or self.week_legal,
            own=tuple(sorted((*self.own, *own), key=lambda one: one.first)),
        )

    def to_data(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "first": self.first.isoformat(),
            "last": (self.published_to or self.last).isoformat(),
            "week": {name: spans_in_words(hours) for name, hours in zip(WEEKDAYS, self.week, strict=True)},
            "week_legal": self.week_legal,
            "official_years": list(self.official_years),
            "days": [day.to_data() for day in self.days],
            "closures": [closure.to_data() for closure in self.closures],
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Calendar:
        """The calendar that ``to_data`` wrote, or that a calendar file holds. Raises BadCalendar."""
        week = data.get("week", {})
        return cls(
            code=str(data.get("code", "")),
            first=read_date(data.get("first"), "first"),
            last=read_date(data.get("last"), "last"),
            week=tuple(read_spans(week.get(name, ()), name) for name in WEEKDAYS),
            days=tuple(SpecialDay.from_data(day) for day in data.get("days", ())),
            closures=tuple(Closure.from_data(closure) for closure in data.get("closures", ())),
            official_years=tuple(data.get("official_years", ())),
            week_legal=data.get("week_legal", WEEK_LEGAL),
        )

    # --- private ----------------------------------------------------------------------------------------------------

    def _check(self) -> None:
        if self.last < self.first:
            raise BadCalendar(
                where=self.code, what_vi="lịch kết thúc trước khi bắt đầu", what_en="it ends before it begins"
            )
        if len(self.week) != len(WEEKDAYS) or not any(self.week):
            raise BadCalendar(
                where=self.code,
                what_vi="tuần phải có bảy ngày và ít nhất một ngày có giờ làm việc",
                what_en="the week needs seven days, one of them with office hours",
            )
        for name, hours in zip(WEEKDAYS, self.week, strict=True):
            check_spans(hours, name)
        seen: set[date] = set()
        for special in self.days:
            if special.day in seen:
                raise BadCalendar(
                    where=special.day.isoformat(),
                    what_vi="ngày này được khai hai lần",
                    what_en="the day stands there twice",
                )
            if not self.first <= special.day <= self.last:
                raise BadCalendar(
                    where=special.day.isoformat(),
                    what_vi="ngày này nằm ngoài khoảng thời gian của lịch",
                    what_en="the day is outside the range covered",
                )
            seen.add(special.day)

    def _hours(self, day: date, special: dict[date, SpecialDay]) -> tuple[Span, ...]:
        hours = self._special_hours(special[day]) if day in special else self._week_on(day)[day.weekday()]
        for closure in self.closures:
            if closure.first <= day <= closure.last:
                hours = without(hours, closure.spans or ((0, MINUTES_A_DAY),))
        return hours

    def _special_hours(self, special: SpecialDay) -> tuple[Span, ...]:
        if special.kind == "swapped_in" and not special.spans and special.instead_of is not None:
            return self._week_on(special.day)[special.instead_of.weekday()]
        return special.spans

    def _own_on(self, day: date) -> OwnHours | None:
        """The hours of its own that the office keeps on a day; of several the ones that began last."""
        return next((one for one in reversed(self.own) if one.covers(day)), None)

    def _week_on(self, day: date) -> tuple[tuple[Span, ...], ...]:
        kept = self._own_on(day) if self.own else None
        return kept.week if kept else self.week

    def _number(self, day: date) -> int:
        number = (day - self.first).days
        if not 0 <= number < len(self._spans):
            raise self._outside(day)
        return number

    def _working_number(self, number: int) -> int:
        """The number of the first working day at or after the day ``number``; days count from ``first``."""
        if not 0 <= number < len(self._spans):
            raise self._outside(self.first + timedelta(days=number))
        found = bisect_right(self._before, self._before[number], lo=number) - 1
        if found >= len(self._spans):
            raise self._outside(self.last + timedelta(days=1))
        return found

    def _outside(self, day: date) -> OutsideCalendar:
        return OutsideCalendar(calendar=self.code, first=self.first, last=self.last, day=day)


def _longest(week: tuple[tuple[Span, ...], ...]) -> int:
    """The minutes of the longest day of a week."""
    return max(sum(closes - opens for opens, closes in hours) for hours in week)
