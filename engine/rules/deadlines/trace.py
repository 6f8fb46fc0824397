"""The explanation of a due moment, line by line: which days counted, which did not, and by which legal text.

Consecutive days of one kind share a line (``thứ Bảy 14/02 – Chủ nhật 22/02/2026: nghỉ Tết``). Where a term is counted
by minutes, the minutes of its counting lines add up to the term.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Literal, TypeAlias

from engine.clock import LOCAL_OFFSET
from engine.rules.deadlines.calendar import Calendar
from engine.rules.deadlines.counting import Leg
from engine.rules.deadlines.office_hours import MINUTES_A_DAY, DayKind, DayNote
from engine.rules.deadlines.pauses import Extension, Hold
from engine.rules.deadlines.words import day_in_words, days_in_words, duration_in_words, moment_in_words
from engine.rules.procedure.definition import Term
from engine.text import Text

TraceKind: TypeAlias = Literal[
    "start",
    "cutoff",
    "counted",
    "half_day",
    "swapped_in",
    "skipped_weekend",
    "skipped_holiday",
    "closure",
    "paused",
    "extension",
    "provisional",
    "due",
]

CIVIL_START: Final = "Bộ luật Dân sự 2015, Điều 147 khoản 2"
CIVIL_END: Final = "Bộ luật Dân sự 2015, Điều 148 khoản 5"

_KINDS: Final[dict[DayKind, TraceKind]] = {
    "working": "counted",
    "weekend": "skipped_weekend",
    "holiday": "skipped_holiday",
    "swapped_out": "skipped_holiday",
    "swapped_in": "swapped_in",
    "half_day": "half_day",
    "closure": "closure",
}


@dataclass(frozen=True, slots=True)
class TraceLine:
    """One line: ``start`` to ``end`` as moments, the working ``minutes`` that it covers, its words and legal text.

    The minutes of a ``paused`` line are those that did not count; its ``end`` is ``None`` while the pause lasts.
    """

    kind: TraceKind
    start: datetime
    end: datetime | None
    minutes: int
    vi: str
    en: str
    legal: str = ""

    def to_data(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "start": self.start.isoformat(),
            "end": self.end.isoformat() if self.end else None,
            "minutes": self.minutes,
            "vi": self.vi,
            "en": self.en,
            "legal": self.legal,
        }


def explain(
    calendar: Calendar,
    received: int,
    legs: Sequence[Leg],
    extensions: Sequence[Extension],
    reasons: Mapping[str, Text],
) -> tuple[TraceLine, ...]:
    """The trace of a time limit received at the tick ``received``; its last line is ``due`` unless it is paused.

    ``reasons`` maps the reasons of pauses that are keys of states to their words.
    """
    lines = _opening(calendar, received, legs[0])
    for number, leg in enumerate(legs):
        if number:
            lines.append(_extension_line(calendar, extensions[number - 1]))
        for start, end, hold in _stretches(leg):
            if hold is not None:
                lines.append(_pause_line(calendar, start, end, _why(hold, reasons)))
            elif end is not None:
                lines += _civil_lines(calendar, start, end) if leg.civil else _day_lines(calendar, start, end)
        if leg.spent is not None and leg.end is not None:
            lines += _day_lines(calendar, leg.spent, leg.end, only_closed=True)
    if legs[-1].end is not None:
        moment = calendar.moment(legs[-1].end)
        if calendar.published_to is not None and calendar.is_provisional(moment):
            lines.append(_provisional_line(moment, calendar.published_to))
        words = moment_in_words(moment)
        legal = CIVIL_END if legs[-1].civil else ""
        lines.append(TraceLine("due", moment, moment, 0, f"Hẹn trả: {words.vi}", f"Due: {words.en}", legal))
    return tuple(lines)


def _provisional_line(moment: datetime, last: date) -> TraceLine:
    known = day_in_words(last)
    vi = f"Lịch nghỉ mới công bố đến hết {known.vi}; từ sau ngày đó tính theo tuần làm việc, ngày hẹn là tạm tính"
    en = f"Holidays are published up to {known.en}; later days follow the working week, so the due date is provisional"
    return TraceLine("provisional", moment, moment, 0, vi, en)


def _opening(calendar: Calendar, received: int, leg: Leg) -> list[TraceLine]:
    at, begin = calendar.moment(received), calendar.moment(leg.begin)
    came, runs = moment_in_words(at), moment_in_words(begin)
    vi, en, legal = f"Tiếp nhận {came.vi}", f"Received {came.en}", ""
    if leg.begin % MINUTES_A_DAY == 0:
        day = days_in_words(calendar.day_of(leg.begin), calendar.day_of(leg.begin))
        vi, en = f"{vi}; ngày đầu không tính, tính từ {day.vi}", f"{en}; the first day is not counted: from {day.en}"
        legal = CIVIL_START
    elif leg.begin != received:
        vi = f"{vi}, ngoài giờ làm việc; tính từ {runs.vi}"
        en = f"{en}, outside office hours: counted from {runs.en}"
    lines = [TraceLine("start", at, begin, 0, vi, en, legal)]
    if leg.after_cutoff:
        lines.append(
            TraceLine(
                "cutoff",
                at,
                begin,
                0,
                "Tiếp nhận sau giờ chốt trong ngày: trả kết quả trong ngày làm việc tiếp theo",
                "Received after the day's cut-off: answered on the next working day",
            )
        )
    return lines


def _extension_line(calendar: Calendar, extension: Extension) -> TraceLine:
    if isinstance(extension.by, int):
        words = duration_in_words(extension.by, calendar.day_minutes)
    else:
        words = term_in_words(extension.by)
    reason = f": {extension.reason}" if extension.reason else ""
    vi, en = f"Gia hạn thêm {words.vi}{reason}", f"Extended by {words.en}{reason}"
    return TraceLine("extension", extension.at, extension.at, 0, vi, en)


def term_in_words(term: Term) -> Text:
    """A term in words.

    >>> term_in_words(Term(3, "working_day"))
    Text(vi='3 ngày làm việc', en='3 working days')
    >>> term_in_words(Term(0.25, "working_day"))
    Text(vi='0,25 ngày làm việc', en='0.25 working days')
    """
    names = {
        "working_day": ("ngày làm việc", "working day"),
        "working_hour": ("giờ làm việc", "working hour"),
        "calendar_day": ("ngày", "calendar day"),
    }
    if term.unit == "same_day":
        return Text(vi="trong ngày làm việc", en="within the working day")
    vi, en = names[term.unit]
    amount = f"{term.amount:g}"
    return Text(vi=f"{amount.replace('.', ',')} {vi}", en=f"{amount} {en}{'' if term.amount == 1 else 's'}")


def _stretches(leg: Leg) -> Iterator[tuple[int, int | None, Hold | None]]:
    """The stretches of a leg in order, running (no hold) or paused, from its beginning until its time is used up."""
    at = leg.begin
    for hold in leg.held:
        if hold.start > at:
            yield at, hold.start if leg.spent is None else min(hold.start, leg.spent), None
        yield max(hold.start, at), hold.end, hold
        at = hold.end if hold.end is not None else at
    if leg.spent is not None and leg.spent > at:
        yield at, leg.spent, None


def _why(hold: Hold, reasons: Mapping[str, Text]) -> Text:
    """The reasons of the united pauses in words, after a colon; empty texts where there is none."""
    words = [reasons.get(key, Text(key, key)) for key in hold.reasons]
    if not words:
        return Text("", "")
    return Text(": " + "; ".join(word.vi for word in words), ": " + "; ".join(word.en for word in words))


def _pause_line(calendar: Calendar, start: int, end: int | None, why: Text) -> TraceLine:
    begins = calendar.moment(start)
    words = moment_in_words(begins)
    if end is None:
        vi, en = f"Tạm dừng từ {words.vi}, chưa kết thúc{why.vi}", f"Paused since {words.en}{why.en}"
        return TraceLine("paused", begins, None, 0, vi, en)
    ends = calendar.moment(end)
    until = moment_in_words(ends)
    vi, en = f"Tạm dừng từ {words.vi} đến {until.vi}{why.vi}", f"Paused from {words.en} to {until.en}{why.en}"
    return TraceLine("paused", begins, ends, calendar.worked(end) - calendar.worked(start), vi, en)


def _civil_lines(calendar: Calendar, start: int, end: int) -> list[TraceLine]:
    first, last = calendar.day_of(start), calendar.day_of(end - 1)
    words, days = days_in_words(first, last), (end - start) / MINUTES_A_DAY
    vi, en = f"{words.vi}: tính cả ngày nghỉ", f"{words.en}: counted, days of rest included"
    if days == int(days):
        vi, en = f"{vi}, {int(days)} ngày", f"{en}, {int(days)} day{'' if days == 1 else 's'}"
    minutes = calendar.worked(end) - calendar.worked(start)
    return [TraceLine("counted", calendar.moment(start), calendar.moment(end), minutes, vi, en)]


@dataclass(slots=True)
class _Group:
    """Consecutive days that share a line."""

    kind: TraceKind
    start: int
    end: int
    minutes: int
    notes: list[DayNote]
    whole: bool

    def takes(self, other: _Group) -> bool:
        if self.minutes == 0 and other.minutes == 0:
            return "closure" not in (self.kind, other.kind) or self.notes[0].vi == other.notes[0].vi
        return self.kind == other.kind == "counted" and self.whole and other.whole

    def take(self, other: _Group) -> None:
        if self.kind == "skipped_weekend":
            self.kind = other.kind
        self.end, self.minutes = other.end, self.minutes + other.minutes
        self.notes += other.notes


def _day_lines(calendar: Calendar, start: int, end: int, only_closed: bool = False) -> list[TraceLine]:
    groups: list[_Group] = []
    for piece in _days(calendar, start, end):
        if only_closed and piece.notes[0].minutes:
            continue
        if groups and groups[-1].takes(piece):
            groups[-1].take(piece)
        else:
            groups.append(piece)
    return [_group_line(calendar, group) for group in groups]


def _days(calendar: Calendar, start: int, end: int) -> Iterator[_Group]:
    """Each day of a stretch. A working day without any counted minute is left out."""
    while start < end:
        stop = min(end, calendar.midnight_after(start))
        note = calendar.about(calendar.day_of(start))
        minutes = calendar.worked(stop) - calendar.worked(start)
        if minutes or not note.minutes:
            yield _Group(_KINDS[note.kind], start, stop, minutes, [note], minutes == note.minutes)
        start = stop


def _group_line(calendar: Calendar, group: _Group) -> TraceLine:
    first, last = group.notes[0].day, group.notes[-1].day
    words = days_in_words(first, last)
    reasons = _reasons(group)
    if not group.minutes:
        start, end = calendar.moment(group.start), calendar.moment(group.end)
        vi, en = f"{words.vi}: {reasons.vi}", f"{words.en}: {reasons.en}"
        return TraceLine(group.kind, start, end, 0, vi, en, _legal(group))
    start = calendar.moment(calendar.open_tick(group.start))
    end = calendar.moment(calendar.closing_tick_before(group.end))
    spent = duration_in_words(group.minutes, calendar.day_minutes)
    if not group.whole:
        hours = f", {start + LOCAL_OFFSET:%H:%M}–{end + LOCAL_OFFSET:%H:%M}"
        words = Text(vi=words.vi + hours, en=words.en + hours)
    vi, en = f"{words.vi}: tính {spent.vi} làm việc", f"{words.en}: counted {spent.en} of work"
    if group.kind == "counted":
        return TraceLine("counted", start, end, group.minutes, vi, en)
    return TraceLine(
        group.kind, start, end, group.minutes, f"{vi} ({reasons.vi})", f"{en} ({reasons.en})", _legal(group)
    )


def _telling(group: _Group) -> list[DayNote]:
    """The days whose reasons the line gives: weekends are left out when the group has other days."""
    return [note for note in group.notes if note.kind != "weekend"] or group.notes


def _reasons(group: _Group) -> Text:
    notes = _telling(group)
    return Text(
        vi="; ".join(dict.fromkeys(note.vi for note in notes)), en="; ".join(dict.fromkeys(note.en for note in notes))
    )


def _legal(group: _Group) -> str:
    return "; ".join(dict.fromkeys(note.legal for note in _telling(group)))
