"""A dossier of every earlier release of the software is finished after the upgrade (tests/kept_databases)."""

from __future__ import annotations

import gzip
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, select, text
from sqlalchemy.pool import NullPool

from engine.acts.documents import add_document
from engine.acts.perform_action import perform_action
from engine.acts.settle_fee import settle_fee
from engine.store.dossiers import dossiers
from engine.store.migrate import current, latest, upgrade
from tests import shared_run
from tests.installation.filings import PDF
from tests.installation.world import World
from tests.postgres_server import APPLICATION, OWNER, create_database, drop_database, postgres_url_of

KEPT = sorted((Path(__file__).parents[1] / "kept_databases").glob("*.sql.gz"))
JOURNAL = text("SELECT dossier_id, number, body, hash FROM journal ORDER BY 1, 2")
STANDING = ["new", "accepted", "checking", "supplement", "finance", "signing"]
NEXT = {
    "new": ("counter", "receive", None),
    "accepted": ("counter", "forward", None),
    "checking": ("specialist", "finish_review", None),
    "supplement": ("counter", "resubmit", None),
    "finance": ("tax", "paid", "bien_lai"),
    "signing": ("leader", "sign", "ket_qua"),
    "ready": ("counter", "return", None),
}
"""Who goes on from each state, by which action, and the paper that it attaches."""


def load(kept: Path, path: Path) -> Path:
    """The kept database as an SQLite file."""
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(gzip.decompress(kept.read_bytes()).decode())
    return path


def carry_over(file: Path, url: str) -> None:
    """Writes the rows of an SQLite file into an empty PostgreSQL database, at the schema that the file has."""
    with closing(sqlite3.connect(file)) as kept:
        (revision,) = kept.execute("SELECT version_num FROM alembic_version").fetchone()
        upgrade(url, revision)
        tables = [name for (name,) in kept.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        powerful = make_url(url).set(username="postgres")  # past foreign keys and the guards of the journal
        with create_engine(powerful, poolclass=NullPool).begin() as connection:
            driver = connection.connection.cursor()
            driver.execute("SET session_replication_role = replica; SET TIME ZONE 'UTC'")
            driver.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
            known = {name for (name,) in driver.fetchall()}
            for table in sorted(known & set(tables)):
                rows = kept.execute(f'SELECT * FROM "{table}"')
                columns = [column[0] for column in rows.description]
                names, places = ", ".join(f'"{one}"' for one in columns), ", ".join(["%s"] * len(columns))
                driver.execute(f'DELETE FROM "{table}"')
                driver.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({places})', rows.fetchall())
                if "id" in columns:
                    numbered = "SELECT pg_get_serial_sequence(%s, 'id')"
                    (sequence,) = driver.execute(numbered, (table,)).fetchone()
                    if sequence:
                        driver.execute(f'SELECT setval(%s, max(id)) FROM "{table}"', (sequence,))


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """The URL of an empty database for its owner, and for the application."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'kept.sqlite'}"
        yield url, url
        return
    name, sockets = f"kept_{tmp_path.name}".replace("-", "_").lower(), shared_run.postgres_sockets()
    create_database(sockets, name)
    yield postgres_url_of(sockets, name, OWNER), postgres_url_of(sockets, name, APPLICATION)
    drop_database(sockets, name)


def finish(world: World, code: str) -> None:
    """Goes on from wherever the dossier stands to the result in the applicant's hand."""
    while (state := world.row(code)["state"]) != "returned":
        who, action, paper = NEXT[state]
        if paper is not None:
            world.try_act(who, add_document, code, key=paper, content=PDF, file_name=f"{paper}.pdf")
        if state == "ready":
            for fee in ("le_phi", "trang"):
                world.try_act("counter", settle_fee, code, fee, "cash")
        world.try_act(who, perform_action, code, action)


@pytest.mark.parametrize("kept", KEPT, ids=lambda path: path.name.removesuffix(".sql.gz"))
def test_every_open_dossier_of_an_earlier_release_is_finished(
    kept: Path, database: tuple[str, str], tmp_path: Path
) -> None:
    owner, url = database
    file = load(kept, tmp_path / "kept.sqlite")
    if not owner.startswith("sqlite"):
        carry_over(file, owner)
    with create_engine(owner, poolclass=NullPool).connect() as connection:
        before = connection.execute(JOURNAL).all()
    upgrade(owner)
    world = World(url, tmp_path)
    world.at("2026-03-04 08:00")
    world.check()  # the journal of the earlier release is intact, and its rows are what today's rules make of it
    with world.reading() as connection:
        assert current(world.database) == latest()
        assert connection.execute(JOURNAL).all() == before
        running = select(dossiers.c.code, dossiers.c.state).where(dossiers.c.finished_at.is_(None))
        standing = {row.code: row.state for row in connection.execute(running.order_by(dossiers.c.id))}
    assert list(standing.values()) == STANDING
    for code in standing:
        finish(world, code)
    world.check()
    world.close()


def test_each_release_is_kept() -> None:
    """A file for each line of the list, each as small as a database of a few dossiers is."""
    told = (KEPT[0].parent / "README.md").read_text(encoding="utf-8")
    assert [one.name for one in KEPT] == [line.split("`")[1] for line in told.splitlines() if line.startswith("| `")]
    assert all(one.stat().st_size < 50_000 for one in KEPT)
