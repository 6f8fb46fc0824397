"""One act, one transaction: all or nothing, tried again after a collision, and the bell only after the commit."""

from __future__ import annotations

import datetime as dt
import sqlite3
from pathlib import Path
from typing import Any

import psycopg.errors
import pytest
from sqlalchemy import event, func, insert, select
from sqlalchemy.exc import DBAPIError, IntegrityError

from engine import transaction
from engine.acts.add_note import add_note
from engine.acts.file_dossier import file_dossier
from engine.acts.perform_action import perform_action
from engine.clock import told_clock, utc_now
from engine.dossier.stale import Stale
from engine.rules.procedure.permissions import SYSTEM_ACTOR
from engine.store.dossiers import dossiers
from engine.store.idempotency import RecordedAnswer, record_answer, recorded_answer
from engine.store.releases import notice_templates
from engine.store.sql.schema import open_database
from engine.transaction import Busy, Runtime, UnitOfWork, in_transaction
from tests.installation.world import World

ANSWER = RecordedAnswer(b"h" * 32, 201, {"Location": "/dossiers/1"}, b'{"code":"1"}')


def test_a_fault_after_the_writing_leaves_nothing(world: World) -> None:
    before, ring = world.everything(), world.rung

    def fails(unit: UnitOfWork) -> None:
        file_dossier(unit, world.filing(receive=True))
        unit.after_commit.append(lambda: pytest.fail("nothing was committed"))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        in_transaction(world.runtime, world.actor("counter"), fails)
    assert (world.everything(), world.rung) == (before, ring)


def test_what_comes_after_the_commit_sees_it(world: World) -> None:
    seen: list[int] = []

    def count() -> None:
        with world.reading() as connection:
            seen.append(connection.execute(select(func.count()).select_from(dossiers)).scalar_one())

    def act(unit: UnitOfWork) -> None:
        file_dossier(unit, world.filing())
        unit.after_commit.append(count)

    in_transaction(world.runtime, world.actor("counter"), act)
    assert seen == [1]


def test_the_bell_rings_once_and_only_when_the_outbox_grew(world: World) -> None:
    world.file()
    assert world.rung == 0
    world.file(receive=True)
    assert world.rung == 1


@pytest.mark.parametrize("fault", [psycopg.errors.SerializationFailure, psycopg.errors.DeadlockDetected])
def test_a_collision_is_tried_again_from_the_start(world: World, fault: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transaction.time, "sleep", lambda seconds: None)
    tries: list[int] = []

    def collides(unit: UnitOfWork) -> str:
        tries.append(template(unit, f"try {len(tries)}"))
        if len(tries) < 4:
            raise DBAPIError("UPDATE", {}, fault())
        return "done"

    assert in_transaction(world.runtime, SYSTEM_ACTOR, collides) == "done"
    with world.reading() as connection:
        keys = connection.execute(select(notice_templates.c.key)).scalars().all()
    assert [key for key in keys if key.startswith("try")] == ["try 3"]


def test_a_collision_without_end_is_a_clear_refusal(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transaction.time, "sleep", lambda seconds: None)
    tries: list[int] = []

    def collides(unit: UnitOfWork) -> None:
        tries.append(1)
        raise DBAPIError("UPDATE", {}, psycopg.errors.DeadlockDetected())

    world.refuse(Busy, SYSTEM_ACTOR, lambda unit: collides(unit))
    assert len(tries) == transaction.ATTEMPTS


def test_other_faults_of_the_database_pass_through_at_once(world: World) -> None:
    tries: list[int] = []

    def twice(unit: UnitOfWork) -> None:
        tries.append(1)
        template(unit, "same")
        template(unit, "same")

    with pytest.raises(IntegrityError):
        in_transaction(world.runtime, SYSTEM_ACTOR, twice)
    assert len(tries) == 1


