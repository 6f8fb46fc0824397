"""The lived-in office of the demonstration: every procedure in every state, by real acts, the same on each run."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import Connection, Engine, event, select

from cli.demo import lived_in
from cli.demo.history import Outcome, live_through
from engine.clock import LOCAL, civil_day
from engine.ports import Message
from engine.rules.procedure.portal_status import PortalStatus
from engine.settings import settings_from
from engine.store.clocks import clocks
from engine.store.dossiers import dossiers, verifications
from engine.store.fees import fees
from engine.store.journal import journal
from engine.store.people import substitutes
from engine.store.ratings import ratings
from engine.transaction import Runtime
from tests.installation import invariants
from tests.installation.demonstration import PREPARED
from tests.installation.filings import PDF
from tests.installation.installation import Installation
from tests.installation.runtime import environment_over, runtime_over

UNTIL = dt.datetime(2026, 11, 25, 3, 20, tzinfo=dt.UTC)  # Wednesday, 10:20 in Viet Nam
MANY = 300
STATEMENTS_A_DOSSIER = 140


class Sink:
    """A notifier that counts what it is given."""

    def __init__(self) -> None:
        self.sent: Counter[str] = Counter()

    def send(self, message: Message) -> str:
        self.sent[message.channel] += 1
        return ""


@dataclass(frozen=True, slots=True)
class Lived:
    """A history that has been lived through."""

    runtime: Runtime
    outcome: Outcome
    statements: int
    sent: Counter[str]

    def rows(self, asked: Any) -> list[Any]:
        with self.runtime.database.connect() as connection:
            return list(connection.execute(asked).all())


def live(folder: Path, count: int, until: dt.datetime = UNTIL) -> Lived:
    """A fresh history in a folder."""
    url, sink = PREPARED.sqlite(folder), Sink()
    with _counting() as said:
        outcome = live_through(settings_from(environment_over(url, folder)), sink, PDF, until=until, count=count)
    return Lived(runtime_over(url, folder, lambda: until), outcome, said[0], sink.sent)


@contextmanager
def _counting() -> Iterator[list[int]]:
    said = [0]

    def hear(_connection: Connection, *_more: object) -> None:
        said[0] += 1

    event.listen(Engine, "before_cursor_execute", hear)
    try:
        yield said
    finally:
        event.remove(Engine, "before_cursor_execute", hear)


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lived]:
    one = live(tmp_path_factory.mktemp("lived"), MANY)
    yield one
    one.runtime.database.dispose()


def test_every_procedure_stands_in_every_state_that_it_can_reach(lived: Lived) -> None:
    found = set(lived.rows(select(dossiers.c.procedure, dossiers.c.state)))
    catalogue = lived.runtime.catalogue
    wanted = {
        (one.release.procedure, state) for one in catalogue.procedures(civil_day(UNTIL)) for state in one.release.states
    }
    assert wanted - found == set()
    assert ("1.013949", "finance") in found  # a procedure that ended in July, and still waits for a payment


def test_it_waits_and_is_late_and_has_time_as_offices_do(lived: Lived) -> None:
    open_ones = dossiers.c.finished_at.is_(None)
    late = lived.rows(select(dossiers.c.id).where(open_ones, dossiers.c.due_at < UNTIL))
    timely = lived.rows(select(dossiers.c.id).where(open_ones, dossiers.c.due_at > UNTIL))
    today = [
        due
        for (due,) in lived.rows(select(dossiers.c.due_at).where(open_ones, dossiers.c.due_at.is_not(None)))
        if civil_day(due) == civil_day(UNTIL)
    ]
    assert 5 <= len(late) < len(timely)
    assert len(today) >= 3
    states = Counter(status for (status,) in lived.rows(select(dossiers.c.portal)))
    assert set(states) == {*PortalStatus}
    assert len({office for (office,) in lived.rows(select(dossiers.c.handler_office))}) >= 8


def test_people_did_much_beside_the_steps(lived: Lived) -> None:
    acts = Counter(act for (act,) in lived.rows(select(journal.c.act)))
    beside = {"claim", "add_note", "check_document", "settle_fee", "recall", "rectify", "link", "hand_over", "reform"}
    beside |= {"ask_verification", "answer_verification", "overdue", "send_back", "resubmit", "add_party", "withdraw"}
    assert beside - set(acts) == set()
    answered = Counter(at is None for (at,) in lived.rows(select(verifications.c.answered_at)))
    assert answered[True]
    assert answered[False]
    settled = Counter(at is None for (at,) in lived.rows(select(fees.c.settled_at)))
    assert settled[True]
    assert settled[False]
    assert len(lived.rows(select(substitutes))) == 2
    assert lived.sent["sms"] > MANY
    assert lived.outcome.refused.total() < lived.outcome.acts / 20


def test_applicants_write_and_rate(lived: Lived) -> None:
    """Both sides write, some messages wait for an answer, and the ratings are of every mark."""
    acts = Counter(act for (act,) in lived.rows(select(journal.c.act)))
    assert acts["write_message"] > acts["send_message"] > 0
    marks = Counter(mark for (mark,) in lived.rows(select(ratings.c.mark)))
    assert marks.most_common(1)[0][0] == 5
    assert len(marks) >= 4
    assert {words is None for (words,) in lived.rows(select(ratings.c.words))} == {True, False}


def test_people_come_in_working_hours_and_most_on_mondays(lived: Lived) -> None:
    filed = [at.astimezone(LOCAL) for (at,) in lived.rows(select(dossiers.c.filed_at))]
    days = Counter(at.weekday() for at in filed)
    assert days.most_common(1)[0][0] == 0
    calendar = lived.runtime.catalogue.calendar("vn")
    assert {at.date() for at in filed if not calendar.is_working_day(at.date())} == set()
    assert {at.hour for at in filed} <= {*range(7, 18)}
    months = Counter((at.year, at.month) for at in filed)
    assert len(months) >= 9  # the eight of the history, and June 2025
    assert max(filed) < UNTIL


def test_the_journal_is_whole_and_everything_holds(lived: Lived) -> None:
    invariants.check(Installation(lived.runtime), UNTIL)
    waiting = select(clocks.c.dossier_id).where(clocks.c.fired_at.is_(None), clocks.c.due_at <= UNTIL)
    assert lived.rows(waiting) == []


def test_it_says_few_enough_statements(lived: Lived) -> None:
    assert lived.statements < STATEMENTS_A_DOSSIER * MANY


def test_links_of_applicants_are_shown_by_what_is_going_on(lived: Lived) -> None:
    assert list(lived.outcome.shown) == ["supplement", "in_process", "ready", "returned"]
    assert set(lived.outcome.shown.values()) <= set(lived.outcome.links)


def test_the_same_moment_gives_the_same_story(tmp_path: Path) -> None:
    """Once as the demonstration lives through it, with the links that it keeps for its welcome."""
    one, two = tmp_path / "one", tmp_path / "two"
    one.mkdir()
    two.mkdir()
    lived = live(one, 30)
    lived.runtime.database.dispose()
    url = PREPARED.sqlite(two)
    (two / "unfinished").touch()
    lived_in.live(environment_over(url, two), two, until=UNTIL, count=30)
    again = replace(lived, runtime=runtime_over(url, two, lambda: UNTIL))
    assert _story(again) == _story(lived)
    again.runtime.database.dispose()
    assert not (two / "unfinished").exists()
    links = orjson.loads((two / "links.json").read_bytes())
    assert {link["state"]: link["code"] for link in links} == dict(lived.outcome.shown)
    assert (two / "notices.jsonl").read_text(encoding="utf-8").count("\n") == lived.sent.total()


def _story(lived: Lived) -> list[tuple[Any, ...]]:
    told = select(dossiers.c.code, journal.c.number, journal.c.act, journal.c.at, journal.c.actor)
    return sorted(map(tuple, lived.rows(told.join(journal, journal.c.dossier_id == dossiers.c.id))))


def test_a_start_that_was_cut_short_begins_anew(tmp_path: Path) -> None:
    lived_in.begin(tmp_path)
    (tmp_path / "motcua.sqlite").touch()
    (tmp_path / "files").mkdir()
    (tmp_path / "mine.txt").touch()
    lived_in.begin_anew_if_unfinished(tmp_path)
    assert [one.name for one in tmp_path.iterdir()] == ["mine.txt"]


def test_a_database_that_was_there_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "motcua.sqlite").touch()
    lived_in.begin(tmp_path)
    lived_in.begin_anew_if_unfinished(tmp_path)
    assert (tmp_path / "motcua.sqlite").exists()
