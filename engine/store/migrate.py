"""Migrations as functions: bring a database to a revision of the schema, and report its revision.

The numbered scripts are in ``engine/migrations/versions``. On PostgreSQL the owner of the tables runs them; the
application's own role has fewer rights (docs/operations.md).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from engine.errors import Refusal
from engine.security.private_files import keep_database_private, make_private_folder
from engine.store.indexes_ahead import build_ahead
from engine.store.installation import OLDEST_PROGRAM, known

MIGRATIONS = Path(__file__).parent.parent / "migrations"
LOCK_SECONDS, TRIES, REST = 3, 20, 2.0
"""On PostgreSQL: how long a script waits for a table, how often the scripts are tried, and seconds between two tries.

While it waits, everybody else waits behind it for the same table.
"""
_IN_THE_WAY = ("55P03", "40P01")
"""The SQLSTATEs of a lock that did not come in time, and of a deadlock with acts, which the scripts lost."""


class TablesInUse(Refusal):
    """Somebody keeps a table that the scripts change, such as an open transaction or a long report."""

    code = "tables-in-use"
    status = 503
    vi = "Phiên khác đang giữ bảng cần đổi, nên chưa có gì thay đổi. Hãy kết thúc phiên đó rồi chạy lại."
    en = "Another session keeps a table that must change, so nothing was changed. End that session and run this again."


def upgrade(url: str, revision: str = "head") -> None:
    """Runs every script up to ``revision``; does nothing if the database has it already, or knows later ones.

    Raises TablesInUse.
    """
    if url.startswith("sqlite:///"):
        make_private_folder(Path(url.removeprefix("sqlite:///")).parent)
    config = _config(url)
    if revision != "head" or not _is_newer(config):
        if revision == "head":
            _run(lambda: build_ahead(config.attributes["engine"]))
        _run(lambda: command.upgrade(config, revision))
    if url.startswith("sqlite:///"):
        keep_database_private(Path(url.removeprefix("sqlite:///")))


def downgrade(url: str, revision: str) -> None:
    """Undoes scripts down to ``revision`` (``base`` undoes all). Data in the removed tables and columns are lost.

    Raises TablesInUse.
    """
    config = _config(url)
    _run(lambda: command.downgrade(config, revision))


def latest() -> str:
    """The newest revision that this program knows."""
    return str(ScriptDirectory.from_config(_config("sqlite://")).get_current_head())


def current(database: Engine) -> str | None:
    """The revision of the database; None if it has no schema yet."""
    with database.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def misfit(database: Engine, own: str) -> str | None:
    """Why a program whose newest revision is ``own`` cannot work with the schema; None when it can.

    It can with every later schema, unless a script said that it serves no program of before (``oldest_program``).
    """
    with database.connect() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
        if found is None or found < own:
            return f"at {found or 'nothing'}, wanted {own}"
        oldest = known(connection, OLDEST_PROGRAM)
    if oldest is None or oldest <= own:
        return None
    return f"at {found}, which needs a program that knows {oldest}; this one knows {own}"


def _run(scripts: Callable[[], object]) -> None:
    """Runs scripts, anew as often as somebody else keeps a table. A try of the scripts is one transaction."""
    for tried in range(1, TRIES + 1):
        try:
            scripts()
            return
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", None) not in _IN_THE_WAY:
                raise
            if tried == TRIES:
                raise TablesInUse() from error
            time.sleep(REST)


def _is_newer(config: Config) -> bool:
    """Whether the database knows scripts that this program does not."""
    found = current(config.attributes["engine"])
    return found is not None and found > str(ScriptDirectory.from_config(config).get_current_head())


def _config(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["lock_seconds"] = LOCK_SECONDS
    # Behind a pooler a statement that psycopg prepares would stay in a server process that others get.
    driver = {"prepare_threshold": None} if url.startswith("postgresql") else {}
    config.attributes["engine"] = create_engine(url, poolclass=NullPool, hide_parameters=True, connect_args=driver)
    return config
