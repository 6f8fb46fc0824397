"""Plans of reforms that people put up on the pages, and the orders to apply or to revert them"""

import sqlalchemy as sa
from alembic import op

from engine.store.sql.schema import BigId, Json, Moment

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

TABLES = ("reform_files", "reform_orders")
UNDER_WAY = sa.text("ended_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "reform_files",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("document", Json, nullable=False),
        sa.Column("summary", Json, nullable=False),
        sa.Column("flow", Json, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("added_by", BigId, nullable=False),
        sa.Column("added_at", Moment, nullable=False),
        sa.ForeignKeyConstraint(["added_by"], ["people.id"], name=op.f("fk_reform_files_added_by")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_reform_files")),
    )
    op.create_table(
        "reform_orders",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("asked_by", BigId, nullable=False),
        sa.Column("asked_at", Moment, nullable=False),
        sa.Column("approved_by", BigId),
        sa.Column("approved_at", Moment),
        sa.Column("begun_by", BigId),
        sa.Column("begun_at", Moment),
        sa.Column("leased_until", Moment),
        sa.Column("ended_at", Moment),
        sa.Column("outcome", sa.String(10)),
        sa.Column("refusal", Json),
        sa.CheckConstraint("kind IN ('apply', 'revert')", name=op.f("ck_reform_orders_kind")),
        sa.CheckConstraint("outcome IN ('done', 'refused', 'withdrawn')", name=op.f("ck_reform_orders_outcome")),
        *(
            sa.ForeignKeyConstraint([name], ["people.id"], name=op.f(f"fk_reform_orders_{name}"))
            for name in ("asked_by", "approved_by", "begun_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reform_orders")),
    )
    op.create_index("ix_reform_orders_digest", "reform_orders", ["digest"])
    op.create_index(
        "ix_reform_orders_under_way",
        "reform_orders",
        ["begun_at"],
        sqlite_where=UNDER_WAY,
        postgresql_where=UNDER_WAY,
    )
    connection = op.get_bind()
    role = "SELECT 1 FROM pg_roles WHERE rolname = 'motcua_app'"
    if connection.dialect.name == "postgresql" and connection.exec_driver_sql(role).first():
        connection.exec_driver_sql(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {', '.join(TABLES)} TO motcua_app")
        connection.exec_driver_sql("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO motcua_app")


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
