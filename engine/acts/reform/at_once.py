"""Moves planned dossiers on PostgreSQL by one statement a batch (``engine.store.planned_moves``, docs/adr/0019).

It takes the regular case: a dossier that is as it was planned and keeps its due moment. All others are left to the long
way (``apply_batch``): those that changed, that somebody is acting on, whose open questions pass, whose new office has
other days of closure, and those of procedures with more to tell than the transfer.
"""

from __future__ import annotations

import datetime as dt
import secrets
import time
from collections.abc import Sequence
from typing import NamedTuple

import orjson

from engine.acts.reform.apply import apply_batch
from engine.acts.reform.run import Done, Run
from engine.catalogue import Catalogue
from engine.dossier.notices import TRANSFER
from engine.rules.deadlines.promise import stopping_timers
from engine.rules.journal.entries import canonical
from engine.rules.offices.routing import INTAKE
from engine.rules.procedure.machine import Workflow
from engine.rules.reform.policy import VERIFICATION
from engine.store.planned_moves import SALT, Move, Night, Planned, move_at_once
from engine.transaction import UnitOfWork

ACT = "reform"
_MOST_KEPT = 20_000
"""Kinds of moves that are kept, some 2 KB each."""


def apply_at_once(unit: UnitOfWork, run: Run, regular: Regular, planned: Sequence[Planned]) -> Done:
    """Moves those dossiers that are regular cases by one statement; ``left`` names the others, which still wait.

    On SQLite all of them go the long way.
    """
    if unit.begin().dialect.name != "postgresql":
        return apply_batch(unit, run, [one.id for one in planned])
    moves = [move for one in planned if (move := regular.move(one)) is not None]
    moved: set[int] = set()
    held_since = time.monotonic()
    if moves:
        found = move_at_once(unit.begin(), moves, _night(unit, run, len(moves)))
        moved = {number for number, _ in found}
        unit.rings |= any(told for _, told in found)
    left = tuple(one.id for one in planned if one.id not in moved)
    return Done(moved=len(moved), held_since=held_since, left=left)


class _Kind(NamedTuple):
    """What the moves of dossiers with the same passages, release, state and holder's role share (see ``Move``).

    ``counts`` are the offices left and reached whose days of closure decide the due moment, ``calendar`` its name.
    """

    data: str
    vi: str
    en: str
    sources: dict[str, str]
    targets: dict[str, str]
    deciding: str | None
    desk: str | None
    province: str | None
    told: int
    calendar: str
    counts: tuple[str, str] | None


class Regular:
    """Finds the regular cases of a plan, and what the statement needs of them.

    One instance serves all batches. Threads may share it: at worst two of them find the same.
    """

    def __init__(self, catalogue: Catalogue, run: Run) -> None:
        self._catalogue, self._run = catalogue, run
        self._kinds: dict[tuple[str, str, str, str | None], _Kind | None] = {}

    def move(self, one: Planned) -> Move | None:
        """The move of a dossier; None where it is no regular case."""
        if not one.as_planned:
            return None
        key = (one.passages, one.release, one.state, one.holder_role)
        if len(self._kinds) >= _MOST_KEPT:
            self._kinds = {}
        kind = self._kinds[key] if key in self._kinds else self._kinds.setdefault(key, self._kind(one))
        if kind is None or not self._keeps_time(kind):
            return None
        own = (kind.deciding, kind.desk, one.place, kind.province, kind.told)
        return Move(one.id, one.version, kind.data, kind.vi, kind.en, kind.sources, kind.targets, *own)

    def _kind(self, one: Planned) -> _Kind | None:
        way, workflow = self._run.way(orjson.loads(one.passages)), self._catalogue.workflow(one.release)
        passages, targets, release = way.passages, way.targets, workflow.release
        if len(targets) < len(passages) or any(desk.startswith(f"{VERIFICATION}:") for desk in passages):
            return None
        if ACT in release.actions or (way.told and _says_more(workflow, one.state)):
            return None
        role = release.roles.get(one.holder_role or "")
        decides = next((desk for desk in ("handler", INTAKE) if desk in targets), None)
        vi, en = (canonical({"reason": way.reason(language)}).decode() for language in ("vi", "en"))
        return _Kind(
            data=orjson.dumps(way.data).decode(),
            vi=vi,
            en=en,
            sources={desk: passage.source for desk, passage in passages.items()},
            targets=targets,
            deciding=passages["handler"].source if decides == "handler" else None,
            desk=role.unit if role is not None and role.unit in targets else None,
            province=self._catalogue.office(targets[INTAKE]).province if INTAKE in targets else None,
            told=int(way.told),
            calendar=release.sla.calendar,
            counts=(passages[decides].source, targets[decides]) if decides else None,
        )

    def _keeps_time(self, kind: _Kind) -> bool:
        """Asked for each dossier, since an office may publish closures during the apply."""
        if kind.counts is None:
            return True
        left, reached = (self._catalogue.calendar(kind.calendar, office) for office in kind.counts)
        return left is reached


def _says_more(workflow: Workflow, state: str) -> bool:
    """Whether the release tells of the transfer by itself, or the notice has to name the day of an automatic stop."""
    return bool(workflow.notices("action", "transfer")) or any(stopping_timers(state, workflow.release))


def _night(unit: UnitOfWork, run: Run, moves: int) -> Night:
    return Night(
        reform_id=run.id,
        now=unit.now,
        at=canonical(unit.now).decode(),
        today=unit.today,
        last=unit.today + dt.timedelta(days=unit.settings.seen_after_days),
        act=ACT,
        actor=unit.actor.label,
        template=TRANSFER.template,
        portal=unit.settings.portal is not None,
        salts=secrets.token_bytes(SALT * moves),
    )
