"""The due moment if what is asked comes today, and how a place is named today."""

from __future__ import annotations

import datetime as dt

import pytest

from engine.rules.deadlines.calendar import Calendar
from engine.rules.deadlines.sent_today import due_if_sent_today
from engine.rules.dossier_row import ClockRow
from engine.rules.territory.renamed import renamed
from tests.installation.places import TERRITORY
from tests.installation.trial_release import trial_release

CALENDAR = Calendar("vn", dt.date(2026, 1, 1), dt.date(2026, 12, 31))
MONDAY = dt.datetime(2026, 3, 2, 2, 0, tzinfo=dt.UTC)  # 09:00 in Viet Nam


def row(**changes: object) -> ClockRow:
    """Received on Monday, paused since Tuesday at the same time: one of five working days is used up."""
    paused = {"reason": "supplement", "start": (MONDAY + dt.timedelta(days=1)).isoformat(), "end": None}
    given = {
        "state": "supplement",
        "portal": 5,
        "clock": "paused",
        "entered_at": MONDAY,
        "received_at": MONDAY,
        "started_at": MONDAY,
        "finished_at": None,
        "returned_at": None,
        "term": {"amount": 5, "unit": "working_day"},
        "pauses": [paused],
        "extensions": [],
        "due_at": None,
        "promised_at": MONDAY,
        "supplements": 1,
    }
    return {**given, **changes}  # type: ignore[typeddict-item, return-value]  # the columns that the rule reads


@pytest.mark.parametrize("hour", [0, 5, 12])
def test_is_the_same_at_every_hour_of_the_day_and_counts_from_its_end(hour: int) -> None:
    today = MONDAY + dt.timedelta(days=4, hours=hour)  # Friday
    due = due_if_sent_today(row(), trial_release(), CALENDAR, today)
    assert due == dt.datetime(2026, 3, 12, 10, 0, tzinfo=dt.UTC)  # four days are left, counted from Monday on
    assert due == due_if_sent_today(row(), trial_release(), CALENDAR, MONDAY + dt.timedelta(days=4))


def test_is_later_the_later_it_is_sent() -> None:
    days = [due_if_sent_today(row(), trial_release(), CALENDAR, MONDAY + dt.timedelta(days=n)) for n in (2, 3, 4)]
    assert None not in days and sorted(days, key=str) == days and len(set(days)) == 3


@pytest.mark.parametrize(
    "changes", [{"clock": "running"}, {"started_at": None}, {"state": "returned", "clock": "stopped"}]
)
def test_there_is_none_where_nothing_waits_for_the_applicant(changes: dict[str, object]) -> None:
    assert due_if_sent_today(row(**changes), trial_release(), CALENDAR, MONDAY) is None


def test_there_is_none_beyond_the_calendar() -> None:
    end = dt.datetime(2026, 12, 31, 2, 0, tzinfo=dt.UTC)
    assert due_if_sent_today(row(), trial_release(), CALENDAR, end) is None


def test_a_place_that_kept_its_name_is_not_told() -> None:
    today = dt.date(2026, 3, 2)
    for unit in TERRITORY.units("commune", today):
        assert renamed(unit, today, today, TERRITORY) is None


def test_a_former_commune_is_told_with_the_day_and_the_new_name() -> None:
    before, today = dt.date(2025, 6, 1), dt.date(2026, 3, 2)
    named = {unit.name_vi: renamed(unit, before, today, TERRITORY) for unit in TERRITORY.units("commune", before)}
    joined, divided, kept = named["Phường Cũ Một"], named["Phường Chia"], named["Xã Xa"]
    assert joined is not None and divided is not None and kept is not None
    assert (joined.now, joined.since, joined.part) == (("Phường Mới, Thành phố A",), dt.date(2025, 7, 1), True)
    assert divided.now == ("Phường Mới, Thành phố A", "Phường Khác, Thành phố A")
    assert (kept.was, kept.now, kept.part) == ("Xã Xa, Huyện Xa, Tỉnh B", ("Xã Xa, Tỉnh B",), False)
