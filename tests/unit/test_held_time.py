"""Whose time it was: minutes of offices between the moments at which a dossier changed hands."""

from __future__ import annotations

import datetime as dt
from typing import Any

from engine.rules.deadlines.calendar import Calendar
from engine.rules.deadlines.held_time import Coming, comings, held_time, longest
from engine.rules.deadlines.office_hours import Closure
from engine.rules.deadlines.pauses import Pause

WEEKS = Calendar("test", dt.date(2025, 6, 1), dt.date(2025, 7, 31))
SHUT = WEEKS.for_office([Closure(dt.date(2025, 7, 1), dt.date(2025, 7, 1), "đóng cửa", "closed", "QĐ 1")])
DAY = 480
VIET_NAM = dt.timezone(dt.timedelta(hours=7))


def moment(local: str) -> dt.datetime:
    return dt.datetime.fromisoformat(local).replace(tzinfo=VIET_NAM)


def calendar(office: str) -> Calendar:
    return SHUT if office == "shut" else WEEKS


def told(local: str) -> str:
    return moment(local).isoformat()


def entry(at: str, office: str | None = None, **changes: Any) -> dict[str, Any]:
    return {"at": told(at), "changes": changes | ({"handler_office": office} if office else {})}


def held(came: list[tuple[str, str]], start: str, end: str, *pauses: Pause) -> dict[str, int]:
    given = [Coming(office, moment(at), False) for office, at in came]
    return held_time(given, moment(start), moment(end), pauses, calendar)


def test_fifteen_days_of_the_district_and_five_of_the_commune() -> None:
    """Tuesday 10 June to Monday 30 June are 15 working days; Tuesday 1 July to Monday 7 July are 5."""
    came = [("district", "2025-06-10 07:30"), ("commune", "2025-07-01 00:10")]
    minutes = held(came, "2025-06-10 08:00", "2025-07-07 17:00")
    assert minutes == {"district": 15 * DAY, "commune": 5 * DAY}
    assert longest(minutes) == "district"


def test_what_stands_still_is_nobodys_time() -> None:
    """Paused from Friday 27 June 08:00 to Wednesday 2 July 08:00: two days of the one, one of the other."""
    came = [("district", "2025-06-10 08:00"), ("commune", "2025-07-01 00:10")]
    pause = Pause(moment("2025-06-27 08:00"), moment("2025-07-02 08:00"))
    again = Pause(moment("2025-06-30 08:00"), moment("2025-07-01 08:00"))  # counted once
    for pauses in ((pause,), (pause, again)):
        assert held(came, "2025-06-10 08:00", "2025-07-07 17:00", *pauses) == {
            "district": 13 * DAY,
            "commune": 4 * DAY,
        }
    assert held(came, "2025-06-10 08:00", "2025-07-07 17:00", Pause(moment("2025-07-04 08:00")))["commune"] == 3 * DAY


def test_time_before_the_clock_and_after_the_end_is_not_counted() -> None:
    came = [("first", "2025-06-02 08:00"), ("second", "2025-06-03 08:00"), ("third", "2025-06-12 08:00")]
    assert held(came, "2025-06-10 08:00", "2025-06-11 12:00") == {"first": 0, "second": DAY + 240, "third": 0}


def test_an_office_that_had_it_twice_has_both_times_by_its_own_days() -> None:
    came = [("shut", "2025-06-30 08:00"), ("open", "2025-07-01 12:00"), ("shut", "2025-07-02 12:00")]
    assert held(came, "2025-06-30 08:00", "2025-07-02 17:00") == {"shut": DAY + 240, "open": 240 + 240}
    assert longest({"one": DAY, "other": DAY, "third": 0}) == "other"


def test_the_journal_tells_who_had_it_and_whether_it_was_late_when_it_came() -> None:
    story = [
        entry("2025-06-10 08:00", "A"),
        entry("2025-06-10 09:00", due_at=told("2025-06-20 09:00")),
        entry("2025-06-20 09:00", "B"),  # on the very moment: not late
        entry("2025-06-20 10:00", "C", due_at=told("2025-06-23 09:00")),  # the new term is not the one that was told
        entry("2025-06-24 08:00", "C"),
        entry("2025-06-24 09:00", due_at=None),
        entry("2025-06-24 10:00", "D"),  # its clock stands still
    ]
    assert [(one.office, one.late) for one in comings(story, moment("2025-06-24 10:00"))] == [
        ("A", False),
        ("B", False),
        ("C", True),
        ("D", False),
    ]
    assert comings(story, moment("2025-06-24 10:00"))[1].at == moment("2025-06-20 09:00")


def test_who_gets_what_has_ended_had_none_of_its_time() -> None:
    story = [entry("2025-06-10 08:00", "A", due_at=told("2025-06-11 08:00")), entry("2025-07-01 00:10", "B")]
    assert [one.office for one in comings(story, moment("2025-06-12 08:00"))] == ["A"]
