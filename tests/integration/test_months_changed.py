"""What a detached month must be to come back: exactly the rows that left, in tables of the same shape and owner."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import event

from engine.errors import InvalidInput, Refusal
from engine.store import detaching
from engine.store.detaching import MonthChanged, attach, detach
from engine.store.migrate import downgrade, upgrade
from engine.store.months import MonthsDetached
from engine.store.retention import MonthStays, NoSuchMonth
from tests.installation.months import BEFORE, asked, owner_of, owner_url, sound
from tests.installation.world import World
from tests.integration.test_retention import OLD, left_by_the_archive, order
from tests.postgres_server import OWNER

pytestmark = pytest.mark.postgresql

TABLES = {"journal": ("journal", "journal_private"), "outbox": ("outbox",), "reads": ("reads",)}
CHANGES = {
    "journal": (
        "UPDATE months.journal_{0} SET body = replace(body, 'receive', 'receivf') WHERE number = 2",
        "UPDATE months.journal_{0} SET act = 'x' WHERE number = 2",
        "UPDATE months.journal_{0} SET at = at + interval '1 day' WHERE number = 2",
        "UPDATE months.journal_{0} SET number = 55 WHERE number = 3",
        "UPDATE months.journal_{0} SET hash = 'no hash' WHERE number = 3",
        "UPDATE months.journal_private_{0} SET data = '{{}}'",
        "UPDATE months.journal_private_{0} SET data = '{{}}', erased_at = now()",
        "DELETE FROM months.journal_private_{0}",
        "INSERT INTO months.journal_private_{0} SELECT dossier_id, 77, salt, data FROM months.journal_private_{0}",
    ),
    "outbox": (
        "UPDATE months.outbox_{0} SET status = 'waiting', sent_at = NULL",
        "UPDATE months.outbox_{0} SET recipient = 'inbox:1'",
        "UPDATE months.outbox_{0} SET dossier_id = dossier_id + 100000000",
    ),
    "reads": ("UPDATE months.reads_{0} SET reason = 'x'", "UPDATE months.reads_{0} SET id = id + 1000"),
}
SHAPES = (
    ("ALTER TABLE {0} ADD COLUMN more text", "ALTER TABLE {0} DROP COLUMN more", "(more)"),
    ("ALTER TABLE {0} ALTER hash DROP NOT NULL", "ALTER TABLE {0} ALTER hash SET NOT NULL", "(hash)"),
    ("ALTER TABLE {0} SET UNLOGGED", "ALTER TABLE {0} SET LOGGED", "no ordinary, logged table"),
    ("ALTER TABLE {0} OWNER TO postgres", f"ALTER TABLE {{0}} OWNER TO {OWNER}", "belongs to postgres"),
)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A dossier of an old month ended and left by the archive."""
    with left_by_the_archive(tmp_path) as made:
        yield made


@pytest.mark.parametrize("source", list(CHANGES))
def test_a_month_with_a_changed_row_does_not_come_back(world: World, source: str) -> None:
    owner = owner_of(world)
    detach(owner, order(source))
    for table in TABLES[source]:
        world.tamper(f"CREATE TABLE months.kept_{table} AS TABLE months.{table}_{OLD}")
    for change in CHANGES[source]:
        world.tamper(change.format(OLD))
        with pytest.raises(MonthChanged):
            attach(owner, source, OLD)
        for table in TABLES[source]:
            world.tamper(f"DELETE FROM months.{table}_{OLD}")
            world.tamper(f"INSERT INTO months.{table}_{OLD} TABLE months.kept_{table}")
    attach(owner, source, OLD)
    sound(world)
    assert asked(world, "SELECT count(*) FROM detached_leaves") == [(0,)]


def test_a_table_of_another_shape_is_refused_in_words(world: World) -> None:
    owner, part = owner_of(world), f"months.journal_{OLD}"
    detach(owner, order())
    for change, undo, told in SHAPES:
        world.tamper(change.format(part))
        with pytest.raises(MonthChanged) as refused:
            attach(owner, "journal", OLD)
        assert told in refused.value.sentence("en") and part in refused.value.sentence("vi")
        world.tamper(undo.format(part))
    world.tamper(f"DROP TRIGGER journal_no_truncate ON {part}")
    attach(owner, "journal", OLD)
    guards = f"SELECT count(*) FROM pg_trigger WHERE tgrelid = '{part}'::regclass AND tgname = 'journal_no_truncate'"
    assert asked(world, guards) == [(1,)]


