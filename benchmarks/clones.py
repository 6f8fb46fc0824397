"""``python -m benchmarks.clones --folder F --times 5``: a loaded folder's dossiers so many times, to see what grows.

Only what ``WARD`` has under way is left alone, as an office's work does not grow with the country's. Far quicker than
``benchmarks.multiply``, since PostgreSQL copies its own rows: a clone has the commune, the name, the papers and the
clocks of its original under a number, a code and a link of its own. Of the journal it gets the first entry only and as
it is, so such a folder is for measuring how reading grows, not for ``journal verify``. By words only clones of the
province that ``benchmarks.reading`` searches are found: lists of others stand elsewhere and make none longer.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import psycopg

from benchmarks.database import NAME, MeasuredServer
from benchmarks.ground import PROVINCE, WARD
from benchmarks.multiply import columns_of, unguarded

CHANGED = {
    "id": "id + {step}",
    "dossier_id": "dossier_id + {step}",
    "code": "code || '-{turn}'",
    "link_hash": "encode(sha256((link_hash || '{turn}')::bytea), 'hex')",
    "version": "1",
}
"""What a clone has of its own, by column."""
WHERE = {
    "journal": "number = 1",
    "journal_private": "number = 1",
    "outbox": "FALSE",
    "search_keys": f"dossier_id IN (SELECT id FROM dossiers WHERE province = '{PROVINCE}')",
}


def clone(server: MeasuredServer, times: int) -> int:
    """Makes ``times`` as many dossiers of those that are there; returns how many there are then."""
    with server.connect(NAME) as connection:
        step = int(_one(connection, "SELECT max(id) FROM dossiers"))
        columns = columns_of(connection)
        with unguarded(connection, many=True):
            for turn in range(1, times):
                for table, names in columns.items():
                    connection.execute(_copying(table, names, step, turn).encode())
        return int(_one(connection, "SELECT count(*) FROM dossiers"))


def _copying(table: str, names: list[str], step: int, turn: int) -> str:
    values = ", ".join(_value(table, name).format(step=step * turn, turn=turn) for name in names)
    number = "id" if table == "dossiers" else "dossier_id"
    columns, only = ", ".join(f'"{name}"' for name in names), WHERE.get(table, "TRUE")
    of_ward = f"SELECT id FROM dossiers WHERE intake_office = 'TT-{WARD}' AND finished_at IS NULL"
    return (
        f"INSERT INTO {table} ({columns}) SELECT {values} FROM {table} "
        f"WHERE {number} <= {step} AND {only} AND {number} NOT IN ({of_ward})"
    )


def _value(table: str, name: str) -> str:
    if name == "version" and table != "dossiers":
        return f'"{name}"'
    return CHANGED.get(name, f'"{name}"')


def _one(connection: psycopg.Connection[Any], statement: str) -> Any:
    row = connection.execute(statement.encode()).fetchone()
    assert row is not None
    return row[0]


def main() -> None:
    """Clones in the folder of an earlier run."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.clones", description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--folder", type=Path, required=True, help="a folder that python -m benchmarks has loaded")
    parser.add_argument("--times", type=int, default=5, help="how many times as many dossiers (5)")
    asked = parser.parse_args()
    server = MeasuredServer(asked.folder / "pg")
    server.start()
    try:
        print(f"{clone(server, asked.times):,} dossiers")
    finally:
        server.stop()


if __name__ == "__main__":
    main()
