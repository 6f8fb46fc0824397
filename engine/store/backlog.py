"""Backlog figures for the operator's gauges, read from partial indexes and counted up to ``BOUND``."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Connection, Select, func, select

from engine.store.clocks import clocks, recounts
from engine.store.dossiers import dossiers
from engine.store.outbox import outbox
from engine.store.overdue import intake_overdue_at

BOUND = 10_000


def waiting(connection: Connection, now: dt.datetime) -> dict[str, float]:
    """Counts of waiting and parked notices and of due clocks, and the age in seconds of the oldest notice and clock."""
    due_now = clocks.c.fired_at.is_(None) & (clocks.c.due_at <= now)
    sendable = (outbox.c.status == "waiting") & (outbox.c.next_attempt_at <= now)
    return {
        "outbox_waiting": _count(connection, select(outbox.c.id).where(outbox.c.status == "waiting")),
        "outbox_parked": _count(connection, select(outbox.c.id).where(outbox.c.status == "parked")),
        "queue_age_seconds": _age(connection, select(func.min(outbox.c.next_attempt_at)).where(sendable), now),
        "clocks_due": _count(connection, select(clocks.c.dossier_id).where(due_now)),
        "clock_lag_seconds": _age(connection, select(func.min(clocks.c.due_at)).where(due_now), now),
        "intake_overdue": _count(connection, select(dossiers.c.id).where(intake_overdue_at(now))),
        "recounts_waiting": _count(connection, select(recounts.c.id).where(recounts.c.finished_at.is_(None))),
    }


def _count(connection: Connection, statement: Select[Any]) -> float:
    bounded = statement.limit(BOUND).subquery()
    return float(connection.execute(select(func.count()).select_from(bounded)).scalar_one())


def _age(connection: Connection, statement: Select[Any], now: dt.datetime) -> float:
    oldest = connection.execute(statement).scalar_one()
    return 0.0 if oldest is None else max(0.0, (now - oldest).total_seconds())
