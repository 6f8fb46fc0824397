"""Two of the periodic jobs (``engine.jobs.ticks``): the sweep of due clocks, the end of old answers."""

from __future__ import annotations

import datetime as dt
import time
from collections import Counter
from collections.abc import Sequence
from typing import Any, cast

import structlog
from sqlalchemy import Connection, delete, select
from sqlalchemy.exc import DBAPIError

from engine.acts.expire_clock import GONE, expire_clock, give_up_clock
from engine.rules.procedure.permissions import SYSTEM_ACTOR
from engine.store.clocks import clocks
from engine.store.idempotency import idempotency
from engine.store.intake_drafts import delete_drafts_before
from engine.store.rows import DueClock
from engine.transaction import Busy, Runtime, UnitOfWork, in_transaction

ANSWERS_KEPT = dt.timedelta(days=2)
"""The time for which a repeated request gets the first answer; later its Idempotency-Key may be used again."""

DRAFTS_KEPT = dt.timedelta(days=7)
"""The time for which a draft of intake is kept after it was last saved: it holds personal data of somebody who may
never come back."""

log = structlog.get_logger("motcua.schedule")


def sweep_all_due(
    runtime: Runtime, as_of: dt.datetime | None = None, limit: int = 500, seconds: float = 20.0
) -> Counter[str]:
    """Fires up to ``limit`` clocks that are due at ``as_of`` (default: now), earliest first; counts the outcomes.

    It begins no clock after ``seconds``. Safe to run in several processes: each clock fires in its own transaction,
    under its dossier's lock. A clock that fails by a fault of the program is given up with the outcome ``fault:…``, and
    delays no other; after a failure of the database or of files it is ``postponed``.
    """
    moment, latest = as_of or runtime.now(), time.monotonic() + seconds
    outcomes: Counter[str] = Counter()
    with runtime.database.connect().execution_options(motcua_read_only=True) as connection:
        due = due_clocks(connection, moment, limit)
    for clock in due:
        outcomes[_expire(runtime, clock, as_of)] += 1
        if time.monotonic() > latest:
            break
    return outcomes


def due_clocks(connection: Connection, moment: dt.datetime, limit: int) -> Sequence[DueClock]:
    """The clocks that are due at a moment, earliest first: dossier, kind, subject, due moment."""
    columns: tuple[Any, ...] = (clocks.c.dossier_id, clocks.c.kind, clocks.c.subject, clocks.c.due_at)
    waiting = select(*columns).where(clocks.c.fired_at.is_(None), clocks.c.due_at <= moment)
    return cast(Sequence[DueClock], connection.execute(waiting.order_by(clocks.c.due_at).limit(limit)).all())


def forget_old_answers_before(runtime: Runtime, moment: dt.datetime) -> int:
    """Deletes recorded answers to requests (Idempotency-Key) older than a moment; returns how many."""

    def forget(unit: UnitOfWork) -> int:
        return unit.begin().execute(delete(idempotency).where(idempotency.c.created_at < moment)).rowcount

    return in_transaction(runtime, SYSTEM_ACTOR, forget)


def forget_drafts_before(runtime: Runtime, moment: dt.datetime) -> int:
    """Deletes drafts of intake that were last saved before a moment, with their files; returns how many."""
    return in_transaction(runtime, SYSTEM_ACTOR, lambda unit: delete_drafts_before(unit.begin(), moment))


def _expire(runtime: Runtime, clock: DueClock, as_of: dt.datetime | None) -> str:
    key = (clock.dossier_id, clock.kind, clock.subject, clock.due_at)
    about = {"dossier_id": clock.dossier_id, "kind": clock.kind, "subject": clock.subject}
    try:
        outcome = in_transaction(runtime, SYSTEM_ACTOR, lambda unit: expire_clock(unit, *key), now=as_of)
    except (DBAPIError, Busy, OSError):
        log.exception("clock-postponed", **about)  # a failure outside the clock: the next sweep retries
        return "postponed"
    except Exception as error:
        fault = f"fault:{type(error).__name__}"
        log.exception("clock-given-up", **about)
        in_transaction(runtime, SYSTEM_ACTOR, lambda unit: give_up_clock(unit, *key, fault), now=as_of)
        return fault
    if outcome != GONE:
        log.info("clock", outcome=outcome, due_at=clock.due_at.isoformat(), **about)
    return outcome
