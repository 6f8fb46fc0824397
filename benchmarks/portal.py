"""Telling the national portal while its double fails in every way, and comparing both sides: rate, lag, memory.

Every loaded dossier is told by two tellings (dossier and step). Then tellings come in live, to see the lag under
faults. What was sent is counted anew by the keys that the portal holds. At the end 300 differences of the twelve kinds
are seeded behind the portal's back, found, and repaired where it is safe.
"""

from __future__ import annotations

import random
import resource
import statistics
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import text

from adapters.portal import HttpPortal
from benchmarks.ground import Ground
from engine.acts.portal.again import resend_dossiers, retry_portal
from engine.acts.portal.compare import compare_with_portal
from engine.acts.portal.tell import Line, tell_portal
from engine.queries.portal import differences
from engine.rules.portal.differences import KINDS
from engine.rules.procedure.permissions import SYSTEM_ACTOR as SYSTEM
from engine.store.portal_queue import try_again
from engine.transaction import Runtime, in_transaction
from tests.doubles.process import Running, running
from tests.installation.portal import asked, connect
from workflows.portal_mapping import read_mapping

FAULTS = {
    "error": 0.03,
    "lost_answer": 0.03,
    "refuse": 0.01,
    "twice": 0.03,
    "slow": 0.02,
    "down": 0.02,
    "clock": 0.02,
    "forget": 0.001,
}
DIFFERENCES = 300
LIVE_SECONDS, LIVE_RATE = 30, 40
ALTERED: dict[str, dict[str, Any]] = {
    "procedure": {"MaTTHC": "1.999999"},
    "received": {"NgayTiepNhan": "20200101000000"},
    "due": {"NgayHenTra": "20200101000000"},
    "state": {"TrangThaiHoSo": "1"},
    "ended": {"NgayKetThucXuLy": "20200101000000"},
    "office": {"DonViXuLy": "H00"},
    "documents": {"TaiLieuNop": [{"TenGiayTo": "lạ"}]},
    "fee": {"DanhSachLePhi": [{"TenLePhi": "lạ"}]},
    "result": {"DanhSachGiayToKetQua": [{"TenGiayTo": "lạ"}]},
}
_FILL = """
INSERT INTO portal_tellings (dossier_id, entry, key, kind, at, data, status, attempts, next_attempt_at)
SELECT d.id, d.version, kind || '-' || {mark} || '-' || left(d.head, 16), kind, now(), jsonb_build_object(
  'state', d.state, 'portal', d.portal, 'handler_office', d.handler_office, 'intake_office', d.intake_office,
  'holder_office', d.holder_office, 'holder_role', d.holder_role), 'waiting', 0, now()
FROM dossiers d CROSS JOIN (VALUES ('dossier'), ('progress')) AS kinds(kind) WHERE {which} ORDER BY d.id, kind
"""


@dataclass(slots=True)
class Told:
    """What was measured."""

    dossiers: int
    told: int = 0
    seconds: float = 0.0
    down: float = 0.0
    lags: list[float] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    sent: int = 0
    forgotten: int = 0  # answered there, and not kept
    lost: int = 0  # sent, and not held there for another reason
    foreign: int = 0  # held there, and no telling of ours
    compared: list[tuple[str, float, float, int]] = field(default_factory=list)
    found: Counter[str] = field(default_factory=Counter)
    wanted: Counter[str] = field(default_factory=Counter)
    left: Counter[str] = field(default_factory=Counter)
    grown: int = 0


def measure(ground: Ground, folder: Path, say: Callable[[str], None]) -> Told:
    """Tells every dossier of the ground, compares, seeds differences, and repairs them."""
    place = folder / "portal" / str(time.time_ns())
    with running("tests.doubles.portal", place) as double:
        runtime = connect(ground.runtime(), double.address)
        assert runtime.settings.portal is not None
        portal = HttpPortal(runtime.settings.portal, read_mapping())
        run_all(
            runtime, "DELETE FROM portal_tellings", "DELETE FROM portal_differences", "DELETE FROM portal_comparisons"
        )
        told = Told(dossiers=int(one(runtime, "SELECT count(*) FROM dossiers WHERE source IS NULL")))
        fill(runtime)
        say(f"{told.dossiers:,} dossiers wait with 2 tellings each")
        _drain(runtime, portal, double, told, say)
        _live(runtime, portal, double, told)
        asked(double, "faults", {"faults": {}}, "PUT")
        finish(runtime, portal)
        _count_anew(runtime, double, told)
        compare(runtime, portal, told, "after the faults")
        repair(runtime, portal, told)
        seed(runtime, double, told)
        compare(runtime, portal, told, f"{DIFFERENCES} seeded differences")
        told.found = kinds(runtime)
        repair(runtime, portal, told)
        compare(runtime, portal, told, "after the repair")
        told.left = kinds(runtime)
        runtime.database.dispose()
    return told


