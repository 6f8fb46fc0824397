"""The job behind ``recounts``: after a publication about working time, open dossiers are counted anew in batches."""

from __future__ import annotations

import time
from dataclasses import dataclass

import structlog
from sqlalchemy import Row, select
from sqlalchemy.exc import DBAPIError

from engine.acts.recount import note_progress, recount, still_open
from engine.errors import Refusal
from engine.rules.procedure.permissions import SYSTEM_ACTOR
from engine.store.clocks import recounts
from engine.store.dossiers import dossiers
from engine.transaction import Busy, Runtime, in_transaction

BATCH = 100

log = structlog.get_logger("motcua.recount")


@dataclass(slots=True)
class Recounted:
    """How many dossiers were looked at, and how many of them have another due moment now."""

    seen: int = 0
    changed: int = 0
    failed: int = 0
    waits: bool = False


def recount_waiting(runtime: Runtime, seconds: float = float("inf")) -> Recounted:
    """Goes on with every recount that waits, for at most ``seconds``. Safe to run in several processes, and again."""
    latest, done = time.monotonic() + seconds, Recounted()
    runtime.catalogue.refresh()
    while (waiting := _next(runtime)) is not None:
        if time.monotonic() > latest:
            done.waits = True
            break
        _batch(runtime, waiting, done)
    return done


def _next(runtime: Runtime) -> Row[tuple[object, ...]] | None:
    waiting = select(recounts).where(recounts.c.finished_at.is_(None)).order_by(recounts.c.id).limit(1)
    with runtime.database.connect().execution_options(motcua_read_only=True) as connection:
        return connection.execute(waiting).first()


def _batch(runtime: Runtime, waiting: Row[tuple[object, ...]], done: Recounted) -> None:
    which = still_open(waiting.calendar, waiting.office)
    page = select(dossiers.c.id).where(which, dossiers.c.id > waiting.after).order_by(dossiers.c.id).limit(BATCH)
    with runtime.database.connect().execution_options(motcua_read_only=True) as connection:
        ids = list(connection.execute(page).scalars())
    changed = sum(_one(runtime, dossier, waiting, done) for dossier in ids)
    after, finished = (ids[-1] if ids else waiting.after), len(ids) < BATCH
    in_transaction(runtime, SYSTEM_ACTOR, lambda unit: note_progress(unit, waiting.id, after, changed, finished))
    done.seen += len(ids)
    done.changed += changed
    log.info("recounted", recount=waiting.id, seen=len(ids), changed=changed, finished=finished)


def _one(runtime: Runtime, dossier: int, waiting: Row[tuple[object, ...]], done: Recounted) -> bool:
    try:
        return in_transaction(runtime, SYSTEM_ACTOR, lambda unit: recount(unit, dossier, waiting.why))
    except (Busy, DBAPIError):
        raise  # a failure outside the dossier: the job goes on here later
    except (Refusal, ValueError, LookupError):
        log.exception("recount-failed", dossier_id=dossier)  # its own clock counts it anew before it rings
        done.failed += 1
        return False
