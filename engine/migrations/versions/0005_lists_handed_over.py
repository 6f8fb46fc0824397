"""Whose dossiers an office or a province took over: it looks for words in their lists too"""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

from engine.store.search import key_rows, province_scope

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
PAGE = 1000

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_dossiers = sa.table("dossiers", *(sa.column(name) for name in ("id", "province", "search")))
_parts = sa.table("dossier_offices", sa.column("office"), sa.column("dossier_id"))
_items = sa.table("reform_items", sa.column("dossier_id"), sa.column("status"))
_keys = sa.table("search_keys", sa.column("key", sa.BigInteger), sa.column("dossier_id", BIG_ID))


def upgrade() -> None:
    op.create_table(
        "search_inherited",
        sa.Column("scope", sa.String(length=50), nullable=False),
        sa.Column("from_scope", sa.String(length=50), nullable=False),
        sa.PrimaryKeyConstraint("scope", "from_scope", name=op.f("pk_search_inherited")),
        sqlite_with_rowid=False,
    )
    connection = op.get_bind()
    role = "SELECT 1 FROM pg_roles WHERE rolname = 'motcua_app'"
    if connection.dialect.name == "postgresql" and connection.exec_driver_sql(role).first():
        connection.exec_driver_sql("GRANT SELECT, INSERT ON search_inherited TO motcua_app")


def downgrade() -> None:
    """What was moved is found by the numbers of each office again."""
    connection = op.get_bind()
    for page in _moved(connection):
        parts: dict[int, list[str]] = {}
        for row in connection.execute(sa.select(_parts).where(_parts.c.dossier_id.in_([one.id for one in page]))):
            parts.setdefault(row.dossier_id, []).append(row.office)
        for one in page:
            rows = key_rows(one.id, [*parts.get(one.id, ()), province_scope(one.province)], one.search)
            there = set(connection.execute(_there(one.id, [row["key"] for row in rows])).scalars())
            if fresh := [row for row in rows if row["key"] not in there]:
                connection.execute(sa.insert(_keys), fresh)
    op.drop_table("search_inherited")


def _moved(connection: sa.Connection) -> Iterator[list[Any]]:
    last = 0
    done = sa.select(_items.c.dossier_id).where(_items.c.status.in_(("done", "touched")))
    statement = sa.select(_dossiers).where(_dossiers.c.id.in_(done)).order_by(_dossiers.c.id).limit(PAGE)
    while page := list(connection.execute(statement.where(_dossiers.c.id > last)).all()):
        yield page
        last = page[-1].id


def _there(dossier_id: int, keys: list[int]) -> sa.Select[tuple[int]]:
    return sa.select(_keys.c.key).where(_keys.c.dossier_id == dossier_id, _keys.c.key.in_(keys))
