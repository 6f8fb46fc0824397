"""``record``: writes an act on a dossier, with its row, journal entry, clocks, notices and visibility.

Everything that changes a dossier goes through here (``record_many`` for thousands at once). All of it becomes durable
together or not at all.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from engine.dossier.case import Case
from engine.dossier.citizen_keys import BY_LINK
from engine.dossier.elsewhere import must_be_ours
from engine.dossier.filing_answers import tell_filing
from engine.dossier.notices import notices_of, of_the_running_clock
from engine.dossier.reach import reached
from engine.dossier.rights import Ended
from engine.dossier.stale import Stale
from engine.dossier.tellings import tellings_of
from engine.rules.deadlines.timing import FOLLOWED_BY_DUE, KINDS_OF_STATE, Clock, clocks_of_state, wanted_clocks
from engine.rules.dossier_row import DossierRow
from engine.rules.journal.entries import ORIGIN, Entry, commitment, entry, plain_row
from engine.rules.offices.routing import INTAKE
from engine.rules.procedure.permissions import Actor
from engine.store.clocks import clocks
from engine.store.dossiers import dossier_offices, dossiers
from engine.store.journal import journal, journal_private
from engine.store.outbox import outbox
from engine.store.portal import portal_tellings
from engine.store.search import key_rows, province_scope, search_keys
from engine.text import Text
from engine.transaction import UnitOfWork

UNFOLDED = frozenset({"id", "version", "head", "search"})
"""The columns that no journal entry carries: the row's own numbers, and search text, which holds personal data."""

_NOT_IN_FIRST = frozenset({"placed_on", "version", "head"})
"""The columns that a dossier's first entry does not carry. ``placed_on`` is not set yet, and naming it would change the
published bytes of the entry; ``version`` and ``head`` follow from the entry itself."""

_ONLY_IF_SET = frozenset({"intake_from", "intake_due_at", "intake_done_at", "warned_at", "cancelled_at", "source"})
"""The columns that a first entry carries only where they are set: most dossiers never have them."""

_SHOWN = frozenset(
    {"offices", "intake_office", "support_office", "holder_office", "handler_office", "province", "finished_at"}
)
"""The columns that decide which offices see the dossier."""
_TIMED = ("state", "entered_at", "clock", "due_at", "step_due_at", "intake_due_at", "intake_done_at")


def record(
    case: Case,
    act: str,
    *,
    data: Mapping[str, Any] | None = None,
    private: Mapping[str, Any] | None = None,
    events: Iterable[tuple[str, str | None]] = (),
    by: Actor | None = None,
) -> int:
    """Adds the case's changes and one journal entry to the pending writes; returns the entry's number.

    ``data`` explains the act (never personal data). ``private`` holds names, reasons and form data; the entry holds a
    salted commitment to it. ``events`` are (event, subject) pairs that may cause notices: ("entered", state),
    ("action", key). ``by`` is named where it is not the caller: a clock within an act. The flush may raise Stale.
    """
    _must_be_writable(case)
    changed, label = _changed(case), (by or case.unit.actor).label
    number = 1 if case.is_new else case.before["version"] + 1
    salt = secrets.token_bytes(16) if private else b""
    written = entry(
        code=case.code,
        number=number,
        previous=ORIGIN if case.is_new else case.before["head"],
        at=case.unit.now,
        act=act,
        actor=label,
        changes={key: value for key, value in changed.items() if key not in UNFOLDED},
        data=_proven(case, data or {}),
        private=commitment(salt, private) if private else None,
    )
    case.row |= {"version": number, "head": written.hash}
    _write_row(case, changed | {"version": number, "head": written.hash})
    _write_entry(case, act, label, written, salt, private)
    _show_to_offices(case, changed)
    if not changed.keys().isdisjoint(_TIMED):
        _rearm(case, changed)
    _tell(case, number, events)
    _tell_systems(case, number, act, changed)
    case.recorded()
    return number


def _must_be_writable(case: Case) -> None:
    """Requires that the truth about the dossier is here, and of the applicant that it has not ended: the link then
    reads only. Raises TruthElsewhere, Ended."""
    if not case.is_new:
        must_be_ours(case.before, case.unit.actor)
    if case.unit.actor.kind == "citizen" and not case.is_new and case.release.states[case.before["state"]].final:
        raise Ended(dossier=case.code)


