"""The arithmetic under ``engine.rules.deadlines.due``: the tick of a calendar at which a time limit ends.

A time limit is a chain of *legs*: the term of the procedure, then each extension. Every leg begins where the previous
one ended. There are two ways to count a leg.

* **By minutes** (working days and hours, same-day): working minutes are used up, and the leg ends with the last.
* **By whole days** (calendar days; working days whose first day does not count): the leg ends at the close of office
  hours on the day on which the time is used up. When the office is closed that day, it ends on the next working day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time
from math import ceil
from typing import Literal, TypeAlias

from engine.rules.deadlines.calendar import Calendar
from engine.rules.deadlines.office_hours import MINUTES_A_DAY
from engine.rules.deadlines.pauses import Hold, check_term
from engine.rules.procedure.definition import Term

FirstDay: TypeAlias = Literal["counted", "not_counted"]
"""Whether working days run from the moment of reception, or from the following day (Civil Code 2015, art. 147.2)."""


@dataclass(frozen=True, slots=True)
class Leg:
    """One term on the calendar; all positions are ticks.

    ``begin`` is where counting starts, ``spent`` where the time is used up, ``end`` where the term ends (``None`` while
    a pause without end stops it). ``held`` are the pauses that stopped it. ``civil`` says that days of rest count.
    ``after_cutoff`` says that the dossier was received too late for a same-day answer.
    """

    begin: int
    held: tuple[Hold, ...]
    spent: int | None
    end: int | None
    civil: bool = False
    after_cutoff: bool = False


def chain(
    calendar: Calendar,
    received: int,
    terms: Sequence[Term | int],
    holds: Sequence[Hold],
    cutoff: time | None,
    first_day: FirstDay,
) -> tuple[Leg, ...]:
    """The legs of a time limit received at the tick ``received``. ``int`` terms are working minutes.

    The last leg has no end while a pause without end stops it. Raises OutsideCalendar, BadTerm.
    """
    legs: list[Leg] = []
    start = received
    for term in terms:
        leg = _leg(calendar, start, term, holds, cutoff, first_day if not legs else "counted")
        legs.append(leg)
        if leg.end is None:
            break
        start = leg.end
    return tuple(legs)


def working_minutes(calendar: Calendar, term: Term, at: int) -> int:
    """The working minutes of a term in working days or hours that begins at the tick ``at``, a begun minute as one.

    A quarter of a day is a quarter of the office's own day: two hours of eight, 1 h 52½ of seven and a half.
    """
    return ceil(term.amount * (60 if term.unit == "working_hour" else calendar.day_minutes_at(at)))


def _leg(
    calendar: Calendar, start: int, term: Term | int, holds: Sequence[Hold], cutoff: time | None, first_day: FirstDay
) -> Leg:
    if isinstance(term, int):
        return _by_minutes(calendar, calendar.open_tick(start), term, holds)
    check_term(term)
    if term.unit == "calendar_day":
        return _by_whole_days(calendar, calendar.midnight_after(start), term, holds, civil=True)
    if term.unit == "working_day" and first_day == "not_counted":
        return _by_whole_days(calendar, calendar.midnight_after(start), term, holds, civil=False)
    begin = calendar.open_tick(start)
    if term.unit != "same_day":
        return _by_minutes(calendar, begin, working_minutes(calendar, term, begin), holds)
    late = _after_cutoff(start, begin, cutoff)
    end = calendar.closing_tick(calendar.midnight_after(begin) if late else begin)
    return _by_minutes(calendar, begin, calendar.worked(end) - calendar.worked(begin), holds, late)


def _after_cutoff(start: int, begin: int, cutoff: time | None) -> bool:
    """Whether counting begins on the day of reception, at or after its cut-off."""
    if cutoff is None or start // MINUTES_A_DAY != begin // MINUTES_A_DAY:
        return False
    return start % MINUTES_A_DAY >= cutoff.hour * 60 + cutoff.minute


def _by_minutes(calendar: Calendar, begin: int, minutes: int, holds: Sequence[Hold], late: bool = False) -> Leg:
    held: list[Hold] = []
    position, left = calendar.worked(begin), minutes
    for hold in holds:
        if hold.end is not None and hold.end <= begin:
            continue
        used = calendar.worked(max(hold.start, begin)) - position
        if used >= left:
            break
        held.append(hold)
        left -= used
        if hold.end is None:
            return Leg(begin, tuple(held), None, None, after_cutoff=late)
        position = calendar.worked(hold.end)
    end = calendar.tick_after(position + left)
    return Leg(begin, tuple(held), end, end, after_cutoff=late)


def _by_whole_days(calendar: Calendar, begin: int, term: Term, holds: Sequence[Hold], civil: bool) -> Leg:
    """A leg counted by whole days. ``reached`` is where its time is used up, in minutes from the calendar's first day.

    These are all minutes where ``civil``, working minutes otherwise. A pause may begin after the time is used up and
    before the office closes on the due day. It still moves the end, because the answer was not late when it began.
    After a pause there must be time to act, so the term never ends before the office has opened again.
    """
    held: list[Hold] = []
    reopened = 0

    def measured(tick: int) -> int:
        return tick if civil else calendar.worked(tick)

    def spent() -> int:
        return reached if civil else calendar.tick_after(reached)

    def closes() -> int:
        return calendar.closing_tick(max(spent() - 1, reopened))

    reached = measured(begin) + ceil(term.amount * (MINUTES_A_DAY if civil else calendar.day_minutes_at(begin)))
    for hold in holds:
        if hold.end is not None and hold.end <= begin:
            continue
        start = max(hold.start, begin)
        if start >= closes():
            break
        held.append(hold)
        if hold.end is None:
            return Leg(begin, tuple(held), None, None, civil)
        reached = max(reached, measured(start)) + measured(hold.end) - measured(start)
        reopened = calendar.open_tick(hold.end)
    return Leg(begin, tuple(held), spent(), closes(), civil)
