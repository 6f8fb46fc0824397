"""The quick try of the editor: received at one moment, due at another, because these days counted and those not."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from engine.errors import Refusal
from engine.rules.deadlines.day_by_day import DayLine, day_by_day
from engine.rules.deadlines.due import Due, due
from engine.rules.deadlines.trace import term_in_words
from engine.rules.procedure.definition import Release
from engine.text import Text
from server.context import runtime
from web.admin.editor.typed_moment import read_moment


@dataclass(frozen=True, slots=True)
class Tried:
    """``arms`` are the time limits of the procedure in words, ``arm`` the number of the one that was tried.

    ``found`` is None where nothing could be counted; ``refused`` then says why.
    """

    arms: tuple[Text, ...]
    arm: int
    calendars: tuple[str, ...]
    calendar: str
    found: Due | None = None
    days: tuple[DayLine, ...] = ()
    refused: Text | None = None


def tried(release: Release | None, received: str, calendar: str, arm: int | None) -> Tried | None:
    """The due moment of a dossier that is ``received`` then; None where the file says nothing that can be tried.

    Without ``arm`` the last time limit is tried, which holds where no condition does.
    """
    if release is None or not release.sla.total:
        return None
    calendars = runtime().catalogue.calendars
    arms = tuple(_in_words(release, number) for number in range(len(release.sla.total)))
    chosen = arm if arm is not None and 0 <= arm < len(arms) else len(arms) - 1
    name = calendar if calendar in calendars else release.sla.calendar
    answer = Tried(arms, chosen, tuple(sorted(calendars)), name)
    at = read_moment(received)
    if at is None:
        return _without(answer, Text("Giờ viết như 13/02/2026 15:30.", "A time is written like 13/02/2026 15:30."))
    if name not in calendars:
        return _without(answer, Text(f"Không có lịch {name}.", f"There is no calendar {name}."))
    try:
        return _counted(answer, release, at)
    except Refusal as refusal:
        return _without(answer, Text(refusal.sentence("vi"), refusal.sentence("en")))


def _counted(asked: Tried, release: Release, at: dt.datetime) -> Tried:
    calendar, term = runtime().catalogue.calendars[asked.calendar], release.sla.total[asked.arm].term
    found = due(calendar, at, term, cutoff=release.sla.cutoff, first_day=release.sla.first_day)
    days = day_by_day(calendar, found)
    return Tried(asked.arms, asked.arm, asked.calendars, asked.calendar, found, days)


def _without(asked: Tried, why: Text) -> Tried:
    return Tried(asked.arms, asked.arm, asked.calendars, asked.calendar, refused=why)


def _in_words(release: Release, number: int) -> Text:
    arm = release.sla.total[number]
    words = term_in_words(arm.term)
    if arm.when is None:
        return words if len(release.sla.total) == 1 else Text(f"{words.vi}, còn lại", f"{words.en}, otherwise")
    return Text(f"{words.vi}, khi {arm.when}", f"{words.en}, when {arm.when}")
