"""Days, moments and working time in Vietnamese and English words, for screens and papers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from engine.clock import LOCAL_OFFSET
from engine.text import Text

_DAYS_VI: Final = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")
_DAYS_EN: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS_EN: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def day_in_words(day: date, with_year: bool = True) -> Text:
    """A day in words.

    >>> day_in_words(date(2026, 2, 14))
    Text(vi='thứ Bảy 14/02/2026', en='Sat 14 Feb 2026')
    """
    vi = f"{_DAYS_VI[day.weekday()]} {day:%d/%m}" + (f"/{day.year}" if with_year else "")
    en = f"{_DAYS_EN[day.weekday()]} {day.day} {_MONTHS_EN[day.month - 1]}" + (f" {day.year}" if with_year else "")
    return Text(vi=vi, en=en)


def days_in_words(first: date, last: date) -> Text:
    """A range of days in words; one day when both are the same.

    >>> days_in_words(date(2026, 2, 14), date(2026, 2, 22)).vi
    'thứ Bảy 14/02 – Chủ nhật 22/02/2026'
    """
    if first == last:
        return day_in_words(first)
    start, end = day_in_words(first, with_year=first.year != last.year), day_in_words(last)
    return Text(vi=f"{start.vi} – {end.vi}", en=f"{start.en} – {end.en}")


def moment_in_words(moment: datetime) -> Text:
    """A UTC moment in words, in the civil time of Viet Nam: ``10:15 thứ Hai 02/02/2026``."""
    local = moment + LOCAL_OFFSET
    day = day_in_words(local.date())
    return Text(vi=f"{local:%H:%M} {day.vi}", en=f"{local:%H:%M} {day.en}")


def duration_in_words(minutes: int, day_minutes: int) -> Text:
    """Working minutes (0 or more) as working days of ``day_minutes``, hours and minutes.

    >>> duration_in_words(680, 480)
    Text(vi='1 ngày 3 giờ 20 phút', en='1 day 3 hours 20 minutes')
    """
    days, rest = divmod(minutes, day_minutes)
    hours, left = divmod(rest, 60)
    parts = [(days, "ngày", "day"), (hours, "giờ", "hour"), (left, "phút", "minute")]
    shown = [part for part in parts if part[0]] or [(0, "phút", "minute")]
    return Text(
        vi=" ".join(f"{number} {vi}" for number, vi, _ in shown),
        en=" ".join(f"{number} {en if number == 1 else en + 's'}" for number, _, en in shown),
    )


def time_left_in_words(minutes: int, day_minutes: int, late: bool | None = None) -> Text:
    """The working time left in words; ``minutes`` is negative when overdue.

    ``late`` decides when none are left: at 20:00 a dossier due at 17:00 is late, although no working minute has passed
    since.

    >>> time_left_in_words(660, 480)
    Text(vi='Còn 1 ngày 3 giờ làm việc', en='1 working day 3 hours left')
    """
    if minutes == 0:
        return Text(vi="Quá hạn", en="Overdue") if late else Text(vi="Đến hạn", en="Due now")
    words = duration_in_words(abs(minutes), day_minutes)
    number, _, rest = words.en.partition(" ")
    en = f"{number} working {rest}"
    if minutes < 0:
        return Text(vi=f"Quá hạn {words.vi} làm việc", en=f"{en} overdue")
    return Text(vi=f"Còn {words.vi} làm việc", en=f"{en} left")
