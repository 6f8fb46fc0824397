"""The large tables by month on PostgreSQL: made, divided and tended while people act; nothing is lost or doubled."""

from __future__ import annotations

from pathlib import Path

import pytest
import structlog
from click.testing import CliRunner
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from cli.main import main
from engine.jobs.months import AHEAD, tend_months
from engine.store import dividing, months
from engine.store.detached import BLOCK
from engine.store.dividing import divide_all
from engine.store.migrate import TablesInUse
from engine.store.months import DIVIDED
from tests.installation.months import as_upgraded, asked, nothing_lost, owner_of, owner_url, people_acting, sound
from tests.installation.runtime import environment_over
from tests.installation.world import World, open_world

pytestmark = pytest.mark.postgresql

MONTH = 202603  # of the world
SHAPE = """SELECT c.relname, c.relkind::text, array_to_string(c.relacl, ' ') FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace WHERE nspname IN ('public', 'months') AND relkind IN ('r', 'p')
    AND relname ~ '^(journal|outbox|reads)' ORDER BY 1"""
HANGING = """
SELECT conrelid::regclass::text AS of, conname::text AS name, pg_get_constraintdef(oid) AS told FROM pg_constraint
    WHERE conrelid::regclass::text ~ '^(months.)?(journal|outbox|reads)'
UNION ALL SELECT tablename::text, schemaname || '.' || tablename, regexp_replace(indexdef, 'INDEX \\S+ ', '')
    FROM pg_indexes WHERE tablename ~ '^(journal|outbox|reads)'
UNION ALL SELECT tgrelid::regclass::text, tgname::text, pg_get_triggerdef(oid) FROM pg_trigger
    WHERE tgrelid::regclass::text ~ '^(months.)?(journal|outbox|reads)' AND NOT tgisinternal
UNION ALL SELECT 'sequence', pg_get_serial_sequence(name, 'id'), '' FROM (VALUES ('outbox'), ('reads')) AS t(name)
ORDER BY 1, 2, 3"""


@pytest.fixture
def world(tmp_path: Path) -> object:
    with open_world("postgresql", tmp_path) as made:
        yield made


@pytest.fixture
def upgraded(world: World) -> World:
    """A database with rows from before the months."""
    world.land_at("checking")
    as_upgraded(world)
    return world


class TestNew:
    def test_a_new_database_is_divided_and_its_evidence_only_grows(self, world: World) -> None:
        world.land_at("checking")
        assert {row[0]: row[1] for row in asked(world, SHAPE) if row[0] in DIVIDED} == dict.fromkeys(DIVIDED, "p")
        tend_months(world.runtime)
        for statement in (
            "UPDATE journal SET act = 'x'",
            "DELETE FROM journal",
            "TRUNCATE journal",
            "DELETE FROM reads",
            "INSERT INTO months.journal_before SELECT * FROM journal",
            "UPDATE months.outbox_before SET status = 'sent'",
            f"DELETE FROM months.journal_private_{MONTH}",
            "INSERT INTO detached_months VALUES ('journal', 0, 0, now(), 'x', 'x')",
            "SELECT make_month(203001)",
        ):
            with (
                pytest.raises(DBAPIError, match=r"permission denied|append-only"),
                world.database.begin() as connection,
            ):
                connection.execute(text(statement))
        month = asked(world, "SELECT max(relname) FROM pg_class WHERE relname ~ '^journal_2' AND relkind = 'r'")[0][0]
        for statement in (
            "UPDATE journal SET act = 'x'",
            "DELETE FROM months.journal_before",
            "TRUNCATE months.journal_before",
            f"TRUNCATE months.{month}",
            "TRUNCATE journal",
        ):
            with pytest.raises(DBAPIError, match="append-only"), owner_of(world).begin() as connection:
                connection.execute(text(statement))
        sound(world)

    def test_the_months_ahead_are_made_and_new_dossiers_begin_in_this_one(self, world: World) -> None:
        before = world.row(world.land_at("checking"))["id"]
        with people_acting(world) as done:
            assert tend_months(world.runtime) == 1 + AHEAD
            assert tend_months(world.runtime) == 0
        nothing_lost(world, done, before=3)
        month = MONTH
        last = world.row(world.land_at("checking"))["id"]
        assert before < 1_000_000 < month * BLOCK < last < (month + 1) * BLOCK
        assert asked(world, f"SELECT count(*) FROM months.journal_{month} WHERE dossier_id = {last}") == [(3,)]
        assert asked(world, "SELECT count(*) FROM months.journal_rest") == [(0,)]

    def test_without_its_partitions_a_month_does_not_begin(self, world: World) -> None:
        """The clock was away, or could not make the month: dossiers go on in the one before, and no act stops."""
        with owner_of(world).begin() as connection:
            connection.execute(text("ALTER FUNCTION make_month(integer) RENAME TO cannot"))
        assert tend_months(world.runtime) == 0
        assert world.row(world.land_at("checking"))["id"] < 1_000_000

    def test_what_came_after_its_month_was_detached_is_told(self, world: World) -> None:
        with owner_of(world).begin() as connection:
            connection.execute(text(f"SELECT setval('dossiers_id_seq', {205_001 * BLOCK})"))
        world.land_at("checking")
        with structlog.testing.capture_logs() as told:
            tend_months(world.runtime)
        [one] = [line for line in told if line["event"] == "rows-outside-months"]
        assert (one["journal"], one["log_level"]) == (3, "warning")
        sound(world)

    def test_a_dossier_is_read_from_the_partition_of_its_month_alone(self, world: World) -> None:
        with owner_of(world).begin() as connection:
            for month in (*range(202401, 202413), *range(202501, 202513)):
                connection.execute(text(f"SELECT make_month({month})"))
        for statement in (
            "SELECT body FROM journal WHERE dossier_id = $1 ORDER BY number",
            "SELECT body FROM journal j LEFT JOIN journal_private p USING (dossier_id, number) WHERE j.dossier_id = $1",
            "SELECT number FROM journal WHERE dossier_id = $1 AND body LIKE '%\"offices\":{%' ORDER BY number",
            "SELECT reason FROM reads WHERE dossier_id = $1 AND at > now() ORDER BY id DESC LIMIT 1",
            "SELECT template FROM outbox WHERE dossier_id = $1 ORDER BY id DESC LIMIT 10",
        ):
            for mode in ("force_custom_plan", "force_generic_plan"):
                plan = explained(world, statement, mode)
                assert plan.count("months") + plan.count(" on journal_2") <= 1, plan
                assert "202405" in plan and "202406" not in plan, plan


