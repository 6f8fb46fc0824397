"""What clerks and citizens read all day, by the number of dossiers that are there: milliseconds at the 50th and 99th of
some hundred calls of the engine's own functions, each over one connection, without HTTP.

    python -m benchmarks.reading --folders /tmp/small /tmp/million /tmp/five

compares folders that were loaded before, call by call in turns, so that what else the machine does falls on all alike.
Besides the time by the clock it tells the processor time of the program and of PostgreSQL's process together, which a
busy machine blurs far less.
"""

from __future__ import annotations

import argparse
import datetime as dt
import random
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from api.status import _shown
from benchmarks.database import NAME, SETTINGS, MeasuredServer
from benchmarks.ground import PROVINCE, WARD, Ground, lay
from benchmarks.multiply import GIVEN, MIDDLES, SURNAMES
from engine.dossier.case import read_case
from engine.jobs.schedule import due_clocks
from engine.rules.procedure.permissions import Actor, Membership
from engine.store.dossier_counts import queue_counts
from engine.store.dossier_lists import list_dossiers
from engine.store.list_filters import Filters
from engine.store.reports import on_time, register
from engine.store.sessions import dossier_by_link
from engine.store.visibility import visible_dossiers
from engine.transaction import Runtime, UnitOfWork

CALLS = 300
FIRST_DAY = dt.date(2025, 7, 1)


@dataclass(frozen=True, slots=True)
class Calls:
    """Every kind of reading by its name, and the number of PostgreSQL's process that answers them."""

    by_name: Mapping[str, Callable[[], Any]]
    backend: int


@dataclass(frozen=True, slots=True)
class Reading:
    """One kind of reading: median and 99th percentile in milliseconds, by the clock and of processor time."""

    name: str
    p50: float
    p99: float
    cpu50: float = 0.0
    cpu99: float = 0.0


def measure(server: MeasuredServer, ground: Ground, say: Callable[[str], None]) -> list[Reading]:
    """Every kind of reading, at the dossiers that are there now."""
    with ExitStack() as stack:
        return side_by_side({0: _open(stack, server, ground)}, say)[0]


def side_by_side(
    sizes: Mapping[int, Calls], say: Callable[[str], None], often: int = CALLS
) -> dict[int, list[Reading]]:
    """Every kind of reading at every number of dossiers, ``often`` times, in turns."""
    told: dict[int, list[Reading]] = {size: [] for size in sizes}
    for name in next(iter(sizes.values())).by_name:
        spent: dict[int, list[tuple[float, float]]] = {size: [] for size in sizes}
        for turn in range(often + 20):
            for size, calls in sizes.items():
                took = _spent(calls.by_name[name], calls.backend)
                if turn >= 20:  # before that statements are compiled and planned
                    spent[size].append(took)
        for size, times in spent.items():
            wall, cpu = (sorted(one) for one in zip(*times, strict=True))
            middle, high = often // 2, often * 99 // 100 - 1
            one = Reading(name, wall[middle], wall[high], cpu[middle], cpu[high])
            told[size].append(one)
            say(f"{size:,} {name}: {one.p50:.2f} / {one.p99:.2f} ms, {one.cpu50:.2f} / {one.cpu99:.2f} of processor")
    return told


