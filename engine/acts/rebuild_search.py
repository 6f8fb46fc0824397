"""Finds dossiers that were there before by the words of today's search: page after page, while everybody works.

Each page is a transaction of its own, so nobody waits for longer than one page takes. The work may be stopped and
begun again at any time, and doing it twice changes nothing. Telephones and passports get their normal form with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations
from typing import Any, cast

from sqlalchemy import Connection, and_, bindparam, delete, select, update

from engine.rules.plain_text import plain_text
from engine.rules.procedure.permissions import SYSTEM_ACTOR
from engine.rules.search_words import terms_of
from engine.rules.values.identity_papers import identity_paper
from engine.rules.values.telephones import telephone_if_one
from engine.rules.values.wrong_value import WrongValue
from engine.store.dossiers import applicants, dossier_offices, dossiers
from engine.store.imported import imported_dossiers
from engine.store.rows import SearchableRow
from engine.store.search import key_of, province_scope, scopes_read, search_keys
from engine.store.sql.bulk import insert_rows
from engine.transaction import Runtime, UnitOfWork, in_transaction

PAGE = 200
"""Dossiers in one transaction: it takes a fraction of a second."""


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """One page: the id of its ``last`` dossier, and how many it has."""

    last: int
    dossiers: int


def rebuild_search(runtime: Runtime, after: int = 0, page: int = PAGE) -> Iterator[Rebuilt]:
    """Rebuilds the search words of every dossier with an id above ``after``, and tells each page that is done."""
    while done := in_transaction(runtime, SYSTEM_ACTOR, partial(_rebuild, after=after, page=page)):
        yield done
        after = done.last


def _rebuild(unit: UnitOfWork, after: int, page: int) -> Rebuilt | None:
    connection = unit.begin()
    found = connection.execute(_PAGE.limit(page).where(dossiers.c.id > after)).all()
    rows = cast(Sequence[SearchableRow], found)
    if not rows:
        return None
    scopes = _scopes(connection, rows)
    known = {number: scopes_read(connection, mine) for number, mine in scopes.items()}
    fresh, gone = list[dict[str, Any]](), list[dict[str, Any]]()
    for row in rows:
        if row.erased_at is not None:
            continue
        new, old = _put_right(connection, row), _terms_before(row.search) | terms_of(row.search)
        keys = {key_of(scope, term) for scope in scopes[row.id] for term in new}
        former = {key_of(scope, term) for scope in known[row.id] for term in old}
        fresh += [{"key": key, "dossier_id": row.id} for key in sorted(keys)]
        gone += [{"of_key": key, "of_dossier": row.id} for key in sorted(former - keys - _inherited(row, known, new))]
    insert_rows(connection, search_keys, fresh, new_only=True)
    if gone:
        connection.execute(_REMOVED, gone)
    return Rebuilt(rows[-1].id, len(rows))


def _inherited(row: SearchableRow, known: Mapping[int, Sequence[str]], terms: set[str]) -> set[int]:
    """The keys under which offices of before a reform find the dossier: they keep those that are still true."""
    return {key_of(scope, term) for scope in known[row.id] for term in terms}


def _scopes(connection: Connection, rows: Sequence[SearchableRow]) -> dict[int, list[str]]:
    scopes = {row.id: [province_scope(row.province)] for row in rows}
    for part in connection.execute(select(dossier_offices).where(dossier_offices.c.dossier_id.in_(list(scopes)))):
        scopes[part.dossier_id].append(part.office)
    return scopes


def _put_right(connection: Connection, row: SearchableRow) -> set[str]:
    """Stores the numbers in their normal form and the text that they are found by; returns its terms."""
    phone = telephone_if_one(row.phone) if row.phone else None
    number = _paper(row.identity_number) if row.kind in ("citizen", "foreigner") else row.identity_number
    if (phone, number) != (row.phone, row.identity_number):
        this = update(applicants).where(applicants.c.dossier_id == row.id)
        connection.execute(this.values(phone=phone, identity_number=number))
    text = plain_text(row.code, row.name, phone, number, row.former)
    if text != row.search:
        connection.execute(update(dossiers).where(dossiers.c.id == row.id).values(search=text))
    return terms_of(text)


def _paper(number: str | None) -> str | None:
    try:
        return identity_paper(number) if number else number
    except WrongValue:
        return number


_PAGE = (
    select(
        *(
            dossiers.c.id,
            dossiers.c.code,
            dossiers.c.province,
            dossiers.c.search,
            dossiers.c.applicant_kind.label("kind"),
        ),
        *(applicants.c.name, applicants.c.phone, applicants.c.identity_number, applicants.c.erased_at),
        imported_dossiers.c.number.label("former"),
    )
    .join(applicants, applicants.c.dossier_id == dossiers.c.id)
    .outerjoin(imported_dossiers, imported_dossiers.c.dossier_id == dossiers.c.id)
    .order_by(dossiers.c.id)
    .with_for_update(of=dossiers)
)
_REMOVED = delete(search_keys).where(
    and_(search_keys.c.key == bindparam("of_key"), search_keys.c.dossier_id == bindparam("of_dossier"))
)

_WORD = re.compile(r"[^\W_]+")


def _terms_before(text: str) -> set[str]:
    """The terms by which the program of before found a dossier with this search text (revisions 0006 to 0009)."""
    words, numbers = dict[str, None](), dict[str, None]()
    for token in text.split():
        if re.search(r"\d", token):
            numbers[token.lstrip("0") or token] = None
        else:
            words |= dict.fromkeys(_WORD.findall(token))
    kept = sorted(list(words)[:16])
    tails = {tail.lstrip("0") or tail for number in numbers if (tail := number.rpartition("-")[2])}
    pairs = [" ".join(pair) for pair in combinations(kept, 2)]
    further = (f"+ {pair}" for pair in pairs) if len(kept) >= 7 else map(" ".join, combinations(kept, 3))
    return {*kept, *pairs, *further, *numbers, *tails}
