"""The moment of a reception that is entered later: the post of yesterday, the counter during an outage.

From that moment the time limit counts. It is bounded, since it moves an appointment to an earlier day.
"""

from __future__ import annotations

import datetime as dt

from engine.clock import civil_day, midnight
from engine.dossier.case import Case
from engine.errors import Refusal, wrong
from engine.rules.deadlines.calendar import Calendar


def check_reception(case: Case, at: dt.datetime, reason: str | None) -> None:
    """Checks a moment of reception before now. Raises InvalidInput.

    It needs a reason, and lies after the filing and after the last step, at most as many working days back as the
    setting ``MOTCUA_LATE_ENTRY_DAYS`` allows.
    """
    now = case.unit.now
    if at > now:
        raise wrong("received_at", "nằm trong tương lai", "lies in the future")
    if not (reason or "").strip():
        raise wrong("received_reason", "nhập muộn thì phải ghi lý do", "say why the reception is entered later")
    earliest = earliest_reception(case.counter_calendar, now, case.unit.settings.late_entry_days)
    if at < earliest:
        raise _too_early(earliest, "quá số ngày được nhập muộn", "further back than it may be entered")
    if at < case.row["filed_at"]:
        raise _too_early(case.row["filed_at"], "trước lúc nộp hồ sơ", "before the filing")
    moved = [] if case.is_new else [one["at"] for one in case.steps() if "state" in one["changes"]]
    if len(moved) > 1 and at < moved[-1]:
        raise _too_early(moved[-1], "trước bước vừa làm", "before the last step")


def earliest_reception(counter: Calendar, now: dt.datetime, days: int) -> dt.datetime:
    """The first moment of the civil day that lies ``days`` working days of the counter before now."""
    day = civil_day(now)
    while days > 0:
        day -= dt.timedelta(days=1)
        days -= counter.is_working_day(day)
    return midnight(day)


def _too_early(earliest: dt.datetime, vi: str, en: str) -> Refusal:
    day = earliest.isoformat(timespec="minutes")
    return wrong("received_at", f"{vi}; sớm nhất là {day}", f"{en}; {day} at the earliest")
