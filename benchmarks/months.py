"""Detaching and attaching a month of the journal while clerks act: the longest and the 99th percentile of their acts.

    python -m benchmarks months [--folder F] [--rows 100000] [--rounds 5]

By turns in one run: nothing, a month is detached, it is attached again. The folder is one of ``python -m benchmarks
acts``, loaded already. The month has dossiers of its own, which the archive is said to have.
"""

from __future__ import annotations

import argparse
import datetime as dt
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import orjson
import psycopg

from adapters.embedded_redis import embedded_redis
from benchmarks.acts import clerks, number_dossiers
from benchmarks.client import load
from benchmarks.database import NAME, MeasuredServer
from benchmarks.ground import Ground, environment_of
from benchmarks.served import ours
from engine.store.detached import BLOCK
from engine.store.detaching import Order, attach, detach
from engine.store.dividing import owners_engine
from engine.store.retention import attached_months

MONTH, ENTRIES = 202401, 5
CLIENTS, SECONDS = 8, 4.0
_FILLED = """
SET session_replication_role = replica;
INSERT INTO dossiers
  SELECT (jsonb_populate_record(NULL::dossiers, to_jsonb(d) || jsonb_build_object('id', {low} + n, 'code', 'M-' || n,
    'link_hash', 'm' || n, 'finished_at', '2024-02-01', 'version', {entries}))).*
  FROM (SELECT * FROM dossiers WHERE id < {low} ORDER BY id LIMIT 1) d, generate_series(1, {count}) n;
INSERT INTO journal SELECT {low} + n, e, '2024-02-01', 'note', 'system', repeat('x', 600), repeat('0', 64)
  FROM generate_series(1, {count}) n, generate_series(1, {entries}) e;
INSERT INTO journal_runs SELECT {low} + n * {entries}, {low} + n, 1, {entries} FROM generate_series(1, {count}) n;
INSERT INTO archive_bags (dossier_id, bag, sha256, files, bytes, entries, exported_at, receipt, transferred_at)
  SELECT {low} + n, 'x', repeat('0', 64), 0, 0, {entries} - 2, now(), 'x', now() FROM generate_series(1, {count}) n;
SELECT setval('dossiers_id_seq', {low} + {block});
"""


def main(words: Sequence[str]) -> None:
    """Measures, and prints Markdown."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks months")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "motcua-benchmarks")
    parser.add_argument("--rows", type=int, default=100_000, help="of the journal, in the month (100000)")
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args(words)
    server = MeasuredServer(asked.folder / "pg")
    server.start()
    try:
        with embedded_redis(asked.folder / "redis") as redis_url:
            told = orjson.loads((asked.folder / "ground.json").read_bytes())
            environment = environment_of(server, asked.folder, redis_url)
            ground = Ground(told["tokens"], tuple(told["wards"]), environment, ())
            print(_measure(server, ground, asked))
    finally:
        server.stop()


def _measure(server: MeasuredServer, ground: Ground, asked: argparse.Namespace) -> str:
    _fill(server, asked.rows // ENTRIES)
    number_dossiers(server, ground)
    owner, found = owners_engine(server.owner_url), dict[str, list[tuple[float, float, float, int]]]()
    past = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)
    order = Order("journal", MONTH, past, past, "benchmark", "measured")
    with owner.connect() as connection:
        away = MONTH not in attached_months(connection, "journal")
    if away:
        attach(owner, "journal", MONTH)  # of a run that was ended
    changes: dict[str, Callable[[], object]] = {
        "nothing": lambda: None,
        "detach": lambda: detach(owner, order),
        "attach": lambda: attach(owner, "journal", MONTH),
    }
    with ours(ground.environment, asked.folder) as web:
        asking = clerks(server, ground, CLIENTS)
        load(web.port, asking, SECONDS)  # warm
        for _ in range(asked.rounds):
            for name, change in changes.items():
                took = [0.0]
                beside = threading.Thread(target=_timed, args=(change, took))
                beside.start()
                tally = load(web.port, asking, SECONDS)
                beside.join()
                longest, p99 = max(tally.latencies) * 1000, tally.percentile(0.99)
                found.setdefault(name, []).append((longest, p99, took[0], sum(tally.wrong.values())))
    return _table(found)


def _timed(change: Callable[[], object], took: list[float]) -> None:
    time.sleep(SECONDS / 4)
    started = time.perf_counter()
    change()
    took[0] = (time.perf_counter() - started) * 1000


def _fill(server: MeasuredServer, count: int) -> None:
    with server.connect(NAME, "motcua_owner") as owner:
        owner.execute(f"SELECT make_month({MONTH})".encode())
    with server.connect(NAME) as admin:
        if admin.execute(
            "SELECT 1 FROM dossiers WHERE id > %s AND id < %s", [MONTH * BLOCK, (MONTH + 1) * BLOCK]
        ).fetchone():
            return
        given = {"low": MONTH * BLOCK, "count": count, "entries": ENTRIES, "block": BLOCK}
        for statement in _FILLED.format(**given).split(";")[:-1]:
            admin.execute(statement.encode())
        _analyze(admin)


def _analyze(admin: psycopg.Connection[object]) -> None:
    admin.execute("VACUUM ANALYZE dossiers")
    admin.execute("VACUUM ANALYZE journal")


def _table(found: dict[str, list[tuple[float, float, float, int]]]) -> str:
    lines = [
        "| beside the acts | longest act ms, of each round | p99 ms, median | the change itself ms, median | failed |",
        "|---|---|---|---|---|",
    ]
    for name, rounds in found.items():
        longest = ", ".join(f"{one[0]:.0f}" for one in rounds)
        p99, took = (statistics.median(one[at] for one in rounds) for at in (1, 2))
        lines.append(f"| {name} | {longest} | {p99:.0f} | {took:.0f} | {sum(one[3] for one in rounds)} |")
    return "\n".join(lines)
