"""Finding dossiers by words: for each office (or province) that may see a dossier, the words it is found by.

A word and who may find by it are one number, so that a search runs through one list, newest dossier first, and what
others may see makes it neither longer nor slower. Whether the actor may see what is found, ``visible_dossiers`` decides
in the same statement. The numbers of a dossier follow from its row, and go with the personal data.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b
from typing import Any

from sqlalchemy import BigInteger, Column, Connection, Table, and_, delete, insert, select

from engine.rules.search_words import terms_asked, terms_of
from engine.store.base import BigId, metadata
from engine.store.dossiers import dossier_offices

search_keys = Table(
    "search_keys",
    metadata,
    Column("key", BigInteger, primary_key=True, autoincrement=False),  # of (office or province, word or two words)
    Column("dossier_id", BigId, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)


def province_scope(province: str) -> str:
    """The name under which those who oversee a province find its dossiers."""
    return f"province {province}"


def key_rows(dossier_id: int, scopes: Iterable[str], search: str) -> list[dict[str, Any]]:
    """Rows of ``search_keys`` by which those of ``scopes`` (office codes, ``province_scope``) find a dossier.

    ``search`` is the dossier's search text: its code, the applicant's name, telephone and identity number.
    """
    terms = terms_of(search)
    return [{"key": _key(scope, term), "dossier_id": dossier_id} for scope in scopes for term in terms]


def replace_keys(connection: Connection, dossier_id: int, province: str, before: str, after: str) -> None:
    """The search text of a dossier has changed: everybody who found it by the old words finds it by the new ones."""
    offices = select(dossier_offices.c.office).where(dossier_offices.c.dossier_id == dossier_id)
    scopes = [*connection.execute(offices).scalars(), province_scope(province)]
    old = {row["key"] for row in key_rows(dossier_id, scopes, before)}
    new = {row["key"] for row in key_rows(dossier_id, scopes, after)}
    gone = and_(search_keys.c.dossier_id == dossier_id, search_keys.c.key.in_(sorted(old - new)))
    connection.execute(delete(search_keys).where(gone))
    if new - old:
        connection.execute(insert(search_keys), [{"key": key, "dossier_id": dossier_id} for key in sorted(new - old)])


def keys_asked(scope: str, text: str) -> list[int] | None:
    """Under which keys a dossier must stand to be found; None when no dossier can be found by this text."""
    terms = terms_asked(text)
    return None if terms is None else [_key(scope, term) for term in terms]


def _key(scope: str, term: str) -> int:
    digest = blake2b(f"{scope}\0{term}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)
