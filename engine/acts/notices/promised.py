"""What a notice says about the appointment is settled when it is first sent, not when it was written.

Between the two the clock may have paused, or the due moment moved or passed. The facts that were settled are written
with the lease, so that a retry under the same key says the same. Where they hold no more at a retry, the notice is
dropped, and a new one with a key of its own says what holds now: a receiver that knows the old key would ignore it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, update
from sqlalchemy.dialects import postgresql, sqlite

from engine.notices.present_facts import present_facts
from engine.store.delivery import Taken
from engine.store.outbox import outbox

OUTDATED = "the appointment has changed since the first try; a notice with a new key says so"


def settled(connection: Connection, rows: Iterable[Taken], now: dt.datetime) -> tuple[list[Taken], list[Taken]]:
    """The rows to send, with the appointment as it stands now, and those that are outdated and were written anew."""
    sendable, outdated = [], []
    for row in rows:
        facts = present_facts(row.data, row.clock, row.due_at, now)
        if facts is None:
            sendable.append(row)
        elif row.attempts == 0:
            fresh = row._replace(data=row.data | facts)
            connection.execute(update(outbox).where(outbox.c.id == row.id).values(data=fresh.data))
            sendable.append(fresh)
        else:
            _write_anew(connection, row, facts, now)
            outdated.append(row)
    return sendable, outdated


def _write_anew(connection: Connection, row: Taken, facts: dict[str, Any], now: dt.datetime) -> None:
    """Inserts the notice under a new key. The key derives from the row's id, so a second call inserts nothing."""
    copied = {name: getattr(row, name) for name in ("dossier_id", "channel", "recipient", "template", "created_at")}
    fresh = copied | {
        "key": f"{row.id}>anew",
        "data": row.data | facts,
        "status": "waiting",
        "attempts": 0,
        "next_attempt_at": now,
    }
    insert_into = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    connection.execute(insert_into(outbox).on_conflict_do_nothing(), [fresh])
