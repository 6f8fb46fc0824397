"""Guards of the built-in acts (claim, transfer, note …), for which no workflow file defines permissions.

Each ``must_…`` returns nothing or raises a refusal.
"""

from __future__ import annotations

from engine.dossier.case import Case
from engine.errors import Conflict, Forbidden
from engine.rules.procedure.permissions import roles_in
from engine.store.people import person_name


class Ended(Conflict):
    """The dossier is in a final state, in which only notes and rectifications are possible."""

    code = "dossier-ended"
    vi = "Hồ sơ {dossier} đã kết thúc."
    en = "Dossier {dossier} has ended."


class HeldByAnother(Conflict):
    """Another person has claimed the dossier."""

    code = "held-by-another"
    vi = "Hồ sơ đang do {name} giữ."
    en = "The dossier is held by {name}."


class CounterClosed(Conflict):
    """A reform closed the office that the applicant deals with, and its successor is not yet decided."""

    code = "counter-closed"
    vi = "Nơi tiếp nhận của hồ sơ, {office_vi}, đã đóng từ {date}. Chờ cấp tỉnh quyết định rồi thao tác lại."
    en = "The receiving office, {office_en}, closed on {date}. Wait until the province has decided, then repeat."


def must_hold(case: Case) -> None:
    """Requires the role and the office that must act now, and that nobody else has claimed the dossier.

    Raises Forbidden, HeldByAnother.
    """
    row, actor = case.row, case.unit.actor
    if actor.kind == "system":
        return
    must_be_staff(case)
    if not row["holder_office"] or row["holder_role"] not in roles_in(actor, row["holder_office"], case.today):
        raise Forbidden(
            why_vi="chỉ người có vai trò đang giữ hồ sơ tại cơ quan đang xử lý",
            why_en="only those in the role that holds the dossier, at the office that must act",
        )
    if row["holder_id"] not in (None, actor.person_id):
        name = person_name(case.unit.begin(), row["holder_id"]) or ""
        raise HeldByAnother(who=f"person:{row['holder_id']}", name=name)


def must_have_part(case: Case) -> None:
    """Requires an actor of an office that has a part in the dossier, its applicant, or a timer. Raises Forbidden."""
    actor, row = case.unit.actor, case.row
    offices = {*row["offices"].values(), row["intake_office"], row["handler_office"], row["holder_office"]}
    if actor.kind in ("system", "citizen"):
        return  # a citizen sees only the own dossier
    must_be_staff(case)
    if not offices & actor.offices(case.today):
        raise Forbidden(
            why_vi="cơ quan của bạn không còn tham gia giải quyết hồ sơ này",
            why_en="your office has no part in this dossier any more",
        )


def must_lead(case: Case, office: str) -> None:
    """Requires a leader of the office, or a timer. Raises Forbidden."""
    if case.unit.actor.kind != "system" and "leader" not in roles_in(case.unit.actor, office, case.today):
        raise Forbidden(why_vi="chỉ lãnh đạo của cơ quan", why_en="only a leader of the office")


def must_be_open(case: Case) -> None:
    """Requires that the dossier is not in a final state. Raises Ended."""
    if case.release.states[case.row["state"]].final:
        raise Ended(dossier=case.code)


def must_have_counter(case: Case) -> None:
    """Requires that the office that the applicant deals with is not closed. Raises CounterClosed."""
    office = case.unit.catalogue.office(case.counter)
    if office.valid_to is not None and office.valid_to <= case.today:
        closed = {"office": office.code, "date": office.valid_to.isoformat()}
        raise CounterClosed(office_vi=office.name.vi, office_en=office.name.en, **closed)


def must_be_staff(case: Case) -> None:
    """Requires staff or a timer, not the applicant. Raises Forbidden."""
    if case.unit.actor.kind not in ("staff", "system"):
        raise Forbidden(why_vi="chỉ cán bộ", why_en="only staff")
