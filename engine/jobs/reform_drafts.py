"""Makes the plans of reorganisations that people asked for on the pages."""

from __future__ import annotations

import datetime as dt
import tempfile
import time
from functools import partial
from pathlib import Path

import msgspec
import structlog

from engine.acts.reform.drafts import keep_plan, refuse_plan
from engine.errors import Refusal
from engine.reform.document import read_plan
from engine.reform.planning import make_plan
from engine.rules.procedure.permissions import SYSTEM_ACTOR
from engine.rules.reform.policy import Reform
from engine.store.reform_drafts import ReformDraftRow, lease_draft, waiting_drafts
from engine.transaction import Busy, Runtime, UnitOfWork, in_transaction

LEASE = dt.timedelta(seconds=100)
"""How long a worker has a policy for itself: a job has ended by then, or was killed, and another takes it up."""

log = structlog.get_logger("motcua.reforms")


def make_plans(runtime: Runtime, seconds: float = 20.0) -> int:
    """Makes the plans that wait, oldest first; returns how many. It begins none after ``seconds``."""
    latest, made = time.monotonic() + seconds, 0
    with runtime.database.connect().execution_options(motcua_read_only=True) as connection:
        waiting = waiting_drafts(connection, runtime.now())
    for draft in waiting:
        if time.monotonic() > latest:
            break
        if in_transaction(runtime, SYSTEM_ACTOR, partial(_lease, number=draft.id)):
            _make(runtime, draft)
            made += 1
    return made


def _lease(unit: UnitOfWork, number: int) -> bool:
    return lease_draft(unit.begin(), number, unit.now, unit.now + LEASE)


def _make(runtime: Runtime, draft: ReformDraftRow) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "plan.json"
        try:
            make_plan(runtime, msgspec.convert(draft.document, Reform), path)
            plan = read_plan(path)
            in_transaction(runtime, SYSTEM_ACTOR, partial(keep_plan, number=draft.id, plan=plan, person=draft.asked_by))
        except Busy:
            raise
        except Refusal as refusal:
            log.warning("reform-plan-refused", number=draft.id, why=refusal.sentence("en"))
            told = {"code": refusal.code, "vi": refusal.sentence("vi"), "en": refusal.sentence("en")}
            in_transaction(runtime, SYSTEM_ACTOR, partial(refuse_plan, number=draft.id, refusal=told))
