"""Reads of one dossier's rows in other tables: relatives, links, verifications, papers, fees and journal entries."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, cast

from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, or_, select

from engine.rules.part_rows import DocumentRow, PartRow
from engine.store.documents import documents
from engine.store.dossiers import dossier_links, dossiers, verifications
from engine.store.fees import fee_entries, fees
from engine.store.journal import journal, journal_private
from engine.store.people import people
from engine.store.rows import (
    ChildRow,
    JournalRow,
    LinkRow,
    PrivateRow,
    ReadableEntry,
    RelativeRow,
    StoredFile,
    VerificationRow,
)
from engine.store.sql.json_rows import ChangesOf, JsonRows
from engine.store.sql.question import PreparedSelect

RELATIVE: tuple[Any, ...] = (
    dossiers.c.code,
    dossiers.c.procedure,
    dossiers.c.release,
    dossiers.c.state,
    dossiers.c.portal,
)


def children_of(connection: Connection, dossier_id: int, visible: ColumnElement[bool]) -> Sequence[ChildRow]:
    """The visible dossiers that this one opened, each with its key in the release's ``children``."""
    mine = and_(dossiers.c.parent_id == dossier_id, visible)
    columns: tuple[Any, ...] = (*RELATIVE, dossiers.c.child_key)
    return cast(Sequence[ChildRow], connection.execute(select(*columns).where(mine).order_by(dossiers.c.id)).all())


def parent_of(connection: Connection, parent_id: int | None, visible: ColumnElement[bool]) -> RelativeRow | None:
    """The dossier that opened this one; None if there is none or the actor may not see it."""
    if parent_id is None:
        return None
    parent = select(*RELATIVE).where(dossiers.c.id == parent_id, visible)
    return cast(RelativeRow | None, connection.execute(parent).one_or_none())


def links_of(connection: Connection, dossier_id: int, visible: ColumnElement[bool]) -> Sequence[LinkRow]:
    """The visible dossiers linked with this one, in either direction, oldest link first."""
    either = or_(
        and_(dossier_links.c.dossier_id == dossier_id, dossier_links.c.other_id == dossiers.c.id),
        and_(dossier_links.c.other_id == dossier_id, dossier_links.c.dossier_id == dossiers.c.id),
    )
    columns: tuple[Any, ...] = (*RELATIVE, dossier_links.c.kind, dossier_links.c.since)
    linked = select(*columns).join(dossier_links, either).where(visible)
    found = connection.execute(linked.order_by(dossier_links.c.since, dossiers.c.id)).all()
    return cast(Sequence[LinkRow], found)


def verifications_of(connection: Connection, dossier_id: int, seen: ColumnElement[bool]) -> Sequence[VerificationRow]:
    """The verifications (questions to other offices) of this dossier that may be seen, oldest first."""
    of_this = and_(verifications.c.dossier_id == dossier_id, seen)
    found = connection.execute(select(verifications).where(of_this).order_by(verifications.c.id)).all()
    return cast(Sequence[VerificationRow], found)


def journal_of(
    connection: Connection, dossier_id: int, *, after: int = 0, limit: int = 100, private: bool = True
) -> Sequence[ReadableEntry]:
    """The entries above the number ``after``, each with its private part (None if there is none or it was erased).

    With ``private=False`` the column ``private`` is only a number or None, and no personal data are read.
    """
    shown = journal_private.c.data if private else journal_private.c.number
    beside = and_(
        journal_private.c.dossier_id == journal.c.dossier_id,
        journal_private.c.number == journal.c.number,
        journal_private.c.erased_at.is_(None),
    )
    found = connection.execute(
        select(journal, shown.label("private"))
        .join(journal_private, beside, isouter=True)
        .where(journal.c.dossier_id == dossier_id, journal.c.number > after)
        .order_by(journal.c.number)
        .limit(limit)
    ).all()
    return cast(Sequence[ReadableEntry], found)


def journal_entries_of(connection: Connection, dossier_id: int, acts: Sequence[str]) -> Sequence[ReadableEntry]:
    """The entries of some acts, oldest first, each with its private part."""
    beside = and_(
        journal_private.c.dossier_id == journal.c.dossier_id,
        journal_private.c.number == journal.c.number,
        journal_private.c.erased_at.is_(None),
    )
    of_this = and_(journal.c.dossier_id == dossier_id, journal.c.act.in_(acts))
    found = select(journal, journal_private.c.data.label("private")).join(journal_private, beside, isouter=True)
    return cast(Sequence[ReadableEntry], connection.execute(found.where(of_this).order_by(journal.c.number)).all())


def office_changes(connection: Connection, dossier_id: int) -> Sequence[str]:
    """The bodies (JSON) of the journal entries that changed a dossier's offices, oldest first."""
    changed = journal.c.body.contains('"offices":{', autoescape=True)
    mine = select(journal.c.body).where(journal.c.dossier_id == dossier_id, changed)
    return connection.execute(mine.order_by(journal.c.number)).scalars().all()


