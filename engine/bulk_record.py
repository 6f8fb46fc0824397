"""Recording one act on many dossiers at once: what ``engine.record`` does for one, row by row the same.

Entries are gathered and then written with one statement a table, so that a dossier costs a tenth of an act of its own.
All dossiers are locked by the caller and exist already; each may be recorded once in a batch. By which words they are
found is not written anew: their new offices inherit the lists of the old ones (``engine.store.search.inherit``).
"""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Row, Table

from engine.case import Case
from engine.notices import notices_of
from engine.record import UNFOLDED, arm, with_a_part
from engine.rules.journal import commitment, entry, plain_row
from engine.store.bulk_writing import insert_rows, update_rows
from engine.store.dossiers import applicants, dossier_offices, dossiers
from engine.store.journal import journal, journal_private
from engine.store.outbox import outbox
from engine.transaction import Busy, UnitOfWork

_TIMED = ("state", "entered_at", "clock", "due_at", "step_due_at")
_SHOWN = frozenset({"offices", "intake_office", "handler_office", "support_office", "holder_office"})


class BulkRecord:
    """Entries waiting to be written together. ``columns`` are those that the act may change."""

    def __init__(self, unit: UnitOfWork, columns: Iterable[str]) -> None:
        self._unit, self._columns = unit, (*columns, "version", "head")
        self._changed: list[dict[str, Any]] = []
        self._new: dict[Table, list[dict[str, Any]]] = defaultdict(list)

    def record(
        self,
        case: Case,
        act: str,
        *,
        data: Mapping[str, Any],
        private: Mapping[str, Any],
        events: Iterable[tuple[str, str | None]] = (),
    ) -> int:
        """Gathers the case's changes and one journal entry; the entry's number. Arguments as in ``record``."""
        unit, row, before = self._unit, case.row, case.before
        number, salt = int(before["version"]) + 1, secrets.token_bytes(16)
        changed = {name: row[name] for name in self._columns if row[name] != before[name]}
        written = entry(
            code=case.code,
            number=number,
            previous=before["head"],
            at=unit.now,
            act=act,
            actor=unit.actor.label,
            changes={name: value for name, value in changed.items() if name not in UNFOLDED},
            data=data,
            private=commitment(salt, private),
        )
        row |= {"version": number, "head": written.hash}
        self._changed.append({"id": case.id, **{name: row[name] for name in self._columns}})
        head = {"dossier_id": case.id, "number": number}
        what = {"at": unit.now, "act": act, "actor": unit.actor.label, "body": written.body, "hash": written.hash}
        self._new[journal].append(head | what)
        self._new[journal_private].append(head | {"salt": salt, "data": plain_row(private)})
        if changed.keys() & _SHOWN:
            self.show(case, with_a_part(row) - with_a_part(before))
        self._new[outbox] += notices_of(case, number, events)
        if any(name in changed for name in _TIMED):
            arm(case)
        return number

    def show(self, case: Case, offices: Iterable[str]) -> None:
        """Lets offices see the dossier from now on."""
        since = self._unit.now
        self._new[dossier_offices] += [
            {"office": office, "dossier_id": case.id, "since": since} for office in sorted(offices)
        ]

    def write(self) -> None:
        """Writes what was gathered. Raises Busy when somebody changed a dossier in spite of the lock."""
        connection = self._unit.connection
        if update_rows(connection, dossiers, self._changed, ("id",), expected="version") != len(self._changed):
            raise Busy()
        for table in (journal, journal_private):
            insert_rows(connection, table, self._new[table])
        for table in (dossier_offices, outbox):
            insert_rows(connection, table, self._new[table], new_only=True)
        self._unit.rings |= bool(self._new[outbox])
        self._changed.clear()
        self._new.clear()


def case_from(unit: UnitOfWork, row: Row[Any]) -> Case:
    """The case of a row that was read with ``CASE_COLUMNS`` first."""
    own = dict(zip(_ROW, row, strict=False))
    return Case(unit, own, dict(zip(_REACHED_BY, row[len(_ROW) : len(CASE_COLUMNS)], strict=True)))


_UNREAD = {"search", "channel", "link_nonce", "link_hash", "filed_at", "received_at", "opened_at", "returned_at"}
_ROW = tuple(column.name for column in dossiers.c if column.name not in _UNREAD)
_REACHED_BY = ("phone", "email", "language")
CASE_COLUMNS: tuple[ColumnElement[Any], ...] = tuple(
    [dossiers.c[name] for name in _ROW] + [applicants.c[name] for name in _REACHED_BY]
)
"""What a case needs of ``dossiers`` and ``applicants`` to be recorded and told of; facts of its form are not read."""
