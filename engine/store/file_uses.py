"""Which stored contents are used: a store that keeps a content under its hash has one for all who brought the same."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, select

from engine.store.documents import documents
from engine.store.form_seals import form_seals


def files_in_use(connection: Connection, keys: Collection[str]) -> set[str]:
    """Those of the keys under which a paper or a sealed form of any dossier still has its content."""
    used = set[str]()
    for table in (documents, form_seals):
        named = select(table.c.storage_key).where(table.c.storage_key.in_(sorted(keys)))
        used |= set(connection.execute(named.distinct()).scalars())
    return used