def document_of(connection: Connection, dossier_id: int, document_id: int) -> StoredFile | None:
    """One paper of this dossier; None if there is none or it was removed."""
    mine = and_(documents.c.id == document_id, documents.c.dossier_id == dossier_id, documents.c.removed_at.is_(None))
    return cast(StoredFile | None, connection.execute(select(documents).where(mine)).one_or_none())


def open_question_to(connection: Connection, dossier_id: int, office: str) -> bool:
    """Whether a question about the dossier awaits the answer of this office."""
    mine = and_(verifications.c.dossier_id == dossier_id, verifications.c.office == office)
    asked = select(verifications.c.id).where(mine, verifications.c.answered_at.is_(None)).limit(1)
    return connection.execute(asked).first() is not None


def every_paper(connection: Connection, dossier_id: int) -> list[DocumentRow]:
    """All papers that the dossier ever had, oldest first; those with ``removed_at`` were taken off."""
    statement = select(documents).where(documents.c.dossier_id == dossier_id).order_by(documents.c.id)
    return [cast(DocumentRow, dict(row)) for row in connection.execute(statement).mappings()]


def issues_of_forms(connection: Connection, dossier_id: int) -> Sequence[JournalRow]:
    """The journal entries that issued a form, oldest first."""
    mine = and_(journal.c.dossier_id == dossier_id, journal.c.act == "issue_form")
    found = connection.execute(select(journal).where(mine).order_by(journal.c.number)).all()
    return cast(Sequence[JournalRow], found)


def entries_with_private(
    connection: Connection, numbers: Collection[tuple[int, int]]
) -> dict[tuple[int, int], tuple[JournalRow, PrivateRow | None]]:
    """The entries (dossier id, number), each with its private part, by these two; in two statements."""
    ids, wanted = sorted({one for one, _ in numbers}), sorted({one for _, one in numbers})
    these = select(journal).where(journal.c.dossier_id.in_(ids), journal.c.number.in_(wanted))
    beside = select(journal_private).where(journal_private.c.dossier_id.in_(ids), journal_private.c.number.in_(wanted))
    hidden = {(row.dossier_id, row.number): cast(PrivateRow, row) for row in connection.execute(beside)}
    found = cast(Sequence[JournalRow], connection.execute(these).all())
    keys = ((row.dossier_id, row.number) for row in found)
    return {key: (row, hidden.get(key)) for key, row in zip(keys, found, strict=True) if key in numbers}


def private_of(connection: Connection, dossier_id: int, number: int) -> PrivateRow | None:
    """The private part of an entry with its salt; None if it has none."""
    mine = and_(journal_private.c.dossier_id == dossier_id, journal_private.c.number == number)
    return cast(PrivateRow | None, connection.execute(select(journal_private).where(mine)).one_or_none())


def names_of_people(connection: Connection, ids: set[int]) -> dict[int, str]:
    """The names of staff by id."""
    if not ids:
        return {}
    found = connection.execute(select(people.c.id, people.c.name).where(people.c.id.in_(sorted(ids))))
    return {row.id: row.name for row in found}


def part_of(connection: Connection, name: str, dossier_id: int) -> list[PartRow]:
    """The rows of one part named in ``ALONG``, by a query of its own."""
    found = _ALONE[name].fetch(connection, {"dossier": dossier_id})
    return [cast(PartRow, dict(zip(ALONG[name].names, row, strict=True))) for row in found]


def _documents(of: ColumnElement[int]) -> Select[Any]:
    standing = and_(documents.c.dossier_id == of, documents.c.removed_at.is_(None))
    return select(documents).where(standing).order_by(documents.c.id)


def _fees(of: ColumnElement[int]) -> Select[Any]:
    return select(fees).where(fees.c.dossier_id == of).order_by(fees.c.key)


def _ledger(of: ColumnElement[int]) -> Select[Any]:
    return select(fee_entries).where(fee_entries.c.dossier_id == of).order_by(fee_entries.c.number)


def _steps(of: ColumnElement[int]) -> Select[Any]:
    """The journal entries that may have changed the state, each with its reason."""
    beside = and_(
        journal_private.c.dossier_id == journal.c.dossier_id,
        journal_private.c.number == journal.c.number,
        journal_private.c.erased_at.is_(None),
    )
    changed = or_(*(journal.c.body.contains(f'"{name}":', autoescape=True) for name in ("state", "portal")))
    reason = journal_private.c.data["reason"].as_string()
    return (
        select(journal.c.at, ChangesOf(journal.c.body).label("changes"), reason.label("reason"))
        .join(journal_private, beside, isouter=True)
        .where(journal.c.dossier_id == of, changed)
        .order_by(journal.c.number)
    )


_PARTS = {"documents": _documents, "fees": _fees, "ledger": _ledger, "steps": _steps}
_ALONE = {name: PreparedSelect(of(bindparam("dossier"))) for name, of in _PARTS.items()}
ALONG = {name: JsonRows(of(dossiers.c.id), dossiers) for name, of in _PARTS.items()}
"""The parts that may be read with a dossier's row in one statement, as JSON columns."""
