"""The engine's calculator against the naive one, on thousands of random cases, and its general properties."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from functools import cache
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.rules.deadlines.calendar import Calendar
from engine.rules.deadlines.due import Due, Extension, Pause, Term, due, due_moment, remaining
from engine.rules.deadlines.office_hours import Closure, SpecialDay
from tests.unit.naive_deadlines import DAY, NaiveCalendar, naive_due, naive_left
from workflows.calendar_files import load_calendar

COUNTING_KINDS = {"counted", "half_day", "swapped_in", "closure"}
UNITS = ("working_day", "working_hour", "calendar_day", "same_day")
HALF_DAY, MORNING, EVENING = ((480, 720),), (450, 690), (810, 1050)


@cache
def vietnam() -> tuple[Calendar, NaiveCalendar]:
    calendar = load_calendar("vn")
    return calendar, NaiveCalendar(calendar.to_data())


def random_calendar(luck: random.Random) -> Calendar:
    """Ten weeks with other hours, special days and closures strewn about."""
    first = date(2026, 1, 1) + timedelta(days=luck.randrange(300))
    week = tuple(
        luck.choice([(MORNING, EVENING), ((480, 720), (780, 1020)), HALF_DAY])
        if weekday < 5
        else luck.choice([(), HALF_DAY])
        for weekday in range(7)
    )
    words = {"vi": "v", "en": "e", "legal": "l"}
    days = []
    for number in luck.sample(range(70), 14):
        day, kind = first + timedelta(days=number), luck.choice(["holiday", "swapped_out", "swapped_in", "half_day"])
        spans = {"half_day": luck.choice([((480, 660),), ((600, 601),), ((0, 1440),)]), "swapped_in": ()}.get(kind, ())
        days.append(SpecialDay(day, kind, **words, spans=spans, instead_of=first if kind == "swapped_in" else None))
    closures = []
    for number in luck.sample(range(70), 3):
        start = first + timedelta(days=number)
        spans = luck.choice([(), ((600, 900),), ((0, 480), (700, 800))])
        closures.append(Closure(start, start + timedelta(days=luck.randrange(4)), **words, spans=spans))
    return Calendar("random", first, first + timedelta(days=139), week, tuple(days), tuple(closures))


def random_pauses(luck: random.Random, received: int, longest: int) -> list[tuple[int, int | None]]:
    pauses: list[tuple[int, int | None]] = []
    for _ in range(luck.choice([0, 0, 1, 2, 4])):
        start = max(0, received + luck.randrange(-DAY, longest))
        start -= luck.choice([0, start % 60, start % 60])
        length = luck.choice([0, 1, luck.randrange(600), luck.randrange(4 * DAY), 60 * luck.randrange(100), None])
        pauses.append((start, None if length is None else start + length))
    return pauses


def ask(calendar: Calendar, received: int, term: Term, pauses: list[tuple[int, int | None]], **how: Any) -> Due:
    moments = [Pause(calendar.moment(s), None if e is None else calendar.moment(e), "p") for s, e in pauses]
    return due(calendar, calendar.moment(received), term, moments, **how)


def check_case(luck: random.Random, calendar: Calendar, naive: NaiveCalendar, days: tuple[int, int]) -> None:
    received = luck.randrange(days[0] * DAY, days[1] * DAY)
    received -= luck.choice([0, received % 60])
    unit = luck.choice(UNITS)
    most = {"working_day": 12, "working_hour": 40, "calendar_day": 20, "same_day": 1}[unit]
    term = Term(amount=0 if unit == "same_day" else luck.randint(1, most), unit=unit)
    pauses = random_pauses(luck, received, 10 * DAY)
    counted = luck.random() < 0.7
    case = (calendar.first, received, term, pauses, counted)

    answer = ask(calendar, received, term, pauses, first_day="counted" if counted else "not_counted")
    expected = naive_due(naive, received, term.amount, unit, pauses, first_day_counts=counted)
    found = None if answer.moment is None else calendar.tick(answer.moment)

    assert found == expected, case
    if answer.moment is not None:
        assert calendar.within_office_hours(answer.moment), case
        asked = min(max(0, found + luck.randrange(-5 * DAY, 5 * DAY)), naive.days * DAY - 1)
        left = remaining(calendar, answer.moment, calendar.moment(asked))
        assert left == naive_left(naive, asked, found), case


AS_MANY = settings().max_examples
"""100 by default, 2,000 with ``--hypothesis-profile=explore``."""


def test_agrees_with_the_naive_calculator_on_the_calendar_of_vietnam() -> None:
    luck = random.Random(20260217)
    calendar, naive = vietnam()
    for _ in range(5 * AS_MANY):
        check_case(luck, calendar, naive, (10, 1380))


def test_agrees_with_the_naive_calculator_around_tet_2026() -> None:
    luck = random.Random(14022026)
    calendar, naive = vietnam()
    new_year, after_tet = (date(2025, 12, 20) - calendar.first).days, (date(2026, 2, 25) - calendar.first).days
    for _ in range(4 * AS_MANY):
        check_case(luck, calendar, naive, (new_year, after_tet))


def test_agrees_with_the_naive_calculator_on_random_calendars() -> None:
    luck = random.Random(7)
    for _ in range(AS_MANY // 6):
        calendar = random_calendar(luck)
        naive = NaiveCalendar(calendar.to_data())
        for _ in range(30):
            check_case(luck, calendar, naive, (2, 75))


# --- properties ---------------------------------------------------------------------------------------------------

RECEIVED = st.integers(30 * DAY, 1300 * DAY)
TERMS = st.one_of(
    st.builds(Term, amount=st.integers(1, 25), unit=st.sampled_from(["working_day", "calendar_day"])),
    st.builds(Term, amount=st.integers(1, 100), unit=st.just("working_hour")),
    st.just(Term(amount=0, unit="same_day")),
)
FIRST_DAY = st.sampled_from(["counted", "not_counted"])
OFFSETS = st.integers(0, 15 * DAY)
PAUSES = st.lists(st.tuples(OFFSETS, st.integers(0, 6 * DAY)), max_size=4)


def after(received: int, pauses: list[tuple[int, int]]) -> list[tuple[int, int | None]]:
    return [(received + start, received + start + length) for start, length in pauses]


@given(RECEIVED, TERMS, PAUSES, OFFSETS, FIRST_DAY)
def test_pausing_and_resuming_at_the_same_moment_changes_nothing(received, term, pauses, at, first_day) -> None:
    calendar, _ = vietnam()
    held = after(received, pauses)
    empty = [*held, (received + at, received + at)]
    assert ask(calendar, received, term, held, first_day=first_day) == ask(
        calendar, received, term, empty, first_day=first_day
    )


@given(RECEIVED, TERMS, PAUSES, FIRST_DAY)
def test_a_term_never_ends_outside_office_hours_nor_in_a_pause(received, term, pauses, first_day) -> None:
    calendar, _ = vietnam()
    held = after(received, pauses)
    moment = ask(calendar, received, term, held, first_day=first_day).moment
    assert moment is not None
    assert calendar.within_office_hours(moment)
    assert moment > calendar.moment(received)
    assert not any(start < calendar.tick(moment) < end for start, end in held)


@given(RECEIVED, TERMS, OFFSETS, st.integers(2, 6 * DAY), st.data(), FIRST_DAY)
def test_splitting_a_pause_in_two_changes_nothing(received, term, start, length, data, first_day) -> None:
    calendar, _ = vietnam()
    middle = data.draw(st.integers(1, length - 1))
    whole = after(received, [(start, length)])
    parts = after(received, [(start, middle), (start + middle, length - middle)])
    one, two = (ask(calendar, received, term, held, first_day=first_day).moment for held in (whole, parts))
    assert one == two


@given(RECEIVED, TERMS, OFFSETS, st.integers(1, 4 * DAY), st.integers(0, 4 * DAY), st.integers(0, 4 * DAY))
def test_overlapping_pauses_stop_the_clock_once(received, term, start, first, overlap, second) -> None:
    calendar, _ = vietnam()
    overlap = min(overlap, first)
    both = after(received, [(start + first - overlap, overlap + second), (start, first)])
    united = after(received, [(start, first + second)])
    assert ask(calendar, received, term, both).moment == ask(calendar, received, term, united).moment


@given(RECEIVED, TERMS, st.integers(1, 20), PAUSES, FIRST_DAY)
def test_more_working_time_never_means_an_earlier_date(received, term, more, pauses, first_day) -> None:
    calendar, _ = vietnam()
    held = after(received, pauses)
    short = ask(calendar, received, term, held, first_day=first_day).moment
    longer = Term(amount=term.amount + more, unit=term.unit)
    extended = [Extension(60 * more, calendar.moment(received))]
    assert short <= ask(calendar, received, longer, held, first_day=first_day).moment
    assert short < ask(calendar, received, term, held, extensions=extended, first_day=first_day).moment


@given(RECEIVED, TERMS, PAUSES, OFFSETS, st.integers(1, 5 * DAY))
def test_a_pause_never_means_an_earlier_date(received, term, pauses, start, length) -> None:
    calendar, _ = vietnam()
    held = after(received, pauses)
    more = [*held, (received + start, received + start + length)]
    assert ask(calendar, received, term, held).moment <= ask(calendar, received, term, more).moment


@given(RECEIVED, st.integers(0, 12 * DAY), TERMS, PAUSES, FIRST_DAY)
def test_who_comes_later_is_never_due_earlier(received, later, term, pauses, first_day) -> None:
    calendar, _ = vietnam()
    held = after(received, pauses)
    early = ask(calendar, received, term, held, first_day=first_day).moment
    assert early <= ask(calendar, received + later, term, held, first_day=first_day).moment


@given(RECEIVED, st.integers(1, 30), PAUSES, st.integers(0, 3))
def test_the_trace_adds_up_to_the_term_and_runs_forward(received, amount, pauses, extra) -> None:
    calendar, _ = vietnam()
    extensions = [Extension(Term(amount=extra, unit="working_day"), calendar.moment(received))] if extra else []
    answer = ask(
        calendar, received, Term(amount=amount, unit="working_day"), after(received, pauses), extensions=extensions
    )
    counted = [line for line in answer.trace if line.kind in COUNTING_KINDS]
    assert sum(line.minutes for line in counted) == (amount + extra) * calendar.day_minutes
    running = [line for line in answer.trace if line.kind not in ("start", "cutoff", "extension")]
    assert all(one.end <= two.start for one, two in pairwise(running))
    assert answer.trace[-1].kind == "due"
    assert answer.trace[-1].start == answer.moment


@given(RECEIVED, TERMS, st.integers(1, 10 * DAY))
def test_time_left_stands_still_in_a_pause(received, term, length) -> None:
    calendar, _ = vietnam()
    opened = calendar.tick(calendar.next_open(calendar.moment(received)))
    pause = [Pause(calendar.moment(opened))]
    now = calendar.moment(opened + length)
    begun = due(calendar, calendar.moment(received), term, pause)
    later = due(calendar, calendar.moment(received), term, pause, now=now)
    assert begun.moment is None
    assert begun.paused_since == calendar.moment(opened)
    if term.unit != "calendar_day":
        assert begun.remaining == later.remaining


@settings(max_examples=50)
@given(RECEIVED, TERMS, PAUSES)
def test_the_moment_alone_is_the_moment_of_the_full_answer(received, term, pauses) -> None:
    calendar, _ = vietnam()
    answer = ask(calendar, received, term, after(received, pauses))
    held = [Pause(calendar.moment(start), calendar.moment(end)) for start, end in after(received, pauses)]
    assert due_moment(calendar, calendar.moment(received), term, held) == answer.moment


def test_the_naive_calculator_knows_the_golden_case() -> None:
    calendar, naive = vietnam()
    received = calendar.tick(datetime.fromisoformat("2026-02-12T10:15+07:00"))
    expected = calendar.tick(datetime.fromisoformat("2026-02-24T10:15+07:00"))
    assert naive_due(naive, received, 3, "working_day") == expected
    with pytest.raises(IndexError):
        naive_due(naive, naive.days * DAY - 10, 3, "working_day")
