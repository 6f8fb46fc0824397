"""Makes a reform plan over the live database: reads, decides, counts and writes each dossier once, in a stream."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from engine.reform.document import write_plan
from engine.reform.reader import ReformReader
from engine.rules.reform.members import Follows, members_that_follow
from engine.rules.reform.plan import Planner
from engine.rules.reform.policy import Reform
from engine.rules.reform.totals import Alike, Totals
from engine.transaction import Runtime

Progress = Callable[[int], Any]
"""Called with the number of dossiers decided since the last call."""
_MOST_KEPT = 200_000
"""The most cached decisions, one for each kind of dossier: about 200 MB."""


def make_plan(runtime: Runtime, reform: Reform, path: Path | None = None, told: Progress = lambda _: None) -> Totals:
    """Makes a plan and returns its totals; with ``path`` the plan is written there. The database is only read."""
    catalogue = runtime.catalogue
    catalogue.refresh()
    known = catalogue.map
    reader = ReformReader(runtime.database, catalogue, reform)
    totals = Totals(reform, reader.closures())
    totals.members = [_member(one) for one in members_that_follow(reform, known, reader.held())]
    lines = _lines(reader, Planner(reform, known), totals, told)
    if path is None:
        for _ in lines:
            pass
    else:
        write_plan(path, reform, lines, totals)
    return totals


def _lines(reader: ReformReader, planner: Planner, totals: Totals, told: Progress) -> Iterator[bytes]:
    """The plan's lines. Dossiers of the same release, kind of applicant, commune and offices are decided once."""
    kept: dict[tuple[object, ...], Alike] = {}
    for page in reader.live():
        for seen in page:
            commune = planner.commune(seen.place, seen.placed_on)
            own = seen.id if seen.asked or seen.form else None
            key = (seen.offices, commune, seen.release, seen.kind, seen.province, own)
            alike = kept.get(key)
            if alike is None:
                alike = kept[key] = totals.alike(planner.decide(reader.live_of(seen)))
            line = totals.one_of(alike, seen.id, seen.code, seen.version, seen.running)
            if line is not None:
                yield line
        told(len(page))
        if len(kept) > _MOST_KEPT:
            _count(kept, totals)
    _count(kept, totals)


def _count(kept: dict[tuple[object, ...], Alike], totals: Totals) -> None:
    for alike in kept.values():
        totals.count(alike)
    kept.clear()


def _member(one: Follows) -> dict[str, Any]:
    return {
        "person": one.held.person_id,
        "office": one.held.office,
        "role": one.held.role,
        "since": one.held.valid_from.isoformat(),
        "to": one.target,
        "candidates": list(one.candidates),
    }