def _proven(case: Case, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """The data of an entry; of one by the applicant they say how the act was proven, by default by the link alone."""
    return {"proof": BY_LINK, **data} if case.unit.actor.kind == "citizen" else data


def _changed(case: Case) -> dict[str, Any]:
    """The columns that differ from the database; for a new dossier all that its first entry carries, and its id and
    search text."""
    row: Mapping[str, Any] = case.row
    if case.is_new:
        told = (name for name in row if name not in _NOT_IN_FIRST and not (name in _ONLY_IF_SET and row[name] is None))
        return {name: row[name] for name in told}
    before: Mapping[str, Any] = case.before
    return {name: value for name, value in row.items() if value != before[name]}


def _write_row(case: Case, changed: dict[str, Any]) -> None:
    if case.is_new:
        case.unit.writes.insert(dossiers, [changed])
    else:
        _update_row(case, changed)


def _write_entry(
    case: Case, act: str, label: str, written: Entry, salt: bytes, private: Mapping[str, Any] | None
) -> None:
    writes, number = case.unit.writes, case.row["version"]
    writes.insert(journal, [entry_row(case, act, written) | {"actor": label}])
    if private:
        hidden = {"dossier_id": case.id, "number": number, "salt": salt, "data": plain_row(private)}
        writes.insert(journal_private, [hidden])


def _tell_systems(case: Case, number: int, act: str, changed: Mapping[str, Any]) -> None:
    tell_filing(case, number)
    if told := tellings_of(case, number, act, changed):
        case.unit.writes.insert(portal_tellings, told)
        case.unit.rings = True


def arm(case: Case) -> None:
    """Replaces the clocks that have not fired by those that follow from the row; a fired clock never fires again."""
    wanted = _clock_rows(case, wanted_clocks(case.row, case.release, case.calendar))
    if case.unit.writes.inserts(dossiers, {"id": case.id}):  # its clocks are all still pending
        case.unit.writes.withdraw(clocks, {"dossier_id": case.id})
        case.unit.writes.insert(clocks, wanted)
        return
    _replace(case, wanted, "kind <> 'verify'")


def add_clocks(case: Case, wanted: Iterable[Clock]) -> None:
    """Arms clocks; one that exists already (fired or not) is not changed."""
    case.unit.writes.insert(clocks, _clock_rows(case, wanted), new_only=True)


def send(unit: UnitOfWork, messages: list[dict[str, Any]]) -> None:
    """Adds notices to the pending writes, each key once, and wakes the worker after the commit."""
    if messages:
        unit.writes.insert(outbox, messages, new_only=True)
        unit.rings = True


def _rearm(case: Case, changed: Mapping[str, Any]) -> None:
    """``arm`` after an act that changed these columns: where none of them moves the clocks of the due moment, these
    stand as they were armed, and only those of the state are replaced."""
    if case.is_new or not FOLLOWED_BY_DUE.isdisjoint(changed) or case.unit.writes.inserts(dossiers, {"id": case.id}):
        arm(case)
        return
    release, calendar = case.release, case.calendar
    wanted = _clock_rows(case, clocks_of_state(case.row, release, calendar))
    if wanted or any(clocks_of_state(case.before, release, calendar)):
        _replace(case, wanted, f"kind IN ({', '.join(repr(kind) for kind in KINDS_OF_STATE)})")


def _replace(case: Case, wanted: list[dict[str, Any]], kinds: str) -> None:
    waiting = f"fired_at IS NULL AND {kinds}"
    if _reminded(case, wanted):
        waiting += " AND kind <> 'remind'"
    case.unit.writes.delete(clocks, {"dossier_id": case.id}, condition=waiting, spare=wanted)
    case.unit.writes.insert(clocks, wanted, new_only=True)


def _tell(case: Case, number: int, events: Iterable[tuple[str, str | None]]) -> None:
    """Sends the notices of an entry, and that of the new appointment when the clock runs again."""
    told = notices_of(case, number, events)
    send(case.unit, told + of_the_running_clock(case, number, told))


def _update_row(case: Case, changed: dict[str, Any]) -> None:
    writes, this = case.unit.writes, {"id": case.id}
    # The trigger that counts ended dossiers fires on UPDATE only, so a dossier that is created and ends in one act
    # needs both an INSERT and an UPDATE.
    if writes.inserts(dossiers, this) and changed.get("finished_at") is None:
        writes.amend(dossiers, this, changed)
        return
    if writes.waits(dossiers, this):
        case.unit.begin()  # flushes: one statement of CTEs cannot write a row twice
    same = {"id": case.id, "version": case.before["version"]}
    somebody, something = Text("người khác", "somebody else"), Text("một thao tác khác", "something else")
    stale = partial(Stale, dossier=case.code, who="", name=somebody, act="", did=something, when=case.unit.now)
    case.unit.writes.update(dossiers, changed, same, must=stale)


def _reminded(case: Case, wanted: Iterable[Mapping[str, Any]]) -> bool:
    """Whether the dossier is in the same state as before the act and its first reminder is past.

    The next reminder then follows from the last one that fired, so its clock must be kept.
    """
    row, before = case.row, case.before
    stays = (row["state"], row["entered_at"]) == (before["state"], before["entered_at"])
    return stays and any(one["kind"] == "remind" and one["due_at"] <= case.unit.now for one in wanted)


def _clock_rows(case: Case, wanted: Iterable[Clock]) -> list[dict[str, Any]]:
    return [
        {"dossier_id": case.id, "kind": clock.kind, "subject": clock.subject, "due_at": clock.due_at}
        for clock in wanted
    ]


def entry_row(case: Case, act: str, written: Entry) -> dict[str, Any]:
    """The journal row of an entry. ``case.row["version"]`` must already be the entry's number."""
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
    """Lets new offices (and on a change of province its overseers) see the dossier and find it by words.

    An office keeps this for some days after its part has ended.
    """
    if changed.keys().isdisjoint(_SHOWN):
        return
    row, before = case.row, None if case.is_new else case.before
    fresh = sorted(with_a_part(row) - (with_a_part(before) if before else set()))
    case.unit.writes.insert(dossier_offices, parts_of(case, fresh), new_only=True)
    if before is not None:
        ends = ends_of_sight(case)
        for office in sorted(ends):
            key = {"office": office, "dossier_id": case.id}
            case.unit.writes.update(dossier_offices, {"until": ends[office]}, key)
    scopes = fresh + ([province_scope(row["province"])] if "province" in changed else [])
    case.unit.writes.insert(search_keys, key_rows(case.id, scopes, row["search"]), new_only=True)


def parts_of(case: Case, offices: Iterable[str]) -> list[dict[str, Any]]:
    """The rows of ``dossier_offices`` for offices that get a part."""
    return [{"office": office, "dossier_id": case.id, "since": case.unit.now} for office in offices]


def ends_of_sight(case: Case) -> dict[str, dt.date | None]:
    """The offices whose sight of the dossier the act changes: from when on they see it no more, None: they see it.

    An office without a part sees the dossier for some days more, and so does a co-operating office that has done its
    part. One that never had to act, and a support point, see it until some days after it has ended.
    """
    row, before = case.row, case.before
    last = case.today + dt.timedelta(days=case.unit.settings.seen_after_days)
    now, was = with_a_part(row), with_a_part(before)
    lasting = {row["offices"].get(INTAKE), row["intake_office"], row["handler_office"]}
    ends: dict[str, dt.date | None] = dict.fromkeys(now - was) | dict.fromkeys(was - now, last)
    if (row["finished_at"] is None) != (before["finished_at"] is None):
        end = last if row["finished_at"] else None
        ends |= dict.fromkeys(_not_called(case) - lasting, end)
    left, came = before["holder_office"], row["holder_office"]
    if left != came:
        ends |= {office: last for office in (left,) if office and office not in lasting}
        ends |= {office: None for office in (came,) if office and office not in lasting}
    return ends


def _not_called(case: Case) -> set[str]:
    """The support point, and the co-operating offices that the dossier has not reached."""
    row, point = case.row, case.row["support_office"]
    keys = (key for key in row["offices"] if key not in (INTAKE, "handler"))
    return {row["offices"][key] for key in keys if not reached(case, key)} | ({point} if point else set())


def with_a_part(row: DossierRow) -> set[str]:
    """The codes of the offices that have a part in a dossier now."""
    parts = (row["intake_office"], row["support_office"], row["holder_office"], row["handler_office"])
    return {office for office in (*row["offices"].values(), *parts) if office}
