"""The people beside the applicant, masked for whoever gave no reason to see them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import cast

from engine.dossier.case import Case
from engine.rules.masking import masked_number, masked_text
from engine.rules.part_rows import PartyRow


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyView:
    """A representative, co-applicant or collector, or a consignment by post (``tracking``). ``until`` None: still."""

    id: int
    kind: str
    name: str | None
    identity_number: str | None
    phone: str | None
    address: str | None
    authority: str | None
    tracking: str | None
    document: int | None
    since: dt.datetime
    until: dt.datetime | None


def parties_view(case: Case, *, masked: bool = True) -> tuple[PartyView, ...]:
    """The people of the dossier, oldest first. Pass ``masked=False`` only after an entry in the read log."""
    return tuple(
        PartyView(
            id=row["id"],
            kind=row["kind"],
            name=row["name"],
            identity_number=masked_number(row["identity_number"]) if masked else row["identity_number"],
            phone=masked_number(row["phone"]) if masked else row["phone"],
            address=masked_text(row["address"]) if masked else row["address"],
            authority=masked_text(row["authority"]) if masked else row["authority"],
            tracking=row["tracking"],
            document=row["document_id"],
            since=row["since"],
            until=row["until"],
        )
        for row in cast(list[PartyRow], case.part("parties"))
    )
