"""The due moment of a dossier as a form prints it: never as a promise once it is past or does not apply."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

from engine.clock import LOCAL
from engine.rules.deadlines.calendar import Calendar
from engine.rules.deadlines.promise import Standing, appointment, more_in_words
from engine.rules.procedure.portal_status import PortalStatus

_WORDS: Final[dict[Standing, str]] = {
    "paused": "báo sau (thời hạn đang tạm dừng)",
    "overdue": "đã quá hạn",
    "ended": "không còn (hồ sơ đã kết thúc)",
    "none": "",
}
ON_RECORD: Final = ("clock", "due_at", "portal", "promised_at")
"""The columns of a dossier that ``due_on_record`` reads."""
_WITH_RESULT = (PortalStatus.READY, PortalStatus.RETURNED)


def moment_on_paper(moment: dt.datetime | None) -> str:
    """A moment in the words of official papers, in Viet Nam's time; empty for None.

    >>> moment_on_paper(dt.datetime(2025, 7, 1, 1, 15, tzinfo=dt.UTC))
    '08 giờ 15 phút, ngày 01 tháng 7 năm 2025'
    """
    if moment is None:
        return ""
    local = moment.astimezone(LOCAL)
    return f"{local:%H} giờ {local:%M} phút, {day_on_paper(local.date())}"


def day_on_paper(day: dt.date) -> str:
    """A day in the words of official papers, where months above 2 have no leading zero.

    >>> day_on_paper(dt.date(2025, 7, 1)), day_on_paper(dt.date(2025, 2, 1))
    ('ngày 01 tháng 7 năm 2025', 'ngày 01 tháng 02 năm 2025')
    """
    month = f"{day.month:02d}" if day.month <= 2 else str(day.month)
    return f"ngày {day:%d} tháng {month} năm {day.year}"


def due_on_paper(row: Mapping[str, Any], now: dt.datetime, calendar: Calendar | None = None) -> str:
    """The promised moment; words where none may be promised; empty before the clock has started.

    With the dossier's ``calendar`` a moment beyond its published days is marked as provisional.
    """
    found = appointment(row["clock"], row["due_at"], now)
    return _marked(found.moment, calendar) or _WORDS.get(found.standing, "")


def due_on_record(row: Mapping[str, Any], now: dt.datetime) -> str:
    """The same for the control sheet and the register, which also record an appointment that was missed or kept.

    It is marked as one of the past; a dossier that ended without a result keeps none.
    """
    found = appointment(row["clock"], row["due_at"], now)
    if found.standing == "overdue" or (found.standing == "ended" and row["portal"] in _WITH_RESULT):
        then = moment_on_paper(row["promised_at"])
        late = " (đã quá hạn)" if found.standing == "overdue" else ""
        return f"đã hẹn {then}{late}" if then else ""
    return due_on_paper(row, now)


def new_due_on_paper(row: Mapping[str, Any], now: dt.datetime, calendar: Calendar | None = None) -> str:
    """The new appointment of an extended dossier; the time added while paused; empty once none may be promised."""
    found = appointment(row["clock"], row["due_at"], now)
    if found.standing == "paused" and row["extensions"]:
        return more_in_words(row["extensions"][-1]["by"]).vi
    return _marked(found.moment, calendar)


def _marked(moment: dt.datetime | None, calendar: Calendar | None) -> str:
    words = moment_on_paper(moment)
    return f"{words} (tạm tính)" if moment and calendar and calendar.is_provisional(moment) else words
