"""The check of the journal of staff: its chain, the columns beside it, and the rows of staff that it folds to."""

from __future__ import annotations

from collections.abc import Iterator

import orjson
from sqlalchemy import Connection, Engine, select

from engine.journal.check import Finding, Tally, one_moment
from engine.rules.journal.entries import Entry, plain_row
from engine.rules.journal.staff_entries import first_staff_break, fold_staff, key_text, plain_state
from engine.store.staff_journal import admin_proposals, staff_journal, standing

NAME = "staff"


def check_staff(database: Engine, tally: Tally) -> Iterator[Finding]:
    """Yields the first fault of the chain; when it is whole, every row of staff that differs from what it says.

    ``tally.staff_entries`` is set. A row that was written past the journal is found whether it was added, changed or
    removed.
    """
    with database.connect().execution_options(**one_moment(database)) as connection:
        stored = connection.execute(select(staff_journal).order_by(staff_journal.c.number)).all()
        tally.staff_entries = len(stored)
        entries = [Entry(row.number, row.body, row.hash) for row in stored]
        if broken := first_staff_break(entries):
            yield Finding(NAME, broken.number, broken.vi, broken.en)
            return
        for row in stored:
            body = orjson.loads(row.body)
            beside = plain_row({"act": row.act, "actor": row.actor, "at": row.at, "subject": row.subject})
            if beside != {key: body[key] for key in beside}:
                vi, en = "cột bên cạnh khác với nội dung", "the columns beside it differ from the content"
                yield Finding(NAME, row.number, vi, en)
                return
        yield from _different_rows(connection, entries)


def _different_rows(connection: Connection, entries: list[Entry]) -> Iterator[Finding]:
    told, stands = fold_staff(entries), plain_state(standing(connection))
    for one in connection.execute(select(admin_proposals)):
        stands["admin_proposals", key_text([one.id])] = {"status": one.status}
    for named in sorted(told.keys() | stands.keys()):
        if told.get(named) != stands.get(named):
            place = f"{named[0]} {named[1]}"
            vi = f"{place}: dữ liệu khác với nhật ký nhân sự"
            yield Finding(NAME, len(entries), vi, f"{place}: the row differs from the journal of staff")