def table(by_size: dict[int, list[Reading]]) -> str:
    """In Markdown, one column a number of dossiers."""
    sizes = sorted(by_size)
    told = "reading, p50 / p99 in ms (of processor time)"
    lines = [f"| {told} | " + " | ".join(f"{size:,} dossiers" for size in sizes) + " |"]
    lines.append("|---" * (len(sizes) + 1) + "|")
    for index, one in enumerate(by_size[sizes[0]]):
        cells = [
            f"{of.p50:.1f} / {of.p99:.1f} ({of.cpu50:.2f} / {of.cpu99:.2f})"
            for of in (by_size[size][index] for size in sizes)
        ]
        lines.append(f"| {one.name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _spent(call: Callable[[], Any], backend: int) -> tuple[float, float]:
    """Milliseconds by the clock, and of processor time here and in PostgreSQL."""
    before = time.perf_counter(), time.thread_time() + _processor_seconds(backend)
    call()
    after = time.perf_counter(), time.thread_time() + _processor_seconds(backend)
    return (after[0] - before[0]) * 1000, (after[1] - before[1]) * 1000


def _processor_seconds(process: int) -> float:
    return int(Path(f"/proc/{process}/schedstat").read_text().split()[0]) / 1e9


def _open(stack: ExitStack, server: MeasuredServer, ground: Ground) -> Calls:
    runtime = ground.runtime()
    stack.callback(runtime.database.dispose)
    opened = runtime.database.connect().execution_options(isolation_level="AUTOCOMMIT")
    connection = stack.enter_context(opened)
    backend = int(connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one())
    return Calls(_Desk(server, runtime, connection).calls(), backend)


class _Desk:
    """Those who read: the counter and the leader of the ward, whoever oversees its province, and citizens."""

    def __init__(self, server: MeasuredServer, runtime: Runtime, connection: Connection) -> None:
        self._runtime, self._connection, self._now = runtime, connection, runtime.now()
        self._dice = random.Random(7)
        self._counter = _staff((f"TT-{WARD}", "counter"))
        self._leader = _staff((f"UB-{WARD}", "leader"))
        self._monitor = _staff((f"UB-{PROVINCE}", "monitor"))
        with server.connect(NAME) as admin:
            self._links = admin.execute("SELECT link_hash FROM dossiers TABLESAMPLE SYSTEM (5) LIMIT 500").fetchall()
            self._codes = admin.execute(
                "SELECT code FROM dossiers WHERE intake_office = %s LIMIT 500", [f"TT-{WARD}"]
            ).fetchall()
            self._deep = {pages: self._start_of(admin, pages * 50 - 50) for pages in (100, 1000)}

    def calls(self) -> Mapping[str, Callable[[], Any]]:
        """Every kind of reading by its name."""
        mine, now = Filters(holder_office=f"UB-{WARD}"), self._now
        last, first = now.date(), now.date() - dt.timedelta(days=30)
        month = now - dt.timedelta(days=30), now
        rest = self._page(self._leader, mine, by_due=True, limit=400)[-1]
        after = (rest["due_at"], rest["id"])
        return {
            "queue of an office by due moment, page 1": lambda: self._page(self._leader, mine, by_due=True),
            "queue of an office by due moment, page 9": lambda: self._page(
                self._leader, mine, by_due=True, after=after
            ),
            "queue of an office, newest first": lambda: self._page(self._leader, mine),
            "counts of a queue": lambda: queue_counts(self._connection, self._leader, f"UB-{WARD}", now),
            "all dossiers of a centre, page 1": lambda: self._page(self._counter, Filters()),
            "all dossiers of a province, page 1": lambda: self._page(self._monitor, Filters()),
            "all dossiers of a province, page 100": lambda: self._page(self._monitor, Filters(), after=self._deep[100]),
            "all dossiers of a province, page 1,000": lambda: self._page(
                self._monitor, Filters(), after=self._deep[1000]
            ),
            "search by code at a centre": lambda: self._found(self._counter, self._dice.choice(self._codes)[0]),
            "search of a whole name at a centre": lambda: self._found(self._counter, self._name()),
            "search of a whole name over a province": lambda: self._found(self._monitor, self._name()),
            "search of one common word over a province": lambda: self._found(
                self._monitor, self._dice.choice(SURNAMES)
            ),
            "search of a name that nobody has, over a province": lambda: self._found(self._monitor, "tôn nữ diễm"),
            "register of a centre (Form 07), 30 days, page 1": lambda: register(
                self._connection, visible_dossiers(self._counter, last), f"TT-{WARD}", *month
            ),
            "on-time report of an office, 30 days": lambda: on_time(
                self._connection, self._leader, first, last, now, f"UB-{WARD}"
            ),
            "dashboard of a province by office, 30 days": lambda: on_time(
                self._connection, self._monitor, first, last, now
            ),
            "citizen's status": self._status,
            "due clocks found by the sweeper": lambda: due_clocks(self._connection, now, 500),
        }

    def _page(self, actor: Actor, filters: Filters, *, limit: int = 50, **more: Any) -> Sequence[Any]:
        return list_dossiers(self._connection, actor, filters, self._now, limit=limit, **more)

    def _found(self, actor: Actor, text: str) -> Sequence[Any]:
        return self._page(actor, Filters(text=text))

    def _name(self) -> str:
        return " ".join(self._dice.choice(words) for words in (SURNAMES, MIDDLES, GIVEN))

    def _status(self) -> Any:
        found = dossier_by_link(self._connection, self._dice.choice(self._links)[0])
        assert found is not None
        actor = Actor("citizen", "citizen", dossier_id=found.id)
        unit = UnitOfWork(self._runtime, self._connection, actor, self._now, begun=False, read_only=True)
        return _shown(read_case(unit, found.code))

    def _start_of(self, admin: Any, row: int) -> tuple[None, int]:
        """Where a page of the province begins that far down, or the last page where there are not so many dossiers;
        looked up outside the measurement."""
        found = "SELECT id FROM dossiers WHERE province = %s ORDER BY id DESC OFFSET %s LIMIT 1"
        there = admin.execute(found, [PROVINCE, row]).fetchone()
        return (None, there[0]) if there else (None, 60)


def _staff(*places: tuple[str, str]) -> Actor:
    held = tuple(Membership(office, role, FIRST_DAY, None, PROVINCE) for office, role in places)
    return Actor("staff", "Người đọc", person_id=1, memberships=held)


def main() -> None:
    """Compares loaded folders."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reading", description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--folders", type=Path, nargs="+", required=True, help="loaded by python -m benchmarks")
    parser.add_argument("--calls", type=int, default=CALLS, help=f"of each kind ({CALLS})")
    buffers = SETTINGS["shared_buffers"]
    parser.add_argument("--shared-buffers", default=buffers, help=f"of each PostgreSQL ({buffers})")
    asked, sizes = parser.parse_args(), dict[int, Calls]()
    with ExitStack() as stack:
        for folder in asked.folders:
            server = MeasuredServer(folder / "pg", shared_buffers=asked.shared_buffers)
            server.start()
            stack.callback(server.stop)
            with server.connect(NAME) as admin:
                counted = admin.execute("SELECT count(*) FROM dossiers").fetchone()
            assert counted is not None
            sizes[int(counted[0])] = _open(stack, server, lay(server, folder, "redis://127.0.0.1:1/0"))
        told = side_by_side(sizes, lambda text: print(text, file=sys.stderr, flush=True), asked.calls)
        print(table(told))


if __name__ == "__main__":
    main()
