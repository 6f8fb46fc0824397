"""Drafts of intake: what a clerk has typed and uploaded at the counter and has not filed yet, sealed; called numbers"""

import sqlalchemy as sa
from alembic import op

from engine.store.sql.schema import BigId, Moment

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "intake_drafts",
        sa.Column("token", sa.String(64), nullable=False),
        sa.Column("person_id", BigId, nullable=False),
        sa.Column("saved_at", Moment, nullable=False),
        sa.Column("content", sa.LargeBinary()),
        sa.Column("dossier", sa.String(64)),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_intake_drafts_person_id")),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_intake_drafts")),
    )
    op.create_index("ix_intake_drafts_person_id", "intake_drafts", ["person_id", "saved_at"])
    op.create_index("ix_intake_drafts_saved_at", "intake_drafts", ["saved_at"])
    op.create_table(
        "intake_draft_files",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("draft", sa.String(64), nullable=False),
        sa.Column("key", sa.String(40), nullable=False),
        sa.Column("told", sa.LargeBinary(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["draft"], ["intake_drafts.token"], name=op.f("fk_intake_draft_files_draft")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intake_draft_files")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_intake_draft_files_draft", "intake_draft_files", ["draft"])
    op.create_table(
        "counter_calls",
        sa.Column("office", sa.String(40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("called", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("office", "day", name=op.f("pk_counter_calls")),
    )
    connection = op.get_bind()
    role = "SELECT 1 FROM pg_roles WHERE rolname = 'motcua_app'"
    if connection.dialect.name == "postgresql" and connection.exec_driver_sql(role).first():
        for table in ("intake_drafts", "intake_draft_files", "counter_calls"):
            connection.exec_driver_sql(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO motcua_app")
        connection.exec_driver_sql("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO motcua_app")


def downgrade() -> None:
    op.drop_table("counter_calls")
    op.drop_table("intake_draft_files")
    op.drop_table("intake_drafts")
