"""The time that a dossier has left, in words, with its kind: late, soon, waiting, done, or none of these."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast

from engine.clock import LOCAL, civil_day
from engine.rules.deadlines import timing
from engine.rules.deadlines.calendar import Calendar
from engine.rules.deadlines.due import remaining_in_words
from engine.rules.deadlines.timing import is_overdue
from engine.rules.deadlines.words import duration_in_words
from engine.rules.dossier_row import ClockRow
from engine.rules.procedure.definition import Release
from engine.text import Text
from engine.transaction import UnitOfWork

Kind = Literal["late", "soon", "wait", "good", ""]


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeLeft:
    """The time left in words. ``soon``: the dossier is due before the end of the day. ``wait``: its clock is paused.
    ``good``: it ended in time."""

    kind: Kind
    words: Text


_PAUSED = Text("Tạm dừng", "Paused")
_NOT_STARTED = Text("Chưa tính thời hạn", "Time limit not started")
_DONE, _LATE = Text("Xong đúng hạn", "Done in time"), Text("Xong, trễ hạn", "Done late")
_ENDED = Text("Đã kết thúc", "Ended")


def time_left(unit: UnitOfWork, release: Release, row: Mapping[str, Any]) -> TimeLeft:
    """The time left of a row of ``DESK_COLUMNS`` at the unit's time."""
    if row["clock"] == "running" and row["due_at"] is not None:
        calendar = unit.catalogue.calendar(release.sla.calendar, row["handler_office"])
        words = remaining_in_words(calendar, row["due_at"], unit.now)
        if is_overdue("running", row["due_at"], unit.now):
            return TimeLeft(kind="late", words=words)
        return TimeLeft(kind="soon" if civil_day(row["due_at"]) == unit.today else "", words=words)
    if row["clock"] == "paused":
        return TimeLeft(kind="wait", words=_paused(unit, release, row))
    if row["finished_at"] is not None:
        return _ended(row)
    return _before_the_start(unit, row)


def _paused(unit: UnitOfWork, release: Release, row: Mapping[str, Any]) -> Text:
    calendar: Calendar = unit.catalogue.calendar(release.sla.calendar, row["handler_office"])
    left = timing.remaining_minutes(cast(ClockRow, row), release, calendar, unit.now)
    if left is None or left <= 0:
        return _PAUSED
    words = duration_in_words(left, calendar.day_minutes)
    return Text(f"Tạm dừng, còn {words.vi}", f"Paused, {words.en} left")


def _ended(row: Mapping[str, Any]) -> TimeLeft:
    if row["due_at"] is None:
        return TimeLeft(kind="", words=_ENDED)
    late = row["finished_at"] > row["due_at"]
    return TimeLeft(kind="late" if late else "good", words=_LATE if late else _DONE)


def _before_the_start(unit: UnitOfWork, row: Mapping[str, Any]) -> TimeLeft:
    """An online filing has its own limit until it is received."""
    until = row["intake_due_at"]
    if until is None or row["intake_done_at"] is not None:
        return TimeLeft(kind="", words=_NOT_STARTED)
    local = until.astimezone(LOCAL)
    words = Text(f"Tiếp nhận trước {local:%H:%M %d/%m}", f"Receive before {local:%H:%M %d/%m}")
    kind: Kind = "late" if until < unit.now else "soon" if civil_day(until) == unit.today else ""
    return TimeLeft(kind=kind, words=words)
