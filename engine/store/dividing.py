"""Dividing the large tables of a database with rows into months, while everybody works (``motcua db divide``).

What takes long (checking the bound, building the indexes of the keys) goes on beside acts, in transactions of its own;
then each table becomes the first partition of a divided one in a transaction of some milliseconds. Ended at any moment,
it goes on from there when it is run again. Until then, and between two tables, every program works with both shapes.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial

from sqlalchemy import Engine, create_engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from engine.errors import Refusal
from engine.store.migrate import TablesInUse
from engine.store.months import DIVIDED, divide, is_divided, prepare_keys

LOCK_MILLISECONDS, TRIES, REST = 500, 60, 1.0
"""How long a change of the catalogue waits for a table, and every act behind it; how often it is tried, and the seconds
between two tries."""
IN_THE_WAY = ("55P03", "40P01")
"""The SQLSTATEs of a lock that did not come in time, and of a deadlock with acts, which the change lost."""


class NoMonths(Refusal):
    """SQLite has no partitions."""

    code = "no-months"
    status = 409
    vi = "SQLite không chia bảng theo tháng; chỉ PostgreSQL mới có. Không có gì thay đổi."
    en = "SQLite does not divide tables by month; only PostgreSQL does. Nothing was changed."


class NotDivided(Refusal):
    """The table is whole, as an upgraded database has it at first."""

    code = "not-divided"
    status = 409
    vi = "Bảng {table} chưa chia theo tháng. Hãy chạy `motcua db divide` trước."
    en = "The table {table} is not divided by month. Run `motcua db divide` first."


def owners_engine(url: str) -> Engine:
    """An engine for the owner of the tables, that keeps no connection. Raises NoMonths."""
    if not url.startswith("postgresql"):
        raise NoMonths
    return create_engine(url, poolclass=NullPool, hide_parameters=True, connect_args={"prepare_threshold": None})


def divide_all(owner: Engine) -> Iterator[tuple[str, bool]]:
    """Divides the tables in turn; yields each with whether it was divided now. Raises TablesInUse."""
    for table in DIVIDED:
        with owner.connect() as connection:
            done = is_divided(connection, table)
        if not done:
            anew(partial(_prepare, owner, table))
            anew(partial(_divide, owner, table))
            with owner.begin() as connection:
                connection.exec_driver_sql(f"ANALYZE {table}")
        yield table, not done


def _prepare(owner: Engine, table: str) -> None:
    with owner.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(f"SET lock_timeout = {LOCK_MILLISECONDS}")
        prepare_keys(connection, table, concurrently=True)


def _divide(owner: Engine, table: str) -> None:
    with owner.begin() as connection:
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = {LOCK_MILLISECONDS}")
        divide(connection, table)


def anew(change: Callable[[], None]) -> None:
    """Tries a change again as often as somebody keeps a table. Raises TablesInUse."""
    for tried in range(1, TRIES + 1):
        try:
            change()
            return
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", None) not in IN_THE_WAY:
                raise
            if tried == TRIES:
                raise TablesInUse() from error
            time.sleep(REST)
