"""Reconciliation with the national portal at the size of a country: rows are multiplied in SQL on both sides.

A few thousand real dossiers are told once. Then their rows are copied under new codes here, and the portal's double
copies its records in its own database, so both sides hold the same. Compared are: equal sides, 300 seeded differences
of the twelve kinds, and the sides after the safe ones were repaired.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from adapters.portal import HttpPortal
from benchmarks import portal as telling
from benchmarks.database import NAME, MeasuredServer
from benchmarks.ground import Ground
from benchmarks.multiply import unguarded
from benchmarks.portal import Told
from tests.doubles.process import running
from tests.installation.portal import asked, connect
from workflows.portal_mapping import read_mapping

TOLD_FIRST = 2_000
_COPIED = ("applicants", "documents", "fees")


def measure(server: MeasuredServer, ground: Ground, folder: Path, wanted: int, say: Callable[[str], None]) -> Told:
    """Fills both sides to ``wanted`` dossiers and compares them."""
    with running("tests.doubles.portal", folder / "reconcile" / str(time.time_ns())) as double:
        runtime = connect(ground.runtime(), double.address)
        assert runtime.settings.portal is not None
        portal = HttpPortal(runtime.settings.portal, read_mapping())
        tables = ("portal_tellings", "portal_differences", "portal_comparisons")
        telling.run_all(runtime, *(f"DELETE FROM {one}" for one in tables))
        telling.fill(runtime)
        telling.finish(runtime, portal)
        there = int(telling.one(runtime, "SELECT count(*) FROM dossiers WHERE source IS NULL"))
        times = -(-wanted // there) - 1
        if times:
            _multiply(server, times)
            asked(double, "multiply", {"times": times})
        told = Told(dossiers=there * (times + 1))
        say(f"{told.dossiers:,} dossiers on both sides")
        telling.compare(runtime, portal, told, "of equal sides")
        telling.repair(runtime, portal, told)
        telling.seed(runtime, double, told)
        telling.compare(runtime, portal, told, f"with {telling.DIFFERENCES} seeded differences")
        told.found = telling.kinds(runtime)
        telling.repair(runtime, portal, told)
        telling.compare(runtime, portal, told, "after the repair")
        told.left = telling.kinds(runtime)
        runtime.database.dispose()
    return told


def _multiply(server: MeasuredServer, times: int) -> None:
    """Copies every dossier so often, with what tellings read of it, under codes that end in ``-1``, ``-2`` …"""
    with server.connect(NAME) as connection:
        columns: dict[str, list[str]] = {}
        asked_for = "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped"
        for table in ("dossiers", *_COPIED, "portal_tellings"):
            columns[table] = [str(name) for (name,) in connection.execute(asked_for, [table])]
        with unguarded(connection, many=True):
            connection.execute("CREATE TEMPORARY TABLE base AS SELECT id FROM dossiers WHERE source IS NULL")
            row = connection.execute("SELECT max(id) FROM dossiers").fetchone()
            assert row is not None
            for table, names in columns.items():
                connection.execute(_copying(table, names, times, int(row[0])).encode())


def _copying(table: str, names: list[str], times: int, last: int) -> str:
    """The statement that copies a table's rows. A copy's id is ``last`` times its number behind its original's."""
    own = "id" if table == "dossiers" else "dossier_id"
    changed = {
        "code": "t.code || '-' || n",
        "link_hash": "md5(t.link_hash || n) || md5(n || t.link_hash)",
        own: f"t.{own} + n * {last}",
    }
    kept = [name for name in names if name != "id" or table == "dossiers"]
    values = ", ".join(changed.get(name, f't."{name}"') for name in kept)
    listed = ", ".join(f'"{name}"' for name in kept)
    which = "" if table != "portal_tellings" else " AND t.kind = 'dossier'"
    return (
        f"INSERT INTO {table} ({listed}) SELECT {values} FROM {table} t JOIN base ON base.id = t.{own} "
        f"CROSS JOIN generate_series(1, {times}) AS n WHERE true{which}{' ORDER BY t.id' if 'id' in names else ''}"
    )


def table(told: Told) -> str:
    """As Markdown."""
    return "\n".join(
        [
            "| what | figure |",
            "|---|---|",
            f"| dossiers on each side | {told.dossiers:,} |",
            *telling.comparisons(told),
            "",
            *telling.by_kind(told),
        ]
    )
