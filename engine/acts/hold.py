"""The acts on the holder of a dossier within the acting office: claim, release, assign, and mark as opened."""

from __future__ import annotations

from engine.acts.free_claim import free
from engine.dossier.case import Case, read_case
from engine.dossier.hand_notices import tell_hands
from engine.dossier.record import record, with_a_part
from engine.dossier.rights import must_be_open, must_may, verdict_on
from engine.errors import wrong
from engine.store.people import role_members
from engine.transaction import UnitOfWork


def claim(unit: UnitOfWork, code: str, version: int | None = None) -> Case:
    """Makes the actor the holder, which a second clerk sees. A claim by the present holder changes nothing.

    Raises Forbidden, HeldByAnother, Ended.
    """
    case = read_case(unit, code, version)
    must_be_open(case)
    must_may(case, "claim")
    if case.row["holder_id"] == unit.actor.person_id:
        return case
    case.change(holder_id=unit.actor.person_id, opened_at=case.row["opened_at"] or unit.now)
    record(case, "claim")
    return case


def release_claim(unit: UnitOfWork, code: str, version: int | None = None, reason: str | None = None) -> Case:
    """Gives the dossier back to the office's queue. That of an absent colleague is freed (``free_claim``).

    A leader of the office frees it with or without a reason, a colleague in the same role with one. Raises Forbidden,
    InvalidInput, ClaimTooFresh.
    """
    case = read_case(unit, code, version)
    holder = case.row["holder_id"]
    if holder is None and verdict_on(case, "open").allowed:
        return case
    if holder is None or not verdict_on(case, "release_claim").allowed:
        return free(case, reason, leader_says_why=False)
    case.change(holder_id=None)
    record(case, "release_claim", data={"holder": holder})
    return case


def assign(unit: UnitOfWork, code: str, person: int, version: int | None = None, reason: str | None = None) -> Case:
    """Gives the dossier to one person who has the acting role at the acting office.

    Leaders of that office may do so, and every person who may act on the dossier now. Raises Ended, InvalidInput,
    Forbidden, HeldByAnother.
    """
    case = read_case(unit, code, version)
    must_be_open(case)
    office, role = case.row["holder_office"], case.row["holder_role"]
    if office is None or role is None:
        raise wrong("person", "hiện không cơ quan nào phải xử lý hồ sơ này", "no office has to act on this dossier now")
    must_may(case, "assign")
    if person not in role_members(unit.reader(), office, role, case.today):
        raise wrong(
            "person",
            "hôm nay không giữ vai trò đang xử lý tại cơ quan đang xử lý",
            "does not have the acting role at the acting office today",
        )
    if person == case.row["holder_id"]:
        return case
    before = case.row["holder_id"]
    case.change(holder_id=person)
    entry = record(case, "assign", data={"person": person}, private={"reason": reason} if reason else None)
    tell_hands(case, entry, given=person, taken=before, act="assign")
    return case


def mark_opened(unit: UnitOfWork, code: str) -> Case:
    """Records that a person in the acting role has opened the dossier; after that the last step cannot be recalled.

    A second opening, or one by a person without the acting role, changes nothing. Whoever only oversees the province
    opens nothing. Raises NotFound, Forbidden.
    """
    case = read_case(unit, code)
    if verdict_on(case, "open").allowed:
        if case.row["opened_at"] is None:
            case.change(opened_at=unit.now)
            record(case, "open")
    elif unit.actor.kind == "staff" and not with_a_part(case.row) & unit.actor.offices(case.today):
        must_may(case, "open")
    return case
