"""How fast one worker empties the outbox, and how fast the sweeper finds what is due.

What was sent in the folder waits again; a sink in this process takes it at once, so that what is measured is our part:
leasing, addressing, wording, writing down what became of it.
"""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass

from benchmarks.database import NAME, MeasuredServer
from benchmarks.ground import Ground
from benchmarks.processor_time import seconds
from engine.acts.notices.deliver import deliver_notices
from engine.jobs.schedule import due_clocks
from engine.ports import Message
from engine.transaction import Runtime

BATCH = 500  # as engine.jobs.registry has it
MOST = 20_000


class Sink:
    """Takes every notice, at once."""

    def send(self, message: Message) -> str:
        return "taken"


@dataclass(frozen=True, slots=True)
class Due:
    """How long the sweeper looks for its next batch while so many clocks are due: milliseconds, in ascending order."""

    number: int
    times: list[float]


@dataclass(frozen=True, slots=True)
class Drained:
    """Notices a second of each round by the clock, and processor time a notice in microseconds."""

    rates: list[float]
    worker: float
    database: float
    due: list[Due]


def measure(server: MeasuredServer, ground: Ground, rounds: int = 3) -> Drained:
    """Empties the outbox ``rounds`` times, and looks for due clocks a hundred times."""
    runtime = ground.runtime()
    rates, worker, database, taken_in_all = list[float](), 0.0, 0.0, 0
    for _ in range(rounds):
        _wait_again(server)
        deliver_notices(runtime, Sink(), 100)  # statements and templates are known from here on
        started = time.perf_counter(), time.process_time(), seconds(server.pid)
        taken = 0
        while taken < MOST:
            done = deliver_notices(runtime, Sink(), BATCH, seconds=20)
            taken += done.taken
            if done.taken < BATCH:
                break
        rates.append(taken / (time.perf_counter() - started[0]))
        worker += time.process_time() - started[1]
        database += seconds(server.pid) - started[2]
        taken_in_all += taken
    due = _due(server, runtime)
    runtime.database.dispose()
    return Drained(rates, worker / taken_in_all * 1e6, database / taken_in_all * 1e6, due)


def _due(server: MeasuredServer, runtime: Runtime) -> list[Due]:
    """With no clock due, with 5,000, and with all: asked for at moments at which it is so."""
    with server.connect(NAME) as admin:
        admin.execute("VACUUM ANALYZE clocks")
        moments = [
            admin.execute(
                "SELECT due_at + %s * interval '1 microsecond' FROM clocks WHERE fired_at IS NULL ORDER BY due_at "
                "OFFSET greatest(0, least(%s, (SELECT count(*) - 1 FROM clocks WHERE fired_at IS NULL))) LIMIT 1",
                [before, number],
            ).fetchone()[0]  # type: ignore[index] - there is always a row
            for number, before in ((0, -1), (4_999, 0), (10**9, 0))
        ]
        counted = [
            int(
                admin.execute(
                    "SELECT count(*) FROM clocks WHERE fired_at IS NULL AND due_at <= %s", [moment]
                ).fetchone()[0]
            )  # type: ignore[index] - there is always a row
            for moment in moments
        ]
    times: list[list[float]] = [[] for _ in moments]
    with runtime.database.connect() as connection:
        for _ in range(100):
            for moment, found in zip(moments, times, strict=True):
                before = time.perf_counter()
                due_clocks(connection, moment, BATCH)
                found.append((time.perf_counter() - before) * 1000)
    return [Due(number, sorted(found)) for number, found in zip(counted, times, strict=True)]


def _wait_again(server: MeasuredServer) -> None:
    with server.connect(NAME) as admin:
        admin.execute("UPDATE outbox SET status = 'dropped' WHERE status = 'waiting'")
        admin.execute(
            """UPDATE outbox SET status = 'waiting', attempts = 0, next_attempt_at = created_at WHERE id IN (
            SELECT id FROM outbox WHERE channel <> 'inbox' ORDER BY id DESC LIMIT %s)""",
            [MOST + 100],
        )
        admin.execute("VACUUM ANALYZE outbox")


def told(drained: Drained) -> str:
    """In words."""
    rates = f"{statistics.median(drained.rates):,.0f} ({min(drained.rates):,.0f}–{max(drained.rates):,.0f})"
    both = drained.worker + drained.database
    due = "; ".join(
        f"{one.times[49]:.1f} ms with {one.number:,} due ({one.times[98]:.1f} at the 99th)" for one in drained.due
    )
    return (
        f"{rates} notices a second by one worker to a sink in the same process. A notice takes {drained.worker:.0f} µs "
        f"of processor in the worker and {drained.database:.0f} µs in PostgreSQL: {1e6 / both:,.0f} a second of "
        f"processor.\n\nThe sweeper finds its next {BATCH} clocks in {due}."
    )
