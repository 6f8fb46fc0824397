"""Journal, outbox and read log in partitions by month, on PostgreSQL; what is kept of months that are detached

A new database is divided at once. One with rows goes on as it is until ``motcua db divide``: the indexes that it needs
are built beside acts, which cannot be done in the one transaction of the scripts (docs/adr/0021).
"""

import sqlalchemy as sa
from alembic import op

from engine.store.months import (
    DIVIDED,
    divide,
    is_divided,
    is_empty,
    make_places,
    make_whole,
    must_have_all_months,
    remove_places,
)

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

_OWNERS_ONLY = """
DO $$ BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'motcua_app') THEN
    REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON detached_months, detached_leaves FROM motcua_app;
    GRANT SELECT ON detached_months, detached_leaves TO motcua_app;
  END IF;
END $$
"""


def upgrade() -> None:
    op.create_table(
        "detached_months",
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("month", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("rows", BIG_ID, nullable=False),
        sa.Column("detached_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("detached_by", sa.String(length=60), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("source", "month", name=op.f("pk_detached_months")),
    )
    op.create_table(
        "detached_leaves",
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("leaf", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("source", "leaf", name=op.f("pk_detached_leaves")),
    )
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(_OWNERS_ONLY)
        make_places(connection)
        if is_empty(connection):
            for table in DIVIDED:
                divide(connection, table)


def downgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        must_have_all_months(connection)
        for table in DIVIDED:
            if is_divided(connection, table):
                make_whole(connection, table)
        remove_places(connection)
    op.drop_table("detached_leaves")
    op.drop_table("detached_months")
