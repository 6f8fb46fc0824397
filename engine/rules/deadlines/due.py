"""The due moment of a dossier, the time left, and whether a step was early, on time or late.

Only this module turns a term of the law into a moment. The same functions serve the dossier's time limit, the limits of
single steps, sub-terms (a verification by another commune: three working days) and warnings. They are pure: ``now`` is
an argument. Moments are timezone-aware and counted in whole minutes; durations are working minutes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time
from types import MappingProxyType
from typing import Any, Final, Literal, TypeAlias, cast

from engine.rules.deadlines.calendar import Calendar
from engine.rules.deadlines.counting import FirstDay, Leg, chain, working_minutes
from engine.rules.deadlines.office_hours import MINUTES_A_DAY
from engine.rules.deadlines.pauses import BadTerm, Extension, Hold, Pause, check_term, united
from engine.rules.deadlines.trace import TraceLine, explain
from engine.rules.deadlines.words import time_left_in_words
from engine.rules.procedure.definition import Term
from engine.text import Text

__all__ = [
    "SAME_DAY_CUTOFF",
    "BadTerm",
    "Due",
    "Extension",
    "Pause",
    "StepResult",
    "Term",
    "TraceLine",
    "due",
    "due_moment",
    "minutes_left",
    "remaining",
    "remaining_in_words",
    "step_result",
    "warn_before",
]

SAME_DAY_CUTOFF: Final = time(15)
"""A same-day procedure received from 15:00 is answered on the next working day."""

StepResult: TypeAlias = Literal["early", "on_time", "late"]


@dataclass(frozen=True, slots=True)
class Due:
    """The end of a time limit, with its explanation.

    ``moment`` is ``None`` while a pause without end (``paused_since``) stops the clock. ``starts`` is where counting
    began. ``remaining`` are the working minutes left at ``now``, negative when late. In a pause they are those left
    when it began. They are ``None`` when ``now`` was not given and no pause stops the clock.
    """

    moment: datetime | None
    starts: datetime
    trace: tuple[TraceLine, ...]
    paused_since: datetime | None = None
    remaining: int | None = None
    provisional: bool = False

    def to_data(self) -> dict[str, Any]:
        return {
            "moment": self.moment.isoformat() if self.moment else None,
            "starts": self.starts.isoformat(),
            "paused_since": self.paused_since.isoformat() if self.paused_since else None,
            "remaining": self.remaining,
            "provisional": self.provisional,
            "trace": [line.to_data() for line in self.trace],
        }


def due(
    calendar: Calendar,
    received: datetime,
    term: Term,
    pauses: Sequence[Pause] = (),
    extensions: Sequence[Extension] = (),
    now: datetime | None = None,
    *,
    cutoff: time | str | None = SAME_DAY_CUTOFF,
    first_day: FirstDay = "counted",
    reasons: Mapping[str, Text] = MappingProxyType({}),
) -> Due:
    """The end of a time limit with the trace that explains it.

    ``cutoff`` (also as ``"15:00"``) is for same-day terms. ``first_day="not_counted"`` makes a term in working days run
    from the day after reception to the close of office hours (Civil Code 2015, art. 147.2 and 148.1).
    ``reasons`` are the words for the reasons of pauses. Raises ``OutsideCalendar``, ``BadTerm``, ``MomentWithoutZone``.

    >>> from datetime import UTC, date
    >>> year = Calendar("vn", date(2026, 1, 1), date(2026, 12, 31))
    >>> found = due(year, datetime(2026, 3, 6, 1, 40, tzinfo=UTC), Term(3, "working_day"))  # Friday, 08:40 in Viet Nam
    >>> found.moment.isoformat()
    '2026-03-11T01:40:00+00:00'
    >>> found.trace[2].en
    'Sat 7 Mar – Sun 8 Mar 2026: weekly rest'
    """
    question = _Question(calendar, received, term, tuple(extensions), _time(cutoff), first_day)
    holds = united(calendar, pauses)
    legs = question.legs(holds)
    end, standing = legs[-1].end, legs[-1].held[-1:]
    paused = standing[0].start if end is None else None
    asked = calendar.tick(now) if now is not None else paused
    return Due(
        moment=None if end is None else calendar.moment(end),
        starts=calendar.moment(legs[0].begin),
        trace=explain(calendar, calendar.tick(received), legs, extensions, reasons),
        paused_since=None if paused is None else calendar.moment(paused),
        remaining=None if asked is None else question.left(holds, asked),
        provisional=end is not None and calendar.is_provisional(calendar.moment(end)),
    )


def due_moment(
    calendar: Calendar,
    received: datetime,
    term: Term,
    pauses: Sequence[Pause] = (),
    extensions: Sequence[Extension] = (),
    *,
    cutoff: time | str | None = SAME_DAY_CUTOFF,
    first_day: FirstDay = "counted",
) -> datetime | None:
    """``due(…).moment`` without the cost of the trace. Raises the same refusals."""
    question = _Question(calendar, received, term, tuple(extensions), _time(cutoff), first_day)
    end = question.legs(united(calendar, pauses))[-1].end
    return None if end is None else calendar.moment(end)


def minutes_left(
    calendar: Calendar,
    received: datetime,
    term: Term,
    pauses: Sequence[Pause] = (),
    extensions: Sequence[Extension] = (),
    *,
    now: datetime,
    cutoff: time | str | None = SAME_DAY_CUTOFF,
    first_day: FirstDay = "counted",
) -> int:
    """``due(…).remaining`` without the cost of the trace. Raises the same refusals."""
    question = _Question(calendar, received, term, tuple(extensions), _time(cutoff), first_day)
    return question.left(united(calendar, pauses), calendar.tick(now))


def remaining(calendar: Calendar, due: datetime, now: datetime) -> int:
    """Working minutes from ``now`` to ``due``, negative when late; also 0 while the office is closed after ``due``."""
    return calendar.working_minutes_between(now, due)


def remaining_in_words(calendar: Calendar, due: datetime, now: datetime) -> Text:
    """``Còn 1 ngày 3 giờ làm việc`` / ``1 working day 3 hours left``; ``Quá hạn …`` / ``… overdue``."""
    late = calendar.tick(now) > calendar.tick(due)
    return time_left_in_words(remaining(calendar, due, now), calendar.day_minutes, late)


def step_result(
    calendar: Calendar,
    given: datetime,
    taken: datetime,
    limit: Term,
    pauses: Sequence[Pause] = (),
    *,
    cutoff: time | str | None = SAME_DAY_CUTOFF,
) -> StepResult:
    """The column *result of the step* of Form 06, for a step received at ``given`` and handed on at ``taken``.

    It is late after the step's due minute, on time on its due day, and early on an earlier day. A step handed on while
    its clock is paused is early.
    """
    end = due_moment(calendar, given, limit, pauses, cutoff=cutoff)
    if end is None:
        return "early"
    due_tick, taken_tick = calendar.tick(end), calendar.tick(taken)
    if taken_tick > due_tick:
        return "late"
    return "on_time" if taken_tick // MINUTES_A_DAY == due_tick // MINUTES_A_DAY else "early"


def warn_before(calendar: Calendar, due: datetime, term: Term) -> datetime:
    """The moment, within office hours, that lies ``term`` before ``due``: two working days before 10:15 is 10:15.

    Calendar days are counted back to the same time of day, or to the last close of office hours before it. Raises
    BadTerm for a same-day term.
    """
    check_term(term)
    if term.unit == "same_day":
        raise BadTerm(
            what_vi="cảnh báo tính bằng số giờ hoặc số ngày trước hạn",
            what_en="a warning is so many hours or days before the due moment",
        )
    if term.unit != "calendar_day":
        return calendar.subtract_working_minutes(due, working_minutes(calendar, term, calendar.tick(due)))
    moment = calendar.moment(calendar.tick(due) - int(term.amount) * MINUTES_A_DAY)
    if calendar.within_office_hours(moment):
        return moment
    return calendar.moment(calendar.closing_tick_before(calendar.tick(moment)))


@dataclass(frozen=True, slots=True)
class _Question:
    """Everything that defines a time limit except its pauses."""

    calendar: Calendar
    received: datetime
    term: Term
    extensions: tuple[Extension, ...]
    cutoff: time | None
    first_day: FirstDay

    def legs(self, holds: Sequence[Hold]) -> tuple[Leg, ...]:
        terms = (self.term, *(extension.by for extension in self.extensions))
        return chain(self.calendar, self.calendar.tick(self.received), terms, holds, self.cutoff, self.first_day)

    def left(self, holds: Sequence[Hold], asked: int) -> int:
        """Working minutes left at the tick ``asked``. A pause that lasts then is cut off there, so it costs nothing."""
        known = [
            replace(hold, end=asked if hold.end is None else min(hold.end, asked))
            for hold in holds
            if hold.start < asked
        ]
        end = self.legs(known)[-1].end
        # Every pause in `known` has an end, so the time limit has one.
        return self.calendar.worked(cast(int, end)) - self.calendar.worked(asked)


def _time(cutoff: time | str | None) -> time | None:
    if not isinstance(cutoff, str):
        return cutoff
    try:
        return time.fromisoformat(cutoff)
    except ValueError:
        raise BadTerm(
            what_vi=f"giờ chốt {cutoff!r} không phải giờ trong ngày",
            what_en=f"the cut-off {cutoff!r} is not a time of day",
        ) from None
