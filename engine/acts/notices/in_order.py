"""Keeps the order of a dossier's events for a receiver that asked for it: none goes before an earlier one that waits.

An event waits while it is retried, rests with its receiver, or is in another worker's hands. One that was parked holds
up nothing: the later ones go on without it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import Connection, and_, select

from engine.store.delivery import Taken, among
from engine.store.outbox import outbox

HELD = "an earlier event of this dossier waits"
SHORTEST_WAIT = dt.timedelta(seconds=1)


def held_back(connection: Connection, rows: Sequence[Taken], now: dt.datetime) -> dict[int, dt.datetime]:
    """The leased events that may not be sent in this batch, by id, and when to try them again; ``rows`` by their ids.

    Events that may have killed their sender are sent after the others, so they hold up the later ones of a batch, too.
    """
    if not rows:
        return {}
    together = {row.id: row.deaths > 1 for row in rows}
    dossiers = {row.dossier_id for row in rows}
    pending = and_(outbox.c.channel == "webhook", outbox.c.status == "waiting")
    found = connection.execute(
        select(outbox.c.id, outbox.c.recipient, outbox.c.dossier_id, outbox.c.next_attempt_at)
        .where(among(connection, outbox.c.dossier_id, dossiers), pending)
        .order_by(outbox.c.id)
    ).all()
    in_a_row: dict[tuple[str, int], list[tuple[int, dt.datetime]]] = {}
    for one in found:
        in_a_row.setdefault((one.recipient, one.dossier_id), []).append((one.id, one.next_attempt_at))
    held: dict[int, dt.datetime] = {}
    for row in rows:
        for number, next_attempt_at in in_a_row.get((row.recipient, row.dossier_id), ()):
            if number >= row.id:
                break
            if number in held or together.get(number) != together[row.id]:
                held[row.id] = max(next_attempt_at.astimezone(dt.UTC), now + SHORTEST_WAIT)
                break
    return held
