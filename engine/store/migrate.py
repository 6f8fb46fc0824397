"""Migrations as functions: bring a database to a revision of the schema, and report its revision.

The numbered scripts are in ``engine/migrations/versions``. On PostgreSQL the owner of the tables runs them; the
application's own role has fewer rights (docs/operations.md).
"""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine
from sqlalchemy.pool import NullPool

from engine.security.private_files import keep_database_private, make_private_folder

MIGRATIONS = Path(__file__).parent.parent / "migrations"


def upgrade(url: str, revision: str = "head") -> None:
    """Runs every script up to ``revision``; does nothing if the database has it already."""
    if url.startswith("sqlite:///"):
        make_private_folder(Path(url.removeprefix("sqlite:///")).parent)
    command.upgrade(_config(url), revision)
    if url.startswith("sqlite:///"):
        keep_database_private(Path(url.removeprefix("sqlite:///")))


def downgrade(url: str, revision: str) -> None:
    """Undoes scripts down to ``revision`` (``base`` undoes all). Data in the removed tables and columns are lost."""
    command.downgrade(_config(url), revision)


def latest() -> str:
    """The newest revision that this program knows."""
    return str(ScriptDirectory.from_config(_config("sqlite://")).get_current_head())


def current(database: Engine) -> str | None:
    """The revision of the database; None if it has no schema yet."""
    with database.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def _config(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["engine"] = create_engine(url, poolclass=NullPool, hide_parameters=True)
    return config
