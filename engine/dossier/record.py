"""Recording an act: the row with its version check, the journal entry with its hash, the clocks and the notices.

Everything that changes a dossier goes through ``record``; what is written here is durable together or not at all.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from engine.dossier.case import Case, Stale
from engine.dossier.notices import notices_of
from engine.rules.deadlines.timing import Clock, wanted_clocks
from engine.rules.dossier_row import DossierRow
from engine.rules.journal.entries import ORIGIN, Entry, commitment, entry, plain_row
from engine.store.clocks import clocks
from engine.store.dossiers import dossier_offices, dossiers
from engine.store.journal import journal, journal_private
from engine.store.outbox import outbox
from engine.store.search import key_rows, province_scope, search_keys
from engine.text import Text
from engine.transaction import UnitOfWork

UNFOLDED = frozenset({"id", "version", "head", "search"})
"""Columns of the row that the journal does not carry: its own numbers, and search text made of personal data."""

_NOT_IN_FIRST = frozenset({"placed_on", "version", "head"})
"""Columns that the first entry of a dossier does not carry: nothing names them yet, and its bytes are public."""

_SHOWN = frozenset({"offices", "intake_office", "support_office", "holder_office", "handler_office", "province"})
"""Columns that decide which offices see the dossier."""
_TIMED = ("state", "entered_at", "clock", "due_at", "step_due_at")


def record(
    case: Case,
    act: str,
    *,
    data: Mapping[str, Any] | None = None,
    private: Mapping[str, Any] | None = None,
    events: Iterable[tuple[str, str | None]] = (),
) -> int:
    """Writes the case's changes and one journal entry; returns the entry's number.

    ``data`` explains the act (never personal data); ``private`` holds names, reasons and form data, to which the entry
    commits with a salt. ``events`` are (event, subject) pairs that notices may answer: ("entered", state),
    ("action", key). Raises Stale when somebody else changed the row since it was read.
    """
    changed = _changed(case)
    number = 1 if case.is_new else case.before["version"] + 1
    salt = secrets.token_bytes(16) if private else b""
    written = entry(
        code=case.code,
        number=number,
        previous=ORIGIN if case.is_new else case.before["head"],
        at=case.unit.now,
        act=act,
        actor=case.unit.actor.label,
        changes={key: value for key, value in changed.items() if key not in UNFOLDED},
        data=data or {},
        private=commitment(salt, private) if private else None,
    )
    case.row |= {"version": number, "head": written.hash}
    _write_row(case, changed | {"version": number, "head": written.hash})
    _write_entry(case, act, written, salt, private)
    _show_to_offices(case, changed)
    if not changed.keys().isdisjoint(_TIMED):
        arm(case)
    send(case.unit, notices_of(case, number, events))
    case.recorded()
    return number


def _changed(case: Case) -> dict[str, Any]:
    """The columns that differ from the database; all of them for a new dossier."""
    row: Mapping[str, Any] = case.row
    if case.is_new:
        return {name: value for name, value in row.items() if name not in _NOT_IN_FIRST}
    before: Mapping[str, Any] = case.before
    return {name: value for name, value in row.items() if value != before[name]}


def _write_row(case: Case, changed: dict[str, Any]) -> None:
    if case.is_new:
        case.unit.writes.insert(dossiers, [changed])
    else:
        _update_row(case, changed)


def _write_entry(case: Case, act: str, written: Entry, salt: bytes, private: Mapping[str, Any] | None) -> None:
    writes, number = case.unit.writes, case.row["version"]
    writes.insert(journal, [entry_row(case, act, written)])
    if private:
        hidden = {"dossier_id": case.id, "number": number, "salt": salt, "data": plain_row(private)}
        writes.insert(journal_private, [hidden])


def arm(case: Case) -> None:
    """Replaces the clocks that have not fired by those the row wants now; a fired one never comes back."""
    wanted = _clock_rows(case, wanted_clocks(case.row, case.release, case.calendar))
    if case.unit.writes.inserts(dossiers, {"id": case.id}):  # none of its clocks stands yet
        case.unit.writes.withdraw(clocks, {"dossier_id": case.id})
        case.unit.writes.insert(clocks, wanted)
        return
    waiting = "fired_at IS NULL AND kind <> 'verify'"
    if _reminded(case, wanted):
        waiting += " AND kind <> 'remind'"
    case.unit.writes.delete(clocks, {"dossier_id": case.id}, condition=waiting, spare=wanted)
    case.unit.writes.insert(clocks, wanted, new_only=True)


def add_clocks(case: Case, wanted: Iterable[Clock]) -> None:
    """Arms clocks; one that exists already (fired or not) is left as it is."""
    case.unit.writes.insert(clocks, _clock_rows(case, wanted), new_only=True)


def send(unit: UnitOfWork, messages: list[dict[str, Any]]) -> None:
    """Writes notices to the outbox, each key once, and lets the worker be rung after the commit."""
    if messages:
        unit.writes.insert(outbox, messages, new_only=True)
        unit.rings = True


def _update_row(case: Case, changed: dict[str, Any]) -> None:
    writes, this = case.unit.writes, {"id": case.id}
    # What ends is counted where a row is updated: a dossier that is opened and ends in one act is written twice.
    if writes.inserts(dossiers, this) and changed.get("finished_at") is None:
        writes.amend(dossiers, this, changed)
        return
    if writes.waits(dossiers, this):
        case.unit.begin()  # a row is written once in one statement
    same = {"id": case.id, "version": case.before["version"]}
    somebody, something = Text("người khác", "somebody else"), Text("một thao tác khác", "something else")
    stale = partial(Stale, dossier=case.code, who="", name=somebody, act="", did=something, when=case.unit.now)
    case.unit.writes.update(dossiers, changed, same, must=stale)


def _reminded(case: Case, wanted: Iterable[Mapping[str, Any]]) -> bool:
    """Whether the dossier waits on where it was, past its first reminder: the next follows from when that one rang."""
    row, before = case.row, case.before
    stays = (row["state"], row["entered_at"]) == (before["state"], before["entered_at"])
    return stays and any(one["kind"] == "remind" and one["due_at"] <= case.unit.now for one in wanted)


def _clock_rows(case: Case, wanted: Iterable[Clock]) -> list[dict[str, Any]]:
    return [
        {"dossier_id": case.id, "kind": clock.kind, "subject": clock.subject, "due_at": clock.due_at}
        for clock in wanted
    ]


def entry_row(case: Case, act: str, written: Entry) -> dict[str, Any]:
    """The journal row of an entry, once the case bears its number."""
    return {
        "dossier_id": case.id,
        "number": case.row["version"],
        "at": case.unit.now,
        "act": act,
        "actor": case.unit.actor.label,
        "body": written.body,
        "hash": written.hash,
    }


def _show_to_offices(case: Case, changed: Mapping[str, Any]) -> None:
    """Every office that has a part in the dossier may see it, and find it by words, from now on, also after it has
    passed it on; and so may those who oversee its province."""
    if changed.keys().isdisjoint(_SHOWN):
        return
    row = case.row
    fresh = sorted(with_a_part(row) - (set() if case.is_new else with_a_part(case.before)))
    rows = [{"office": office, "dossier_id": case.id, "since": case.unit.now} for office in fresh]
    case.unit.writes.insert(dossier_offices, rows, new_only=True)
    scopes = fresh + ([province_scope(row["province"])] if "province" in changed else [])
    case.unit.writes.insert(search_keys, key_rows(case.id, scopes, row["search"]), new_only=True)


def with_a_part(row: DossierRow) -> set[str]:
    """The offices that have a part in a dossier now."""
    parts = (row["intake_office"], row["support_office"], row["holder_office"], row["handler_office"])
    return {office for office in (*row["offices"].values(), *parts) if office}
