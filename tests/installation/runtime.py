"""The runtime of an installation of the tests: real adapters, a clock that stands still, and no Redis."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable
from pathlib import Path

from adapters.files_local import LocalFiles
from adapters.local_signer import LocalSigner
from engine.settings import settings_from
from engine.store.sql.schema import open_database
from engine.transaction import Runtime
from tests.installation.databases import catalogue_over

KEY = "a secret of the tests that is long enough for a key"
NOW = dt.datetime(2026, 3, 2, 2, 0, tzinfo=dt.UTC)  # Monday, 09:00 in Viet Nam


def environment_over(url: str, data: Path, **more: str) -> dict[str, str]:
    """The settings of a process on this database. Limits are off unless MOTCUA_RATE_LIMITS=1 is given.

    MOTCUA_FAST_PATH of the run itself holds, so that a run can go through Flask alone.
    """
    return {
        "DATABASE_URL": url,
        "MOTCUA_DATA": str(data),
        "MOTCUA_SECRET_KEYS": KEY,
        "MOTCUA_RATE_LIMITS": "0",
        "MOTCUA_FAST_PATH": os.environ.get("MOTCUA_FAST_PATH", "1"),
        "REDIS_URL": f"unix://{data}/no-redis.sock",
        **more,
    }


def runtime_over(
    url: str,
    data: Path,
    now: Callable[[], dt.datetime] = lambda: NOW,
    *,
    ring: Callable[[], None] = lambda: None,
    pool_size: int = 1,
    **environment: str,
) -> Runtime:
    """A runtime on this database.

    With the default pool of one connection, a request that needed a second one beside its own would wait for itself.
    The catalogue reads through connections of its own, as in production.
    """
    settings = settings_from(environment_over(url, data, **environment))
    database = open_database(url, pool_size=pool_size, prepared=settings.prepared_statements)
    return Runtime(
        database=database,
        settings=settings,
        catalogue=catalogue_over(database),
        files=LocalFiles(data / "files"),
        signer=LocalSigner(data / "signing"),
        ring=ring,
        now=now,
    )
