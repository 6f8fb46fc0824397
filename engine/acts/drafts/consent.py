"""The acts that record at the counter that a person agrees to the reuse of earlier papers, or withdraws that."""

from __future__ import annotations

from sqlalchemy import and_, insert, update

from engine.dossier.consent import clerk_at, number_of, subjects_of
from engine.errors import wrong
from engine.store.identity_checks import subject_of
from engine.store.reuse_consents import consent_of, consents_in_turn, reuse_consents
from engine.transaction import UnitOfWork

LONGEST_PURPOSE = 300


def give_consent(unit: UnitOfWork, number: str, office: str, purpose: str) -> None:
    """Records the consent; one that stands is not recorded twice, also by two at once. Raises Forbidden,
    InvalidInput."""
    person, clean = clerk_at(unit, office), number_of(number)
    subjects = subjects_of(unit, clean)
    consents_in_turn(unit.begin(), subjects)
    known = consent_of(unit.begin(), subjects)
    if known is not None and known.withdrawn_at is None:
        return
    if not purpose.strip():
        raise wrong("purpose", "phải ghi mục đích", "say for which purpose")
    row = {
        "subject": subject_of(unit.settings.secret_keys[0], clean),
        "office": office,
        "purpose": purpose.strip()[:LONGEST_PURPOSE],
        "given_at": unit.now,
        "given_to": person,
    }
    unit.begin().execute(insert(reuse_consents), row)


def withdraw_consent(unit: UnitOfWork, number: str, office: str) -> None:
    """Records that the person withdraws the consent, also one that was never recorded: no paper is reused any more.

    Raises Forbidden, InvalidInput.
    """
    person, clean = clerk_at(unit, office), number_of(number)
    subjects = subjects_of(unit, clean)
    consents_in_turn(unit.begin(), subjects)
    if consent_of(unit.begin(), subjects) is None:
        give_consent(unit, number, office, "rút đồng ý / withdrawn")
    standing = and_(reuse_consents.c.subject.in_(sorted(subjects)), reuse_consents.c.withdrawn_at.is_(None))
    told = {"withdrawn_at": unit.now, "withdrawn_to": person}
    unit.begin().execute(update(reuse_consents).where(standing).values(told))
