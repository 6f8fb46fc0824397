"""Reads of one dossier's rows in other tables: relatives, links, verifications, papers, fees and journal entries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from functools import cache
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    String,
    and_,
    bindparam,
    case,
    literal_column,
    null,
    or_,
    select,
    text,
    union_all,
)

from engine.rules.part_rows import DocumentRow, PartRow
from engine.rules.procedure.permissions import Actor
from engine.store.documents import documents
from engine.store.dossiers import dossier_links, dossiers, verifications
from engine.store.fees import fee_entries, fees
from engine.store.journal import CHANGES_OFFICES, journal, journal_private
from engine.store.parties import parties
from engine.store.people import people
from engine.store.rows import (
    JournalRow,
    PrivateRow,
    ReadableEntry,
    RelativeRow,
    StoredFile,
    TurnRow,
    VerificationRow,
)
from engine.store.sql.json_rows import ChangesOf, JsonRows
from engine.store.sql.question import PreparedSelect
from engine.store.visibility import Sight, sight_of

_RELATIVE: tuple[Any, ...] = (
    dossiers.c.id,
    dossiers.c.code,
    dossiers.c.procedure,
    dossiers.c.release,
    dossiers.c.state,
    dossiers.c.portal,
    dossiers.c.child_key,
)


def relatives_of(
    connection: Connection, dossier_id: int, parent_id: int | None, actor: Actor, on: dt.date
) -> Sequence[RelativeRow]:
    """The dossiers around this one that the actor sees on the day: linked ones in either direction, oldest link first,
    those that it opened, and the one that opened it."""
    sight, values = sight_of(actor, on)
    values |= {"dossier": dossier_id, "opened_by": parent_id}
    found = cast(list[RelativeRow], _relatives(sight).rows(connection, values))
    return sorted(found, key=lambda one: (one.since.timestamp() if one.since else 0.0, one.id))


@cache
def _relatives(sight: Sight) -> PreparedSelect:
    """One statement for all of them. The links come first: their columns give the types of the others' NULLs."""
    this, opener = (bindparam(name, type_=dossiers.c.id.type) for name in ("dossier", "opened_by"))
    seen, link, no_link = sight.rule(), dossier_links.c, (null().label("kind"), null().label("since"))
    either = or_(link.dossier_id == this, link.other_id == this)
    other = case((link.dossier_id == this, link.other_id), else_=link.dossier_id)
    linked = select(_way("link"), *_RELATIVE, link.kind, link.since).join(dossier_links, dossiers.c.id == other)
    opened = select(_way("child"), *_RELATIVE, *no_link).where(dossiers.c.parent_id == this, seen)
    parent = select(_way("parent"), *_RELATIVE, *no_link).where(dossiers.c.id == opener, seen)
    return PreparedSelect(union_all(linked.where(either, seen), opened, parent))


def _way(name: str) -> ColumnElement[str]:
    return literal_column(f"'{name}'", String()).label("way")


def verifications_of(
    connection: Connection, dossier_id: int, seen: ColumnElement[bool] | None = None
) -> Sequence[VerificationRow]:
    """The verifications (questions to other offices) of this dossier, oldest first; those that may be ``seen``."""
    if seen is None:
        return _VERIFICATIONS.rows(connection, {"dossier": dossier_id})
    of_this = and_(verifications.c.dossier_id == dossier_id, seen)
    found = connection.execute(select(verifications).where(of_this).order_by(verifications.c.id)).all()
    return cast(Sequence[VerificationRow], found)


_VERIFICATIONS = PreparedSelect(
    select(verifications).where(verifications.c.dossier_id == bindparam("dossier")).order_by(verifications.c.id)
)


def journal_of(
    connection: Connection, dossier_id: int, *, after: int = 0, limit: int = 100, private: bool = True
) -> Sequence[ReadableEntry]:
    """The entries above the number ``after``, each with its private part (None if there is none or it was erased).

    With ``private=False`` the column ``private`` is only a number or None, and no personal data are read.
    """
    return _entries(private).rows(connection, {"dossier": dossier_id, "after": after, "most": limit})


@cache
def _entries(private: bool) -> PreparedSelect:
    shown = journal_private.c.data if private else journal_private.c.number
    # Limited before it is joined: else PostgreSQL reads all private parts of a long journal beside it.
    few = (
        select(journal)
        .where(journal.c.dossier_id == bindparam("dossier"), journal.c.number > bindparam("after"))
        .order_by(journal.c.number)
        .limit(bindparam("most"))
        .subquery("few")
    )
    beside = and_(
        journal_private.c.dossier_id == few.c.dossier_id,
        journal_private.c.number == few.c.number,
        journal_private.c.erased_at.is_(None),
    )
    statement = select(few, shown.label("private")).join(journal_private, beside, isouter=True)
    return PreparedSelect(statement.order_by(few.c.number))


_BESIDE = and_(
    journal_private.c.dossier_id == journal.c.dossier_id,
    journal_private.c.number == journal.c.number,
    journal_private.c.erased_at.is_(None),
)
"""An entry's private part, unless it was erased."""


def journal_entries_of(connection: Connection, dossier_id: int, acts: Sequence[str]) -> Sequence[ReadableEntry]:
    """The entries of some acts, oldest first, each with its private part."""
    return _OF_ACTS.rows(connection, {"dossier": dossier_id, "acts": list(acts)})


