"""Erasing the personal data of a dossier: names, contacts, form, reasons, messages and files; the journal stays.

Entries hold salted commitments to the private parts. With salt and data gone, a commitment tells nothing, and the chain
and every proof still hold. What remains beside the journal: the dossier's row, the offices, moments and fees. What an
entry says in clear (states, offices, the reason of an extension) remains too: entries are never changed. The read log
keeps the reasons that staff typed for their looks, since it only grows.
"""

from __future__ import annotations

from sqlalchemy import delete, insert, select, update

from engine.dossier.case import Case
from engine.rules.plain_text import plain_text
from engine.store.archive import file_removals
from engine.store.detached import hold_months, must_be_here
from engine.store.documents import documents
from engine.store.dossiers import applicants, verifications
from engine.store.file_uses import files_in_use
from engine.store.form_seals import form_seals
from engine.store.journal import journal_private
from engine.store.outbox import outbox
from engine.store.parties import parties
from engine.store.ratings import ratings
from engine.store.search import replace_keys

_NO_SALT = bytes(16)
_PERSON = ("name", "identity_number", "phone", "email", "address")
_PARTY = ("name", "identity_number", "phone", "address", "authority", "tracking")


def erase_personal_data(case: Case) -> None:
    """Erases them in the act's transaction, and lists the files to remove. Call it before the act is recorded.

    Private parts and notices in a detached month are out of reach: nothing is erased before it is attached. Raises
    EntriesAway.
    """
    connection, now = case.unit.begin(), case.unit.now
    for table in ("journal_private", "outbox"):  # no month leaves or comes before the act ends
        hold_months(connection, table)
    must_be_here(connection, case.id, case.code, "journal", "outbox")
    mine = applicants.c.dossier_id == case.id
    nobody = dict.fromkeys(_PERSON) | {"form": {}, "erased_at": now}
    connection.execute(update(applicants).where(mine).values(nobody))
    beside = dict.fromkeys(_PARTY) | {"erased_at": now}
    connection.execute(update(parties).where(parties.c.dossier_id == case.id).values(beside))
    private = update(journal_private).where(journal_private.c.dossier_id == case.id)
    connection.execute(private.values(salt=_NO_SALT, data={}, erased_at=now))
    asked = update(verifications).where(verifications.c.dossier_id == case.id)
    connection.execute(asked.values(question="", answer=None))
    connection.execute(update(ratings).where(ratings.c.dossier_id == case.id).values(words=None))
    connection.execute(update(outbox).where(outbox.c.dossier_id == case.id).values(reference=None, error=None))
    words = plain_text(case.code)
    replace_keys(connection, case.id, case.row["province"], case.row["search"], words)
    case.change(search=words)
    _let_files_go(case)


def _let_files_go(case: Case) -> None:
    """Takes the names and keys off the papers; a content that another dossier has as well stays until that one goes."""
    connection = case.unit.begin()
    mine = documents.c.dossier_id == case.id
    found = select(documents.c.storage_key).where(mine, documents.c.storage_key.is_not(None))
    keys = set(connection.execute(found).scalars())
    connection.execute(update(documents).where(mine).values(file_name=None, storage_key=None))
    keys |= _sealed_forms(case)
    gone = keys - files_in_use(connection, keys)
    rows = [{"storage_key": key, "asked_at": case.unit.now} for key in sorted(gone)]
    if rows:
        connection.execute(delete(file_removals).where(file_removals.c.storage_key.in_(gone)))
        connection.execute(insert(file_removals), rows)


def _sealed_forms(case: Case) -> set[str]:
    """Takes the rows of sealed forms away; returns the keys of their files."""
    connection, mine = case.unit.begin(), form_seals.c.dossier_id == case.id
    keys = set(connection.execute(select(form_seals.c.storage_key).where(mine)).scalars())
    connection.execute(delete(form_seals).where(mine))
    return {key for key in keys if key is not None}
