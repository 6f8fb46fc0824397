"""Search by words: the index ``search_keys``, with a key for each word and each scope (office or province).

A key is a hash of scope and words. A search therefore reads one list, newest dossier first, and other offices' dossiers
make it neither longer nor slower. Visibility is checked in the same statement all the same. The keys of a dossier
derive from its row, and are erased with the personal data.

A reform rewrites no keys: an office that takes dossiers over also searches the lists of the offices that had them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from hashlib import blake2b
from typing import Any

from sqlalchemy import BigInteger, Column, Connection, Select, String, Table, and_, bindparam, delete, insert, select

from engine.rules.search_words import terms_asked, terms_of
from engine.store.dossiers import dossier_offices
from engine.store.sql.bulk import insert_rows
from engine.store.sql.question import PreparedSelect
from engine.store.sql.schema import BigId, metadata

search_keys = Table(
    "search_keys",
    metadata,
    Column("key", BigInteger, primary_key=True, autoincrement=False),  # hash of (scope, one to three words)
    Column("dossier_id", BigId, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

search_inherited = Table(
    "search_inherited",
    metadata,
    Column("scope", String(50), primary_key=True),  # the office or province that took dossiers over
    Column("from_scope", String(50), primary_key=True),  # the one that had them; their keys are of this scope
    sqlite_with_rowid=False,
)


def province_scope(province: str) -> str:
    """The scope of a province's overseers.

    >>> province_scope("79")
    'province 79'
    """
    return f"province {province}"


def key_of(scope: str, term: str) -> int:
    """The key of a scope and a term: 64 bits of BLAKE2b, signed."""
    digest = blake2b(f"{scope}\0{term}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def key_rows(dossier_id: int, scopes: Iterable[str], search: str) -> list[dict[str, Any]]:
    """The rows of ``search_keys`` by which ``scopes`` (office codes, ``province_scope``) find a dossier.

    ``search`` is the dossier's search text: its code, the applicant's name, telephone and identity number.
    """
    terms = terms_of(search)
    return [{"key": key_of(scope, term), "dossier_id": dossier_id} for scope in scopes for term in terms]


def replace_keys(connection: Connection, dossier_id: int, province: str, before: str, after: str) -> None:
    """Replaces a dossier's keys after its search text changed, for every scope that finds the dossier."""
    offices = select(dossier_offices.c.office).where(dossier_offices.c.dossier_id == dossier_id)
    scopes = [*connection.execute(offices).scalars(), province_scope(province)]
    old = {row["key"] for row in key_rows(dossier_id, scopes_read(connection, scopes), before)}
    new = {row["key"] for row in key_rows(dossier_id, scopes, after)}
    gone = and_(search_keys.c.dossier_id == dossier_id, search_keys.c.key.in_(sorted(old - new)))
    connection.execute(delete(search_keys).where(gone))
    if new - old:
        connection.execute(insert(search_keys), [{"key": key, "dossier_id": dossier_id} for key in sorted(new - old)])


def inherit(connection: Connection, pairs: Iterable[tuple[str, str]]) -> None:
    """Lets the first scope of each pair search the lists of the second; visibility still decides what it sees."""
    rows = [{"scope": scope, "from_scope": source} for scope, source in sorted(set(pairs)) if scope != source]
    insert_rows(connection, search_inherited, rows, new_only=True)


def scopes_read(connection: Connection, scopes: Collection[str]) -> list[str]:
    """The scopes whose keys may list the dossiers of ``scopes``: these, and those they took dossiers over from.

    Any chain of reforms is followed.
    """
    inherited = _INHERITED.fetch(connection, {"scopes": list(scopes)})
    return list(dict.fromkeys([*scopes, *(scope for (scope,) in inherited)]))


def keys_asked(scope: str, text: str) -> list[list[int]]:
    """The lists of keys for a search text: a dossier is found if it has all keys of one list. Empty if none can be."""
    return [[key_of(scope, term) for term in terms] for terms in terms_asked(text)]


def _inherited() -> Select[tuple[str]]:
    one = search_inherited.c
    reached = (
        select(one.from_scope).where(one.scope.in_(bindparam("scopes", expanding=True))).cte("reached", recursive=True)
    )
    further = select(one.from_scope).join(reached, one.scope == reached.c.from_scope)
    return select(reached.union(further).c.from_scope)


_INHERITED = PreparedSelect(_inherited())