def test_entries_that_do_not_fit_their_hashes_keep_their_month(world: World) -> None:
    world.tamper(f"UPDATE months.journal_{OLD} SET body = replace(body, 'receive', 'receivf') WHERE number = 2")
    with pytest.raises(MonthStays, match="motcua journal verify"):
        detach(owner_of(world), order())


def test_a_write_meanwhile_is_said(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A clerk opens an old notice while the month is looked at."""
    keep = detaching.keep_prints

    def meanwhile(*arguments: object) -> None:
        keep(*arguments)  # type: ignore[arg-type] # handed on as they came
        world.tamper(f"UPDATE months.outbox_{OLD} SET attempts = attempts + 1")

    monkeypatch.setattr(detaching, "keep_prints", meanwhile)
    with pytest.raises(MonthStays, match="somebody wrote to it meanwhile"):
        detach(owner_of(world), order("outbox"))


@pytest.mark.parametrize("first", ["detach", "attach"])
def test_of_two_at_the_same_time_one_does_it_and_the_other_is_told(world: World, first: str) -> None:
    owner = owner_of(world)
    changes: dict[str, Callable[[], int]] = {
        "detach": lambda: detach(owner, order()),
        "attach": lambda: attach(owner, "journal", OLD),
    }
    if first == "attach":
        detach(owner, order())
    told, both = list[object](), threading.Barrier(2)
    event.listen(owner, "begin", lambda _: both.wait(10) if not both.broken and len(told) == 0 else None)

    def run() -> None:
        try:
            told.append(changes[first]())
        except Exception as error:
            told.append(error)

    people = [threading.Thread(target=run) for _ in range(2)]
    for one in people:
        one.start()
    for one in people:
        one.join()
    assert sum(isinstance(one, int) for one in told) == 1
    assert [type(one) for one in told if not isinstance(one, int)] == [NoSuchMonth]
    sound(world)


def test_a_month_that_does_not_stand_so_says_how_it_stands(world: World) -> None:
    owner = owner_of(world)

    def whys(change: Callable[[], int]) -> str:
        with pytest.raises(Refusal) as refused:
            change()
        return refused.value.sentence("en")

    assert "it is attached" in whys(lambda: attach(owner, "journal", OLD))
    assert "it was never here" in whys(lambda: attach(owner, "journal", 209912))
    detach(owner, order())
    assert "no month 2024-01 that stands so: it is detached" in whys(lambda: detach(owner, order()))
    world.tamper(f"DROP TABLE months.journal_private_{OLD}")
    assert f"months.journal_private_{OLD} is not in the database" in whys(lambda: attach(owner, "journal", OLD))
    with pytest.raises(InvalidInput):
        detach(owner, order("outbox")._replace(reason="  "))


def test_a_notice_of_the_same_occasion_does_not_keep_the_month_away(world: World) -> None:
    owner = owner_of(world)
    detach(owner, order("outbox"))
    names = (
        "dossier_id, key, channel, recipient, template, data, created_at, status, attempts, next_attempt_at, sent_at"
    )
    again = f"SELECT {names} FROM months.outbox_{OLD}"
    with owner.begin() as connection:
        connection.exec_driver_sql(f"INSERT INTO outbox ({names}) {again} LIMIT 1")
    rows = asked(world, f"SELECT id FROM months.outbox_{OLD} ORDER BY id")
    attach(owner, "outbox", OLD)
    assert asked(world, "SELECT id FROM outbox ORDER BY id") == rows
    assert asked(world, "SELECT count(*) FROM months.outbox_rest") == [(0,)]


def test_the_way_back_loses_no_detached_month(world: World) -> None:
    detach(owner_of(world), order())
    world.database.dispose()
    with pytest.raises(MonthsDetached, match="journal 202401"):
        downgrade(owner_url(world), BEFORE)
    attach(owner_of(world), "journal", OLD)
    downgrade(owner_url(world), BEFORE)
    upgrade(owner_url(world))
    sound(world)
