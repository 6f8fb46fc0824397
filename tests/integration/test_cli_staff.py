"""``motcua people end-membership`` and ``motcua offices close``: what they write, what they say, what they refuse."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from sqlalchemy import select

from engine.store.people import memberships
from tests.installation.runtime import KEY
from tests.installation.world import BRANCH, LONG_KHANH, World
from tests.integration.test_cli import Run, runner
from workflows.calendar_files import CALENDARS

SHUT = ("--reason", "mất điện", "--reason-en", "power cut", "--legal", "Thông báo số 2")
MONDAY = dt.date(2026, 3, 2)


@pytest.fixture
def run(world: World, tmp_path: Path) -> Run:
    """Runs a command against the world's database."""
    return runner(
        {
            "MOTCUA_DATA": str(tmp_path),
            "DATABASE_URL": world.database.url.render_as_string(hide_password=False),
            "REDIS_URL": f"unix://{tmp_path / 'nobody.sock'}",
            "MOTCUA_SECRET_KEYS": KEY,
            "LANG": "en_GB.UTF-8",
        }
    )


def last_day(world: World, username: str, office: str) -> dt.date | None:
    person = world.actor(username).person_id
    held = memberships.c.person_id == person, memberships.c.office == office
    with world.database.connect() as connection:
        return connection.execute(select(memberships.c.valid_to).where(*held)).scalar_one()


def test_a_membership_ends_once(run: Run, world: World) -> None:
    end = ("people", "end-membership", "counter", "--office", LONG_KHANH, "--role", "counter", "--on", "2026-03-09")
    assert last_day(world, "counter", LONG_KHANH) is None
    assert f"counter at {LONG_KHANH} ends on 2026-03-09" in run(*end).output
    assert last_day(world, "counter", LONG_KHANH) == dt.date(2026, 3, 9)
    assert "was not found" in run(*end, code=1).output
    assert last_day(world, "counter", LONG_KHANH) == dt.date(2026, 3, 9)


@pytest.mark.parametrize(
    "changed",
    [{"username": "nobody"}, {"--role": "leader"}, {"--office": BRANCH}, {"--on": "2020-01-01"}],
    ids=lambda one: next(iter(one)),
)
@pytest.mark.parametrize("world", ["sqlite"], indirect=True)
def test_a_membership_that_is_not_there_does_not_end(run: Run, world: World, changed: dict[str, str]) -> None:
    usual = {"username": "counter", "--office": LONG_KHANH, "--role": "counter", "--on": "2026-03-09"} | changed
    options = [part for name, value in usual.items() if name != "username" for part in (name, value)]
    refused = run("people", "end-membership", usual["username"], *options, code=1)
    assert refused.output.startswith("Error:") and "was not found" in refused.output
    assert last_day(world, "counter", LONG_KHANH) is None


@pytest.fixture
def sunday(tmp_path: Path) -> dict[str, str]:
    """The environment in which it is the day before ``MONDAY``."""
    told = tmp_path / "clock"
    told.write_text("2026-03-01T09:00:00+07:00")
    return {"MOTCUA_TOLD_CLOCK": str(told)}


def test_an_office_closes_for_some_days_and_then_for_some_hours(run: Run, world: World, sunday: dict[str, str]) -> None:
    close = ("offices", "close", BRANCH, "--from", "2026-03-02")
    closed = run(*close, "--to", "2026-03-03", *SHUT, **sunday)
    assert f"{BRANCH} closes from 2026-03-02 to 2026-03-03" in closed.output
    assert minutes(world, BRANCH) == [0, 0, 480]
    assert minutes(world, LONG_KHANH) == [480, 480, 480]
    morning = ("--hours", "08:00-10:00", "--hours", "13:00-14:00")
    run(*close, "--to", "2026-03-02", *SHUT, *morning, **sunday)
    assert minutes(world, BRANCH) == [300, 480, 480]
    note = world.runtime.catalogue.calendar("vn", BRANCH).about(MONDAY)
    assert (note.vi, note.en, note.legal) == ("mất điện", "power cut", "Thông báo số 2")


