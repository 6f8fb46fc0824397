"""The consents of a person to the reuse of papers, as the staff of a receiving office look them up by the number."""

from __future__ import annotations

from engine.dossier.consent import clerk_at, number_of, subjects_of
from engine.queries.known_person import Consent
from engine.store.reuse_consents import consents_of
from engine.transaction import UnitOfWork

MOST = 50


def consents(unit: UnitOfWork, number: str, office: str) -> tuple[Consent, ...]:
    """The newest consents of the person, also those that were withdrawn; the first one counts. Raises Forbidden,
    InvalidInput."""
    clerk_at(unit, office)
    told = ("given_at", "office", "purpose", "withdrawn_at")
    rows = consents_of(unit.reader(), subjects_of(unit, number_of(number)), MOST)
    return tuple(Consent(**{name: getattr(one, name) for name in told}) for one in rows)
