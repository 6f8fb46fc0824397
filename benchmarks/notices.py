"""What a notice costs on its way to receivers over the loopback, in processor time.

In full batches, by channel; and by a worker as an installation runs it, rung while acts go on as in the national hour,
where few notices wait at a time. The receivers are a process of their own and not counted, nor is what makes the
notices wait.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg

from benchmarks.database import NAME, MeasuredServer
from benchmarks.ground import Ground
from benchmarks.processor_time import seconds
from benchmarks.receivers import elsewhere
from benchmarks.served import beside
from cli.compose import compose, compose_notifier
from engine.acts.notices.deliver import deliver_notices
from engine.jobs.queue import Bell
from engine.settings import settings_from

BATCH = 500  # as engine.jobs.registry has it
MOST = 1_000
PAUSE = 0.05  # seconds between two rings of an acting web process
WARM = 5.0  # seconds
AN_ACT = ("webhook",) * 4 + ("sms", "email")
"""Notices of four acts."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Microseconds of processor a notice, in the worker and in PostgreSQL."""

    what: str
    number: int
    worker: float
    database: float


def measure(server: MeasuredServer, ground: Ground, folder: Path, say: Callable[[str], None]) -> list[Cost]:
    """Each channel in full batches, then 60 and 200 acts a second."""
    with elsewhere() as taking, server.connect(NAME) as admin:
        environment = {**ground.environment, **taking.environment}
        admin.execute("UPDATE webhooks SET url = %s", [taking.events])
        admin.execute("UPDATE catalogue_versions SET number = number + 1 WHERE name = 'webhooks'")
        admin.execute("UPDATE outbox SET status = 'dropped' WHERE status = 'waiting'")
        admin.execute("UPDATE clocks SET fired_at = now() WHERE fired_at IS NULL AND due_at <= now()")
        found = [_batches(server, admin, environment, channel) for channel in ("webhook", "sms", "email")]
        with beside("worker", environment, folder) as worker:
            for rate in (60, 200):
                say(f"{rate} acts a second")
                found.append(_acting(server, admin, environment, worker, rate))
        return found


def table(costs: list[Cost]) -> str:
    """In Markdown."""
    lines = ["| notices | number | worker µs | PostgreSQL µs |", "|---|---|---|---|"]
    lines += [f"| {cost.what} | {cost.number:,} | {cost.worker:,.0f} | {cost.database:,.0f} |" for cost in costs]
    return "\n".join(lines)


def _batches(server: MeasuredServer, admin: psycopg.Connection, environment: dict[str, str], channel: str) -> Cost:
    settings = settings_from(environment)
    runtime, notifier = compose(settings, ring=lambda: None), compose_notifier(settings)
    ids = _ids(admin, channel, MOST)
    for timed in (ids[:50], ids):
        _let_wait(admin, timed)
        before, taken = (time.process_time(), seconds(server.pid)), 0
        while (done := deliver_notices(runtime, notifier, BATCH)).taken:
            taken += done.sent
    worker, database = time.process_time() - before[0], seconds(server.pid) - before[1]
    runtime.database.dispose()
    return Cost(f"{channel}, in batches of {BATCH}", taken, worker / taken * 1e6, database / taken * 1e6)


def _acting(
    server: MeasuredServer, admin: psycopg.Connection, environment: dict[str, str], worker: int, rate: int
) -> Cost:
    """So many acts a second for a while; the worker's heartbeats and rq's work are in it."""
    bell, own = Bell(environment["REDIS_URL"]), admin.info.backend_pid
    waiting = _mixed(admin)
    a_turn = round(rate * PAUSE / 4 * len(AN_ACT))
    admin.execute("VACUUM ANALYZE outbox")  # what earlier rounds left is not this one's
    _act(admin, bell, waiting, a_turn, WARM)
    before = seconds(worker), seconds(server.pid) - seconds(own)
    given = _act(admin, bell, waiting, a_turn, 4 * WARM)
    while admin.execute("SELECT 1 FROM outbox WHERE status = 'waiting' LIMIT 1").fetchone():
        time.sleep(PAUSE)
    spent, database = seconds(worker) - before[0], seconds(server.pid) - seconds(own) - before[1]
    return Cost(f"{rate} acts a second, by the worker", given, spent / given * 1e6, database / given * 1e6)


def _act(admin: psycopg.Connection, bell: Bell, waiting: Iterator[int], a_turn: int, lasting: float) -> int:
    latest, given = time.monotonic() + lasting, 0
    while time.monotonic() < latest:
        _let_wait(admin, list(itertools.islice(waiting, a_turn)))
        bell()
        given += a_turn
        time.sleep(PAUSE)
    return given


def _mixed(admin: psycopg.Connection) -> Iterator[int]:
    by_channel = {channel: itertools.cycle(_ids(admin, channel, MOST)) for channel in set(AN_ACT)}
    return (next(by_channel[channel]) for channel in itertools.cycle(AN_ACT))


def _ids(admin: psycopg.Connection, channel: str, most: int) -> list[int]:
    rows = admin.execute("SELECT id FROM outbox WHERE channel = %s ORDER BY id DESC LIMIT %s", [channel, most])
    return [row[0] for row in rows]


def _let_wait(admin: psycopg.Connection, ids: list[int]) -> None:
    admin.execute(
        "UPDATE outbox SET status = 'waiting', attempts = 0, error = NULL, next_attempt_at = now() WHERE id = ANY(%s)",
        [ids],
    )
