"""The applicant of a dossier, masked unless somebody may see more."""

from __future__ import annotations

from dataclasses import dataclass

from engine.dossier.case import Case
from engine.rules.masking import masked_email, masked_number, masked_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Applicant:
    """The applicant. The dossier's offices see the name; identity number, contacts and address are masked unless
    ``masked`` is False."""

    kind: str
    name: str | None
    identity_number: str | None
    phone: str | None
    email: str | None
    address: str | None
    commune: str | None
    verified: bool
    language: str
    masked: bool


def applicant_of(case: Case, *, masked: bool = True) -> Applicant:
    """The applicant. Pass ``masked=False`` only after an entry in the read log (``read_personal_data``)."""
    known = case.applicant
    return Applicant(
        kind=case.row["applicant_kind"],
        name=known["name"],
        identity_number=masked_number(known["identity_number"]) if masked else known["identity_number"],
        phone=masked_number(known["phone"]) if masked else known["phone"],
        email=masked_email(known["email"]) if masked else known["email"],
        address=masked_text(known["address"]) if masked else known["address"],
        commune=known["commune"],
        verified=bool(known["verified"]),
        language=known["language"],
        masked=masked,
    )
