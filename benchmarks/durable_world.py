"""A world of the tests on a database that commits to the disk, as production does."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from tests import shared_run
from tests.installation.world import World, open_world
from tests.postgres_server import PostgresServer


@contextmanager
def durable_world(kind: str) -> Iterator[tuple[World, Path]]:
    """A world on ``sqlite`` or on a PostgreSQL of its own, and a folder; both are gone afterwards."""
    server = PostgresServer(durable=True) if kind == "postgresql" else None
    with server or nullcontext(), tempfile.TemporaryDirectory(prefix="motcua-") as name:
        folder = Path(name)  # on the disk, not in the memory of the run
        (folder / "world").mkdir()
        shared_run.begin()
        try:
            if server is not None:
                (shared_run.run_folder() / "postgres.address").write_text(str(server.socket_folder))
            with open_world(kind, folder / "world") as world:
                yield world, folder
        finally:
            shared_run.end()
