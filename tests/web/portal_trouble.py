"""A connection to the national portal on which something went wrong, for the page about it."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import insert, select

from engine.store.dossiers import dossiers
from engine.store.portal import portal_comparisons, portal_differences, portal_tellings
from engine.transaction import UnitOfWork


def portal_trouble(unit: UnitOfWork, code: str) -> None:
    """A parked telling that came too late, a safe and an unsafe difference, and a comparison."""
    connection, now = unit.begin(), unit.now
    number = connection.execute(select(dossiers.c.id).where(dossiers.c.code == code)).scalar_one()
    row = {"dossier_id": number, "entry": 1, "key": "1-dossier-x", "kind": "dossier", "at": now, "data": {}}
    row |= {"status": "parked", "attempts": 1, "next_attempt_at": now, "cause": "refused", "error": "error 7: no"}
    row |= {"limit_kind": "intake", "limit_at": now - dt.timedelta(hours=1)}
    connection.execute(insert(portal_tellings), row)
    open_ = {"fault": "theirs", "since": now, "seen_at": now, "ours": "4", "theirs": "2"}
    mine = open_ | {"code": code, "dossier_id": number, "kind": "state", "safe": 1}
    connection.execute(insert(portal_differences), mine)
    there = open_ | {"code": "H79.1-<b>", "dossier_id": None, "kind": "missing_here", "fault": "untold", "safe": 0}
    connection.execute(insert(portal_differences), there)
    counts = {"here": 4, "there": 5, "same": 3, "on_time": 2, "under_way": 0, "differing": 2}
    connection.execute(insert(portal_comparisons), counts | {"started_at": now, "finished_at": now})
