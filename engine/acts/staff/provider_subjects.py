"""The acts that say whom an identity provider means by a subject."""

from __future__ import annotations

from sqlalchemy import delete, insert, select

from engine.acts.staff.record import record_staff
from engine.errors import Conflict, NotFound, wrong
from engine.store.page_sessions import provider_subjects
from engine.store.staff_journal import lock_staff, subject_change
from engine.transaction import UnitOfWork


class SubjectTaken(Conflict):
    """The provider's subject is bound to another person."""

    code = "subject-taken"
    vi = "Mã người dùng này của nhà cung cấp đã gắn với một tài khoản khác."
    en = "This subject of the provider is bound to another account."


def bind_subject(unit: UnitOfWork, person: int, issuer: str, subject: str, reason: str = "") -> None:
    """Lets a person sign in by what the provider calls them. Raises InvalidInput, SubjectTaken."""
    if not issuer or len(issuer) > 200:
        raise wrong("issuer", "1 đến 200 ký tự", "1 to 200 characters")
    if not subject or len(subject) > 255:
        raise wrong("subject", "1 đến 255 ký tự", "1 to 255 characters")
    lock_staff(unit.begin())
    this = provider_subjects.c.issuer == issuer, provider_subjects.c.subject == subject
    found = unit.begin().execute(select(provider_subjects.c.person_id).where(*this)).scalar_one_or_none()
    if found == person:
        return
    if found is not None:
        raise SubjectTaken()
    row = {"issuer": issuer, "subject": subject, "person_id": person, "created_at": unit.now}
    unit.begin().execute(insert(provider_subjects), row)
    record_staff(unit, "bind-subject", person, [subject_change(issuer, subject, person)], reason)


def unbind_subjects(unit: UnitOfWork, person: int, reason: str = "") -> int:
    """Ends that a person signs in by a provider; returns how many subjects were bound. Raises NotFound."""
    gone = delete(provider_subjects).where(provider_subjects.c.person_id == person)
    returned = gone.returning(provider_subjects.c.issuer, provider_subjects.c.subject)
    found = unit.begin().execute(returned).all()
    if not found:
        raise NotFound(what=f"subject of {person}")
    changes = [subject_change(one.issuer, one.subject, None) for one in sorted(found)]
    record_staff(unit, "unbind-subject", person, changes, reason)
    return len(found)
