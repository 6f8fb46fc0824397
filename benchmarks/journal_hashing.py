"""What the journal's hashing costs an act, a checkpoint and an auditor: ``python -m benchmarks.journal_hashing``.

Everything is measured in one run on one PostgreSQL of its own, as processor time of our process, so that the shares
hold whatever else the machine is doing; the work of the database would only make the act larger and the shares smaller.
Real acts are timed from outside and the hashing within them from inside; PostgreSQL times the trigger (wall clock).
"""

from __future__ import annotations

import hashlib
import platform
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, text

import engine.dossier.record
from engine.acts.checkpoint import checkpoint_now
from engine.journal.export import checkpoint_lines, entry_lines
from engine.rules.journal.entries import entry
from engine.store.journal import journal
from tests import shared_run
from tests.installation import installation
from tests.installation.world import World, open_world
from verifier.motcua_verify import verify_export

DOSSIERS = 60
BACKLOG = 40_000  # entries


def main() -> None:
    shared_run.begin()
    try:
        with tempfile.TemporaryDirectory() as folder, open_world("postgresql", Path(folder)) as world:
            print(report(world))
    finally:
        shared_run.end()


def report(world: World) -> str:
    """The table, in Markdown."""
    acts, within = timed_acts(world)
    act = statistics.median(acts)
    sizes = _sizes(world)
    rows = [
        ("an act (filing, receiving, forwarding, finishing), median", act),
        ("– of it: canonical JSON and SHA-256 of the entry, median", statistics.median(within["entry"])),
        ("– of it: SHA-256 alone of an entry of mean size", _sha(int(sizes[0]))),
        ("– of it: commitment to the private part, median", statistics.median(within["commitment"])),
        ("– of it: the trigger that notes the entry for the next checkpoint, by PostgreSQL", _trigger(world)),
    ]
    covered, checked = _per_entry(world)
    rows += [("a checkpoint, for each new entry", covered), ("the verifier, for each entry of an export", checked)]
    lines = [
        f"{platform.python_implementation()} {platform.python_version()}, {platform.machine()}, "
        f"{len(acts)} acts, {sizes[1]} entries, {sizes[0]:.0f} bytes an entry",
        "",
        "| what | µs of processor | share of an act |",
        "|---|---:|---:|",
        *(f"| {name} | {micro:.1f} | {micro / act:.2%} |" for name, micro in rows),
    ]
    return "\n".join(lines)


def timed_acts(world: World) -> tuple[list[float], dict[str, list[float]]]:
    """Microseconds of every act, and of the hashing within them by function."""
    within: dict[str, list[float]] = defaultdict(list)
    acts: list[float] = []
    true = [
        (engine.dossier.record, "entry"),
        (engine.dossier.record, "commitment"),
        (installation, "in_transaction"),
    ]
    timed = [
        (module, name, getattr(module, name), acts if name == "in_transaction" else within[name])
        for module, name in true
    ]
    world.check = lambda: None  # type: ignore[method-assign] # it looks at everything after each act
    for module, name, function, into in timed:
        setattr(module, name, _timing(function, into))
    try:
        for _ in range(DOSSIERS):
            world.land_at("signing")
    finally:
        for module, name, function, _ in timed:
            setattr(module, name, function)
    return acts, within


def _timing(function: Callable[..., Any], into: list[float]) -> Callable[..., Any]:
    def timed(*arguments: Any, **named: Any) -> Any:
        began = time.thread_time_ns()
        try:
            return function(*arguments, **named)
        finally:
            into.append((time.thread_time_ns() - began) / 1000)

    return timed


def _sizes(world: World) -> tuple[float, int]:
    with world.reading() as connection:
        mean = func.avg(func.length(journal.c.body))
        size, count = connection.execute(select(mean, func.count())).one()
    return float(size), int(count)


def _sha(size: int) -> float:
    content, rounds = b"x" * size, 20_000
    began = time.thread_time_ns()
    for _ in range(rounds):
        hashlib.sha256(content).hexdigest()
    return (time.thread_time_ns() - began) / rounds / 1000


def _trigger(world: World) -> float:
    """As EXPLAIN ANALYZE tells it, over single inserts that are rolled back; the median of 200."""
    times = []
    with world.database.connect() as connection:
        row = connection.execute(select(journal).order_by(journal.c.dossier_id).limit(1)).one()
        for number in range(1_000_000, 1_000_200):
            plan = connection.execute(
                text("EXPLAIN (ANALYZE, FORMAT JSON) INSERT INTO journal VALUES (:d, :n, :at, 'x', 'x', :body, :hash)"),
                {"d": row.dossier_id, "n": number, "at": row.at, "body": row.body, "hash": row.hash},
            ).scalar_one()
            told = {one["Trigger Name"]: one["Time"] for one in plan[0]["Triggers"]}
            times.append(told["journal_awaits_checkpoint"] * 1000)
        connection.rollback()
    return statistics.median(times)


def _per_entry(world: World) -> tuple[float, float]:
    """Microseconds an entry of covering a backlog, and of verifying it from an export."""
    checkpoint_now(world.runtime)
    _write(world, BACKLOG)
    began = time.thread_time_ns()
    made = checkpoint_now(world.runtime)
    covered = (time.thread_time_ns() - began) / sum(one.entries for one in made) / 1000
    entries = list(entry_lines(world.database, made[-1].size))
    checkpoints = list(checkpoint_lines(world.database, made[-1].number))
    began = time.thread_time_ns()
    found = verify_export(entries, checkpoints, [("last", checkpoints[-1])])
    checked = (time.thread_time_ns() - began) / len(entries) / 1000
    assert not found.findings, found.findings
    return covered, checked


def _write(world: World, count: int) -> None:
    """Entries behind the acts' backs: as many for each dossier, as large as real ones."""
    with world.database.begin() as connection:
        last = select(journal.c.dossier_id, func.max(journal.c.number).label("number")).group_by(journal.c.dossier_id)
        ends = last.subquery()
        same = (journal.c.dossier_id == ends.c.dossier_id) & (journal.c.number == ends.c.number)
        heads = connection.execute(select(journal).join(ends, same)).all()
        for head in heads:
            code, previous, rows = head.body.split('"code":"')[1].split('"')[0], head.hash, []
            for number in range(head.number + 1, head.number + 1 + count // len(heads)):
                made = entry(
                    code=code, number=number, previous=previous, at=world.now, act="note", actor="staff:1",
                    changes={"padding": "x" * 300}, data={}, private=None,
                )  # fmt: skip
                previous = made.hash
                rows.append({**head._asdict(), "number": number, "body": made.body, "hash": made.hash})
            connection.execute(journal.insert(), rows)


if __name__ == "__main__":
    main()
