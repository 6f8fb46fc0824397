"""What clerks and citizens read all day, by the number of dossiers that are there: milliseconds at the 50th and 99th of
a hundred calls of the engine's own functions, over one connection, without HTTP."""

from __future__ import annotations

import datetime as dt
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from api.status import _shown
from benchmarks.database import NAME, MeasuredServer
from benchmarks.ground import WARD, Ground
from engine.acts.deliver_notices import deliver_notices
from engine.case import open_case
from engine.ports import Message
from engine.rules.permissions import Actor, Membership
from engine.schedule import _due
from engine.store.queues import Filters, list_dossiers, queue_counts, visible_dossiers
from engine.store.reports import on_time
from engine.store.sessions import dossier_by_link
from engine.transaction import Runtime, UnitOfWork

CALLS = 100
FIRST_DAY = dt.date(2025, 7, 1)


@dataclass(frozen=True, slots=True)
class Reading:
    """One kind of reading: its median and its 99th percentile in milliseconds."""

    name: str
    p50: float
    p99: float


def measure(server: MeasuredServer, ground: Ground, say: Callable[[str], None]) -> list[Reading]:
    """Every kind of reading, at the dossiers that are there now."""
    runtime = ground.runtime()
    dice = random.Random(7)
    with server.connect(NAME) as admin:
        some = admin.execute("SELECT id, code, link_hash FROM dossiers ORDER BY random() LIMIT 200").fetchall()
    told = []
    with runtime.database.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for name, call in _calls(runtime, connection, some, dice).items():
            call()
            spent = sorted(_spent(call) for _ in range(CALLS))
            told.append(Reading(name, spent[CALLS // 2], spent[CALLS - 2]))
            say(f"{name}: {told[-1].p50:.2f} / {told[-1].p99:.2f} ms")
    runtime.database.dispose()
    return told


def _spent(call: Callable[[], Any]) -> float:
    started = time.perf_counter()
    call()
    return (time.perf_counter() - started) * 1000


def _calls(
    runtime: Runtime, connection: Connection, some: list[tuple[Any, ...]], dice: random.Random
) -> dict[str, Callable[[], Any]]:
    now = runtime.now()
    counter = _staff((f"TT-{WARD}", "counter"))
    leader = _staff((f"UB-{WARD}", "leader"))
    monitor = _staff((f"UB-{WARD}", "monitor"), province="79")
    mine = Filters(holder_office=f"UB-{WARD}")

    def page(actor: Actor, filters: Filters, **more: Any) -> Any:
        return list_dossiers(connection, actor, filters, now, limit=50, **more)

    def deep() -> Callable[[], Any]:
        """The twentieth page: what stands before it was read once, outside the measurement."""
        after = None
        for _ in range(20):
            rows = page(counter, Filters(), after=after)
            if len(rows) < 50:
                break
            after = (None, rows[-1]["id"])
        return lambda: page(counter, Filters(), after=after)

    def status() -> Any:
        found = dossier_by_link(connection, dice.choice(some)[2])
        assert found is not None
        actor = Actor("citizen", "citizen", dossier_id=found.id)
        return _shown(open_case(UnitOfWork(runtime, connection, actor, now, ""), found.code, lock=False))

    month = (now - dt.timedelta(days=30), now)
    return {
        "queue of an office by due moment, first page": lambda: page(leader, mine, by_due=True),
        "all dossiers of a centre, first page": lambda: page(counter, Filters()),
        "all dossiers of a centre, page 20": deep(),
        "counts of a queue": lambda: queue_counts(connection, leader, f"UB-{WARD}", now),
        "search by code": lambda: page(counter, Filters(text=f"{dice.randrange(10**6):08d}")),
        "search by name without accents": lambda: page(counter, Filters(text="tran thi ha")),
        "search a name over a province": lambda: page(monitor, Filters(text="pham duc long")),
        "first page of a province": lambda: page(monitor, Filters()),
        "on-time report of an office, 30 days": lambda: on_time(
            connection, visible_dossiers(leader, now.date()), *month, now, f"UB-{WARD}"
        ),
        "citizen's status": status,
        "due clocks found by the sweeper": lambda: _due(runtime, now, 500),
    }


def _staff(*places: tuple[str, str], province: str = "79") -> Actor:
    held = tuple(Membership(office, role, FIRST_DAY, None, province) for office, role in places)
    return Actor("staff", "Người đọc", person_id=1, memberships=held)


class Sink:
    """Takes every notice, at once."""

    def send(self, message: Message) -> str:
        return "taken"


def drain(ground: Ground, batch: int = 500, most: int = 5_000) -> float:
    """Notices a second that one worker hands to a sink in this process."""
    runtime = ground.runtime()
    started, taken = time.perf_counter(), 0
    while taken < most:
        done = deliver_notices(runtime, Sink(), batch, seconds=20)
        taken += done.taken
        if done.taken < batch:
            break
    spent = time.perf_counter() - started
    runtime.database.dispose()
    return taken / spent


def table(by_size: dict[int, list[Reading]]) -> str:
    """In Markdown, one column a number of dossiers."""
    sizes = sorted(by_size)
    lines = ["| reading, p50 / p99 in ms | " + " | ".join(f"{size:,} dossiers" for size in sizes) + " |"]
    lines.append("|---" * (len(sizes) + 1) + "|")
    for index, one in enumerate(by_size[sizes[0]]):
        cells = [f"{by_size[size][index].p50:.2f} / {by_size[size][index].p99:.2f}" for size in sizes]
        lines.append(f"| {one.name} | {' | '.join(cells)} |")
    return "\n".join(lines)
