"""Makes a version plan over the live database: reads, decides and counts each running dossier once, in a stream."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from engine.errors import Conflict, Refusal
from engine.rules.procedure.definition import Release
from engine.rules.versions.changes import changes_between
from engine.rules.versions.fates import WHY, Fate, Orders, Seen, fate, unknown_orders
from engine.rules.versions.touched import dossiers_touched
from engine.store.running import releases_of, running_by_release
from engine.transaction import Runtime
from engine.versions.document import Head, SeenWorld, item_line, write_plan
from engine.versions.reader import Found, running_dossiers

Progress = Callable[[int], Any]
"""Called with the number of dossiers decided since the last call."""
MOST_NAMED = 1000
"""The most dossiers that a summary names; its counts are complete."""


class NoLegalReference(Conflict):
    """A version without a legal text may not take the place of another."""

    code = "no-legal-reference"
    vi = "Phiên bản {version} của {procedure} không nêu căn cứ pháp lý."
    en = "Version {version} of {procedure} names no legal reference."


class UnknownStep(Refusal):
    """An order names a state that is not there."""

    code = "unknown-step"
    status = 422
    vi = "Không có bước như đã ghi: {named}."
    en = "There is no such step: {named}."


@dataclass(slots=True)
class Totals:
    """The plan as a whole: dossiers by outcome, by state, and those that need somebody's attention by code."""

    outcomes: Counter[str] = field(default_factory=Counter)
    ways: Counter[tuple[str, str, str | None, str, str | None]] = field(default_factory=Counter)
    named: list[dict[str, Any]] = field(default_factory=list)

    def count(self, found: Found, version: int, decided: Fate) -> None:
        """Adds one dossier, which goes by ``version`` now."""
        seen = found.seen
        kept = decided.outcome == "moves" and decided.target == seen.state
        self.outcomes["unchanged" if kept else decided.outcome] += 1
        self.ways[str(version), seen.state, decided.target, decided.outcome, decided.why] += 1
        if decided.outcome in ("choice", "cannot") and len(self.named) < MOST_NAMED:
            why, states = decided.why, list(decided.candidates)
            self.named.append({"code": seen.code, "state": seen.state, "why": why, "candidates": states})


def world_of(connection: Connection, procedure: str, digest: str) -> SeenWorld:
    """What a plan for this version sees: the other versions with their days, and where their dossiers stand."""
    known = [
        (row.digest, row.start.isoformat(), row.until.isoformat() if row.until else None)
        for row in releases_of(connection, procedure)
    ]
    running = running_by_release(connection, procedure)
    states = [(key, state) for key, counts in running.items() if key != digest for state in counts]
    return SeenWorld(tuple(sorted(known)), tuple(sorted(states)))


def make_plan(
    runtime: Runtime, release: Release, orders: Orders, path: Path | None = None, told: Progress = lambda _: None
) -> dict[str, Any]:
    """Makes a plan and returns its summary; with ``path`` the plan is written there. The database is only read.

    Raises NoLegalReference, UnknownStep.
    """
    if not any(text.strip() for text in release.legal):
        raise NoLegalReference(procedure=release.procedure, version=release.version)
    runtime.catalogue.refresh()
    digest = release.digest()
    with runtime.database.connect().execution_options(motcua_read_only=True) as connection:
        world = world_of(connection, release.procedure, digest)
        running = running_by_release(connection, release.procedure)
        before = [row.digest for row in releases_of(connection, release.procedure) if row.version < release.version]
    compared = {key for key, _ in world.states} | set(before[-1:])
    olds = {key: runtime.catalogue.workflow(key).release for key in compared}
    _check_orders(orders, release, olds)
    totals, summary = Totals(), dict[str, Any]()
    head = Head(release.to_bytes().decode(), orders, world)

    def whole() -> Iterator[bytes]:
        yield from _lines(runtime, release, orders, totals, told)
        summary.update(_summary(release, olds, running, totals, orders))

    if path is None:
        for _ in whole():
            pass
        return summary
    digest = write_plan(path, head, whole(), summary)
    return summary | {"plan": digest}


def _lines(runtime: Runtime, release: Release, orders: Orders, totals: Totals, told: Progress) -> Iterator[bytes]:
    """The plan's lines; dossiers that stay are counted and have none. Those that are alike are decided once."""
    decided: dict[Seen, Fate] = {}
    for page in running_dossiers(runtime.database, release.procedure, release.digest()):
        for found in page:
            seen, old = found.seen, runtime.catalogue.workflow(found.seen.release).release
            alike = seen if seen.code in orders.dossiers else seen._replace(code="")
            if alike not in decided:
                decided[alike] = fate(seen, old, release, orders)
            own = decided[alike]
            totals.count(found, old.version, own)
            if own.outcome != "stays":
                item = {"id": found.id, "code": seen.code, "version": found.version, "release": seen.release}
                where = {"state": seen.state, "target": own.target, "outcome": own.outcome, "why": own.why}
                yield item_line(item | where)
        told(len(page))


def _check_orders(orders: Orders, release: Release, olds: dict[str, Release]) -> None:
    known = {state for old in olds.values() for state in old.states}
    wrong = unknown_orders(orders, release, known | set(release.states))
    if wrong:
        raise UnknownStep(named=", ".join(wrong))


def _summary(
    release: Release,
    olds: dict[str, Release],
    running: dict[str, dict[str, int]],
    totals: Totals,
    orders: Orders,
) -> dict[str, Any]:
    counts = totals.outcomes
    ways = [
        {"version": int(version), "state": state, "target": target, "outcome": outcome, "why": why, "dossiers": count}
        for (version, state, target, outcome, why), count in sorted(totals.ways.items(), key=lambda one: str(one[0]))
    ]
    touched = []
    for digest, old in sorted(olds.items(), key=lambda one: one[1].version):
        for change in changes_between(old, release):
            sentence, count = change.sentence(), dossiers_touched(old, release, change, running.get(digest, {}))
            said = {"vi": sentence.vi, "en": sentence.en}
            touched.append({"version": old.version, "path": list(change.path), "dossiers": count} | said)
    return {
        "procedure": release.procedure,
        "version": release.version,
        "release": release.digest(),
        "from": release.effective.start.isoformat(),
        "legal": list(release.legal),
        "running": orders.running or release.effective.running,
        "recompute": orders.recompute,
        "dossiers": {
            "open": sum(counts.values()),
            **{key: counts[key] for key in ("unchanged", "moves", "choice", "cannot", "stays")},
        },
        "ways": ways,
        "named": [one | _reason(one["why"]) for one in totals.named],
        "changes": touched,
    }


def _reason(why: str | None) -> dict[str, str]:
    return {"why_vi": WHY[why].vi, "why_en": WHY[why].en} if why else {}
