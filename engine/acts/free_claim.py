"""The act ``free_claim``: frees a dossier that an absent colleague has claimed, so that others can go on with it."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import or_, select

from engine.dossier.case import Case, read_case
from engine.dossier.hand_notices import tell_hands
from engine.dossier.record import record
from engine.dossier.rights import must_may
from engine.errors import Forbidden, wrong
from engine.rules.procedure.definition import SYSTEM
from engine.rules.procedure.permissions import LEADER
from engine.store.journal import journal
from engine.store.people import role_members
from engine.transaction import UnitOfWork


class ClaimTooFresh(Forbidden):
    """A colleague frees a claim only when the holder has done nothing on the dossier for the grace period."""

    code = "claim-too-fresh"
    vi = "Người giữ hồ sơ còn thao tác lúc {since}; đồng nghiệp chỉ gỡ được từ {from_when}. Lãnh đạo gỡ được ngay."
    en = "The holder was at it at {since}; a colleague may free it from {from_when} on. A leader may do so at once."


def free_claim(unit: UnitOfWork, code: str, reason: str, version: int | None = None) -> Case:
    """Empties the hands that hold the dossier, and notifies the person who held it.

    A leader of the office that must act may do so at once. A person in the same role may do so after
    ``claim_grace_minutes`` without any act of the holder, or at once when the holder has lost the role. A dossier that
    nobody holds stays as it is. Raises NotFound, Stale, Forbidden, InvalidInput, ClaimTooFresh.
    """
    return free(read_case(unit, code, version), reason)


def free(case: Case, reason: str | None, *, leader_says_why: bool = True) -> Case:
    """``free_claim`` on a case that was read already."""
    verdict = must_may(case, "free_claim")
    holder = case.row["holder_id"]
    if holder is None:
        return case
    if verdict.role not in (LEADER, SYSTEM):
        _must_have_rested(case, holder)
    if not (reason or "").strip() and (leader_says_why or verdict.role not in (LEADER, SYSTEM)):
        raise wrong("reason", "phải ghi lý do gỡ hồ sơ khỏi người đang giữ", "say why the dossier is freed")
    case.change(holder_id=None, opened_at=None)
    entry = record(case, "free_claim", data={"holder": holder}, private={"reason": reason} if reason else None)
    tell_hands(case, entry, taken=holder, act="free_claim")
    return case


def _must_have_rested(case: Case, holder: int) -> None:
    """Requires that the grace has passed since the holder's last act here, if they still have the role."""
    row = case.row
    office, role = row["holder_office"], row["holder_role"]
    if office is None or role is None or holder not in role_members(case.unit.reader(), office, role, case.today):
        return
    given = (journal.c.body.contains(f'"holder_id":{holder}{end}', autoescape=True) for end in ",}")
    own = or_(journal.c.actor == f"staff:{holder}", *given)
    of_this = select(journal.c.at).where(journal.c.dossier_id == case.id, own)
    since = case.unit.reader().execute(of_this.order_by(journal.c.number.desc()).limit(1)).scalar_one()
    free_from = since + dt.timedelta(minutes=case.unit.settings.claim_grace_minutes)
    if case.unit.now < free_from:
        raise ClaimTooFresh(since=since, from_when=free_from)
