"""The night of a reform at the size of the country: planned and applied while clerks work on, on a database of its own.

Clerks of sixteen communes submit and send back dossiers that are in the plan, over HTTP and at a steady pace, before
and during; those whose dossier was moved between two clicks are told so, read it again and go on at the new office.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from benchmarks.client import Connection, request
from benchmarks.database import NAME, MeasuredServer
from benchmarks.ground import WHY
from benchmarks.processor_time import seconds as processor_seconds
from benchmarks.reform_ground import JULY, Acting, June, lay
from benchmarks.served import ours
from engine.journal.check import Tally, check_journal
from engine.store.sql.schema import open_database

REFORM = "2025-07-01.yaml"
CLERKS, PACE = 4, 0.2
"""So many clerks at once, each acting every so many seconds."""
LOOK_EVERY = 0.025  # seconds between two looks at who waits for a lock; five times as often took 7 % of PostgreSQL
CHECKED = 1_000
"""Dossiers whose journal is checked against their row afterwards."""


@dataclass(slots=True)
class Step:
    """One command: how long, how large, and the processor time of it and of PostgreSQL, in seconds and bytes."""

    seconds: float
    memory: int
    own: float
    database: float


@dataclass(slots=True)
class Acts:
    """What the clerks saw: seconds an act, refusals by status, how often they were told that a dossier was moved."""

    latencies: list[float] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)
    told: int = 0

    def at(self, share: float) -> float:
        """In milliseconds."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000 if ordered else float("nan")


@dataclass(slots=True)
class Night:
    """All that was measured. ``blocked`` is the longest anybody waited for a lock during the apply, in seconds."""

    dossiers: int
    steps: dict[str, Step]
    before: Acts
    during: Acts
    blocked: float
    standing: dict[str, int]
    wrong: int


def measure(folder: Path, redis_url: str, dossiers: int, seconds: float, say: Callable[[str], None]) -> Night:
    """Lays the ground, then plans and applies. What was laid stays in the folder: one for each number of dossiers."""
    folder.mkdir(mode=0o755, exist_ok=True)
    (folder / "pg").mkdir(exist_ok=True)
    with started(MeasuredServer(folder / "pg")) as server:
        june = lay(server, folder, redis_url, dossiers, say)
        june.at(JULY)
        plan = folder / "plan.json"
        steps = {"plan": run_command(server, june, say, "reform", "plan", REFORM, "--out", str(plan))}
        with ours(june.environment, folder) as web:
            clerks = [Clerk(web.port, june.acting[number::CLERKS]) for number in range(CLERKS)]
            before = work_beside(clerks, lambda: time.sleep(seconds))
            with longest_lock(server) as longest:
                during = work_beside(
                    clerks, lambda: steps.update(apply=run_command(server, june, say, "reform", "apply", str(plan)))
                )
        return Night(dossiers, steps, before, during, longest[0], _standing(server), wrong_journals(server))


