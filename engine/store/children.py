"""The linked dossiers (liên thông) that a dossier opened, read without regard to who may see them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, bindparam, select

from engine.rules.procedure.children import LinkedDossier
from engine.store.dossiers import dossiers
from engine.store.sql.question import PreparedSelect

_COLUMNS: tuple[Any, ...] = tuple(dossiers.c[name] for name in ("id", "code", "child_key", "portal"))
_CHILDREN = PreparedSelect(
    select(*_COLUMNS).where(dossiers.c.parent_id == bindparam("dossier")).order_by(dossiers.c.id)
)


def children_of(connection: Connection, dossier_id: int) -> list[LinkedDossier]:
    """The linked dossiers of this one, oldest first."""
    return [LinkedDossier(*row) for row in _CHILDREN.fetch(connection, {"dossier": dossier_id})]
