"""The PostgreSQL that is measured: a server of our own with durable commits and the memory of a small machine."""

from __future__ import annotations

from pathlib import Path

from engine.store import migrate
from tests.postgres_server import APPLICATION, OWNER, PostgresServer, create_database

NAME, LAID = "motcua", "laid"
"""The database that is measured, and what it is made anew from where measuring changes it."""
SETTINGS = {
    "shared_buffers": "1GB",
    "effective_cache_size": "4GB",
    "max_wal_size": "8GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "wal_compression": "lz4",
}
"""Beside PostgreSQL's own defaults; fsync, synchronous_commit and full_page_writes are on."""


class MeasuredServer(PostgresServer):
    """Durable, in a folder that may be kept from one run to the next; ``settings`` replace some of ``SETTINGS``."""

    def __init__(self, folder: Path | None = None, **settings: str) -> None:
        super().__init__(durable=True, folder=folder)
        self._settings = SETTINGS | settings

    def _command(self) -> list[str]:
        return super()._command() + [
            word for name, value in self._settings.items() for word in ("-c", f"{name}={value}")
        ]

    @property
    def application_url(self) -> str:
        return self.url(NAME, APPLICATION)

    @property
    def owner_url(self) -> str:
        return self.url(NAME, OWNER)

    @property
    def libpq(self) -> str:
        """The address as psycopg and pgbench read it, as the application's role."""
        return f"host={self.socket_folder} port=5432 user={APPLICATION} dbname={NAME}"

    def make(self) -> None:
        """The empty database, when it is not there yet."""
        with self.connect() as admin:
            if admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME]).fetchone() is None:
                create_database(self.socket_folder, NAME)

    def put_by(self) -> None:
        """Keeps the database as it is now, for ``renew``."""
        with self.connect() as admin:
            admin.execute(f"ALTER DATABASE {NAME} RENAME TO {LAID}")

    def renew(self) -> None:
        """Makes the database again as it was put by, brought to today's schema."""
        migrate.upgrade(self.url(LAID, OWNER))
        with self.connect() as admin:
            admin.execute(f"DROP DATABASE IF EXISTS {NAME}")
            admin.execute(f"CREATE DATABASE {NAME} OWNER {OWNER} TEMPLATE {LAID} STRATEGY file_copy")

    def version(self) -> str:
        with self.connect() as admin:
            row = admin.execute("SHOW server_version").fetchone()
        assert row is not None
        return str(row[0])
