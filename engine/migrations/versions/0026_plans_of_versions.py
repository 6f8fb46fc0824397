"""Plans that let a version of a procedure take effect, and the outcome of every dossier in them"""

import sqlalchemy as sa
from alembic import op

from engine.store.sql.schema import BigId, Json, Moment

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

TABLES = ("version_plans", "version_items")
PLAN_STATES = "state IN ('loading', 'ready', 'applying', 'applied', 'reverting', 'reverted')"
OUTCOMES = "status IN ('waiting', 'choice', 'cannot', 'done', 'stale', 'ended', 'replaced', 'reverted', 'touched')"


def upgrade() -> None:
    op.create_table(
        "version_plans",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("procedure", sa.String(20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("release", sa.String(64), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("document", Json, nullable=False),
        sa.Column("summary", Json, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("loaded_at", Moment, nullable=False),
        sa.Column("started_at", Moment),
        sa.Column("finished_at", Moment),
        sa.Column("applied_by", sa.String(80)),
        sa.CheckConstraint(PLAN_STATES, name=op.f("ck_version_plans_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_version_plans")),
        sa.UniqueConstraint("digest", name=op.f("uq_version_plans_digest")),
    )
    op.create_table(
        "version_items",
        sa.Column("plan_id", BigId, autoincrement=False, nullable=False),
        sa.Column("dossier_id", BigId, autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("release", sa.String(64), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("target", sa.String(40)),
        sa.Column("status", sa.String(10), nullable=False),
        sa.Column("why", sa.String(20)),
        sa.Column("entry", sa.Integer()),
        sa.Column("before", Json),
        sa.Column("at", Moment),
        sa.CheckConstraint(OUTCOMES, name=op.f("ck_version_items_status")),
        sa.ForeignKeyConstraint(["plan_id"], ["version_plans.id"], name=op.f("fk_version_items_plan_id")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name=op.f("fk_version_items_dossier_id")),
        sa.PrimaryKeyConstraint("plan_id", "dossier_id", name=op.f("pk_version_items")),
    )
    op.create_index("ix_version_items_status", "version_items", ["plan_id", "status", "dossier_id"])
    connection = op.get_bind()
    role = "SELECT 1 FROM pg_roles WHERE rolname = 'motcua_app'"
    if connection.dialect.name == "postgresql" and connection.exec_driver_sql(role).first():
        connection.exec_driver_sql(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {', '.join(TABLES)} TO motcua_app")
        connection.exec_driver_sql("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO motcua_app")


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