_OF_ACTS = PreparedSelect(
    select(journal, journal_private.c.data.label("private"))
    .join(journal_private, _BESIDE, isouter=True)
    .where(journal.c.dossier_id == bindparam("dossier"), journal.c.act.in_(bindparam("acts", expanding=True)))
    .order_by(journal.c.number)
)


def journals_of(connection: Connection, ids: Sequence[int]) -> Sequence[tuple[Any, ...]]:
    """Dossier, number, actor, act and body of every entry of these dossiers, oldest first of each."""
    return _JOURNALS.fetch(connection, {"ids": ids}) if ids else []


_JOURNALS = PreparedSelect(
    select(journal.c.dossier_id, journal.c.number, journal.c.actor, journal.c.act, journal.c.body)
    .where(journal.c.dossier_id.in_(bindparam("ids", expanding=True)))
    .order_by(journal.c.dossier_id, journal.c.number)
)


def office_changes(connection: Connection, dossier_id: int) -> Sequence[str]:
    """The bodies (JSON) of the journal entries that changed a dossier's offices, oldest first."""
    return [body for (body,) in _OFFICE_CHANGES.fetch(connection, {"dossier": dossier_id})]


def _tells(*names: str) -> ColumnElement[bool]:
    """The condition that the body of an entry has one of these, as its JSON writes them."""
    return or_(*(journal.c.body.contains(name, autoescape=True) for name in names))


_OFFICE_CHANGES = PreparedSelect(
    select(journal.c.body)
    .where(journal.c.dossier_id == bindparam("dossier"), text(CHANGES_OFFICES))
    .order_by(journal.c.number)
)


def turns_of(connection: Connection, dossier_id: int, most: int) -> Sequence[TurnRow]:
    """The newest ``most`` entries that may have changed who holds the dossier, its clock or what was promised, oldest
    first."""
    return _TURNS.rows(connection, {"dossier": dossier_id, "most": most})[::-1]


TURNING = ("holder_office", "holder_role", "clock", "promised_at")
"""The columns of a dossier whose change is a turn."""

_TURNS = PreparedSelect(
    select(journal.c.number, journal.c.at, ChangesOf(journal.c.body).label("changes"))
    .where(journal.c.dossier_id == bindparam("dossier"), _tells(*(f'"{name}":' for name in TURNING)))
    .order_by(journal.c.number.desc())
    .limit(bindparam("most"))
)


def stood_before(connection: Connection, dossier_id: int, number: int) -> dict[str, Any]:
    """What the columns of ``TURNING`` were before the entry ``number``; what was promised is the first promise."""
    known: dict[str, Any] = {}
    for name, statement in _STOOD.items():
        found = statement.fetch(connection, {"dossier": dossier_id, "before": number})
        told = next((changes for (changes,) in found if name in changes), None)  # else the word stands in its data
        if told is not None:
            known[name] = told[name]
    return known


_FEW = 20
"""Entries that are looked at for a change of one column: nearly always the first of them holds it."""


def _last_change(name: str) -> PreparedSelect:
    order = journal.c.number if name == "promised_at" else journal.c.number.desc()
    of_this = and_(journal.c.dossier_id == bindparam("dossier"), journal.c.number < bindparam("before"))
    changing = select(ChangesOf(journal.c.body).label("changes")).where(of_this, _tells(f'"{name}":'))
    return PreparedSelect(changing.order_by(order).limit(_FEW))


_STOOD = {name: _last_change(name) for name in TURNING}


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
    return dict(_NAMES.fetch(connection, {"ids": sorted(ids)})) if ids else {}


_NAMES = PreparedSelect(select(people.c.id, people.c.name).where(people.c.id.in_(bindparam("ids", expanding=True))))


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


def _parties(of: ColumnElement[int]) -> Select[Any]:
    return select(parties).where(parties.c.dossier_id == of, parties.c.erased_at.is_(None)).order_by(parties.c.id)


def _steps(of: ColumnElement[int]) -> Select[Any]:
    """The journal entries that may have changed the state, each with its reason."""
    reason = journal_private.c.data["reason"].as_string()
    return (
        select(journal.c.at, ChangesOf(journal.c.body).label("changes"), reason.label("reason"))
        .join(journal_private, _BESIDE, isouter=True)
        .where(journal.c.dossier_id == of, _tells('"state":', '"portal":'))
        .order_by(journal.c.number)
    )


_PARTS = {"documents": _documents, "fees": _fees, "ledger": _ledger, "steps": _steps, "parties": _parties}
_ALONE = {name: PreparedSelect(of(bindparam("dossier"))) for name, of in _PARTS.items()}
ALONG = {name: JsonRows(of(dossiers.c.id), dossiers) for name, of in _PARTS.items()}
"""The parts that may be read with a dossier's row in one statement, as JSON columns."""


def code_of_document(connection: Connection, document: int) -> str | None:
    """The code of the dossier that a paper belongs to; None if there is none or it was removed."""
    wanted = select(dossiers.c.code).join(documents, documents.c.dossier_id == dossiers.c.id)
    this = and_(documents.c.id == document, documents.c.removed_at.is_(None))
    return connection.execute(wanted.where(this)).scalar_one_or_none()
