"""``BulkRecord``: records one act on many dossiers, with the same rows as ``engine.dossier.record`` writes for each.

Entries are gathered and then written with one statement, so that a dossier costs a tenth of a single act. The dossiers
exist already; a batch records each at most once. Search keys are not written: the new offices inherit the lists of the
old ones (``engine.store.search.inherit``).
"""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

import orjson
from sqlalchemy import ColumnElement, Table

from engine.dossier.case import Case
from engine.dossier.notices import notices_of
from engine.dossier.record import UNFOLDED, arm, ends_of_sight, entry_row, parts_of, with_a_part
from engine.dossier.tellings import tellings_of
from engine.rules.dossier_row import DossierRow
from engine.rules.journal.entries import commitment, entry
from engine.rules.part_rows import ApplicantRow
from engine.store.dossiers import applicants, dossier_offices, dossiers
from engine.store.journal import journal, journal_private
from engine.store.outbox import outbox
from engine.store.portal import portal_tellings
from engine.store.sql.bulk import Part, write_together
from engine.transaction import UnitOfWork

_TIMED = ("state", "entered_at", "clock", "due_at", "step_due_at")
_SHOWN = frozenset({"offices", "intake_office", "handler_office", "support_office", "holder_office"})


class BulkRecord:
    """A batch of entries to be written together. ``columns`` are those of ``dossiers`` that the act may change."""

    def __init__(self, unit: UnitOfWork, columns: Iterable[str]) -> None:
        self._unit, self._columns = unit, tuple(columns)
        self._versions: dict[int, int] = {}
        self._touched: set[str] = set()
        self._rows: list[Mapping[str, Any]] = []
        self._new: dict[Table, list[dict[str, Any]]] = defaultdict(list)
        self._ends: list[dict[str, Any]] = []

    def record(
        self,
        case: Case,
        act: str,
        *,
        data: Mapping[str, Any] | orjson.Fragment,
        private: Mapping[str, str],
        events: Iterable[tuple[str, str | None]] = (),
    ) -> int:
        """Gathers the case's changes and one journal entry; returns the entry's number. The arguments are those of
        ``engine.dossier.record.record``; ``data`` may already be canonical JSON (``orjson.Fragment``)."""
        unit, row = self._unit, case.row
        columns: Mapping[str, Any] = row
        before: Mapping[str, Any] = case.before
        self.watch(case)
        number, salt = int(before["version"]) + 1, secrets.token_bytes(16)
        changed = {name: value for name in self._columns if (value := columns[name]) != before[name]}
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
        self._touched |= changed.keys()
        self._rows.append(row)
        self._new[journal].append(entry_row(case, act, written))
        self._new[journal_private].append({"dossier_id": case.id, "number": number, "salt": salt, "data": private})
        if not _SHOWN.isdisjoint(changed):
            self._show(case)
        self._new[outbox] += notices_of(case, number, events)
        self._new[portal_tellings] += tellings_of(case, number, act, changed.keys())
        if not changed.keys().isdisjoint(_TIMED):
            arm(case)
        return number

    def watch(self, case: Case) -> None:
        """Guards every write about this dossier by the version that was read."""
        self._versions[case.id] = int(case.before["version"])

    def write(self, more: Sequence[Part] = ()) -> set[int]:
        """Writes the batch, and ``more`` about the same dossiers; returns the ids of the dossiers that were written.

        Dossiers that have changed since they were read, or that are locked, are skipped. The batch is then empty.
        """
        columns = ("id", *sorted(self._touched), "version", "head")
        changed = [{name: row[name] for name in columns} for row in self._rows]
        parts = [
            Part(dossiers, changed, ("id",), of="id"),
            *(Part(table, self._new[table]) for table in (journal, journal_private, outbox, portal_tellings)),
            Part(dossier_offices, self._new[dossier_offices], new_only=True),
            Part(dossier_offices, self._ends, ("office", "dossier_id")),
            *more,
        ]
        done: set[int] = set()
        if self._versions:
            done = write_together(self._unit.begin(), dossiers, self._versions, parts)
        self._unit.rings |= bool(self._new[outbox] or self._new[portal_tellings])
        for gathered in (self._versions, self._touched, self._rows, self._new, self._ends):
            gathered.clear()
        return done

    def _show(self, case: Case) -> None:
        """Makes the dossier visible to its new offices, and ends the sight of those that it leaves."""
        self._new[dossier_offices] += parts_of(case, sorted(with_a_part(case.row) - with_a_part(case.before)))
        self._ends += [
            {"office": office, "dossier_id": case.id, "until": until}
            for office, until in sorted(ends_of_sight(case).items())
        ]


def case_from(unit: UnitOfWork, row: Sequence[Any]) -> Case:
    """The case of a row that was read with ``CASE_COLUMNS`` as its first columns."""
    own = cast(DossierRow, dict(zip(_ROW, row, strict=False)))  # lacks the columns of ``_UNREAD``
    reached_by = cast(ApplicantRow, dict(zip(_REACHED_BY, row[len(_ROW) : len(CASE_COLUMNS)], strict=True)))
    return Case(unit, own, reached_by)


_UNREAD = {
    "search",
    "channel",
    "link_nonce",
    "link_hash",
    "filed_at",
    "received_at",
    "opened_at",
    "placed_on",
    "returned_at",
}
_ROW = tuple(str(column.name) for column in dossiers.c if column.name not in _UNREAD)
_REACHED_BY = ("phone", "email", "language")
CASE_COLUMNS: tuple[ColumnElement[Any], ...] = tuple(
    [dossiers.c[name] for name in _ROW] + [applicants.c[name] for name in _REACHED_BY]
)
"""The columns of ``dossiers`` and ``applicants`` that recording and notices need. The form is not among them."""
