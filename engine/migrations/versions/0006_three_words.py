"""Dossiers that are there already are found by any three words of a name at once"""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql, sqlite

from engine.rules.search_words import terms_of
from engine.store.search import key_of, province_scope

PAGE = 1000

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_dossiers = sa.table("dossiers", *(sa.column(name) for name in ("id", "province", "search")))
_parts = sa.table("dossier_offices", sa.column("office"), sa.column("dossier_id"))
_keys = sa.table("search_keys", sa.column("key", sa.BigInteger), sa.column("dossier_id"))


def upgrade() -> None:
    connection = op.get_bind()
    make = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    for rows in _added(connection):
        connection.execute(make(_keys).on_conflict_do_nothing(), rows)


def downgrade() -> None:
    """They would outlive a name that the program of before puts right."""
    connection = op.get_bind()
    one = sa.and_(_keys.c.key == sa.bindparam("key"), _keys.c.dossier_id == sa.bindparam("dossier_id"))
    for rows in _added(connection):
        connection.execute(sa.delete(_keys).where(one), rows)


def _added(connection: sa.Connection) -> Iterator[list[dict[str, Any]]]:
    """What this adds for some dossiers."""
    last = 0
    statement = sa.select(_dossiers).order_by(_dossiers.c.id).limit(PAGE)
    while page := connection.execute(statement.where(_dossiers.c.id > last)).all():
        last = page[-1].id
        scopes = {row.id: [province_scope(row.province)] for row in page}
        for part in connection.execute(sa.select(_parts).where(_parts.c.dossier_id.in_(list(scopes)))):
            scopes[part.dossier_id].append(part.office)
        rows = [
            {"key": key_of(scope, term), "dossier_id": row.id}
            for row in page
            for term in terms_of(row.search)
            if term.count(" ") == 2
            for scope in scopes[row.id]
        ]
        if rows:
            yield rows