class TestUpgraded:
    def test_it_goes_on_whole_until_it_is_divided_while_people_act(self, upgraded: World) -> None:
        shape = asked(upgraded, SHAPE)
        assert {row[1] for row in shape} == {"r"}
        assert tend_months(upgraded.runtime) == 0
        with people_acting(upgraded) as done:
            assert [now for _, now in divide_all(owner_of(upgraded))] == [True] * len(DIVIDED)
        nothing_lost(upgraded, done, before=3)
        assert [now for _, now in divide_all(owner_of(upgraded))] == [False] * len(DIVIDED)
        assert tend_months(upgraded.runtime) == 1 + AHEAD
        upgraded.land_at("checking")

    def test_it_has_then_what_a_new_one_has(self, upgraded: World, tmp_path: Path) -> None:
        list(divide_all(owner_of(upgraded)))
        found = asked(upgraded, SHAPE), asked(upgraded, HANGING)
        (tmp_path / "new").mkdir()
        with open_world("postgresql", tmp_path / "new") as new:
            assert found == (asked(new, SHAPE), asked(new, HANGING))

    @pytest.mark.parametrize("after", [0, 1, 2, 3, 5, 8, 13, 21, 34, 55, 80])
    def test_ended_anywhere_it_goes_on(self, upgraded: World, monkeypatch: pytest.MonkeyPatch, after: int) -> None:
        """The connection is lost after so many statements: what was begun is undone, what was done stays."""
        left = [after]
        do = months._do

        def lost(connection: Connection, statement: str) -> None:
            left[0] -= 1
            if left[0] < 0:
                connection.connection.driver_connection.close()
            do(connection, statement)

        with monkeypatch.context() as patched:
            patched.setattr(months, "_do", lost)
            with pytest.raises(DBAPIError):
                list(divide_all(owner_of(upgraded)))
        upgraded.land_at("checking")
        list(divide_all(owner_of(upgraded)))
        assert {row[1] for row in asked(upgraded, SHAPE) if row[0] in DIVIDED} == {"p"}
        upgraded.land_at("checking")

    def test_an_index_whose_building_was_ended_is_built_anew(self, upgraded: World) -> None:
        with owner_of(upgraded).begin() as connection:
            connection.execute(text("CREATE UNIQUE INDEX of_months_pk_outbox ON outbox (id, dossier_id)"))
        upgraded.tamper("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'of_months_pk_outbox'::regclass")
        list(divide_all(owner_of(upgraded)))
        assert asked(upgraded, "SELECT count(*) FROM pg_index WHERE NOT indisvalid") == [(0,)]

    def test_a_report_that_keeps_a_table_is_not_waited_for(
        self, upgraded: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(dividing, "TRIES", 2)
        monkeypatch.setattr(dividing, "LOCK_MILLISECONDS", 50)
        monkeypatch.setattr(dividing, "REST", 0.0)
        with create_engine(owner_url(upgraded), poolclass=NullPool).begin() as report:
            report.execute(text("SELECT count(*) FROM journal"))
            with pytest.raises(TablesInUse):
                list(divide_all(owner_of(upgraded)))
            upgraded.land_at("checking")
        list(divide_all(owner_of(upgraded)))

    def test_the_command(self, upgraded: World, tmp_path: Path) -> None:
        environment = environment_over(upgraded.database.url.render_as_string(hide_password=False), tmp_path)
        environment |= {"MOTCUA_OWNER_DATABASE_URL": owner_url(upgraded), "LANG": "en_GB.UTF-8"}
        for expected in ("journal: divided by month", "journal: divided before"):
            told = CliRunner().invoke(main, ["db", "divide"], env=environment, catch_exceptions=False)
            assert told.exit_code == 0 and expected in told.output


def test_sqlite_refuses(tmp_path: Path) -> None:
    environment = environment_over(f"sqlite:///{tmp_path / 'a.sqlite'}", tmp_path) | {"LANG": "en_GB.UTF-8"}
    told = CliRunner().invoke(main, ["db", "divide"], env=environment, catch_exceptions=False)
    assert told.exit_code == 1 and "SQLite does not divide tables by month" in told.output
    assert not (tmp_path / "a.sqlite").exists()


def explained(world: World, statement: str, mode: str) -> str:
    """The plan for a dossier of May 2024, as PostgreSQL makes it for its id, or once for all."""
    dossier = 202405 * BLOCK + 1
    with owner_of(world).begin() as connection:
        connection.exec_driver_sql(f"SET LOCAL plan_cache_mode = {mode}")
        connection.exec_driver_sql("PREPARE asked(bigint) AS " + statement.replace("%", "%%"))
        rows = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, COSTS OFF) EXECUTE asked({dossier})").all()
    return "\n".join(row[0] for row in rows)
