"""Moves running dossiers to releases that ask for it, from the first day of each release on.

Each dossier moves in its own transaction, so an interrupted run goes on where it stopped. A dossier whose state the
release does not know by then stays under its release and is named in the log.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from functools import partial

import structlog
from sqlalchemy import Connection, select, update

from engine.acts.migrate_dossier import LostState, migrate_dossier, running_under_others
from engine.clock import civil_day
from engine.rules.procedure.machine import Workflow
from engine.rules.procedure.permissions import SYSTEM_ACTOR
from engine.store.releases import releases
from engine.transaction import Runtime, UnitOfWork, in_transaction

PAGE = 500
log = structlog.get_logger("motcua.migration")


@dataclass(slots=True)
class Migrated:
    """The result for one release: ``moved`` dossiers, and why others stay (``left``, as refusals)."""

    moved: int = 0
    left: list[LostState] = field(default_factory=list)


def migrate_due(runtime: Runtime, seconds: float = 20.0) -> dict[str, Migrated]:
    """Moves the dossiers of every release whose first day has come; returns the results by digest.

    It begins no dossier after ``seconds``; the next run goes on.
    """
    latest, done = time.monotonic() + seconds, dict[str, Migrated]()
    with runtime.database.connect().execution_options(motcua_read_only=True) as connection:
        waiting = _waiting(connection, runtime)
    for digest in waiting:
        workflow = runtime.catalogue.workflow(digest)
        done[digest] = Migrated()
        if not _move_all(runtime, workflow, done[digest], latest):
            break
        in_transaction(runtime, SYSTEM_ACTOR, partial(_finish, digest=digest))
        for refusal in done[digest].left:
            log.warning("dossier-left-behind", procedure=workflow.release.procedure, why=refusal.sentence("en"))
    return done


def _waiting(connection: Connection, runtime: Runtime) -> list[str]:
    """The releases, earliest first, whose first day has come and whose dossiers were not all looked at."""
    due = select(releases.c.digest).where(
        releases.c.migrates == 1, releases.c.migrated_at.is_(None), releases.c.start <= civil_day(runtime.now())
    )
    return list(connection.execute(due.order_by(releases.c.start, releases.c.version)).scalars())


def _move_all(runtime: Runtime, workflow: Workflow, done: Migrated, latest: float) -> bool:
    """Moves the dossiers of one procedure; False when the time was up before the end."""
    after = 0
    while page := _page(runtime, workflow, after):
        for after in page:
            if time.monotonic() > latest:
                return False
            try:
                in_transaction(runtime, SYSTEM_ACTOR, partial(migrate_dossier, dossier_id=after, workflow=workflow))
                done.moved += 1
            except LostState as refusal:
                done.left.append(refusal)
    return True


def _page(runtime: Runtime, workflow: Workflow, after: int) -> list[int]:
    with runtime.database.connect().execution_options(motcua_read_only=True) as connection:
        return running_under_others(connection, workflow, PAGE, after)


def _finish(unit: UnitOfWork, digest: str) -> None:
    unit.begin().execute(update(releases).where(releases.c.digest == digest).values(migrated_at=unit.now))
