"""The read log only grows and is sealed; no entry leaves the list for the next checkpoint; no link stands in answers"""

import sqlalchemy as sa
from alembic import op

from engine.migrations.evidence_guard import guard, unguard

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_SALTS = {
    "sqlite": "UPDATE reads SET salt = randomblob(16)",
    "postgresql": "UPDATE reads SET salt = decode(replace(gen_random_uuid()::text, '-', ''), 'hex')",
}
_LINKS = {
    "sqlite": "SET headers = json_remove(headers, '$.Location') WHERE headers LIKE '%/status/%'",
    "postgresql": "SET headers = headers - 'Location' WHERE headers ->> 'Location' LIKE '%%/status/%%'",
}
"""The address of a paper that was sent through the citizen's link holds the link's token in clear."""


def upgrade() -> None:
    op.add_column("applicants", sa.Column("link_withheld_since", MOMENT))
    op.add_column("reads", sa.Column("salt", sa.LargeBinary(length=16)))
    op.create_table(
        "read_leaves",
        sa.Column("leaf", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("read_id", BIG_ID, nullable=False),
        sa.PrimaryKeyConstraint("leaf", name=op.f("pk_read_leaves")),
        sa.UniqueConstraint("read_id", name=op.f("uq_read_leaves_read_id")),
    )
    op.create_table(
        "read_seals",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("size", BIG_ID, nullable=False),
        sa.Column("root", sa.String(length=64), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("edge", sa.Text(), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_read_seals_number")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_read_seals")),
    )
    connection = op.get_bind()
    kind = connection.dialect.name
    connection.exec_driver_sql(_SALTS[kind])
    connection.exec_driver_sql(f"UPDATE idempotency {_LINKS[kind]}")
    guard(connection)


def downgrade() -> None:
    unguard(op.get_bind())
    op.drop_table("read_seals")
    op.drop_table("read_leaves")
    with op.batch_alter_table("reads", schema=None) as batch_op:
        batch_op.drop_column("salt")
    with op.batch_alter_table("applicants", schema=None) as batch_op:
        batch_op.drop_column("link_withheld_since")
