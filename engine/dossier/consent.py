"""Whether a person's earlier papers may be taken over: by the recorded consent, and the installation's rule."""

from __future__ import annotations

from engine.dossier.intake_draft import clerk_of
from engine.errors import Conflict, Forbidden, wrong
from engine.rules.values.identity_papers import identity_number
from engine.rules.values.wrong_value import WrongValue
from engine.store.identity_checks import subject_of
from engine.store.reuse_consents import ConsentRow, consent_of
from engine.transaction import UnitOfWork


class ReuseNeedsConsent(Conflict):
    """The person has withdrawn the consent, or none is recorded and the installation asks for one."""

    code = "reuse-needs-consent"
    vi = "Người nộp chưa đồng ý hoặc đã rút đồng ý dùng lại giấy tờ. Hãy hỏi và ghi nhận, hoặc nhận giấy tờ mới."
    en = "The applicant did not agree to reuse papers, or withdrew that. Ask and record it, or take the papers anew."


def subjects_of(unit: UnitOfWork, number: str) -> set[str]:
    """Every hash that an identity number has, by the installation's secrets."""
    return {subject_of(secret, number) for secret in unit.settings.secret_keys}


def known_consent(unit: UnitOfWork, number: str) -> ConsentRow | None:
    """The newest consent of the person, also one that was withdrawn."""
    return consent_of(unit.reader(), subjects_of(unit, number))


def may_reuse(unit: UnitOfWork, number: str) -> bool:
    """Whether papers of the person may be taken over today."""
    known = known_consent(unit, number)
    return not unit.settings.reuse_needs_consent if known is None else known.withdrawn_at is None


def clerk_at(unit: UnitOfWork, office: str) -> int:
    """The member of staff who asks, of the office that receives. Raises Forbidden."""
    person = clerk_of(unit)
    if office not in unit.actor.offices(unit.today):
        raise Forbidden(why_vi="chỉ cán bộ của nơi tiếp nhận", why_en="only staff of the office that receives")
    return person


def number_of(written: str) -> str:
    """The identity number that was typed. Raises InvalidInput."""
    try:
        return identity_number(written)
    except WrongValue as fault:
        raise wrong("applicant.identity_number", fault.text.vi, fault.text.en) from fault
