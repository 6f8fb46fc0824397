"""Finding dossiers by words: for each office (or province) that may see a dossier, the words it is found by.

A word and who may find by it are one number, so that a search runs through one list, newest dossier first, and what
others may see makes it neither longer nor slower. Whether the actor may see what is found, ``visible_dossiers`` decides
in the same statement. The numbers of a dossier follow from its row, and go with the personal data.

What a reform moves keeps its numbers: who takes dossiers over also looks through the lists of those who had them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from hashlib import blake2b
from typing import Any

from sqlalchemy import BigInteger, Column, Connection, Select, String, Table, and_, bindparam, delete, insert, select

from engine.rules.search_words import terms_asked, terms_of
from engine.store.dossiers import dossier_offices
from engine.store.sql.bulk import insert_rows
from engine.store.sql.schema import BigId, metadata

search_keys = Table(
    "search_keys",
    metadata,
    Column("key", BigInteger, primary_key=True, autoincrement=False),  # of (office or province, one to three words)
    Column("dossier_id", BigId, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

search_inherited = Table(
    "search_inherited",
    metadata,
    Column("scope", String(50), primary_key=True),  # who took dossiers over
    Column("from_scope", String(50), primary_key=True),  # who had them; they stand under its numbers
    sqlite_with_rowid=False,
)


def province_scope(province: str) -> str:
    """The name under which those who oversee a province find its dossiers."""
    return f"province {province}"


def key_of(scope: str, term: str) -> int:
    """The number under which those of a scope find by a term."""
    digest = blake2b(f"{scope}\0{term}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def key_rows(dossier_id: int, scopes: Iterable[str], search: str) -> list[dict[str, Any]]:
    """Rows of ``search_keys`` by which those of ``scopes`` (office codes, ``province_scope``) find a dossier.

    ``search`` is the dossier's search text: its code, the applicant's name, telephone and identity number.
    """
    terms = terms_of(search)
    return [{"key": key_of(scope, term), "dossier_id": dossier_id} for scope in scopes for term in terms]


def replace_keys(connection: Connection, dossier_id: int, province: str, before: str, after: str) -> None:
    """The search text of a dossier has changed: everybody who found it by the old words finds it by the new ones."""
    offices = select(dossier_offices.c.office).where(dossier_offices.c.dossier_id == dossier_id)
    scopes = [*connection.execute(offices).scalars(), province_scope(province)]
    old = {row["key"] for row in key_rows(dossier_id, scopes_read(connection, scopes), before)}
    new = {row["key"] for row in key_rows(dossier_id, scopes, after)}
    gone = and_(search_keys.c.dossier_id == dossier_id, search_keys.c.key.in_(sorted(old - new)))
    connection.execute(delete(search_keys).where(gone))
    if new - old:
        connection.execute(insert(search_keys), [{"key": key, "dossier_id": dossier_id} for key in sorted(new - old)])


def inherit(connection: Connection, pairs: Iterable[tuple[str, str]]) -> None:
    """From now on the first scope of each pair finds what the second one does, as far as it may see it."""
    rows = [{"scope": scope, "from_scope": source} for scope, source in sorted(set(pairs)) if scope != source]
    insert_rows(connection, search_inherited, rows, new_only=True)


def scopes_read(connection: Connection, scopes: Collection[str]) -> list[str]:
    """Under whose numbers the dossiers of some scopes may stand: their own, and those of everybody, over any chain of
    reforms, from whom they took dossiers over."""
    inherited = connection.execute(_INHERITED, {"scopes": list(scopes)}).scalars()
    return list(dict.fromkeys([*scopes, *inherited]))


def keys_asked(scope: str, text: str) -> list[list[int]]:
    """Under which keys a dossier must stand to be found: all of one list. Empty when none can be found by this text."""
    return [[key_of(scope, term) for term in terms] for terms in terms_asked(text)]


def _inherited() -> Select[tuple[str]]:
    one = search_inherited.c
    reached = (
        select(one.from_scope).where(one.scope.in_(bindparam("scopes", expanding=True))).cte("reached", recursive=True)
    )
    further = select(one.from_scope).join(reached, one.scope == reached.c.from_scope)
    return select(reached.union(further).c.from_scope)


_INHERITED = _inherited()
