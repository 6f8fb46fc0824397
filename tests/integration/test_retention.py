"""Months that leave: what must stay stays, and what left can still be proved and comes back whole, while people act."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Connection, event, text
from sqlalchemy.exc import DBAPIError

from adapters.forms import render_form
from cli.main import main
from engine.acts.add_note import add_note
from engine.acts.archive.export import pack_ended
from engine.acts.archive.receipt import archive_receipt
from engine.acts.checkpoint import checkpoint_now
from engine.acts.file_dossier import file_dossier
from engine.errors import Refusal
from engine.journal.check_checkpoints import CheckpointTally, check_checkpoints
from engine.journal.checkpoint_proofs import prove_entry
from engine.journal.export import MonthsAway, export_journal
from engine.rules.procedure.permissions import SYSTEM_ACTOR
from engine.store import dividing
from engine.store.detached import BLOCK
from engine.store.detaching import MonthChanged, Order, attach, detach
from engine.store.migrate import TablesInUse
from engine.store.retention import MonthStays, NoSuchMonth, left_over, months_of
from tests.installation.months import as_upgraded, asked, nothing_lost, owner_of, owner_url, people_acting, sound
from tests.installation.runtime import environment_over
from tests.installation.world import World, moment, open_world
from tests.integration.test_archive_destroy import RECEIVED
from tests.integration.test_archive_export import BEFORE, ended

pytestmark = pytest.mark.postgresql

OLD, LATER = 202401, 202402
DAY = moment("2026-06-01 00:00")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with open_world("postgresql", tmp_path) as made:
        yield made


@pytest.fixture
def past(world: World) -> World:
    """Of an old month: two dossiers that ended. New ones begin in the month after it."""
    begin(world, OLD)
    for _ in range(2):
        ended(world)
    begin(world, LATER)
    return world


@pytest.fixture
def left(past: World, tmp_path: Path) -> World:
    """The dossiers of the old month have left by the archive, and all is told and covered."""
    hand_over(past, tmp_path)
    return past


@contextmanager
def left_by_the_archive(folder: Path) -> Iterator[World]:
    """A world of its own with one dossier of the old month that ended and left by the archive."""
    with open_world("postgresql", folder) as made:
        begin(made, OLD)
        ended(made)
        begin(made, LATER)
        hand_over(made, folder)
        yield made


def begin(world: World, month: int) -> None:
    """From now on new dossiers begin in this month."""
    with owner_of(world).begin() as connection:
        connection.execute(text(f"SELECT make_month({month})"))
        connection.execute(text(f"SELECT setval('dossiers_id_seq', {month * BLOCK})"))


def hand_over(world: World, folder: Path) -> None:
    for one in pack_ended(world.runtime, SYSTEM_ACTOR, BEFORE, folder / "bags", render_form):
        assert one.bag is not None
        world.try_act("system", archive_receipt, one.code, sha256=one.bag.sha256, **RECEIVED)
    world.tamper("UPDATE outbox SET status = 'sent', sent_at = created_at WHERE status = 'waiting'")
    world.tamper("UPDATE outbox SET feed_position = id WHERE recipient = 'feed'")
    checkpoint_now(world.runtime)


def order(source: str = "journal", month: int = OLD, before: dt.datetime = DAY) -> Order:
    return Order(source, month, before, DAY, "system:test", "past its term")


def whys(world: World, source: str, month: int = OLD, before: dt.datetime = DAY) -> str:
    with owner_of(world).connect() as connection:
        [one] = [one for one in months_of(connection, before) if (one.source, one.month) == (source, month)]
    return "; ".join(reason.en for reason in one.reasons)


class TestStays:
    def test_what_must_stay_is_told_in_words(self, past: World, tmp_path: Path) -> None:
        assert whys(past, "journal", LATER) == "new dossiers still begin in it"
        assert "2 dossiers have no receipt of the archive" in whys(past, "journal")
        assert "entries await a checkpoint" in whys(past, "journal")
        assert "notices wait or are parked" in whys(past, "outbox")
        for source in ("journal", "outbox"):
            with pytest.raises(MonthStays):
                detach(owner_of(past), order(source))
        hand_over(past, tmp_path)
        assert (whys(past, "journal"), whys(past, "outbox"), whys(past, "reads")) == ("", "", "")
        young = moment("2026-01-01 00:00")
        assert "rows are not past their term" in whys(past, "journal", before=young)
        with pytest.raises(MonthStays):
            detach(owner_of(past), order(before=young))
        past.tamper(f"UPDATE dossiers SET version = version + 1 WHERE id = {OLD * BLOCK + 1}")
        assert "1 dossiers were acted on after they were packed" in whys(past, "journal")

    def test_one_dossier_that_runs_keeps_its_month(self, past: World, tmp_path: Path) -> None:
        with owner_of(past).begin() as connection:
            connection.execute(text(f"SELECT setval('dossiers_id_seq', {OLD * BLOCK + 100})"))
        past.land_at("checking")
        begin(past, LATER)
        hand_over(past, tmp_path)
        for source in ("journal", "outbox", "reads"):
            assert "1 dossiers have not ended" in whys(past, source)
            with pytest.raises(MonthStays):
                detach(owner_of(past), order(source))
        sound(past)

    def test_an_unknown_month(self, left: World) -> None:
        for change in (
            lambda: detach(owner_of(left), order(month=203001)),
            lambda: attach(owner_of(left), "journal", OLD),
        ):
            with pytest.raises(NoSuchMonth):
                change()

    def test_an_undivided_database(self, world: World) -> None:
        world.land_at("checking")
        as_upgraded(world)
        with pytest.raises(Refusal, match="motcua db divide"):
            detach(owner_of(world), order())


class TestLeaves:
    def test_it_leaves_and_comes_back_while_people_act(self, left: World) -> None:
        before = asked(left, "SELECT dossier_id, number, body, hash FROM journal ORDER BY 1, 2")
        seen = asked(left, "SELECT * FROM reads ORDER BY id")
        [(leaving,)] = asked(left, f"SELECT count(*) FROM journal WHERE dossier_id < {LATER * BLOCK}")
        owner = owner_of(left)
        [(versions,)] = asked(left, "SELECT sum(version) FROM dossiers")
        with people_acting(left) as done:
            assert detach(owner, order()) == leaving > 0
            for source in ("reads", "outbox"):
                assert detach(owner, order(source)) > 0
            sound(left)
            checkpoint_now(left.runtime)
            for source in ("outbox", "reads", "journal"):
                attach(owner, source, OLD)
        nothing_lost(left, done, before=int(str(versions)))
        after = asked(left, "SELECT dossier_id, number, body, hash FROM journal ORDER BY 1, 2")
        assert after[: len(before)] == before
        assert asked(left, "SELECT * FROM reads ORDER BY id")[: len(seen)] == seen
        assert asked(left, "SELECT count(*) FROM detached_leaves") == [(0,)]

    def test_what_stays_can_be_proved_without_what_left(self, left: World) -> None:
        code = left.land_at("checking")
        checkpoint_now(left.runtime)
        whole = prove_entry(left.database, code, 1)
        for source in ("journal", "reads"):
            detach(owner_of(left), order(source))
        assert prove_entry(left.database, code, 1) == whole
        assert list(check_checkpoints(left.database, CheckpointTally())) == []
        with pytest.raises(MonthsAway):
            export_journal(left.database, left.runtime.settings.data / "export")
        left.try_act("counter", file_dossier, left.filing())
        checkpoint_now(left.runtime)
        sound(left)

    def test_hiding_entries_as_if_they_had_left_is_found(self, left: World) -> None:
        detach(owner_of(left), order())
        left.tamper("DELETE FROM detached_leaves WHERE leaf = (SELECT min(leaf) FROM detached_leaves)")
        with pytest.raises(AssertionError):
            sound(left)

    def test_an_act_on_a_dossier_whose_month_left_is_kept_and_goes_back_with_it(self, left: World) -> None:
        """No act stops: what it writes lies in the partition for the rest until the month is attached."""
        owner = owner_of(left)
        [(code,)] = asked(left, f"SELECT code FROM dossiers WHERE id = {OLD * BLOCK + 1}")
        for source in ("journal", "outbox"):
            detach(owner, order(source))
        left.try_act("counter", add_note, str(code), "…")
        with owner.connect() as connection:
            late = left_over(connection)
        assert late["journal"] == 1
        sound(left)
        checkpoint_now(left.runtime)
        sound(left)
        for source in ("journal", "outbox"):
            attach(owner, source, OLD)
        with owner.connect() as connection:
            assert set(left_over(connection).values()) == {0}
        left.check()
        sound(left)

    def test_a_changed_month_does_not_come_back(self, left: World) -> None:
        detach(owner_of(left), order())
        left.tamper(f"UPDATE months.journal_{OLD} SET hash = repeat('0', 64) WHERE number = 2")
        with pytest.raises(MonthChanged):
            attach(owner_of(left), "journal", OLD)
        left.tamper(f"DELETE FROM months.journal_{OLD} WHERE number = 2")
        with pytest.raises(MonthChanged):
            attach(owner_of(left), "journal", OLD)

    @pytest.mark.parametrize(
        "change", [lambda owner: detach(owner, order()), lambda owner: attach(owner, "journal", OLD)]
    )
    def test_ended_at_any_statement_nothing_has_changed(self, left: World, change: Callable[[Any], object]) -> None:
        owner, after = owner_of(left), 0
        if "attach" in change.__code__.co_names:
            detach(owner, order())
        here = asked(left, SHAPE)
        while True:
            left_statements = [after]

            def lose(connection: Connection, *_: object, left_statements: list[int] = left_statements) -> None:
                left_statements[0] -= 1
                if left_statements[0] < 0:
                    connection.connection.driver_connection.close()

            event.listen(owner, "before_cursor_execute", lose)
            try:
                change(owner)
                break
            except DBAPIError:
                assert asked(left, SHAPE) == here
                after += 1
            finally:
                event.remove(owner, "before_cursor_execute", lose)
        assert after > 10
        assert asked(left, SHAPE) != here
        sound(left)

    def test_a_report_that_keeps_the_table_is_not_waited_for(
        self, left: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name, value in (("TRIES", 2), ("LOCK_MILLISECONDS", 50), ("REST", 0.0)):
            monkeypatch.setattr(dividing, name, value)
        with owner_of(left).begin() as report:
            report.execute(text("SELECT count(*) FROM journal"))
            with pytest.raises(TablesInUse):
                detach(owner_of(left), order())
            left.try_act("counter", file_dossier, left.filing())
        detach(owner_of(left), order())


SHAPE = "SELECT i.inhrelid::regclass::text, (SELECT count(*) FROM detached_leaves) FROM pg_inherits i ORDER BY 1"


class TestCommands:
    def test_the_operator_goes_the_whole_way(self, left: World, tmp_path: Path) -> None:
        def ran(*words: str, code: int = 0) -> Result:
            url = left.database.url.render_as_string(hide_password=False)
            environment = environment_over(url, tmp_path) | {"LANG": "en_GB.UTF-8"}
            environment |= {"MOTCUA_OWNER_DATABASE_URL": owner_url(left)}
            told = CliRunner().invoke(main, ["retention", *words], env=environment, catch_exceptions=False)
            assert told.exit_code == code, told.output
            return told

        assert f"journal {OLD}: " in ran("status", "--before", "2026-06-01").output
        told = json.loads(ran("status", "--before", "2026-06-01", "--json").output)
        assert [one["may_leave"] for one in told["months"] if one["month"] == str(OLD)] == [True, True, True]
        ran("detach", "journal", "2024-02", "--before", "2026-06-01", "--reason", "x", code=1)
        done = ran("detach", "journal", "2024-01", "--before", "2026-06-01", "--reason", "past its term")
        assert f"months.journal_{OLD}" in done.output
        assert "detached" in ran("status", "--before", "2026-06-01").output
        assert "attached again" in ran("attach", "journal", "2024-01").output
        ran("attach", "journal", "01/2024", code=2)

    def test_sqlite_refuses(self, tmp_path: Path) -> None:
        environment = environment_over(f"sqlite:///{tmp_path / 'a.sqlite'}", tmp_path) | {"LANG": "en_GB.UTF-8"}
        for words in (
            ["status", "--before", "2026-06-01"],
            ["detach", "reads", "2024-01", "--before", "2026-06-01", "--reason", "x"],
            ["attach", "reads", "2024-01"],
        ):
            told = CliRunner().invoke(main, ["retention", *words], env=environment, catch_exceptions=False)
            assert told.exit_code == 1 and "SQLite does not divide tables by month" in told.output
