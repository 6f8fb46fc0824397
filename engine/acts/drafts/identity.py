"""The acts around a question to the population data: it is written down before it goes out, and its outcome after.

The question is put between two transactions, since nothing leaves before a commit. A process that dies in between
leaves the row as asked, which tells that somebody's data were asked for.
"""

from __future__ import annotations

from sqlalchemy import and_, insert, update

from engine.connection_ports import IdentityOutcome
from engine.dossier.intake_draft import clerk_of
from engine.errors import wrong
from engine.rules.values.identity_papers import identity_number
from engine.rules.values.wrong_value import WrongValue
from engine.store.identity_checks import checks_of, draft_hash, identity_checks, subject_of
from engine.store.read_log import add_reads
from engine.transaction import UnitOfWork

READ = "population"
"""What a question to the population data is called in the read log."""
LONGEST_PURPOSE = 300


def ask_identity(unit: UnitOfWork, token: str, number: str, office: str, purpose: str) -> int:
    """Writes down that the actor asks about the person with this number; returns the check's id.

    Raises Forbidden, InvalidInput.
    """
    person = clerk_of(unit)
    try:
        clean = identity_number(number)
    except WrongValue as fault:
        raise wrong("applicant.identity_number", fault.text.vi, fault.text.en) from fault
    row = {
        "subject": subject_of(unit.settings.secret_keys[0], clean),
        "draft": draft_hash(token),
        "person_id": person,
        "office": office,
        "purpose": purpose[:LONGEST_PURPOSE],
        "asked_at": unit.now,
        "status": "asked",
    }
    made = insert(identity_checks).returning(identity_checks.c.id)
    return int(unit.begin().execute(made, row).scalar_one())


def note_identity(unit: UnitOfWork, check: int, outcome: IdentityOutcome | None) -> None:
    """Writes down the outcome of an own question; None: there was no answer. One that is known stays."""
    told: dict[str, str] = {"status": "silent"}
    if outcome is not None:
        told = {"status": "answered", "number": outcome.number, "name": outcome.name}
        told |= {"born": outcome.born, "address": outcome.address}
    this = and_(
        identity_checks.c.id == check,
        identity_checks.c.person_id == clerk_of(unit),
        identity_checks.c.status == "asked",
    )
    unit.begin().execute(update(identity_checks).where(this).values(told))


def join_identity_checks(unit: UnitOfWork, token: str, dossier_id: int) -> None:
    """Joins the checks of a draft to its dossier; each becomes a row of the read log, of whoever asked, when asked."""
    for one in checks_of(unit.begin(), token):
        if one.dossier_id is None:
            add_reads(unit.begin(), one.asked_at, f"staff:{one.person_id}", [dossier_id], READ, one.purpose)
            this = update(identity_checks).where(identity_checks.c.id == one.id)
            unit.begin().execute(this.values(dossier_id=dossier_id))
