"""Removes the contents of destroyed dossiers from the store of files, after the destruction is durable.

Killed between content and row, the next run finds the content gone and takes the row off.
"""

from __future__ import annotations

from sqlalchemy import delete, select

from engine.rules.procedure.permissions import SYSTEM_ACTOR
from engine.store.archive import file_removals
from engine.store.file_uses import files_in_use
from engine.transaction import Runtime, UnitOfWork, in_transaction

PAGE = 200


def remove_files(runtime: Runtime) -> int:
    """Removes all that wait; returns how many contents went."""
    removed = 0
    while keys := in_transaction(runtime, SYSTEM_ACTOR, _waiting):
        for key in keys:
            removed += in_transaction(runtime, SYSTEM_ACTOR, lambda unit, key=key: _remove(unit, key))  # type: ignore[misc]  # mypy infers no type for a default
    return removed


def _waiting(unit: UnitOfWork) -> list[str]:
    found = select(file_removals.c.storage_key).order_by(file_removals.c.storage_key).limit(PAGE)
    return list(unit.reader().execute(found).scalars())


def _remove(unit: UnitOfWork, key: str) -> int:
    """Removes one content, unless a dossier that was not destroyed uses it."""
    connection = unit.begin()
    used = bool(files_in_use(connection, [key]))
    if not used:
        unit.runtime.files.remove(key)
    connection.execute(delete(file_removals).where(file_removals.c.storage_key == key))
    return int(not used)
