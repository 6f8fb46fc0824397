"""Destroying by schedule: one administrator proposes a list, another decides, then each dossier goes by itself.

Only what was transferred with a receipt and whose term is over is on a list. Destroying erases the personal data and
files (``engine.dossier.erasure``); the journal stays verifiable. Minutes with the whole list are kept as a document.
"""

from __future__ import annotations

from sqlalchemy import and_, delete, exists, insert, select, update

from engine.acts.archive.export import must_archive
from engine.clock import civil_day
from engine.dossier.case import Case, lock_case_by_id
from engine.dossier.erasure import erase_personal_data
from engine.dossier.record import record
from engine.errors import Conflict, Forbidden, NotFound, wrong
from engine.rules.retention import RetentionSchedule, destroyable_from
from engine.store.archive import (
    DestructionRow,
    archive_bags,
    archive_destruction_items,
    archive_destructions,
    bag_of,
    destruction_numbered,
    propose_in_turn,
)
from engine.store.dossiers import dossiers
from engine.transaction import UnitOfWork

MOST = 10_000
"""Dossiers on one list; the next list has the others."""


class NothingToDestroy(Conflict):
    """No dossier was transferred, has a term that is over, and is on no list yet."""

    code = "archive-nothing-to-destroy"
    vi = "Không có hồ sơ nào đã giao nộp, hết thời hạn bảo quản và chưa nằm trong danh sách tiêu hủy."
    en = "No dossier was transferred, is past its term of retention, and is on no list yet."


class DestructionClosed(Conflict):
    """The list was decided before, or was not approved."""

    code = "archive-destruction-closed"
    vi = "Danh sách tiêu hủy số {number} đang ở trạng thái {status}."
    en = "The list {number} for destruction is {status}."


class SamePerson(Forbidden):
    """Whoever proposed a list does not decide on it."""

    code = "archive-second-person-needed"
    vi = "Cần người quản trị thứ hai: người đề nghị tiêu hủy không được duyệt."
    en = "A second administrator is needed: who proposed the destruction does not decide."


class ChangedSinceTransfer(Conflict):
    """The dossier is open again, or was acted on after it was packed; the archive does not have what happened since."""

    code = "archive-changed-since"
    vi = "Hồ sơ {dossier} có thao tác sau khi đóng gói; không tiêu hủy. Chạy lại với --leave-out để bỏ khỏi danh sách."
    en = "Dossier {dossier} was acted on after it was packed; it is not destroyed. Give --leave-out to take it off."


def propose_destruction(unit: UnitOfWork, schedule: RetentionSchedule, reason: str) -> int:
    """Lists every dossier that may go today; returns the number of the list. Raises Forbidden, InvalidInput,
    NothingToDestroy."""
    person = _administrator(unit)
    if not reason.strip():
        raise wrong("reason", "phải ghi lý do tiêu hủy", "say why they are destroyed")
    propose_in_turn(unit.begin())
    rows = _due(unit, schedule)
    if not rows:
        raise NothingToDestroy()
    told = {
        "status": "proposed",
        "schedule": schedule.digest,
        "reason": reason.strip(),
        "proposed_by": person,
        "proposed_at": unit.now,
    }
    made = insert(archive_destructions).returning(archive_destructions.c.id)
    number = int(unit.begin().execute(made, told).scalar_one())
    unit.begin().execute(insert(archive_destruction_items), [{"destruction_id": number, **row} for row in rows])
    return number


def decide_destruction(unit: UnitOfWork, number: int, *, approve: bool) -> None:
    """Approves or refuses a list, as another administrator. Raises Forbidden, SamePerson, NotFound,
    DestructionClosed."""
    person = _administrator(unit)
    found = _numbered(unit, number)
    if found.status != "proposed":
        raise DestructionClosed(number=number, status=found.status)
    if found.proposed_by == person:
        raise SamePerson()
    decided = {"status": "approved" if approve else "refused", "decided_by": person, "decided_at": unit.now}
    unit.begin().execute(update(archive_destructions).where(archive_destructions.c.id == number).values(decided))


