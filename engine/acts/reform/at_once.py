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
from engine.acts.reform.run import Run
from engine.acts.rounds import Done
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
_MOST_KEPT = 50_000
"""Courses that are kept, some 2 KB each."""


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


class _Course(NamedTuple):
    """What the moves of dossiers with the same passages share (see ``Move``).

    ``counts`` are the offices left and reached whose days of closure decide the due moment.
    """

    data: str
    vi: str
    en: str
    sources: dict[str, str]
    targets: dict[str, str]
    deciding: str | None
    province: str | None
    told: int
    counts: tuple[str, str] | None


class _Stand(NamedTuple):
    """What follows from a release, a state and the holder's role. ``desk`` is the role's, ``calendar`` the release's.

    ``says_more``: there is more to tell than the transfer.
    """

    desk: str | None
    calendar: str
    says_more: bool


class Regular:
    """Finds the regular cases of a plan, and what the statement needs of them.

    One instance serves all batches. Threads may share it: at worst two of them find the same.
    """

    def __init__(self, catalogue: Catalogue, run: Run) -> None:
        self._catalogue, self._run = catalogue, run
        self._courses: dict[str, _Course | None] = {}
        self._stands: dict[tuple[str, str, str | None], _Stand | None] = {}

    def move(self, one: Planned) -> Move | None:
        """The move of a dossier; None where it is no regular case."""
        if not one.as_planned:
            return None
        course, stand = self._course(one.passages), self._stand(one.release, one.state, one.holder_role)
        if course is None or stand is None or (course.told and stand.says_more):
            return None
        if course.counts is not None and not self._keeps_time(stand.calendar, *course.counts):
            return None
        desk = stand.desk if stand.desk in course.targets else None
        own = (course.deciding, desk, one.place, course.province, course.told)
        return Move(one.id, one.version, course.data, course.vi, course.en, course.sources, course.targets, *own)

    def _course(self, passages: str) -> _Course | None:
        courses = self._courses  # another thread may begin a new one meanwhile
        if passages not in courses:
            if len(courses) >= _MOST_KEPT:
                courses = self._courses = {}
            courses[passages] = self._found(passages)
        return courses[passages]

    def _found(self, passages_text: str) -> _Course | None:
        way = self._run.way(orjson.loads(passages_text))
        passages, targets = way.passages, way.targets
        if len(targets) < len(passages) or any(desk.startswith(f"{VERIFICATION}:") for desk in passages):
            return None
        decides = next((desk for desk in ("handler", INTAKE) if desk in targets), None)
        vi, en = (canonical({"reason": way.reason(language)}).decode() for language in ("vi", "en"))
        return _Course(
            data=orjson.dumps(way.data).decode(),
            vi=vi,
            en=en,
            sources={desk: passage.source for desk, passage in passages.items()},
            targets=targets,
            deciding=passages["handler"].source if decides == "handler" else None,
            province=self._catalogue.office(targets[INTAKE]).province if INTAKE in targets else None,
            told=int(way.told),
            counts=(passages[decides].source, targets[decides]) if decides else None,
        )

    def _stand(self, digest: str, state: str, holder_role: str | None) -> _Stand | None:
        key = (digest, state, holder_role)
        if key not in self._stands:
            workflow = self._catalogue.workflow(digest)
            release = workflow.release
            role = release.roles.get(holder_role or "")
            desk, calendar = role.unit if role else None, release.sla.calendar
            plain = ACT not in release.actions
            self._stands[key] = _Stand(desk, calendar, _says_more(workflow, state)) if plain else None
        return self._stands[key]

    def _keeps_time(self, calendar: str, left: str, reached: str) -> bool:
        """Asked for each dossier, since an office may publish closures during the apply."""
        return self._catalogue.calendar(calendar, left) is self._catalogue.calendar(calendar, reached)


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
