"""How long every report takes over the dossiers that are there: for the overseer of a province, for the leader of an
office and for an administrator; milliseconds of the median and the slowest of some calls, without HTTP.

The period is the whole time in which dossiers were filed, which is the most that a report can be asked. What is kept
beside each dossier for the indicators is brought up to date first, as the clock does every ten minutes.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from benchmarks.database import NAME, MeasuredServer
from benchmarks.ground import PROVINCE, WARD, Ground
from engine.clock import civil_day
from engine.jobs.indicator_facts import keep_facts_of_all
from engine.queries.delays import delays
from engine.queries.figure_readers import figure_reader
from engine.queries.indicators import Wanted, indicators, listed_dossiers
from engine.queries.readiness import readiness
from engine.queries.service_floors import service_floors
from engine.queries.unit_weeks import by_offices, by_units
from engine.rules.procedure.permissions import Actor, Membership
from engine.store.indicator_rules import RULES
from engine.transaction import UnitOfWork

CALLS = 5


@dataclass(frozen=True, slots=True)
class Report:
    """A report as somebody reads it: the median and the slowest call in milliseconds."""

    reader: str
    name: str
    p50: float
    worst: float


def measure(server: MeasuredServer, ground: Ground, say: Callable[[str], None]) -> list[Report]:
    """Every report by every kind of reader."""
    with server.connect(NAME) as admin:
        admin.execute("ANALYZE")
        first = admin.execute("SELECT min(filed_at) FROM dossiers").fetchone()
    runtime = ground.runtime()
    keep_facts_of_all(runtime, seconds=3600)
    with server.connect(NAME) as admin:
        admin.execute("VACUUM ANALYZE indicator_facts")
    began = dt.date(2000, 1, 1)
    start = civil_day(first[0]) if first and first[0] else civil_day(runtime.now())
    readers = {
        "overseer": Actor("staff", "overseer", 1, (Membership(f"UB-{PROVINCE}", "monitor", began, None, PROVINCE),)),
        "leader": Actor("staff", "leader", 2, (Membership(f"UB-{WARD}", "leader", began, None, PROVINCE),)),
        "administrator": Actor("admin", "administrator", 3),
    }
    told: list[Report] = []
    with runtime.database.connect().execution_options(motcua_read_only=True) as connection:
        for reader, actor in readers.items():
            unit = UnitOfWork(runtime, connection, actor, runtime.now(), begun=False, read_only=True)
            for name, call in _calls(unit, start).items():
                told.append(_timed(reader, name, call))
                say(f"{reader}, {name}: {told[-1].p50:.0f} / {told[-1].worst:.0f} ms")
    runtime.database.dispose()
    return told


def table(reports: list[Report]) -> str:
    """In Markdown, the slowest report first."""
    lines = ["| report | reader | median, ms | slowest of some, ms |", "|---|---|---|---|"]
    for one in sorted(reports, key=lambda report: -report.p50):
        lines.append(f"| {one.name} | {one.reader} | {one.p50:.0f} | {one.worst:.0f} |")
    return "\n".join(lines)


def _calls(unit: UnitOfWork, start: dt.date) -> dict[str, Callable[[], Any]]:
    today, reader = unit.today, figure_reader(unit)
    wanted = Wanted(start=start, end=today)
    calls: dict[str, Callable[[], Any]] = {"the page of all indicators": lambda: indicators(unit, wanted)}
    calls |= {f"the list behind {key}": _list(unit, key, wanted) for key in RULES}
    calls["delays"] = lambda: delays(unit, wanted)
    calls["floors"] = lambda: service_floors(unit, reader, today.year, 10)
    calls["readiness"] = lambda: readiness(unit, reader)
    if reader.overall:
        calls["on time by unit, 12 weeks"] = lambda: by_units(unit, reader, today, "commune", today)
    else:
        calls["on time by office, 12 weeks"] = lambda: by_offices(unit, reader.offices, today)
    return calls


def _list(unit: UnitOfWork, key: str, wanted: Wanted) -> Callable[[], Any]:
    return lambda: listed_dossiers(unit, key, "numerator", wanted)


def _timed(reader: str, name: str, call: Callable[[], Any]) -> Report:
    took = []
    for _ in range(CALLS):
        before = time.perf_counter()
        call()
        took.append((time.perf_counter() - before) * 1000)
    took.sort()
    return Report(reader, name, took[CALLS // 2], took[-1])