def table(night: Night) -> str:
    """In Markdown."""
    moved = night.standing.get("done", 0)
    lines = [
        "| step | seconds | dossiers/s | memory MB | CPU ms a dossier: program, PostgreSQL |",
        "|---|---|---|---|---|",
    ]
    for name, step in night.steps.items():
        many = moved if name == "apply" else night.dossiers
        lines.append(
            f"| {name} | {step.seconds:.1f} | {many / step.seconds:,.0f} | {step.memory / 1e6:.0f} "
            f"| {step.own / many * 1000:.3f}, {step.database / many * 1000:.3f} |"
        )
    lines += [
        "",
        "| acts of clerks | number | p50 ms | p99 ms | longest | told of the move | refused |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, acts in (("before", night.before), ("during", night.during)):
        lines.append(
            f"| {name} | {len(acts.latencies)} | {acts.at(0.5):.1f} | {acts.at(0.99):.1f} | {acts.at(1):.1f} "
            f"| {acts.told} | {dict(acts.refused) or 0} |"
        )
    stand = ", ".join(f"{count:,} {status}" for status, count in sorted(night.standing.items()))
    return "\n".join(
        [
            *lines,
            "",
            f"Longest wait for a lock during the apply: {night.blocked * 1000:.0f} ms. Dossiers: {stand}. "
            f"Journals that do not hold, of {CHECKED} looked at: {night.wrong}.",
        ]
    )


def run_command(server: MeasuredServer, june: June, say: Callable[[str], None], *words: str) -> Step:
    """``motcua …``, measured; the end of what it prints is passed on."""
    began, database = time.monotonic(), processor_seconds(server.pid)
    child = subprocess.Popen(
        [sys.executable, "-m", "cli", *words],
        env={**os.environ, **june.environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    say("\n".join(child.stdout.read().splitlines()[-8:]))
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in (0, 2):
        raise RuntimeError(f"{words[0]} {words[1]} ended with {child.returncode}")
    return Step(
        time.monotonic() - began,
        used.ru_maxrss * 1024,
        used.ru_utime + used.ru_stime,
        processor_seconds(server.pid) - database,
    )


def work_beside(clerks: list[Clerk], meanwhile: Callable[[], Any]) -> Acts:
    """The clerks act for as long as ``meanwhile`` takes."""
    acts, done = Acts(), threading.Event()
    threads = [threading.Thread(target=clerk.work, args=(acts, done), daemon=True) for clerk in clerks]
    for thread in threads:
        thread.start()
    try:
        meanwhile()
    finally:
        done.set()
    for thread in threads:
        thread.join(60)
    return acts


class Clerk:
    """Submits and sends back the dossiers of some communes in turn."""

    def __init__(self, port: int, acting: tuple[Acting, ...]) -> None:
        self._connection = Connection(port)
        self._places = [(one, code) for one in acting for code in one.codes]
        self._known: dict[str, tuple[int, str]] = {}

    def work(self, acts: Acts, done: threading.Event) -> None:
        turn = 0
        while not done.wait(PACE):
            acting, code = self._places[turn % len(self._places)]
            turn += 1
            version, state = self._known.get(code) or self._read(acting, code)
            role, body = ("specialist", {"action": "submit"})
            if state == "signing":
                role, body = ("leader", {"action": "send_back", "reason": WHY})
            path, key = f"/api/v1/dossiers/{code}/actions", os.urandom(12).hex()
            asked = request("POST", path, orjson.dumps(body), acting.tokens[role], key, version)
            began = time.perf_counter()
            status, answer = self._connection.ask(asked)
            acts.latencies.append(time.perf_counter() - began)
            said = orjson.loads(answer)
            if status == 200:
                self._known[code] = said["version"], said["state"]
                continue
            self._known.pop(code, None)
            if status == 412 and said.get("facts", {}).get("act") in ("reform", "migrate"):
                acts.told += 1
            else:
                acts.refused[f"{status} {said.get('code')}"] += 1

    def _read(self, acting: Acting, code: str) -> tuple[int, str]:
        asked = request("GET", f"/api/v1/dossiers/{code}", token=acting.tokens["specialist"])
        status, answer = self._connection.ask(asked)
        if status != 200:
            raise RuntimeError(f"{code} cannot be read: {status} {answer[:300]!r}")
        stands = orjson.loads(answer)
        return int(stands["version"]), str(stands["state"])


@contextmanager
def started(server: MeasuredServer) -> Iterator[MeasuredServer]:
    server.start()
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def longest_lock(server: MeasuredServer) -> Iterator[list[float]]:
    """Looks all the while at who waits for a lock; the longest wait in seconds."""
    longest, done = [0.0], threading.Event()
    asked = "SELECT max(extract(epoch FROM clock_timestamp() - waitstart)) FROM pg_locks WHERE NOT granted"

    def look() -> None:
        with server.connect(NAME) as connection:
            while not done.wait(LOOK_EVERY):
                row = connection.execute(asked).fetchone()
                longest[0] = max(longest[0], float(row[0] or 0) if row else 0)

    looking = threading.Thread(target=look, daemon=True)
    looking.start()
    try:
        yield longest
    finally:
        done.set()
        looking.join()


def _standing(server: MeasuredServer) -> dict[str, int]:
    with server.connect(NAME) as connection:
        rows = connection.execute("SELECT status, count(*) FROM reform_items GROUP BY status").fetchall()
    return {str(status): int(count) for status, count in rows}


def wrong_journals(server: MeasuredServer) -> int:
    """Of some dossiers spread over all: how many journals do not lead to the row."""
    with server.connect(NAME) as connection:
        codes = connection.execute(
            "SELECT code FROM dossiers TABLESAMPLE SYSTEM (10) ORDER BY md5(code) LIMIT %s", [CHECKED]
        ).fetchall()
    database = open_database(server.application_url)
    found = [one for (code,) in codes for one in check_journal(database, Tally(), code)]
    wrong = sum("no checkpoint covers" not in one.en for one in found)  # what was loaded by COPY waits for none
    database.dispose()
    return wrong
