"""Who may do what the engine offers on every dossier, beside the actions of its workflow file."""

from __future__ import annotations

from engine.dossier.case import Case
from engine.errors import Conflict, Forbidden
from engine.rules.procedure.permissions import roles_in
from engine.store.people import person_name


class Ended(Conflict):
    """The dossier is in a final state: nothing more is done to it but notes and rectifications."""

    code = "dossier-ended"
    vi = "Hồ sơ {dossier} đã kết thúc."
    en = "Dossier {dossier} has ended."


class HeldByAnother(Conflict):
    """Another person has claimed the dossier."""

    code = "held-by-another"
    vi = "Hồ sơ đang do {name} giữ."
    en = "The dossier is held by {name}."


class CounterClosed(Conflict):
    """A reform closed the office where the applicant is seen, and nobody has decided yet which one takes its place."""

    code = "counter-closed"
    vi = "Nơi tiếp nhận của hồ sơ, {office_vi}, đã đóng từ {date}. Chờ cấp tỉnh quyết định rồi thao tác lại."
    en = "The receiving office, {office_en}, closed on {date}. Wait until the province has decided, then repeat."


def must_hold(case: Case) -> None:
    """The actor works in the role and at the office that must act now, and nobody else has claimed the dossier."""
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
    """The actor works at an office that has a part in the dossier, or is its applicant, or is a timer."""
    actor, row = case.unit.actor, case.row
    offices = {*row["offices"].values(), row["intake_office"], row["handler_office"], row["holder_office"]}
    if actor.kind in ("system", "citizen"):
        return  # a citizen sees no dossier but the own one
    must_be_staff(case)
    if not offices & actor.offices(case.today):
        raise Forbidden(
            why_vi="cơ quan của bạn không còn tham gia giải quyết hồ sơ này",
            why_en="your office has no part in this dossier any more",
        )


def must_lead(case: Case, office: str) -> None:
    """The actor is a leader of the office."""
    if case.unit.actor.kind != "system" and "leader" not in roles_in(case.unit.actor, office, case.today):
        raise Forbidden(why_vi="chỉ lãnh đạo của cơ quan", why_en="only a leader of the office")


def must_be_open(case: Case) -> None:
    """The dossier has not come to a final state."""
    if case.release.states[case.row["state"]].final:
        raise Ended(dossier=case.code)


def must_have_counter(case: Case) -> None:
    """The office where the applicant is seen is in being."""
    office = case.unit.catalogue.office(case.counter)
    if office.valid_to is not None and office.valid_to <= case.today:
        closed = {"office": office.code, "date": office.valid_to.isoformat()}
        raise CounterClosed(office_vi=office.name.vi, office_en=office.name.en, **closed)


def must_be_staff(case: Case) -> None:
    """The actor is staff (or a timer), not the applicant."""
    if case.unit.actor.kind not in ("staff", "system"):
        raise Forbidden(why_vi="chỉ cán bộ", why_en="only staff")
