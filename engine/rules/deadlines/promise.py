"""Which moment may be promised to the applicant now, and which days end a request by themselves.

``promised_at`` of a row is history: the due moment as the applicant last heard it. It is no promise while the clock is
paused or stopped, nor once it has passed. Notices and forms ask ``appointment`` before they name a moment.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from engine.errors import Conflict
from engine.rules.deadlines.calendar import Calendar, OutsideCalendar
from engine.rules.deadlines.pauses import Extension, term_from_data
from engine.rules.deadlines.timing import changed, due_columns, term_end
from engine.rules.deadlines.trace import term_in_words
from engine.rules.deadlines.words import moment_in_words
from engine.rules.dossier_row import ClockChanges, ClockRow
from engine.rules.procedure.definition import Release, Term
from engine.rules.procedure.portal_status import PortalStatus
from engine.text import Text

Standing: TypeAlias = Literal["open", "paused", "overdue", "ended", "none"]

WORDS: Final[dict[Standing, Text]] = {
    "open": Text("đã qua", "now past"),
    "paused": Text("báo sau", "to be told later"),
    "overdue": Text("đã quá hạn", "overdue"),
    "ended": Text("không còn", "no longer set"),
    "none": Text("chưa có", "not set yet"),
}
"""The words in place of a moment that may not be promised. ``open``: it was promised then, and has passed by now."""


class EndsInThePast(Conflict):
    """The extended time limit would end before now: an appointment that nobody can keep."""

    code = "extension-ends-in-the-past"
    vi = "Gia hạn như vậy thì thời hạn kết thúc lúc {end_vi}, không sau thời điểm hiện tại; hãy gia hạn dài hơn."
    en = "Extended so, the time limit ends at {end_en}, which is not after now; extend it by more."


@dataclass(frozen=True, slots=True)
class Appointment:
    """How the applicant's appointment stands. ``moment`` is set while it may be promised (``open``), else None."""

    standing: Standing
    moment: dt.datetime | None = None

    @property
    def words(self) -> Text:
        """The words in place of the moment; those of ``open`` only fit once it has passed."""
        return WORDS[self.standing]


def appointment(clock: str, due_at: dt.datetime | None, now: dt.datetime) -> Appointment:
    """The appointment of a dossier with this clock. A due moment that is not after ``now`` is promised no more.

    >>> noon = dt.datetime(2026, 2, 13, 5, tzinfo=dt.UTC)
    >>> appointment("running", noon, noon).standing, appointment("paused", noon, noon).standing
    ('overdue', 'paused')
    """
    if clock == "stopped":
        return Appointment("ended")
    if clock == "paused":
        return Appointment("paused")
    if clock != "running" or due_at is None:
        return Appointment("none")
    return Appointment("open", due_at) if due_at > now else Appointment("overdue")


def more_in_words(term: Mapping[str, Any]) -> Text:
    """An extension (its term as JSON) that was granted in a pause: the time added, and no moment.

    >>> more_in_words({"amount": 5, "unit": "calendar_day"}).vi
    '+5 ngày, ngày hẹn báo sau'
    """
    by, later = term_in_words(term_from_data(term)), WORDS["paused"]
    return Text(f"+{by.vi}, ngày hẹn {later.vi}", f"+{by.en}, the due date {later.en}")


def extended(row: ClockRow, release: Release, calendar: Calendar, more: Extension, now: dt.datetime) -> ClockChanges:
    """The columns that change when ``more`` is granted. Raises EndsInThePast, BadTerm, OutsideCalendar."""
    changes: ClockChanges = {"extensions": [*row["extensions"], more.to_data()]}
    changes |= due_columns(changed(row, changes), release, calendar)
    end = changes["due_at"]
    if end is not None and end <= now:
        words = moment_in_words(end)
        raise EndsInThePast(end_vi=words.vi, end_en=words.en)
    return changes


_WITHOUT_RESULT = frozenset({PortalStatus.REFUSED, PortalStatus.WITHDRAWN, PortalStatus.STOPPED})


@dataclass(frozen=True, slots=True)
class Stop:
    """The timer that will end a dossier without a result: its moment, the status after it, and its action."""

    at: dt.datetime
    status: PortalStatus
    action: str = ""


def automatic_stop(state: str, entered_at: dt.datetime, release: Release, calendar: Calendar) -> Stop | None:
    """The first timer of a state that ends the dossier without a result; None where there is none.

    None also where the stop lies beyond the calendar: a day that is not known is not told.
    """
    stops = []
    for key, after, status in stopping_timers(state, release):
        try:
            stops.append(Stop(term_end(calendar, entered_at, after), status, key))
        except OutsideCalendar:
            continue
    return min(stops, key=lambda stop: stop.at, default=None)


def stopping_timers(state: str, release: Release) -> Iterator[tuple[str, Term, PortalStatus]]:
    """The timers of a state that end the dossier without a result: action, term, and the status after it."""
    for key, action in release.actions.items():
        if action.after is None or state not in action.sources:
            continue
        statuses = [release.states[branch.then].status for branch in action.to]
        if _WITHOUT_RESULT.issuperset(statuses):
            yield key, action.after, statuses[0]