def fill(runtime: Runtime) -> None:
    """Two tellings of each dossier whose truth is here."""
    run_all(runtime, _FILL.format(mark=0, which="d.source IS NULL"))


def _drain(runtime: Runtime, portal: HttpPortal, double: Running, told: Told, say: Callable[[str], None]) -> None:
    """Tells the backlog under faults; the portal is down for ten seconds in the middle."""
    asked(double, "faults", {"faults": FAULTS, "seed": 7, "seconds": 0.2}, "PUT")
    began, line, dark = time.monotonic(), Line(), False
    while (left := _number(runtime, "waiting")) > told.dossiers * 0.05:
        if left < told.dossiers and not dark:
            asked(double, "faults", {"faults": {"down": 1.0}}, "PUT")
            until = time.monotonic() + 10
            while time.monotonic() < until:
                tell_portal(runtime, portal, line=line)
                time.sleep(0.2)
            asked(double, "faults", {"faults": FAULTS, "seed": 8, "seconds": 0.2}, "PUT")
            told.down, dark, line = 10.0, True, Line()
        tally = tell_portal(runtime, portal, line=line)
        if not tally.taken:
            _again(runtime)
        told.told += tally.sent
    told.seconds = time.monotonic() - began
    say(f"{told.told:,} tellings in {told.seconds:.0f} s")


def _live(runtime: Runtime, portal: HttpPortal, double: Running, told: Told) -> None:
    """New tellings at a steady rate, told as the worker does; the lag is that of all that were told meanwhile."""
    finish(runtime, portal)
    ids = [row[0] for row in _rows(runtime, "SELECT id FROM dossiers WHERE source IS NULL ORDER BY id LIMIT 5000")]
    line, began, turn = Line(), time.monotonic(), 0
    while time.monotonic() < began + LIVE_SECONDS:
        due = int((time.monotonic() - began) * LIVE_RATE / 2)
        if due > turn:
            some = ", ".join(str(ids[number % len(ids)]) for number in range(turn, due))
            run_all(runtime, _FILL.format(mark=f"'live-{turn}'", which=f"d.id IN ({some})"))
            turn = due
        if not tell_portal(runtime, portal, line=line).taken:
            time.sleep(0.05)
    lag = (
        "SELECT extract(epoch FROM first_sent_at - at) FROM portal_tellings WHERE key LIKE '%live%' AND status = 'sent'"
    )
    told.lags = sorted(float(row[0]) for row in _rows(runtime, lag))


def finish(runtime: Runtime, portal: HttpPortal) -> None:
    """Until nothing waits: nobody waits for a retry, and an operator sends again what the portal refused.

    What it refuses four times stays: the steps of a dossier that it has forgotten.
    """
    for _ in range(4):
        line = Line()
        while tell_portal(runtime, portal, line=line).taken:
            pass
        in_transaction(runtime, SYSTEM, lambda unit: retry_portal(unit, "benchmark"))
        _again(runtime)
    while tell_portal(runtime, portal, line=line).taken:
        pass


def _again(runtime: Runtime) -> None:
    in_transaction(runtime, SYSTEM, lambda unit: try_again(unit.begin(), unit.now))


def _count_anew(runtime: Runtime, double: Running, told: Told) -> None:
    """What the portal holds against what was sent, by key; steps that it refuses have no answer and are not sent."""
    told.counts = asked(double, "counts")
    held = set(asked(double, "keys"))
    every = "SELECT d.code || ':' || t.key, t.status FROM portal_tellings t JOIN dossiers d ON d.id = t.dossier_id"
    ours = {row[0]: row[1] for row in _rows(runtime, every)}
    sent = {key for key, status in ours.items() if status == "sent"}
    forgotten = set(asked(double, "forgotten")) - held
    told.sent, told.forgotten = len(sent), len(sent & forgotten)
    told.lost, told.foreign = len(sent - held - forgotten), len(held - ours.keys())


def compare(runtime: Runtime, portal: HttpPortal, told: Told, what: str) -> None:
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    worked = time.process_time()
    differing = 0
    while True:
        done = compare_with_portal(runtime, portal, seconds=600)
        differing += done.differing
        if done.ended:
            break
    told.compared.append((what, time.monotonic() - began, time.process_time() - worked, differing))
    told.grown = max(told.grown, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)