def minutes(world: World, office: str) -> list[int]:
    """The working minutes of an office from a Monday to the Wednesday."""
    world.runtime.catalogue.refresh()
    calendar = world.runtime.catalogue.calendar("vn", office)
    return [calendar.minutes(MONDAY + dt.timedelta(days=day)) for day in range(3)]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("TT-00000", "--from", "2026-03-02", "--to", "2026-03-02", *SHUT), "TT-00000 was not found"),
        ((BRANCH, "--from", "2026-03-02", "--to", "2026-03-01", *SHUT), "ends before it begins"),
        ((BRANCH, "--from", "2026-03-02", "--to", "2026-03-02", *SHUT, "--hours", "8-12"), "not written as"),
        ((BRANCH, "--from", "2026-03-02", "--to", "2026-03-02", *SHUT, "--legal", " "), "'legal' is missing"),
    ],
)
@pytest.mark.parametrize("world", ["sqlite"], indirect=True)
def test_a_closure_that_cannot_be_is_refused_in_words(
    run: Run, world: World, arguments: tuple[str, ...], words: str
) -> None:
    assert words in run("offices", "close", *arguments, code=1).output
    assert minutes(world, BRANCH) == [480, 480, 480]


@pytest.mark.parametrize("world", ["sqlite"], indirect=True)
def test_what_a_closure_needs_is_asked_for(run: Run) -> None:
    given = ("offices", "close", BRANCH, "--from", "2026-03-02", "--to", "2026-03-02")
    assert "Missing option '--reason'" in run(*given, code=2).output
    assert "is not a day" in run(*given, *SHUT, "--to", "tomorrow", code=2).output


@pytest.mark.parametrize("world", ["sqlite"], indirect=True)
def test_own_hours_and_closures_are_listed_and_taken_back(run: Run, world: World, sunday: dict[str, str]) -> None:
    run("offices", "close", BRANCH, "--from", "2026-03-02", "--to", "2026-03-04", *SHUT, **sunday)
    hours = ("offices", "hours", BRANCH, "--from", "2026-03-02", *SHUT)
    assert "keeps its own hours" in run(*hours, "--day", "mon=08:00-10:00,13:00-15:00", **sunday).output
    assert minutes(world, BRANCH) == [0, 0, 0]
    told = run("offices", "times", BRANCH, **sunday).output
    assert told.count("power cut") == 2
    run("offices", "reopen", BRANCH, "--first", "2026-03-02", "--on", "2026-03-03", **sunday)
    assert minutes(world, BRANCH) == [0, 480, 480]
    run("offices", "reopen", BRANCH, "--first", "2026-03-02", **sunday)
    assert minutes(world, BRANCH) == [240, 480, 480]
    run("offices", "end-hours", BRANCH, "--first", "2026-03-02", **sunday)
    assert minutes(world, BRANCH) == [480, 480, 480]
    assert "was not found" in run("offices", "reopen", BRANCH, "--first", "2026-03-02", code=1, **sunday).output
    assert "either --day or --calendar" in run(*hours, code=2, **sunday).output
    assert "weekday is one of" in run(*hours, "--day", "someday=08:00-10:00", code=1, **sunday).output
    assert "tomorrow at the earliest" in run(*hours, "--day", "sat=08:00-10:00", code=1).output


@pytest.mark.parametrize("world", ["sqlite"], indirect=True)
def test_an_office_has_a_calendar_of_its_own(run: Run, world: World, sunday: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    file.write_text((CALENDARS / "vn.yaml").read_text().replace('["08:00-12:00", "13:00-17:00"]', '["07:30-11:30"]'))
    run("offices", "hours", BRANCH, "--from", "2026-03-02", "--calendar", str(file), *SHUT, **sunday)
    assert minutes(world, BRANCH) == [240, 240, 240]