def destroy_dossier(unit: UnitOfWork, number: int, dossier_id: int) -> Case:
    """Destroys one dossier of an approved list; once more changes nothing.

    Raises Forbidden, NotFound, DestructionClosed, ChangedSinceTransfer.
    """
    must_archive(unit)
    found = _numbered(unit, number)
    case = lock_case_by_id(unit, dossier_id)
    this = and_(
        archive_destruction_items.c.destruction_id == number, archive_destruction_items.c.dossier_id == dossier_id
    )
    item = unit.begin().execute(select(archive_destruction_items).where(this)).one_or_none()
    bag = bag_of(unit.begin(), dossier_id)
    if item is None or bag is None or bag.transferred_at is None:
        raise NotFound(what=case.code)
    if item.done_at is not None:
        return case
    if found.status != "approved":
        raise DestructionClosed(number=number, status=found.status)
    if case.row["version"] != bag.entries + _OWN_ENTRIES or not case.release.states[case.row["state"]].final:
        raise ChangedSinceTransfer(dossier=case.code)
    erase_personal_data(case)
    data = {
        "destruction": number,
        "proposed_by": f"admin:{found.proposed_by}",
        "decided_by": f"admin:{found.decided_by}",
        "term": item.term,
        "since": item.since,
        "sha256": bag.sha256,
        "receipt": bag.receipt,
    }
    record(case, "archive_destroy", data=data)
    unit.flush()
    unit.begin().execute(update(archive_destruction_items).where(this).values(done_at=unit.now))
    own = update(archive_bags).where(archive_bags.c.dossier_id == dossier_id)
    unit.begin().execute(own.values(destroyed_at=unit.now))
    return case


def leave_out(unit: UnitOfWork, number: int, dossier_id: int) -> None:
    """Takes a dossier that was not destroyed off an approved list; once more changes nothing.

    Raises Forbidden, NotFound, DestructionClosed.
    """
    must_archive(unit)
    found = _numbered(unit, number)
    if found.status != "approved":
        raise DestructionClosed(number=number, status=found.status)
    items = archive_destruction_items.c
    this = and_(items.destruction_id == number, items.dossier_id == dossier_id, items.done_at.is_(None))
    unit.begin().execute(delete(archive_destruction_items).where(this))


_OWN_ENTRIES = 2
"""The entries after those in the package: that it was packed, and that the archive has it."""


def keep_minutes(unit: UnitOfWork, number: int, storage_key: str, sha256: str) -> None:
    """Closes a list with its minutes; once more changes nothing. Raises Forbidden, NotFound, DestructionClosed."""
    must_archive(unit)
    found = _numbered(unit, number)
    if found.status == "done":
        return
    if found.status != "approved":
        raise DestructionClosed(number=number, status=found.status)
    told = {"status": "done", "done_at": unit.now, "minutes_key": storage_key, "minutes_sha256": sha256}
    unit.begin().execute(update(archive_destructions).where(archive_destructions.c.id == number).values(told))


def _administrator(unit: UnitOfWork) -> int:
    if not unit.actor.admin or unit.actor.person_id is None:
        raise Forbidden(why_vi="chỉ dành cho người quản trị", why_en="administrators only")
    return unit.actor.person_id


def _numbered(unit: UnitOfWork, number: int) -> DestructionRow:
    found = destruction_numbered(unit.begin(), number, lock=True)
    if found is None:
        raise NotFound(what=f"destruction {number}")
    return found


def _due(unit: UnitOfWork, schedule: RetentionSchedule) -> list[dict[str, object]]:
    """The rows of the list: what was transferred, is on no open list, and whose term is over."""
    items, lists = archive_destruction_items, archive_destructions
    listed = exists(
        select(1).where(
            items.c.dossier_id == archive_bags.c.dossier_id,
            items.c.destruction_id == lists.c.id,
            lists.c.status.in_(("proposed", "approved")),
        )
    )
    statement = (
        select(dossiers.c.id, dossiers.c.procedure, dossiers.c.finished_at)
        .join(archive_bags, archive_bags.c.dossier_id == dossiers.c.id)
        .where(archive_bags.c.transferred_at.is_not(None), archive_bags.c.destroyed_at.is_(None), ~listed)
        .where(dossiers.c.finished_at.is_not(None))
        .order_by(dossiers.c.id)
    )
    rows = list[dict[str, object]]()
    for row in unit.begin().execute(statement):
        term = schedule.term_of(row.procedure)
        since = destroyable_from(term, civil_day(row.finished_at))
        if term is not None and since is not None and since <= unit.today and len(rows) < MOST:
            rows.append({"dossier_id": row.id, "since": since, "term": term.in_words()})
    return rows
