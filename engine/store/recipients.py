"""Look-ups for sending notices: the people and webhooks behind recipients, and the reasons that notices quote."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from typing import Any, cast

from sqlalchemy import Connection, and_, func, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite

from engine.store.delivery import Taken, among, array
from engine.store.journal import journal_private
from engine.store.outbox import outbox, webhooks
from engine.store.people import people, role_members
from engine.store.rows import Contact, WebhookRow


def people_by_id(connection: Connection, ids: Collection[int]) -> dict[int, Contact]:
    """The active staff among these ids: id, name, email, phone, language."""
    if not ids:
        return {}
    columns: tuple[Any, ...] = (people.c.id, people.c.name, people.c.email, people.c.phone, people.c.language)
    wanted = and_(among(connection, people.c.id, ids), people.c.active == 1)
    found = cast(Iterable[Contact], connection.execute(select(*columns).where(wanted)))
    return {row.id: row for row in found}


def webhooks_by_id(connection: Connection, ids: Collection[int]) -> dict[int, WebhookRow]:
    """The active webhooks among these ids."""
    if not ids:
        return {}
    wanted = and_(among(connection, webhooks.c.id, ids), webhooks.c.active == 1)
    found = cast(Iterable[WebhookRow], connection.execute(select(webhooks).where(wanted)))
    return {row.id: row for row in found}


def reasons_of(connection: Connection, entries: Collection[tuple[int, int]]) -> dict[tuple[int, int], str]:
    """The reasons in the private parts of journal entries, by (dossier id, number); erased ones are absent."""
    if not entries:
        return {}
    columns: tuple[Any, ...] = (journal_private.c.dossier_id, journal_private.c.number, journal_private.c.data)
    numbered = tuple_(*columns[:2])
    if connection.dialect.name == "postgresql":
        asked = func.unnest(*(array(part) for part in zip(*entries, strict=True)))
        which = numbered.in_(select(asked.table_valued("dossier_id", "number").render_derived()))
    else:
        which = numbered.in_(sorted(entries))
    found = connection.execute(select(*columns).where(which, journal_private.c.erased_at.is_(None)))
    return {(row.dossier_id, row.number): str(row.data["reason"]) for row in found if row.data.get("reason")}


def hand_to_members(connection: Connection, row: Taken, now: dt.datetime, on: dt.date) -> int:
    """Inserts a copy of a notice to an office's role for each person who has the role on the day ``on``.

    Returns the number of people. Each copy then succeeds or fails by itself. The keys derive from the row's id, so a
    second call inserts nothing.
    """
    office, _, role = row.recipient.removeprefix("office:").partition("/")
    members = sorted(role_members(connection, office, role, on))
    copied = {name: getattr(row, name) for name in ("dossier_id", "channel", "template", "data", "created_at")}
    rows = [
        copied
        | {
            "key": f"{row.id}>person:{member}:{row.channel}",
            "recipient": f"person:{member}",
            "status": "waiting",
            "attempts": 0,
            "next_attempt_at": now,
        }
        for member in members
    ]
    if rows:
        insert_into = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
        connection.execute(insert_into(outbox).on_conflict_do_nothing(), rows)
    return len(rows)