def repair(runtime: Runtime, portal: HttpPortal, told: Told) -> None:
    found = in_transaction(runtime, SYSTEM, lambda unit: differences(unit, most=1_000_000))
    codes = sorted({one.code for one in found if one.safe})
    for at in range(0, len(codes), 500):
        some = codes[at : at + 500]
        in_transaction(runtime, SYSTEM, lambda unit, these=some: resend_dossiers(unit, these, "benchmark"))
    finish(runtime, portal)


def seed(runtime: Runtime, double: Running, told: Told) -> None:
    codes = [row[0] for row in _rows(runtime, "SELECT code FROM dossiers WHERE source IS NULL")]
    chosen = iter(random.Random(11).sample(codes, DIFFERENCES))
    changes: list[tuple[str, str, dict[str, Any]]] = []
    for number in range(DIFFERENCES):
        kind = list(KINDS)[number % len(KINDS)]
        told.wanted[kind] += 1
        if kind == "missing_here":
            changes.append(("invent", f"H99.99999-260302-{number:04d}", {"TrangThaiHoSo": "4"}))
        else:
            what = {"missing_there": "lose", "duplicate_there": "double"}.get(kind, "alter")
            changes.append((what, next(chosen), ALTERED.get(kind, {})))
    asked(double, "change", changes)


def kinds(runtime: Runtime) -> Counter[str]:
    found = in_transaction(runtime, SYSTEM, lambda unit: differences(unit, most=1_000_000))
    return Counter(one.kind for one in found)


def _number(runtime: Runtime, status: str) -> int:
    return int(one(runtime, f"SELECT count(*) FROM portal_tellings WHERE status = '{status}'"))


def _rows(runtime: Runtime, statement: str) -> list[Any]:
    with runtime.database.connect() as connection:
        return list(connection.execute(text(statement)).all())


def one(runtime: Runtime, statement: str) -> Any:
    return _rows(runtime, statement)[0][0]


def run_all(runtime: Runtime, *statements: str) -> None:
    with runtime.database.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


def table(told: Told) -> str:
    """As Markdown."""
    lags, rate = told.lags or [0.0], told.told / max(told.seconds, 1)
    pieces = [
        "| what | figure |",
        "|---|---|",
        f"| dossiers, tellings of the backlog | {told.dossiers:,}, {2 * told.dossiers:,} |",
        f"| told under faults | {told.told:,} in {told.seconds:.0f} s, {rate:.0f} a second |",
        f"| of that the portal was down | {told.down:.0f} s |",
        f"| lag under faults at {LIVE_RATE} a second | median {statistics.median(lags):.2f} s, 95 % "
        f"{lags[int(len(lags) * 0.95) - 1]:.2f} s, longest {lags[-1]:.1f} s |",
        f"| sent; held there | {told.sent:,}; {told.counts['keys']:,} keys, {told.counts['records']:,} records, "
        f"{told.counts['steps']:,} steps |",
        f"| sent and not held: forgotten there; lost | {told.forgotten}; {told.lost} |",
        f"| told again, known there by the key | {told.counts.get('duplicates', 0)} |",
        f"| held there and never told; out of order | {told.foreign}; {told.counts.get('out_of_order', 0)} |",
        *comparisons(told),
        "",
        *by_kind(told),
    ]
    return "\n".join(pieces)


def comparisons(told: Told) -> list[str]:
    """Lines of a table: how long each comparison took."""
    return [
        *(
            f"| comparison {what} | {seconds:.1f} s, {told.dossiers / seconds:,.0f} a second, "
            f"{worked / told.dossiers * 1e6:.0f} µs of our processor a dossier; {number} differ |"
            for what, seconds, worked, number in told.compared
        ),
        f"| memory that comparisons added | {told.grown / 1024:.0f} MB |",
    ]


def by_kind(told: Told) -> list[str]:
    """A table of the seeded differences."""
    return [
        "| kind of difference | seeded | found | repaired | left, for a person |",
        "|---|---|---|---|---|",
        *(f"| {KINDS[kind].en} | {_counted(told, kind)} |" for kind in KINDS),
        f"| all | {_counted(told, None)} |",
    ]


def _counted(told: Told, kind: str | None) -> str:
    """Seeded, found, repaired and left, of a kind or of all."""
    seeded, found, left = (one.total() if kind is None else one[kind] for one in (told.wanted, told.found, told.left))
    return f"{seeded} | {found} | {found - left} | {left}"
