"""Databases that are filled once a run, and copied for each test that changes them."""

from __future__ import annotations

import itertools
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL, Engine, make_url

from engine.catalogue import Catalogue
from engine.store.sql.schema import open_database
from tests import shared_run
from tests.installation.known import CatalogueOfACopy, Known
from tests.postgres_server import APPLICATION, create_database, drop_database, postgres_url_of
from tests.uncounted import uncounted

_NUMBERS = itertools.count(1)
_COPIES: dict[URL, tuple[Filled, str]] = {}
_KNOWN: dict[tuple[str, str], Known] = {}


@dataclass(frozen=True, slots=True)
class Filled:
    """Copies of a database by URL. ``fill`` gets the URL of a migrated, empty database and a folder for its files."""

    name: str
    fill: Callable[[str, Path], None]

    @contextmanager
    def copy(self, kind: str, folder: Path, name: str | None = None) -> Iterator[str]:
        """A copy on ``sqlite``, in ``folder``, or on ``postgresql``, called ``name`` and dropped afterwards."""
        if kind == "sqlite":
            yield self.sqlite(folder)
            return
        sockets, name = shared_run.postgres_sockets(), name or f"{self.name}_{os.getpid()}_{next(_NUMBERS)}"
        create_database(sockets, name, self._on_postgres(sockets))
        url = postgres_url_of(sockets, name, APPLICATION)
        _COPIES[make_url(url)] = self, kind
        yield url
        drop_database(sockets, name)

    def sqlite(self, folder: Path) -> str:
        """A copy in a file of ``folder``."""
        path = folder / f"{self.name}.sqlite"
        shutil.copyfile(self._on_sqlite(), path)
        url = f"sqlite:///{path}"
        _COPIES[make_url(url)] = self, "sqlite"
        return url

    def _on_sqlite(self) -> Path:
        filled = shared_run.run_folder() / f"{self.name}.sqlite"
        with shared_run.lock(f"sqlite-{self.name}"):
            if not filled.exists():
                growing = filled.with_suffix(".part")
                shutil.copyfile(shared_run.sqlite_template(), growing)
                self._fill(f"sqlite:///{growing}")
                with closing(sqlite3.connect(growing)) as connection:
                    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # everything in the one file that is copied
                growing.rename(filled)
        return filled

    def _on_postgres(self, sockets: Path) -> str:
        filled, empty = f"motcua_{self.name}", shared_run.postgres_template()
        done = shared_run.run_folder() / f"postgres.{self.name}"
        with shared_run.lock(f"postgres-{self.name}"):
            if not done.exists():
                create_database(sockets, filled, empty)
                self._fill(postgres_url_of(sockets, filled, APPLICATION))
                done.touch()
        return filled

    def _fill(self, url: str) -> None:
        with tempfile.TemporaryDirectory() as folder, uncounted():
            self.fill(url, Path(folder))


def catalogue_over(database: Engine) -> Catalogue:
    """The catalogue over a database. Over a copy of a filled one it knows from its start what was filled in."""
    copied = _COPIES.get(database.url)
    if copied is None:
        return Catalogue(database)
    filled, kind = copied
    if (filled.name, kind) not in _KNOWN:
        with uncounted(), tempfile.TemporaryDirectory() as folder, filled.copy(kind, Path(folder)) as url:
            _KNOWN[filled.name, kind] = Known(open_database(url, pooled=False))
    return CatalogueOfACopy(database, _KNOWN[filled.name, kind])