def test_a_writer_that_never_ends_makes_others_busy(world: World) -> None:
    if world.database.dialect.name != "sqlite":
        return  # PostgreSQL locks rows, not the database
    hurried = open_database(str(world.database.url))
    event.listen(hurried, "connect", lambda connection, _: connection.execute("PRAGMA busy_timeout=10"))
    blocker = sqlite3.connect(str(world.database.url.database), isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    with pytest.raises(Busy):
        in_transaction(with_database(world, hurried), SYSTEM_ACTOR, lambda unit: None)
    blocker.rollback()
    in_transaction(with_database(world, hurried), SYSTEM_ACTOR, lambda unit: None)
    blocker.close()
    hurried.dispose()


def test_a_pool_without_a_free_connection_is_busy(world: World) -> None:
    small = open_database(world.database.url.render_as_string(hide_password=False), pool_size=1)
    small.pool._timeout = 0.05  # type: ignore[attr-defined]
    runtime = with_database(world, small)
    with small.connect(), pytest.raises(Busy) as caught:
        in_transaction(runtime, SYSTEM_ACTOR, lambda unit: None)
    assert caught.value.status == 503
    small.dispose()


def test_the_told_clock_runs_from_what_the_file_says(tmp_path: Path) -> None:
    file = tmp_path / "now"
    file.write_text("2026-03-02T08:00:00+07:00\n")
    now = told_clock(file)
    first, second = now(), now()
    assert dt.datetime(2026, 3, 2, 1, 0, tzinfo=dt.UTC) <= first <= second
    assert second - dt.datetime(2026, 3, 2, 1, 0, tzinfo=dt.UTC) < dt.timedelta(minutes=5)
    assert utc_now().tzinfo is dt.UTC


def test_an_act_that_was_overtaken_runs_again_and_says_by_whom(world: World) -> None:
    """Between reading and writing a colleague adds a note: on PostgreSQL nothing is locked, on SQLite all is."""
    if world.database.dialect.name == "sqlite":
        return
    code, runs = world.file(receive=True).case.code, []

    def late(unit: UnitOfWork) -> None:
        perform_action(unit, code, "forward", version=version)
        runs.append(unit.begun)
        if len(runs) == 1:
            world.try_act("counter", add_note, code, "Nhanh hơn.")

    version = world.row(code)["version"]
    with pytest.raises(Stale) as caught:
        world.try_act("counter", late)
    assert caught.value.facts["act"] == "add_note"
    assert runs == [False]  # the second run, under lock, found the new version when it read
    world.check()
    assert world.row(code)["state"] == "accepted"


def test_an_act_that_was_overtaken_and_names_no_version_is_done_once(world: World) -> None:
    if world.database.dialect.name == "sqlite":
        return
    code, runs = world.file(receive=True).case.code, []

    def late(unit: UnitOfWork) -> None:
        perform_action(unit, code, "forward", note="Kèm ghi chú.")
        runs.append(unit.begun)
        if len(runs) == 1:
            world.try_act("counter", add_note, code, "Nhanh hơn.")

    world.act("counter", late)
    assert runs == [False, True]
    assert [entry["act"] for entry in world.entries(code)][-2:] == ["add_note", "forward"]


def test_an_act_that_writes_in_between_is_one_transaction_from_there(world: World) -> None:
    code = world.land_at("checking")
    before = world.everything()

    def fails(unit: UnitOfWork) -> None:
        add_note(unit, code, "Một.")
        add_note(unit, code, "Hai.")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        world.try_act("counter", fails)
    assert world.everything() == before


class TestAnswersAlreadyGiven:
    def test_the_first_answer_is_kept_for_its_actor_and_key(self, world: World) -> None:
        def keep(who: str, answer: RecordedAnswer) -> None:
            world.try_act(
                "system",
                lambda unit: record_answer(unit.writes, who, "k", answer, unit.now, rival=InterruptedError),
            )

        other = RecordedAnswer(b"g" * 32, 200, {}, b"other")
        keep("staff:1", ANSWER)
        with pytest.raises(InterruptedError):
            keep("staff:1", other)
        keep("staff:2", other)
        with world.reading() as connection:
            assert recorded_answer(connection, "staff:1", "k") == ANSWER
            assert recorded_answer(connection, "staff:1", "K") is None
            assert recorded_answer(connection, "staff:3", "k") is None

    def test_an_answer_of_an_act_that_failed_is_not_kept(self, world: World) -> None:
        def keep(unit: UnitOfWork) -> None:
            record_answer(unit.writes, "staff:1", "k", ANSWER, unit.now, rival=InterruptedError)
            assert recorded_answer(unit.begin(), "staff:1", "k") == ANSWER
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            world.try_act("system", keep)
        with world.reading() as connection:
            assert recorded_answer(connection, "staff:1", "k") is None


def template(unit: UnitOfWork, key: str) -> int:
    unit.begin().execute(insert(notice_templates), {"key": key, "document": {}, "published_at": unit.now})
    return 1


def with_database(world: World, database: Any) -> Runtime:
    """The world's runtime over another engine."""
    known = world.runtime
    return Runtime(
        database=database,
        settings=known.settings,
        catalogue=known.catalogue,
        files=known.files,
        signer=known.signer,
        now=known.now,
    )
